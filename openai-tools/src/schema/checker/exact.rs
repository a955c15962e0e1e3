//! Integers that would lose digits on their way into a `Value`.

use std::{collections::HashSet, ptr};

use serde_json::Value;

use crate::{
    json::{LossyInteger, lossy_integers},
    schema::problem::{Problem, escape, shorten},
};

/// The integers of a text that would lose digits, and where the schema does not say `number`: a
/// number may be rounded, an integer may not.
pub(super) fn problems(text: &str, schema: &Value) -> Vec<Problem> {
    lossy_integers(text)
        .filter(|lossy| !says_number(schema, &lossy.path))
        .take(MOST)
        .map(|lossy| {
            let pointer: String =
                lossy.path.iter().flat_map(|name| ["/".into(), escape(name)]).collect();
            problem(&lossy).at(pointer)
        })
        .collect()
}

pub(in crate::schema) fn problem(lossy: &LossyInteger<'_>) -> Problem {
    let allowed = "an integer from -9223372036854775808 to 18446744073709551615";
    Problem::new("maximum", shorten(lossy.digits, 60), allowed)
}

/// Whether the type of what is at a place can be a number with a fraction.
fn says_number(root: &Value, path: &[String]) -> bool {
    let mut schemas = vec![root];
    for name in path {
        let mut next = Vec::new();
        for schema in expanded(root, schemas) {
            let inside = |keyword: &str| schema.get(keyword);
            next.extend(inside("properties").and_then(|properties| properties.get(name)));
            let patterns = inside("patternProperties").and_then(Value::as_object);
            next.extend(patterns.into_iter().flat_map(serde_json::Map::values));
            next.extend(inside("additionalProperties"));
            match (inside("prefixItems").or_else(|| inside("items")), name.parse::<usize>()) {
                (Some(Value::Array(items)), Ok(index)) => next.extend(items.get(index)),
                (Some(items), _) => next.push(items),
                (None, _) => {}
            }
            next.extend(inside("items").filter(|items| items.is_object()));
            next.truncate(MOST_SCHEMAS);
        }
        schemas = next;
    }
    expanded(root, schemas).iter().any(|schema| match schema.get("type") {
        Some(Value::String(kind)) => kind == "number",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "number"),
        _ => false,
    })
}

/// The schemas with those that they refer to and are united of.
fn expanded<'a>(root: &'a Value, mut open: Vec<&'a Value>) -> Vec<&'a Value> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    while let Some(schema) = open.pop() {
        if all.len() >= MOST_SCHEMAS || !seen.insert(ptr::from_ref(schema)) {
            continue;
        }
        all.push(schema);
        let reference = schema.get("$ref").and_then(Value::as_str);
        open.extend(reference.and_then(|r| root.pointer(r.strip_prefix('#')?)));
        for union in ["anyOf", "oneOf", "allOf"] {
            open.extend(schema.get(union).and_then(Value::as_array).into_iter().flatten());
        }
    }
    all
}

const MOST: usize = 20;
const MOST_SCHEMAS: usize = 256;
