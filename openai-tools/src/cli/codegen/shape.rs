//! The shapes of schemas that Rust has a type for.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{
    model::{
        Body, Bounds, F64, Field, Fields, I64, Known, Notes, Number, Presence, Rest, Slot, Type,
        U64, Variant, number,
    },
    names::{Names, field_name, pascal, singular, variant_name},
    read::{Form, Made, Read, Reader},
};
use crate::schema::escape;

impl Reader<'_> {
    /// `None` where no type says what the schema does.
    pub(super) fn typed(
        &mut self,
        map: &Map<String, Value>,
        place: &str,
        name: &str,
    ) -> Read<Option<Made>> {
        let mut said = map.keys().filter(|keyword| !is_silent(keyword));
        let (first, is_single) = (said.next().map(String::as_str), said.next().is_none());
        match (first, map.get(first.unwrap_or_default())) {
            (None, _) => return Ok(Some(Made::of(Type::Free))),
            (Some("$ref"), Some(Value::String(reference))) if is_single => {
                return Ok(Some(Made::of(Type::Named(self.reference(reference, place)?))));
            }
            (Some("allOf"), Some(Value::Array(parts))) if is_single => {
                if let [part] = &**parts {
                    return self.make(part, &format!("{place}/allOf/0"), name).map(Some);
                }
            }
            (Some(keyword @ ("anyOf" | "oneOf")), Some(Value::Array(branches))) if is_single => {
                return self.union(branches, &format!("{place}/{keyword}"), name);
            }
            _ => {}
        }
        if let Some(merged) = self.merged(map, place)? {
            return self.typed(&merged, place, name);
        }
        if map.contains_key("$ref")
            || ["allOf", "anyOf", "oneOf"].iter().any(|k| map.contains_key(*k))
        {
            return Ok(None);
        }
        let kinds = kinds(map);
        let values = map.get("enum").and_then(Value::as_array);
        let is_listed = map.contains_key("const") || values.is_some();
        let is_null = |value: &Value| value.is_null();
        let mut others: Vec<&str> = kinds.iter().copied().filter(|kind| *kind != "null").collect();
        let has_null = others.len() < kinds.len() && values.is_none_or(|v| v.iter().any(is_null));
        if others.contains(&"number") {
            others.retain(|kind| *kind != "integer");
        }
        let made = match &*others {
            [] if kinds.is_empty() => None,
            [] => Some(Made::of(Type::Null)),
            _ if map.get("const").is_some_and(Value::is_null) => None,
            ["string"] if is_listed => texts(map),
            ["string"] => self.text(map),
            ["integer"] => integer(map),
            ["number"] => {
                let float = map.get("format").and_then(|f| number("number", f.as_str()?));
                of_number(map, float.unwrap_or(F64))
            }
            ["boolean"] => leftovers(map, &["type"]).map(|extend| {
                let mut made = Made::of(Type::Boolean);
                made.notes.extend = extend;
                made
            }),
            ["array"] if !is_listed => self.array(map, place, name)?,
            ["object"] if !is_listed => self.object(map, place, name)?,
            many if leftovers(map, &["type"]).is_some_and(|left| left.is_empty())
                && many.len() > 1 =>
            {
                Some(several(many))
            }
            _ => None,
        };
        Ok(made.map(|mut made| {
            // The list of values goes without `null`, which the type says.
            for (_, value) in made.notes.extend.iter_mut().filter(|(keyword, _)| keyword == "enum")
            {
                if let Value::Array(values) = value {
                    values.retain(|value| !value.is_null());
                }
            }
            made.or_null(has_null)
        }))
    }

    fn text(&self, map: &Map<String, Value>) -> Option<Made> {
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

    fn array(&mut self, map: &Map<String, Value>, place: &str, name: &str) -> Read<Option<Made>> {
        let (key, fixed) = match (map.get("prefixItems"), map.get("items")) {
            (Some(Value::Array(fixed)), _) => ("prefixItems", fixed.as_slice()),
            (_, Some(Value::Array(fixed))) => ("items", fixed.as_slice()),
            _ => ("items", &[][..]),
        };
        if !fixed.is_empty() {
            let rest = if key == "items" { "additionalItems" } else { "items" };
            let is_closed = map.get(rest).is_none_or(|rest| *rest == false);
            let used = ["type", key, rest, "minItems", "maxItems"];
            let extend =
                leftovers(map, &used).filter(|_| is_closed && fixed.len() <= LONGEST_TUPLE);
            let Some(extend) = extend else { return Ok(None) };
            let mut items = Vec::new();
            for (n, item) in fixed.iter().enumerate() {
                items.push(self.bare(
                    item,
                    &format!("{place}/{key}/{n}"),
                    &format!("{name}Item{n}"),
                )?);
            }
            let mut made = Made::of(Type::Tuple(items));
            made.notes.extend = extend;
            return Ok(Some(made));
        }
        let used = ["type", "items", "minItems", "maxItems", "additionalItems"];
        let Some(extend) = leftovers(map, &used) else { return Ok(None) };
        let name = singular(name);
        let items = map.get("items").unwrap_or(&Value::Bool(true));
        let item = self.make(items, &format!("{place}/items"), &name)?;
        let mut bounds = length(map, "minItems", "maxItems");
        let is_bound = item.notes.is_empty() && matches!(item.form, Form::Type(_));
        let ty = if is_bound && !item.is_nullable && !item.bounds.is_empty() {
            bounds.inner = Some(Box::new(item.bounds));
            let Form::Type(ty) = item.form else { return Ok(None) };
            ty
        } else {
            self.settle(item, &name)
        };
        let mut made = Made::of(Type::List(Box::new(ty)));
        (made.notes.extend, made.bounds) = (extend, bounds);
        Ok(Some(made))
    }

    fn object(&mut self, map: &Map<String, Value>, place: &str, name: &str) -> Read<Option<Made>> {
        if map.contains_key("patternProperties") {
            return Ok(None);
        }
        let used = ["type", "properties", "required", "additionalProperties"];
        let Some(extend) = leftovers(map, &used) else { return Ok(None) };
        let is_empty = |value: &Value| match value {
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            _ => false,
        };
        let is_named = ["properties", "required"]
            .iter()
            .any(|key| map.get(*key).is_some_and(|v| !is_empty(v)));
        let rest = map.get("additionalProperties").filter(|rest| **rest != false);
        let mut made = match rest {
            Some(rest) if !is_named && is_free(rest) => Made::of(Type::FreeObject),
            Some(rest) if !is_named => {
                let place = format!("{place}/additionalProperties");
                Made::of(Type::Map(Box::new(self.bare(rest, &place, &format!("{name}Value"))?)))
            }
            _ => {
                let Some(fields) = self.fields(map, None, place, name)? else { return Ok(None) };
                Made::body(Body::Struct(fields))
            }
        };
        made.notes.extend = extend;
        Ok(Some(made))
    }

    /// The fields of a struct or a variant, without that of the tag.
    pub(super) fn fields(
        &mut self,
        map: &Map<String, Value>,
        tag: Option<&str>,
        place: &str,
        name: &str,
    ) -> Read<Option<Fields>> {
        let required: Vec<&str> = map
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let empty = Map::new();
        let properties = map.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let rest = map.get("additionalProperties");
        let mut idents = Names::default();
        let mut list = Vec::new();
        for (property, schema) in properties.iter().filter(|(name, _)| Some(name.as_str()) != tag) {
            let place = format!("{place}/properties/{}", escape(property));
            let name = format!("{name}{}", pascal(property));
            let slot = self.slot(schema, &place, &name)?;
            let ident = idents.give(&field_name(property));
            let default = schema.get("default").filter(|default| !default.is_null());
            let is_required = required.contains(&property.as_str());
            list.push(field(property, ident, slot, is_required, default));
        }
        for property in required.into_iter().filter(|name| !properties.contains_key(*name)) {
            if rest.is_some_and(|rest| !is_free(rest)) {
                return Ok(None);
            }
            let ident = idents.give(&field_name(property));
            list.push(field(property, ident, Slot::of(Type::Free), true, None));
        }
        let rest = match rest {
            Some(rest) if *rest != false => {
                let place = format!("{place}/additionalProperties");
                let values = self.bare(rest, &place, &format!("{name}Value"))?;
                Some(Rest { ident: idents.give("other_properties"), values })
            }
            _ => None,
        };
        let is_closed = map.get("additionalProperties").is_some_and(|rest| *rest == false);
        Ok(Some(Fields { list, rest, is_closed }))
    }

    /// The parts of an `allOf` as one object, where all of them only name properties.
    fn merged(
        &mut self,
        map: &Map<String, Value>,
        place: &str,
    ) -> Read<Option<Map<String, Value>>> {
        if !map.contains_key("allOf") {
            return Ok(None);
        }
        let mut merged = Map::new();
        let mut open = vec![(Value::Object(map.clone()), 0)];
        let mut left = MOST_PARTS;
        while let Some((part, depth)) = open.pop() {
            let Value::Object(mut part) = part else { return Ok(None) };
            left -= 1;
            if left == 0 || depth > DEEPEST_PART {
                return Ok(None);
            }
            if let Some(Value::String(reference)) = part.shift_remove("$ref") {
                let (_, target) = self.resolve(&reference, place)?;
                let mut target = target.clone();
                if let Value::Object(target) = &mut target {
                    target.retain(|keyword, _| !is_silent(keyword));
                }
                open.push((target, depth + 1));
            }
            if let Some(Value::Array(parts)) = part.shift_remove("allOf") {
                open.extend(parts.into_iter().rev().map(|part| (part, depth + 1)));
            }
            for (keyword, value) in part {
                match (keyword.as_str(), value, merged.get_mut(&keyword)) {
                    ("type", value, _) if value != "object" => return Ok(None),
                    ("properties" | "required" | "type", value, None) => {
                        merged.insert(keyword, value);
                    }
                    ("properties", Value::Object(more), Some(Value::Object(known))) => {
                        for (name, schema) in more {
                            if known.get(&name).is_some_and(|known| *known != schema) {
                                return Ok(None);
                            }
                            known.entry(name).or_insert(schema);
                        }
                    }
                    ("required", Value::Array(more), Some(Value::Array(known))) => {
                        known.extend(more);
                    }
                    ("type", ..) => {}
                    (word, value, _) if is_silent(word) => {
                        if depth == 0 {
                            merged.insert(keyword, value);
                        }
                    }
                    _ => return Ok(None),
                }
            }
        }
        Ok(merged.contains_key("properties").then_some(merged))
    }
}

