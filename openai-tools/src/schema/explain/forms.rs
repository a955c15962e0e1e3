use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{
    branch::{constants, settled, takes_kind, target},
    list,
};
use crate::schema::{
    codec::same,
    nearest::nearest,
    problem::{excerpt, shorten},
};

/// What a union offers: its branches, with references and nested unions replaced by what they
/// stand for, each once.
pub(super) struct Forms<'a> {
    root: &'a Value,
    /// Each with the number of the branch that it was found in.
    all: Vec<(usize, &'a Value)>,
}

/// What the names of an object's properties say about the branch that is meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Named {
    /// This branch, by a name that is misspelt.
    Branch(usize),
    /// No branch more than another.
    None,
    /// Nothing that a look at the types and tags would not say better.
    Unsure,
}

impl<'a> Forms<'a> {
    pub(super) fn new(root: &'a Value, branches: &[&'a Value]) -> Self {
        let mut all = Vec::new();
        let mut seen = HashSet::new();
        // A stack, so that a schema of any depth can be flattened; the first branch on top.
        let mut open: Vec<(usize, &Value)> = branches.iter().copied().enumerate().rev().collect();
        while let Some((n, schema)) = open.pop() {
            // A definition may be reached on many ways, and from within itself.
            if !seen.insert(std::ptr::from_ref(schema).addr()) {
                continue;
            }
            match schema.as_object().and_then(|map| stands_for(root, map)) {
                Some(inner) => open.extend(inner.into_iter().rev().map(|inner| (n, inner))),
                None => all.push((n, schema)),
            }
        }
        Self { root, all }
    }

    /// All forms, in words, if `value` can only be meant to be one of the listed values.
    pub(super) fn choice(&self, value: &Value) -> Option<String> {
        if value.is_array() || value.is_object() {
            return None;
        }
        let mut of_the_kind = self.all.iter().filter(|form| takes_kind(self.root, form.1, value));
        let first = of_the_kind.next()?;
        let is_list = |form: &(usize, &Value)| {
            values_of(form.1).is_some_and(|values| !values.iter().any(|one| same(one, value)))
        };
        (is_list(first) && of_the_kind.all(is_list)).then(|| self.told(value))
    }

    /// Which branch is meant, where an object has none of the properties that any branch knows.
    pub(super) fn named(&self, object: &Map<String, Value>) -> Named {
        let any_object = Value::Object(Map::new());
        let mut objects: Vec<(usize, &Map<String, Value>)> = Vec::new();
        let mut others = false;
        for &(n, schema) in &self.all {
            if !takes_kind(self.root, schema, &any_object) {
                others |= !is_null(schema);
                continue;
            }
            match closed_properties(settled(self.root, schema)) {
                Some(properties) => objects.push((n, properties)),
                None => return Named::Unsure,
            }
        }
        let Some(((_, first), rest)) = objects.split_first() else { return Named::Unsure };
        let told_apart = match rest {
            [] => others && !object.is_empty(),
            // A property that all of them have is missed more than a form is.
            rest => !first.keys().any(|name| rest.iter().all(|other| other.1.contains_key(name))),
        };
        let known = |name: &String| objects.iter().any(|one| one.1.contains_key(name));
        if !told_apart || object.keys().any(known) {
            return Named::Unsure;
        }
        // Only the first few: the object comes from a model.
        let near = object.keys().take(MOST_COMPARED).find_map(|key| {
            nearest(key, objects.iter().flat_map(|one| one.1.keys()).map(String::as_str))
        });
        near.and_then(|near| objects.iter().find(|one| one.1.contains_key(near)))
            .map_or(Named::None, |&(n, _)| Named::Branch(n))
    }

    /// The forms in words; what can be left out comes last.
    pub(super) fn told(&self, found: &Value) -> String {
        let mut values: Vec<&Value> = Vec::new();
        let mut shapes: Vec<String> = Vec::new();
        let mut null = false;
        let mut seen = HashSet::new();
        for &(_, schema) in &self.all {
            if let Some(listed) = values_of(schema) {
                null |= listed.iter().any(|value| value.is_null());
                let new = |value: &&Value| !value.is_null() && seen.insert(value.to_string());
                values.extend(listed.into_iter().filter(new));
            } else if is_null(schema) {
                null = true;
            } else {
                let shape = shape(self.root, schema);
                if !shapes.contains(&shape) {
                    shapes.push(shape);
                }
            }
        }
        if null && shapes.is_empty() {
            values.push(&Value::Null);
        }
        if shapes.is_empty() {
            return one_of(values.into_iter(), found);
        }
        let near = did_you_mean(values.iter().copied(), found);
        let nulls = null.then(|| "null".to_owned());
        let mut told: Vec<String> =
            values.into_iter().map(excerpt).chain(shapes).chain(nulls).collect();
        let cut = told.len().saturating_sub(LISTED);
        told.truncate(LISTED);
        let more = if cut > 0 { format!(" and {cut} more") } else { String::new() };
        match told.len() {
            0..=2 => format!("{}{near}", told.join(" or ")),
            _ => format!("one of {}{more}{near}", told.join(", ")),
        }
    }
}

