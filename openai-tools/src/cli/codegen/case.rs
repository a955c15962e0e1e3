//! The rules by which serde renames all fields or variants at once.

/// The rule that makes all names of all identifiers, if there is one.
pub(super) fn rule<'a>(
    names: &(impl Iterator<Item = (&'a str, &'a str)> + Clone),
    are_variants: bool,
) -> Option<&'static str> {
    let rules = if are_variants { VARIANTS } else { FIELDS };
    let is_any = names.clone().any(|(ident, name)| ident != name);
    let found =
        rules.iter().find(|(_, rename)| names.clone().all(|(ident, name)| rename(ident) == name));
    found.filter(|_| is_any).map(|(rule, _)| *rule)
}

type Rename = fn(&str) -> String;

const VARIANTS: &[(&str, Rename)] = &[
    ("snake_case", |ident| split(ident, '_')),
    ("lowercase", str::to_ascii_lowercase),
    ("UPPERCASE", str::to_ascii_uppercase),
    ("camelCase", first_lower),
    ("kebab-case", |ident| split(ident, '-')),
    ("SCREAMING_SNAKE_CASE", |ident| split(ident, '_').to_ascii_uppercase()),
];

const FIELDS: &[(&str, Rename)] = &[
    ("camelCase", |ident| first_lower(&capitals(ident))),
    ("PascalCase", capitals),
    ("UPPERCASE", str::to_ascii_uppercase),
    ("kebab-case", |ident| ident.replace('_', "-")),
];

fn split(ident: &str, by: char) -> String {
    let mut name = String::new();
    for (n, c) in ident.char_indices() {
        if n > 0 && c.is_uppercase() {
            name.push(by);
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

fn first_lower(ident: &str) -> String {
    ident.chars().take(1).map(|c| c.to_ascii_lowercase()).chain(ident.chars().skip(1)).collect()
}

fn capitals(ident: &str) -> String {
    let mut name = String::new();
    let mut is_first = true;
    for c in ident.chars() {
        if c == '_' {
            is_first = true;
        } else {
            name.push(if std::mem::take(&mut is_first) { c.to_ascii_uppercase() } else { c });
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_is_found_that_makes_all_names() {
        let variants = [("InProgress", "in_progress"), ("Done", "done")];
        assert_eq!(rule(&variants.into_iter(), true), Some("snake_case"));
        let variants = [("InProgress", "IN_PROGRESS"), ("Done", "DONE")];
        assert_eq!(rule(&variants.into_iter(), true), Some("SCREAMING_SNAKE_CASE"));
        assert_eq!(rule(&[("Done", "Done")].into_iter(), true), None, "nothing is to be renamed");
        assert_eq!(
            rule(&[("user_id", "userId"), ("name", "name")].into_iter(), false),
            Some("camelCase")
        );
        assert_eq!(rule(&[("user_id", "userID")].into_iter(), false), None);
    }
}
