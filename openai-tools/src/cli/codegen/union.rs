//! Enums of `anyOf` and `oneOf`.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{
    model::{Body, Notes, Type, Variant},
    names::{Names, pascal, type_name, variant_name},
    pointer::last_name,
    read::{Made, Read, Reader},
};
use crate::schema::is_annotation;

impl Reader<'_> {
    /// The union of some branches, whose list is at `place`.
    pub(super) fn union(
        &mut self,
        branches: &[Value],
        place: &str,
        name: &str,
    ) -> Read<Option<Made>> {
        let others: Vec<(usize, &Value)> =
            branches.iter().enumerate().filter(|(_, branch)| !is_null(branch)).collect();
        let has_null = others.len() < branches.len();
        if let [(n, only)] = &*others {
            return Ok(Some(self.make(only, &format!("{place}/{n}"), name)?.or_null(has_null)));
        }
        if others.is_empty() {
            return Ok(has_null.then(|| Made::of(Type::Null)));
        }
        let schemas: Vec<&Value> = others.iter().map(|(_, schema)| *schema).collect();
        let body = match texts(&schemas) {
            Some(variants) => Body::Texts(variants),
            None => match self.tagged(&others, place, name)? {
                Some(body) => body,
                None => self.untagged(&others, place, name)?,
            },
        };
        Ok(Some(Made::body(body).or_null(has_null)))
    }

    /// Objects that begin with a property of one text each.
    fn tagged(
        &mut self,
        branches: &[(usize, &Value)],
        place: &str,
        name: &str,
    ) -> Read<Option<Body>> {
        let Some((tag, values)) = tag_of(branches) else { return Ok(None) };
        let mut names = Names::default();
        let mut variants = Vec::new();
        for ((n, branch), value) in branches.iter().zip(values) {
            let Some(map) = branch.as_object() else { return Ok(None) };
            let ident = names.give(&variant_name(value));
            let place = format!("{place}/{n}");
            let fields = self.fields(map, Some(tag), &place, &format!("{name}{ident}"))?;
            let Some(fields) = fields.filter(|fields| fields.rest.is_none()) else {
                return Ok(None);
            };
            let notes = notes_of(map);
            variants.push(Variant { ident, value: value.to_owned(), notes, holds: fields });
        }
        Ok(Some(Body::Tagged { tag: tag.to_owned(), variants }))
    }

    /// Whichever fits first.
    fn untagged(&mut self, branches: &[(usize, &Value)], place: &str, name: &str) -> Read<Body> {
        let mut names = Names::default();
        let mut variants = Vec::new();
        for (n, branch) in branches {
            let ident = names.give(&Self::variant(branch));
            let mut slot = self.slot(branch, &format!("{place}/{n}"), &format!("{name}{ident}"))?;
            self.close(&slot.ty);
            let extend = std::mem::take(&mut slot.notes.extend);
            let notes = std::mem::replace(&mut slot.notes, Notes { extend, ..Notes::default() });
            variants.push(Variant { ident, value: String::new(), notes, holds: slot });
        }
        Ok(Body::Untagged(variants))
    }

    /// Makes a struct refuse what it does not know, or the first of several would take all.
    fn close(&mut self, ty: &Type) {
        if let Type::Named(id) = ty {
            if let Body::Struct(fields) = &mut self.types.items[id.0].body {
                fields.is_closed |= fields.rest.is_none();
            }
        }
    }

    fn variant(branch: &Value) -> String {
        let text = |key: &str| branch.get(key).and_then(Value::as_str);
        if let Some(reference) = text("$ref") {
            return type_name(&last_name(reference));
        }
        if let Some(title) = text("title").map(pascal).filter(|title| !title.is_empty()) {
            return variant_name(&title);
        }
        let properties = branch.get("properties").and_then(Value::as_object);
        if let Some(tag) = properties.and_then(|all| all.values().find_map(constant)) {
            return variant_name(tag);
        }
        if let Some(value) = constant(branch) {
            return variant_name(value);
        }
        match text("type") {
            Some("array") => "List",
            Some("boolean") => "Boolean",
            Some("integer") => "Integer",
            Some("number") => "Number",
            Some("object") if properties.is_none() => "Map",
            Some("object") => "Object",
            Some("string") => "Text",
            _ => "Other",
        }
        .to_owned()
    }
}

/// The property that tells branches apart, and its text in each.
fn tag_of<'a>(branches: &[(usize, &'a Value)]) -> Option<(&'a str, Vec<&'a str>)> {
    let mut found: Option<&str> = None;
    let mut values = Vec::new();
    let mut seen = HashSet::new();
    for (_, branch) in branches {
        let map = branch.as_object()?;
        let is_object = map.get("type").is_some_and(|kind| kind == "object");
        let is_plain = map.keys().filter(|keyword| !is_annotation(keyword)).all(|keyword| {
            matches!(keyword.as_str(), "type" | "properties" | "required" | "additionalProperties")
        });
        // schemars writes the tag first, and order is meaning.
        let (name, schema) = map.get("properties")?.as_object()?.iter().next()?;
        let is_bare = |map: &Map<String, Value>| {
            map.keys().all(|keyword| matches!(keyword.as_str(), "type" | "const" | "enum"))
        };
        let value = constant(schema).filter(|_| schema.as_object().is_some_and(is_bare))?;
        let is_required =
            map.get("required")?.as_array()?.iter().any(|required| required == name.as_str());
        let is_same = *found.get_or_insert(name) == name;
        if !(is_object && is_plain && is_required && is_same && seen.insert(value)) {
            return None;
        }
        values.push(value);
    }
    Some((found?, values))
}

/// Variants of branches that are texts each.
fn texts(branches: &[&Value]) -> Option<Vec<Variant<()>>> {
    let mut names = Names::default();
    let mut variants = Vec::new();
    let mut seen = HashSet::new();
    for branch in branches {
        let map = branch.as_object()?;
        let is_text = map.get("type").is_none_or(|kind| kind == "string")
            && map.keys().all(|keyword| {
                is_annotation(keyword) || matches!(&**keyword, "type" | "const" | "enum")
            });
        let values = match (map.get("const"), map.get("enum")) {
            (Some(value), None) => std::slice::from_ref(value),
            (None, Some(Value::Array(values))) => values,
            _ => return None,
        };
        let notes = notes_of(map);
        if !is_text || values.is_empty() || values.len() > 1 && !notes.is_empty() {
            return None;
        }
        for value in values {
            let text = value.as_str().filter(|text| seen.insert(*text))?;
            let ident = names.give(&variant_name(text));
            let notes = notes.clone();
            variants.push(Variant { ident, value: text.to_owned(), notes, holds: () });
        }
    }
    Some(variants)
}

fn notes_of(map: &Map<String, Value>) -> Notes {
    let text = |keyword: &str| map.get(keyword).and_then(Value::as_str).map(str::to_owned);
    Notes { title: text("title"), description: text("description"), extend: Vec::new() }
}

/// The only text that a schema takes.
fn constant(schema: &Value) -> Option<&str> {
    let listed = || match schema.get("enum")?.as_array()?.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    schema.get("const").or_else(listed)?.as_str()
}

fn is_null(schema: &Value) -> bool {
    let Some(map) = schema.as_object() else { return false };
    let said: Vec<_> = map.iter().filter(|(keyword, _)| !is_annotation(keyword)).collect();
    match &*said {
        [(keyword, value)] => match keyword.as_str() {
            "type" => **value == "null",
            "const" => value.is_null(),
            _ => false,
        },
        _ => false,
    }
}