/// A list of values, the nearest to what was found named.
pub(super) fn one_of<'a>(values: impl Iterator<Item = &'a Value> + Clone, found: &Value) -> String {
    let count = values.clone().count();
    let shown: Vec<String> = values.clone().take(LISTED).map(excerpt).collect();
    if count == 1 {
        return shown.join("");
    }
    let more = match count.saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("one of {}{more}{}", shown.join(", "), did_you_mean(values, found))
}

/// A type of JSON, in words.
pub(super) fn with_article(kind: &str) -> String {
    match kind {
        "null" => "null".to_owned(),
        "array" | "integer" | "object" => format!("an {kind}"),
        kind => format!("a {kind}"),
    }
}

fn did_you_mean<'a>(values: impl Iterator<Item = &'a Value>, found: &Value) -> String {
    let near = found.as_str().and_then(|found| nearest(found, values.filter_map(Value::as_str)));
    near.map_or_else(String::new, |near| format!(" (did you mean {}?)", excerpt(&near.into())))
}

/// The schemas that a schema is only another name for.
fn stands_for<'a>(root: &'a Value, map: &'a Map<String, Value>) -> Option<Vec<&'a Value>> {
    let mut rules = map.iter().filter(|(keyword, _)| !ANNOTATIONS.contains(&keyword.as_str()));
    let (keyword, _) = rules.next()?;
    match keyword.as_str() {
        _ if rules.next().is_some() => None,
        "$ref" => Some(vec![target(root, map)?]),
        "anyOf" | "oneOf" => Some(list(map, keyword).collect()),
        _ => None,
    }
}

fn values_of(schema: &Value) -> Option<Vec<&Value>> {
    schema.as_object().and_then(constants)
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| *kind == "null")
}

/// The properties of an object that is known by them: one that takes any name is never foreign.
fn closed_properties(schema: &Value) -> Option<&Map<String, Value>> {
    let map = schema.as_object()?;
    let takes_any = map.get("additionalProperties").is_some_and(|rest| *rest != false);
    let is_more = ["allOf", "anyOf", "oneOf", "patternProperties"];
    if takes_any || is_more.iter().any(|keyword| map.contains_key(*keyword)) {
        return None;
    }
    map.get("properties")?.as_object().filter(|properties| !properties.is_empty())
}

fn shape(root: &Value, schema: &Value) -> String {
    let schema = if schema.get("type").is_some() { schema } else { settled(root, schema) };
    let names: Vec<&String> = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|p| p.0)
        .collect();
    match schema.get("type") {
        Some(Value::String(kind)) if kind == "object" && !names.is_empty() => {
            let shown: Vec<String> =
                names.iter().take(5).map(|name| format!("`{}`", shorten(name, 40))).collect();
            format!("an object with {}", shown.join(", "))
        }
        Some(Value::String(kind)) => with_article(kind),
        Some(Value::Array(kinds)) => {
            let kinds: Vec<String> =
                kinds.iter().filter_map(Value::as_str).map(with_article).collect();
            kinds.join(" or ")
        }
        _ => "a value of another form".to_owned(),
    }
}

/// Keywords that rule nothing out.
const ANNOTATIONS: &[&str] =
    &["$comment", "default", "deprecated", "description", "examples", "readOnly", "title"];
const LISTED: usize = 10;
const MOST_COMPARED: usize = 10;
