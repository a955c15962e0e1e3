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
    KNOWN.iter().copied().find(|known| is_meant(&folded, known))
}

/// Short keywords are near to many words that mean something else.
fn is_meant(folded: &str, known: &str) -> bool {
    if known.len().abs_diff(folded.len()) > 2 {
        return false;
    }
    let known = fold(known);
    if folded == known {
        return true;
    }
    let most = match known.len() {
        ..=3 => return false,
        4 => return same_letters(folded, &known),
        5 => return same_letters(folded, &known) || folded.strip_suffix('s') == Some(&known),
        6..=7 => 1,
        _ => 2,
    };
    folded.chars().next() == known.chars().next()
        && strsim::damerau_levenshtein(folded, &known) <= most
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
