//! Which keywords of a schema hold schemas.

use serde_json::{Map, Value};

/// The schemas that a keyword holds.
pub(crate) enum Held<'a> {
    /// By name.
    Named(&'a Map<String, Value>),
    /// One after another.
    Listed(&'a [Value]),
    One(&'a Value),
}

/// What a keyword with this value holds; `None` for one that holds no schema.
pub(crate) fn held<'a>(keyword: &str, value: &'a Value) -> Option<Held<'a>> {
    match (keyword, value) {
        ("properties" | "patternProperties" | "dependentSchemas", Value::Object(schemas)) => {
            Some(Held::Named(schemas))
        }
        ("allOf" | "anyOf" | "oneOf" | "prefixItems" | "items", Value::Array(schemas)) => {
            Some(Held::Listed(schemas))
        }
        (
            "items"
            | "additionalProperties"
            | "not"
            | "if"
            | "then"
            | "else"
            | "contains"
            | "propertyNames"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "additionalItems",
            schema,
        ) => Some(Held::One(schema)),
        _ => None,
    }
}
