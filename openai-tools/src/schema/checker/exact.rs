//! Integers that would lose digits on their way into a `Value`.

use std::{collections::HashSet, ptr};

use serde_json::Value;

#[cfg(feature = "cli")]
use crate::{
    json::{Untrusted, wide_as_text},
    schema::problem::Fault,
};
use crate::{
    json::{WideInteger, lossy_integers},
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

pub(in crate::schema) fn problem(lossy: &WideInteger<'_>) -> Problem {
    let allowed = "an integer from -9223372036854775808 to 18446744073709551615";
    Problem::new("maximum", shorten(lossy.digits, 60), allowed)
}

/// A text in the form of a schema's type as a value: where the schema says that an integer has 128
/// bits, one beyond 64 is text of its digits.
///
/// # Errors
///
/// As for [`problems`].
#[cfg(feature = "cli")]
pub(crate) fn read_own(text: &str, schema: &Value) -> Result<Value, Fault> {
    let text = wide_as_text(text, |wide| {
        let says = |schema: &&Value| {
            schema.get("format").is_some_and(|name| name == "int128" || name == "uint128")
        };
        schemas_at(schema, &wide.path).iter().any(says)
    });
    let problems = problems(&text, schema);
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let Untrusted(value) =
        serde_json::from_str(&text).map_err(|error| Fault::NotJson(error.into()))?;
    Ok(value)
}

/// Whether the type of what is at a place can be a number with a fraction.
fn says_number(root: &Value, path: &[String]) -> bool {
    schemas_at(root, path).iter().any(|schema| match schema.get("type") {
        Some(Value::String(kind)) => kind == "number",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "number"),
        _ => false,
    })
}

/// The schemas that what is at a place may be held to.
fn schemas_at<'a>(root: &'a Value, path: &[String]) -> Vec<&'a Value> {
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
    expanded(root, schemas)
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
