//! What the keywords of one schema say, before anything else is looked at.

use serde_json::{Map, Value};

use super::shape::LeafKind;

pub(super) fn names_null(fields: &Map<String, Value>) -> bool {
    match (fields.get("type"), fields.get("enum")) {
        (Some(Value::Array(types)), _) => types.iter().any(|kind| kind == "null"),
        (Some(Value::String(kind)), _) => kind == "null",
        (None, Some(Value::Array(values))) => values.contains(&Value::Null),
        _ => fields.get("nullable") == Some(&Value::Bool(true)),
    }
}

/// The type of a schema; the first that is not null where there are several.
pub(super) fn type_name(fields: &Map<String, Value>) -> &str {
    let has = |names: &[&str]| names.iter().any(|name| fields.contains_key(*name));
    match fields.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ if has(&["properties", "required", "additionalProperties", "allOf"]) => "object",
        _ if has(&["items", "prefixItems", "minItems", "maxItems"]) => "array",
        _ if has(&["minimum", "maximum", "multipleOf", "exclusiveMinimum"]) => "number",
        _ => "string",
    }
}

/// Text, or JSON as text: strict schemas send free JSON in that form, and say so in words.
pub(super) fn text_kind(fields: &Map<String, Value>) -> LeafKind {
    let said = fields.get("description").and_then(Value::as_str).unwrap_or_default();
    if said.contains("JSON object, written as JSON text.") {
        return LeafKind::Json { object: true };
    }
    let media = fields.get("contentMediaType").and_then(Value::as_str);
    if said.contains("written as JSON text.") || media == Some("application/json") {
        return LeafKind::Json { object: false };
    }
    LeafKind::Text
}

/// What `examples`, `default` or the description shows: `such as "Hanoi, Vietnam"`.
pub(super) fn example(schema: &Value) -> Option<Value> {
    if let Some(value) = schema.pointer("/examples/0").or_else(|| schema.get("default")) {
        return Some(value.clone()).filter(|value| !value.is_null());
    }
    let description = schema.get("description").and_then(Value::as_str)?;
    let (mark, close) = if description.contains('"') { ('"', '"') } else { ('`', '`') };
    let inside = description.split_once(mark)?.1.split_once(close)?.0;
    Some(Value::from(inside)).filter(|_| !inside.is_empty())
}
