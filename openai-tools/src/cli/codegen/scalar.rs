//! Texts, numbers, and which of them a schema is about.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{
    model::{Body, Bounds, F64, I64, Known, Notes, Number, Slot, Type, U64, Variant, number},
    names::{Names, variant_name},
    read::{Made, Reader},
    shape::leftovers,
};

impl Reader<'_> {
    pub(super) fn text(&self, map: &Map<String, Value>) -> Option<Made> {
        let format = map.get("format").and_then(Value::as_str);
        let known = self.known.iter().find(|known| Some(known.format) == format);
        let mut used = vec!["type", "minLength", "maxLength", "pattern"];
        used.extend(known.map(|_| "format"));
        let extend = leftovers(map, &used)?;
        let mut made = Made::of(known.map_or(Type::Text, |known: &Known| Type::Known(*known)));
        made.notes.extend = extend;
        made.bounds = length(map, "minLength", "maxLength");
        made.bounds.pattern = map.get("pattern").and_then(Value::as_str).map(str::to_owned);
        Some(made)
    }
}

/// The texts of an enum.
pub(super) fn texts(map: &Map<String, Value>) -> Option<Made> {
    let values: Vec<&Value> = match (map.get("const"), map.get("enum")) {
        (Some(value), None) => vec![value],
        (None, Some(Value::Array(values))) => values.iter().filter(|v| !v.is_null()).collect(),
        _ => return None,
    };
    let texts: Option<Vec<&str>> = values.into_iter().map(Value::as_str).collect();
    let mut made = Made::body(Body::Texts(variants(texts?)?));
    made.notes.extend = leftovers(map, &["type", "const", "enum"])?;
    Some(made)
}

fn variants(texts: Vec<&str>) -> Option<Vec<Variant<()>>> {
    let mut names = Names::default();
    let mut variants: Vec<Variant<()>> = Vec::new();
    let mut seen = HashSet::new();
    for text in texts {
        // serde refuses a second variant of one name.
        if !seen.insert(text) {
            return None;
        }
        let ident = names.give(&variant_name(text));
        let notes = Notes::default();
        variants.push(Variant { ident, value: text.to_owned(), notes, holds: () });
    }
    (!variants.is_empty()).then_some(variants)
}

pub(super) fn integer(map: &Map<String, Value>) -> Option<Made> {
    if let Some(format) = map.get("format") {
        return of_number(map, number("integer", format.as_str()?).unwrap_or(I64));
    }
    let is_unsigned = map.get("minimum").is_some_and(Value::is_u64);
    of_number(map, if is_unsigned { U64 } else { I64 })
}

pub(super) fn of_number(map: &Map<String, Value>, number: Number) -> Option<Made> {
    let is_integer = number.kind == "integer";
    let mut made = Made::of(Type::Number(number));
    let mut used = vec!["type"];
    if map.get("format").is_some_and(|format| format == number.format) {
        used.push("format");
    }
    let fits = |bound: &&Value| bound.is_i64() || bound.is_u64() || !is_integer;
    let mut bound = |keyword| {
        let bound = map.get(keyword).filter(fits)?;
        used.push(keyword);
        Some(bound.clone())
    };
    made.bounds.least = bound("minimum");
    made.bounds.most = bound("maximum");
    if number.minimum.is_some() && made.bounds.least == number.minimum.map(Value::from) {
        made.bounds.least = None;
    }
    if number.maximum.is_some() && made.bounds.most == number.maximum.map(Value::from) {
        made.bounds.most = None;
    }
    made.notes.extend = leftovers(map, &used)?;
    Some(made)
}

/// One form for each of several types.
pub(super) fn several(kinds: &[&str]) -> Made {
    let variant = |kind: &&str| {
        let (ident, ty) = match *kind {
            "array" => ("List", Type::List(Box::new(Type::Free))),
            "boolean" => ("Boolean", Type::Boolean),
            "integer" => ("Integer", Type::Number(I64)),
            "number" => ("Number", Type::Number(F64)),
            "object" => ("Object", Type::FreeObject),
            _ => ("Text", Type::Text),
        };
        let notes = Notes::default();
        Variant { ident: ident.to_owned(), value: String::new(), notes, holds: Slot::of(ty) }
    };
    Made::body(Body::Untagged(kinds.iter().map(variant).collect()))
}

/// The types that a schema names or means.
pub(super) fn kinds(map: &Map<String, Value>) -> Vec<&str> {
    match map.get("type") {
        Some(Value::String(kind)) => return vec![kind],
        Some(Value::Array(kinds)) => return kinds.iter().filter_map(Value::as_str).collect(),
        _ => {}
    }
    let listed = map.get("enum").and_then(Value::as_array).into_iter().flatten();
    let mut found: Vec<&str> = Vec::new();
    for value in map.get("const").into_iter().chain(listed) {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
        };
        if !found.contains(&kind) {
            found.push(kind);
        }
    }
    let means = [("properties", "object"), ("additionalProperties", "object"), ("items", "array")];
    if found.is_empty() {
        found.extend(means.iter().find(|(keyword, _)| map.contains_key(*keyword)).map(|(_, k)| k));
    }
    found
}

pub(super) fn length(map: &Map<String, Value>, least: &str, most: &str) -> Bounds {
    let bound = |keyword| map.get(keyword).filter(|bound| bound.is_u64()).cloned();
    let (least, most) = (bound(least), bound(most));
    let is_length = least.is_some() || most.is_some();
    Bounds { least, most, is_length, ..Bounds::default() }
}