/// One field; what it does when it is left out.
fn field(
    property: &str,
    ident: String,
    mut slot: Slot,
    is_required: bool,
    default: Option<&Value>,
) -> Field {
    let name = property.to_owned();
    if is_required {
        return Field { name, ident, slot, presence: Presence::OfType };
    }
    if let Some(default) = default {
        let is_exact = is_value_of(default, &slot.ty);
        if slot.kept.is_none() && is_exact {
            let presence = Presence::Default(default.clone());
            if matches!(&slot.ty, Type::Number(number) if number.kind == "number") {
                slot.notes.extend.push(("default".to_owned(), default.clone()));
            }
            return Field { name, ident, slot, presence };
        }
        slot.notes.extend.push(("default".to_owned(), default.clone()));
    }
    let presence = if slot.kept.is_some() { Presence::Optional } else { Presence::OfType };
    Field { name, ident, slot: slot.or_null(), presence }
}

/// Whether a value can be written as one of the type.
fn is_value_of(value: &Value, ty: &Type) -> bool {
    match ty {
        Type::Boolean => value.is_boolean(),
        Type::Text => value.is_string(),
        Type::Number(F64) => value.is_number(),
        Type::Number(I64) => value.is_i64(),
        Type::Number(U64) => value.is_u64(),
        _ => false,
    }
}

