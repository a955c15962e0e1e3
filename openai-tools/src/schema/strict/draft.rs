use jsonschema::Draft;
use serde_json::{Map, Value};

use super::conversion::Conversion;

impl Conversion<'_> {
    /// Writes what a schema says in the words of its draft in those of the newest, and takes out
    /// what its draft does not know: its validator passes it over as well.
    pub(super) fn modernize(&mut self, map: &mut Map<String, Value>, at: &str) {
        let unknown = match self.draft {
            Draft::Draft4 => [NEWER_THAN_7, NEWER_THAN_4],
            Draft::Draft6 => [NEWER_THAN_7, NEWER_THAN_6],
            Draft::Draft7 => [NEWER_THAN_7, &[]],
            Draft::Draft201909 => [&["prefixItems"][..], &[]],
            _ => return,
        };
        for keyword in unknown.into_iter().flatten() {
            if map.shift_remove(*keyword).is_some() {
                self.lose_unknown(at, keyword);
            }
        }
        if self.draft != Draft::Draft4 {
            return;
        }
        for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")]
        {
            if map.shift_remove(exclusive).is_some_and(|is| is == true) {
                let value = map.shift_remove(bound);
                map.extend(value.map(|value| (exclusive.to_owned(), value)));
            }
        }
    }

    /// Whether the schema's draft holds texts to their `contentEncoding`; later ones only note it.
    pub(super) fn holds_to_content(&self) -> bool {
        matches!(self.draft, Draft::Draft6 | Draft::Draft7)
    }
}

const NEWER_THAN_4: &[&str] =
    &["const", "contains", "propertyNames", "examples", "else", "if", "then"];
const NEWER_THAN_6: &[&str] = &["else", "if", "then"];
const NEWER_THAN_7: &[&str] = &[
    "dependentRequired",
    "dependentSchemas",
    "maxContains",
    "minContains",
    "prefixItems",
    "unevaluatedItems",
    "unevaluatedProperties",
];
