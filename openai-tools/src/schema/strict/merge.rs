use serde_json::{Map, Value, json};

use super::document::is_annotation;
use crate::schema::codec::same;

/// No value can satisfy both schemas.
pub(super) struct Never;

/// Narrows a schema by another one. Neither holds references or unions.
///
/// Returns the keywords that cannot be said at once and of which the first schema's was kept.
pub(super) fn narrow(
    into: &mut Map<String, Value>,
    other: &Map<String, Value>,
) -> Result<Vec<String>, Never> {
    let mut lost = Vec::new();
    narrow_properties(into, other);
    narrow_items(into, other);
    for (keyword, theirs) in other.iter().filter(|(keyword, _)| !is_about_items(keyword)) {
        let Some(ours) = into.get_mut(keyword) else {
            into.insert(keyword.clone(), theirs.clone());
            continue;
        };
        if is_annotation(keyword) || same(ours, theirs) {
            continue;
        }
        match keyword.as_str() {
            // Done above, where both schemas were still whole.
            "additionalProperties"
            | "patternProperties"
            | "properties"
            | "unevaluatedProperties" => {}
            "const" => return Err(Never),
            "enum" => *ours = common_values(ours, theirs)?,
            "type" => *ours = common_types(ours, theirs)?,
            "required" => {
                if let (Value::Array(ours), Value::Array(theirs)) = (ours, theirs) {
                    let new: Vec<_> =
                        theirs.iter().filter(|t| !ours.contains(t)).cloned().collect();
                    ours.extend(new);
                }
            }
            "propertyNames" => *ours = both(ours, theirs),
            "exclusiveMinimum" | "minContains" | "minItems" | "minLength" | "minProperties"
            | "minimum" => {
                if theirs.as_f64() > ours.as_f64() {
                    *ours = theirs.clone();
                }
            }
            "exclusiveMaximum" | "maxContains" | "maxItems" | "maxLength" | "maxProperties"
            | "maximum" => {
                if theirs.as_f64() < ours.as_f64() {
                    *ours = theirs.clone();
                }
            }
            "uniqueItems" => *ours = true.into(),
            _ => lost.push(keyword.clone()),
        }
    }
    Ok(lost)
}

/// The schema of what is valid against both.
pub(super) fn both(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Bool(true), other) | (other, Value::Bool(true)) => other.clone(),
        (Value::Bool(false), _) | (_, Value::Bool(false)) => false.into(),
        (a, b) if a == b => a.clone(),
        (a, b) => json!({"allOf": [a, b]}),
    }
}

/// Properties need care: one that a schema does not name falls under its `additionalProperties`.
fn narrow_properties(into: &mut Map<String, Value>, other: &Map<String, Value>) {
    let named = |map: &Map<String, Value>, key: &str| -> Map<String, Value> {
        map.get(key).and_then(Value::as_object).cloned().unwrap_or_default()
    };
    let (ours, theirs) = (named(into, "properties"), named(other, "properties"));
    // Names that match a pattern are not additional; telling which do is left to the check of
    // what comes back.
    let additional = |map: &Map<String, Value>| match map.get("patternProperties") {
        Some(_) => None,
        None => map.get("additionalProperties").cloned(),
    };
    let (our_rest, their_rest) = (additional(into), additional(other));
    let mut merged = Map::new();
    for (name, schema) in &ours {
        let narrowed = match (theirs.get(name), &their_rest) {
            (Some(theirs), _) | (None, Some(theirs)) => both(schema, theirs),
            (None, None) => schema.clone(),
        };
        merged.insert(name.clone(), narrowed);
    }
    for (name, schema) in theirs.iter().filter(|(name, _)| !ours.contains_key(*name)) {
        let narrowed = match &our_rest {
            Some(rest) => both(schema, rest),
            None => schema.clone(),
        };
        merged.insert(name.clone(), narrowed);
    }
    if !merged.is_empty() {
        into.insert("properties".to_owned(), merged.into());
    }
    for keyword in ["additionalProperties", "unevaluatedProperties"] {
        if let (Some(ours), Some(theirs)) = (into.get(keyword), other.get(keyword)) {
            let narrowed = both(ours, theirs);
            into.insert(keyword.to_owned(), narrowed);
        }
    }
    if let (Some(Value::Object(ours)), Some(Value::Object(theirs))) =
        (into.get_mut("patternProperties"), other.get("patternProperties"))
    {
        for (pattern, theirs) in theirs {
            let narrowed = ours.get(pattern).map_or_else(|| theirs.clone(), |o| both(o, theirs));
            ours.insert(pattern.clone(), narrowed);
        }
    }
}

