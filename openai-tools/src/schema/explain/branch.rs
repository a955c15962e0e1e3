use serde_json::{Map, Value};

use super::{forms::one_of, list};
use crate::schema::{
    codec::same,
    problem::{Problem, excerpt},
};

/// Which branch of a union a value is meant to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Best {
    Branch(usize),
    /// No branch is even of the value's type.
    None,
}

pub(super) fn best(root: &Value, branches: &[&Value], value: &Value) -> Best {
    branches
        .iter()
        .enumerate()
        .map(|(n, branch)| (distance(root, branch, value, 0), n))
        .min()
        .filter(|(distance, _)| *distance < OTHER_TYPE)
        .map_or(Best::None, |(_, n)| Best::Branch(n))
}

/// How far a value is from a schema, by what is seen without following it down.
fn distance(root: &Value, schema: &Value, value: &Value, hops: usize) -> usize {
    let map = match schema {
        Value::Object(map) if hops < MOST_HOPS => map,
        Value::Bool(false) => return OTHER_TYPE,
        _ => return 0,
    };
    let mut sum = 0;
    if let Some(target) = target(root, map) {
        sum += distance(root, target, value, hops + 1);
    }
    for part in list(map, "allOf") {
        sum += distance(root, part, value, hops + 1);
    }
    for keyword in ["anyOf", "oneOf"] {
        let nearest =
            list(map, keyword).map(|branch| distance(root, branch, value, hops + 1)).min();
        sum += nearest.unwrap_or(0);
    }
    if !has_type(map, value) {
        return sum + OTHER_TYPE;
    }
    if let Some(constants) = constants(map) {
        sum += if constants.iter().any(|constant| same(constant, value)) {
            0
        } else if constants.iter().any(|constant| is_of_kind(constant, value)) {
            WRONG_VALUE
        } else {
            OTHER_TYPE
        };
    }
    if let Value::Object(object) = value {
        sum += properties_apart(root, map, object);
    }
    sum
}

/// Whether a schema takes values of the type of this one.
pub(super) fn takes_kind(root: &Value, schema: &Value, value: &Value) -> bool {
    distance(root, schema, value, 0) < OTHER_TYPE
}

fn is_of_kind(one: &Value, other: &Value) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

fn properties_apart(root: &Value, map: &Map<String, Value>, object: &Map<String, Value>) -> usize {
    let properties = map.get("properties").and_then(Value::as_object);
    let mut sum = 0;
    for (name, schema) in properties.into_iter().flatten() {
        let tag = schema.as_object().and_then(constants);
        sum += match (object.get(name), tag) {
            (Some(value), Some(tag)) if tag.iter().any(|t| same(t, value)) => 0,
            (Some(_), Some(_)) => WRONG_TAG,
            (Some(value), None) => {
                let schema = settled(root, schema);
                usize::from(schema.as_object().is_some_and(|schema| !has_type(schema, value)))
            }
            (None, _) => 0,
        };
    }
    let missing = list(map, "required").filter_map(Value::as_str);
    sum += 3 * missing.filter(|name| !object.contains_key(*name)).count();
    if map.get("additionalProperties").is_some_and(|rest| *rest == false) {
        let known = |name: &str| properties.is_some_and(|all| all.contains_key(name));
        sum += 2 * object.keys().filter(|name| !known(name)).count();
    }
    sum.min(OTHER_TYPE - 1)
}

/// Where the branches are told apart by a tag, and the value has none of theirs.
pub(super) fn unknown_tag<'a>(
    root: &'a Value,
    branches: &[&'a Value],
    value: &Value,
) -> Option<(&'a str, Problem)> {
    let object = value.as_object()?;
    let objects: Vec<&'a Map<String, Value>> = branches
        .iter()
        .filter_map(|branch| settled(root, branch).get("properties")?.as_object())
        .collect();
    let (first, others) = objects.split_first().filter(|(_, others)| !others.is_empty())?;
    let tag_of = |properties: &'a Map<String, Value>, name: &str| {
        properties.get(name).and_then(Value::as_object).and_then(constants)
    };
    let name = first.keys().find(|name| {
        tag_of(first, name).is_some() && others.iter().all(|other| tag_of(other, name).is_some())
    })?;
    let found = object.get(name)?;
    let tags: Vec<&Value> = objects.iter().filter_map(|all| tag_of(all, name)).flatten().collect();
    if tags.iter().any(|tag| same(tag, found)) {
        return None;
    }
    Some((name, Problem::new("enum", excerpt(found), one_of(tags.into_iter(), found))))
}

fn has_type(map: &Map<String, Value>, value: &Value) -> bool {
    let is = |kind: &Value| {
        matches!(
            (kind.as_str().unwrap_or_default(), value),
            ("integer" | "number", Value::Number(_))
                | ("array", Value::Array(_))
                | ("boolean", Value::Bool(_))
                | ("null", Value::Null)
                | ("object", Value::Object(_))
                | ("string", Value::String(_))
        )
    };
    match map.get("type") {
        None => true,
        Some(Value::Array(kinds)) => kinds.iter().any(is),
        Some(kind) => is(kind),
    }
}

pub(super) fn constants(map: &Map<String, Value>) -> Option<Vec<&Value>> {
    match (map.get("const"), map.get("enum")) {
        (Some(value), _) => Some(vec![value]),
        (None, Some(Value::Array(values))) => Some(values.iter().collect()),
        _ => None,
    }
}

pub(super) fn target<'a>(root: &'a Value, map: &Map<String, Value>) -> Option<&'a Value> {
    root.pointer(map.get("$ref")?.as_str()?.strip_prefix('#')?)
}

pub(super) fn settled<'a>(root: &'a Value, mut schema: &'a Value) -> &'a Value {
    for _ in 0..MOST_HOPS {
        match schema.as_object().and_then(|map| target(root, map)) {
            Some(target) => schema = target,
            None => return schema,
        }
    }
    schema
}

const MOST_HOPS: usize = 16;
const WRONG_VALUE: usize = 10;
const WRONG_TAG: usize = 1_000;
const OTHER_TYPE: usize = 1_000_000;