/// The texts of an enum.
fn texts(map: &Map<String, Value>) -> Option<Made> {
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

fn integer(map: &Map<String, Value>) -> Option<Made> {
    if let Some(format) = map.get("format") {
        return of_number(map, number("integer", format.as_str()?).unwrap_or(I64));
    }
    let is_unsigned = map.get("minimum").is_some_and(Value::is_u64);
    of_number(map, if is_unsigned { U64 } else { I64 })
}

fn of_number(map: &Map<String, Value>, number: Number) -> Option<Made> {
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
fn several(kinds: &[&str]) -> Made {
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
fn kinds(map: &Map<String, Value>) -> Vec<&str> {
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

fn length(map: &Map<String, Value>, least: &str, most: &str) -> Bounds {
    let bound = |keyword| map.get(keyword).filter(|bound| bound.is_u64()).cloned();
    let (least, most) = (bound(least), bound(most));
    let is_length = least.is_some() || most.is_some();
    Bounds { least, most, is_length, ..Bounds::default() }
}

/// What a type does not say; `None` where it refers to something, whose name only schemars knows.
pub(super) fn leftovers(map: &Map<String, Value>, used: &[&str]) -> Option<Vec<(String, Value)>> {
    let left = map.iter().filter(|(keyword, value)| {
        let is_whole = !LENGTHS.contains(&keyword.as_str()) || value.is_u64();
        !is_silent(keyword) && !(used.contains(&keyword.as_str()) && is_whole)
    });
    let mut kept = Vec::new();
    for (keyword, value) in left {
        if has_reference(value) {
            return None;
        }
        kept.push((keyword.clone(), value.clone()));
    }
    Some(kept)
}

fn has_reference(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.iter().any(has_reference),
        Value::Object(map) => map.contains_key("$ref") || map.values().any(has_reference),
        _ => false,
    }
}

/// Whether a schema takes any JSON.
fn is_free(schema: &Value) -> bool {
    match schema {
        Value::Bool(free) => *free,
        Value::Object(map) => map.keys().all(|keyword| is_silent(keyword)),
        _ => false,
    }
}

/// Keywords that no type and no attribute is made of: they say nothing about values, or are read
/// by whoever describes the place.
pub(super) fn is_silent(keyword: &str) -> bool {
    matches!(
        keyword,
        "$anchor"
            | "$comment"
            | "$defs"
            | "$dynamicAnchor"
            | "$id"
            | "$schema"
            | "$vocabulary"
            | "default"
            | "definitions"
            | "deprecated"
            | "description"
            | "discriminator"
            | "example"
            | "examples"
            | "readOnly"
            | "title"
            | "writeOnly"
    ) || keyword.starts_with("x-")
}

const LENGTHS: &[&str] = &["maxItems", "maxLength", "minItems", "minLength"];
/// schemars and serde know no longer ones.
const LONGEST_TUPLE: usize = 16;
const MOST_PARTS: usize = 200;
const DEEPEST_PART: usize = 32;
