//! The shapes of schemas that Rust has a type for.

use serde_json::{Map, Value};

use super::{
    model::{Body, F64, Field, Fields, I64, Presence, Rest, Slot, Type, U64, number},
    names::{Names, field_name, pascal, singular},
    read::{Form, Made, Read, Reader},
    scalar::{integer, kinds, length, of_number, several, texts},
};
use crate::schema::{escape, is_annotation};

impl Reader<'_> {
    /// `None` where no type says what the schema does.
    pub(super) fn typed(
        &mut self,
        map: &Map<String, Value>,
        place: &str,
        name: &str,
    ) -> Read<Option<Made>> {
        let mut said = map.keys().filter(|keyword| !is_annotation(keyword));
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
    let mut slot = slot.or_null();
    if !matches!(slot.ty, Type::Optional(_)) {
        // Both take `null` themselves; only with an `Option` may they be left out.
        slot.ty = Type::Optional(Box::new(slot.ty));
    }
    Field { name, ident, slot, presence }
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

/// What a type does not say; `None` where it refers to something, whose name only schemars knows.
pub(super) fn leftovers(map: &Map<String, Value>, used: &[&str]) -> Option<Vec<(String, Value)>> {
    let left = map.iter().filter(|(keyword, value)| {
        let is_whole = !LENGTHS.contains(&keyword.as_str()) || value.is_u64();
        !(is_annotation(keyword) || used.contains(&keyword.as_str()) && is_whole)
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
        Value::Object(map) => map.keys().all(|keyword| is_annotation(keyword)),
        _ => false,
    }
}

const LENGTHS: &[&str] = &["maxItems", "maxLength", "minItems", "minLength"];
/// schemars and serde know no longer ones.
const LONGEST_TUPLE: usize = 16;
