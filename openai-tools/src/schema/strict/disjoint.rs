use serde_json::{Map, Value};

use super::{document::Document, merge::type_names};
use crate::schema::codec::same;

/// Whether no value that the strict form of one schema allows is valid against the other, so that
/// `oneOf` and `anyOf` mean the same. False when it is not plain to see.
pub(super) fn disjoint(document: &Document<'_>, a: &Value, b: &Value) -> bool {
    apart(document, a, b, 0)
}

fn apart(document: &Document<'_>, a: &Value, b: &Value, depth: usize) -> bool {
    let (Value::Object(a), Value::Object(b)) = (document.settled(a), document.settled(b)) else {
        return false;
    };
    if depth > DEEPEST {
        return false;
    }
    let below = |a: &Value, b: &Value| apart(document, a, b, depth + 1);
    for (one, other) in [(a, b), (b, a)] {
        let branches = one.get("anyOf").or_else(|| one.get("oneOf")).and_then(Value::as_array);
        if branches.is_some_and(|all| all.iter().all(|v| below(v, &other.clone().into()))) {
            return true;
        }
    }
    if let (Some(a), Some(b)) = (values(a), values(b)) {
        return a.iter().all(|a| !b.iter().any(|b| same(a, b)));
    }
    match (types(a), types(b)) {
        (Some(a), Some(b)) if !a.iter().any(|a| b.iter().any(|b| overlap(a, b))) => return true,
        (Some(a), Some(b)) if a == ["object"] && b == ["object"] => {}
        _ => return false,
    }
    let (a, b) = (Shape::of(document, a), Shape::of(document, b));
    a.never_is(&b, below) && b.never_is(&a, below)
}

/// What is known of the properties of an object.
#[derive(Default)]
struct Shape<'a> {
    properties: Vec<(&'a str, &'a Value)>,
    required: Vec<&'a str>,
    /// Whether properties beyond these may be there in the strict form.
    open: bool,
    /// Whether the original forbids properties beyond these.
    closed: bool,
}

impl<'a> Shape<'a> {
    fn of(document: &Document<'a>, map: &'a Map<String, Value>) -> Self {
        let mut shape = Self::default();
        let mut open = vec![map];
        for _ in 0..MOST_PARTS {
            let Some(map) = open.pop() else { return shape };
            shape.add(map);
            let reference = map.get("$ref").and_then(Value::as_str);
            let target = reference.and_then(|r| document.resolve(r, "").ok()).map(|(_, v)| v);
            let parts = map.get("allOf").and_then(Value::as_array).into_iter().flatten();
            open.extend(parts.chain(target).filter_map(Value::as_object));
        }
        shape.open = true;
        shape
    }

    fn add(&mut self, map: &'a Map<String, Value>) {
        let properties = map.get("properties").and_then(Value::as_object);
        self.properties.extend(properties.into_iter().flatten().map(|(k, v)| (k.as_str(), v)));
        let required = map.get("required").and_then(Value::as_array);
        self.required.extend(required.into_iter().flatten().filter_map(Value::as_str));
        match map.get("additionalProperties") {
            Some(Value::Bool(false)) if !map.contains_key("patternProperties") => {
                self.closed = true;
            }
            Some(Value::Bool(false)) | None => {}
            Some(_) => self.open = true,
        }
        self.open |= ["anyOf", "oneOf", "patternProperties", "unevaluatedProperties"]
            .iter()
            .any(|keyword| map.get(*keyword).is_some_and(|v| *v != false));
    }

    fn property(&self, name: &str) -> Option<&'a Value> {
        self.properties.iter().find(|(known, _)| *known == name).map(|(_, schema)| *schema)
    }

    /// Whether no object of the strict form of `self` is valid against `other`.
    fn never_is(&self, other: &Self, apart: impl Fn(&Value, &Value) -> bool) -> bool {
        let lacks = |name: &&str| !self.open && self.property(name).is_none();
        other.required.iter().any(lacks)
            || self.required.iter().any(|name| match (self.property(name), other.property(name)) {
                (Some(a), Some(b)) => apart(a, b),
                (_, None) => other.closed,
                (None, Some(_)) => false,
            })
    }
}

fn values(map: &Map<String, Value>) -> Option<Vec<&Value>> {
    let listed = map.get("enum").and_then(Value::as_array);
    map.get("const").map(|value| vec![value]).or_else(|| listed.map(|l| l.iter().collect()))
}

fn types(map: &Map<String, Value>) -> Option<Vec<&str>> {
    if let Some(kind) = map.get("type") {
        return Some(type_names(kind));
    }
    let mut types: Vec<&str> = values(map)?.into_iter().map(type_of).collect();
    types.dedup();
    Some(types)
}

fn overlap(a: &str, b: &str) -> bool {
    a == b || matches!((a, b), ("integer", "number") | ("number", "integer"))
}

/// The type of a value, `integer` for whole numbers.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "array",
        Value::Bool(_) => "boolean",
        Value::Null => "null",
        Value::Number(n) if n.is_i64() || n.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::Object(_) => "object",
        Value::String(_) => "string",
    }
}

/// Tags lie one level down; looking deeper finds nothing that people write.
const DEEPEST: usize = 3;
const MOST_PARTS: usize = 32;