/// Items need the same care: one that a schema does not list falls under its rest.
fn narrow_items(into: &mut Map<String, Value>, other: &Map<String, Value>) {
    let theirs = Items::of(other);
    if theirs.fixed.is_empty() && theirs.rest.is_none() {
        return;
    }
    let ours = Items::of(into);
    let count = ours.fixed.len().max(theirs.fixed.len());
    let mut fixed: Vec<Value> =
        (0..count).filter_map(|n| common(ours.at(n), theirs.at(n))).collect();
    let mut rest = common(ours.rest, theirs.rest);
    // Behind an item that cannot be there is none.
    if let Some(end) = fixed.iter().position(|item| *item == false) {
        fixed.truncate(end);
        rest = Some(false.into());
    }
    let (list, others) = match (fixed.is_empty(), ours.is_old || theirs.is_old) {
        (true, _) => (None, "items"),
        (false, true) => (Some("items"), "additionalItems"),
        (false, false) => (Some("prefixItems"), "items"),
    };
    let values = [(list, Some(fixed.into())), (Some(others), rest)];
    for keyword in ITEMS {
        let value = values.iter().find(|(name, _)| *name == Some(*keyword));
        match value.and_then(|(_, value)| value.clone()) {
            Some(value) => into.insert((*keyword).to_owned(), value),
            None => into.shift_remove(*keyword),
        };
    }
}

/// What the items of an array are held to.
struct Items<'a> {
    fixed: &'a [Value],
    rest: Option<&'a Value>,
    /// Whether it is said as drafts before 2020-12 do.
    is_old: bool,
}

impl<'a> Items<'a> {
    fn of(map: &'a Map<String, Value>) -> Self {
        match (map.get("prefixItems"), map.get("items")) {
            (Some(Value::Array(fixed)), rest) => Self { fixed, rest, is_old: false },
            (_, Some(Value::Array(fixed))) => {
                Self { fixed, rest: map.get("additionalItems"), is_old: true }
            }
            (_, rest) => Self { fixed: &[], rest, is_old: false },
        }
    }

    fn at(&self, index: usize) -> Option<&'a Value> {
        self.fixed.get(index).or(self.rest)
    }
}

fn common(ours: Option<&Value>, theirs: Option<&Value>) -> Option<Value> {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => Some(both(ours, theirs)),
        (one, other) => one.or(other).cloned(),
    }
}

fn is_about_items(keyword: &str) -> bool {
    ITEMS.contains(&keyword)
}

const ITEMS: &[&str] = &["prefixItems", "items", "additionalItems"];

fn common_values(ours: &Value, theirs: &Value) -> Result<Value, Never> {
    let (Some(ours), Some(theirs)) = (ours.as_array(), theirs.as_array()) else {
        return Err(Never);
    };
    let common: Vec<Value> =
        ours.iter().filter(|o| theirs.iter().any(|t| same(o, t))).cloned().collect();
    if common.is_empty() { Err(Never) } else { Ok(common.into()) }
}

fn common_types(ours: &Value, theirs: &Value) -> Result<Value, Never> {
    let (ours, theirs) = (type_names(ours), type_names(theirs));
    let mut common: Vec<Value> = Vec::new();
    for kind in &ours {
        if theirs.contains(kind) || *kind == "integer" && theirs.contains(&"number") {
            common.push((*kind).into());
        } else if *kind == "number" && theirs.contains(&"integer") {
            common.push("integer".into());
        }
    }
    match common.len() {
        0 => Err(Never),
        1 => Ok(common.remove(0)),
        _ => Ok(common.into()),
    }
}

/// The types that the keyword `type` names.
pub(super) fn type_names(kind: &Value) -> Vec<&str> {
    match kind {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_that_one_schema_lists_is_held_to_the_rest_of_the_other() {
        let (number, text, one) =
            (json!({"type": "number"}), json!({"type": "string"}), json!({"const": 1}));
        let narrowed = |ours: Value, theirs: Value| {
            let (Value::Object(mut ours), Value::Object(theirs)) = (ours, theirs) else {
                panic!("two objects");
            };
            assert!(narrow(&mut ours, &theirs).is_ok_and(|lost| lost.is_empty()));
            Value::Object(ours)
        };
        let both = json!({"allOf": [number, text]});
        assert_eq!(
            narrowed(json!({"prefixItems": [number]}), json!({"items": text})),
            json!({"prefixItems": [both], "items": text})
        );
        assert_eq!(
            narrowed(
                json!({"items": number}),
                json!({"items": [text, one], "additionalItems": false})
            ),
            json!({"items": [both, {"allOf": [number, one]}], "additionalItems": false})
        );
        assert_eq!(
            narrowed(json!({"items": [number]}), json!({"items": [text], "additionalItems": one})),
            json!({"items": [both], "additionalItems": one})
        );
        assert_eq!(
            narrowed(
                json!({"prefixItems": [number], "items": false}),
                json!({"prefixItems": [number, text]}),
            ),
            json!({"prefixItems": [number], "items": false})
        );
        assert_eq!(
            narrowed(json!({"type": "array"}), json!({"items": text})),
            json!({"type": "array", "items": text})
        );
        assert_eq!(
            narrowed(json!({"prefixItems": [number], "items": text}), json!({"minItems": 1})),
            json!({"prefixItems": [number], "items": text, "minItems": 1})
        );
    }
}
