//! Keywords that look misspelt: JSON Schema passes over what it does not know.

/// Whether a keyword is one, or is plainly an annotation of somebody else's.
pub(super) fn is_known(keyword: &str) -> bool {
    keyword.starts_with('$')
        || keyword.starts_with("x-")
        || keyword.starts_with("X-")
        || KNOWN.contains(&keyword)
        || OF_OTHERS.contains(&keyword)
}

/// The keyword that is likely to be meant by one that is not known.
pub(super) fn meant(keyword: &str) -> Option<&'static str> {
    if keyword.len() > LONGEST {
        return None;
    }
    let folded = fold(keyword);
    let near = |known: &&'static str| Some((distance(&folded, known)?, *known));
    KNOWN.iter().filter_map(near).min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// How far a keyword is from one that it may stand for. Short ones are near to many words that mean
/// something else.
fn distance(folded: &str, known: &str) -> Option<usize> {
    if known.len().abs_diff(folded.len()) > 2 {
        return None;
    }
    let known = fold(known);
    let most = match known.len() {
        _ if folded == known => return Some(0),
        ..=3 => return None,
        4 | 5 => return same_letters(folded, &known).then_some(1),
        6..=7 => 1,
        _ => 2,
    };
    let is_near = folded.chars().next() == known.chars().next();
    is_near.then(|| strsim::damerau_levenshtein(folded, &known)).filter(|far| *far <= most)
}

/// `min_length`, `min-length` and `MinLength` are one word.
fn fold(keyword: &str) -> String {
    keyword.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect()
}

fn same_letters(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    one.len() == other.len() && sorted(one) == sorted(other)
}

const LONGEST: usize = 32;

/// All of drafts 4 to 2020-12.
const KNOWN: &[&str] = &[
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
    "description",
    "else",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "id",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "readOnly",
    "required",
    "then",
    "title",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "writeOnly",
];

/// Words of well-known vocabularies that are near to those above.
const OF_OTHERS: &[&str] = &[
    "discriminator",
    "enumDescriptions",
    "enumNames",
    "example",
    "externalDocs",
    "nullable",
    "optional",
    "patternErrorMessage",
    "propertyOrder",
    "propertyOrdering",
    "xml",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_misspelt_is_told_from_what_is_meant() {
        for (keyword, known) in [
            ("requierd", "required"),
            ("propertes", "properties"),
            ("additionalproperties", "additionalProperties"),
            ("additional_properties", "additionalProperties"),
            ("min-length", "minLength"),
            ("descripton", "description"),
            ("tpye", "type"),
            ("Enum", "enum"),
            ("itmes", "items"),
            ("one_of", "oneOf"),
            ("patern", "pattern"),
            ("uniqeItems", "uniqueItems"),
        ] {
            assert_eq!(meant(keyword), Some(known), "{keyword}");
        }
        for known in KNOWN.iter().chain(OF_OTHERS).chain(&["x-requierd", "$coment"]) {
            assert!(is_known(known), "{known}");
        }
        let others = [
            "note",
            "unit",
            "label",
            "order",
            "tags",
            "name",
            "group",
            "hint",
            "widget",
            "enumDescription",
            "errorMessage",
            "ref",
            "types",
            "properNoun",
            "",
        ];
        for other in others {
            assert_eq!(meant(other), None, "{other}");
        }
    }
}
