//! What is wrong with a value, told usefully.

mod branch;
mod forms;
mod told;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use self::{
    branch::{Best, best, unknown_tag},
    forms::{Forms, Named},
    told::told,
};
use super::{
    compile::backtracking,
    pattern::PATTERN_BYTES,
    problem::{Problem, escape, excerpt},
};

/// Tells what is wrong with a value that a schema refuses.
///
/// The validator could list all errors itself, but where a union is nested in a union it lists
/// those of every branch of every branch, which grows exponentially and helps nobody. So this
/// walks down the schema and the value side by side, takes the branch that is meant, and asks the
/// validator for the rules of one level at a time.
pub(super) struct Explainer {
    root: Arc<Value>,
    draft: Draft,
    /// Validators of one level, by the place of the schema, and of whole branches.
    compiled: Mutex<Compiled>,
}

/// `None` for what cannot be compiled on its own.
type Compiled = HashMap<(String, Extent), Option<Arc<Validator>>>;

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Extent {
    Level,
    Whole,
}

impl Explainer {
    pub(super) fn new(root: Arc<Value>, draft: Draft) -> Self {
        Self { root, draft, compiled: Mutex::default() }
    }

    /// The problems of a value, the most useful first; at least one.
    pub(super) fn problems(&self, value: &Value) -> Vec<Problem> {
        let mut walk = Walk { explainer: self, problems: Vec::new(), seen: HashSet::new() };
        walk.schema(&self.root, "", value, &mut String::new());
        let mut problems = walk.problems;
        if problems.is_empty() {
            problems.push(self.whole(value));
        }
        // What is missing or misnamed explains more than what follows from it.
        problems.sort_by_key(|problem| match problem.rule() {
            "required" => 0,
            "additionalProperties" => 1,
            "type" => 2,
            "anyOf" | "oneOf" => 4,
            _ => 3,
        });
        problems
    }

    /// For rules that cannot be told level by level, such as `unevaluatedProperties`.
    fn whole(&self, value: &Value) -> Problem {
        let first = self.root.as_object().and_then(|root| {
            let whole = self.validator(root, "", Extent::Whole)?;
            let error = whole.validate(value).err()?;
            told(&error, root, "").into_iter().next()
        });
        first.unwrap_or_else(|| {
            Problem::new("schema", excerpt(value), "a value that fits the schema")
        })
    }

    fn validator(
        &self,
        schema: &Map<String, Value>,
        at: &str,
        extent: Extent,
    ) -> Option<Arc<Validator>> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        compiled
            .entry((at.to_owned(), extent))
            .or_insert_with(|| self.compile(schema, extent).map(Arc::new))
            .clone()
    }

    fn compile(&self, schema: &Map<String, Value>, extent: Extent) -> Option<Validator> {
        let mut level: Map<String, Value> = schema
            .iter()
            .filter(|(keyword, _)| extent == Extent::Whole || !FOLLOWED.contains(&keyword.as_str()))
            .filter(|(keyword, _)| {
                !matches!(keyword.as_str(), "$id" | "$schema" | "$defs" | "definitions")
            })
            .map(|(keyword, value)| (keyword.clone(), value.clone()))
            .collect();
        if extent == Extent::Level {
            // Which names there may be is a rule of this level, what they hold is not.
            if let Some(Value::Object(properties)) = schema.get("properties") {
                let any = properties.keys().map(|name| (name.clone(), true.into()));
                level.insert("properties".to_owned(), Value::Object(any.collect()));
            }
            let rest = schema.get("additionalProperties");
            if let Some(rest) = rest.filter(|rest| **rest == false || has_patterns(schema)) {
                level.insert("additionalProperties".to_owned(), rest.clone());
            }
        }
        let mut level = Value::Object(level);
        if redirect(&mut level, 0) {
            let mut root = (*self.root).clone();
            root.as_object_mut()?.insert("$id".to_owned(), ROOT.into());
            level.as_object_mut()?.insert("$defs".to_owned(), json!({"root": root}));
        }
        backtracking(self.draft, PATTERN_BYTES).build(&level).ok()
    }
}

struct Walk<'a> {
    explainer: &'a Explainer,
    problems: Vec<Problem>,
    seen: HashSet<(usize, String)>,
}

impl Walk<'_> {
    fn schema(&mut self, schema: &Value, at: &str, value: &Value, place: &mut String) {
        if self.problems.len() >= MOST {
            return;
        }
        // A schema that refers to itself with nothing in between is looked at once.
        if !self.seen.insert((std::ptr::from_ref(value).addr(), at.to_owned())) {
            return;
        }
        let map = match schema {
            Value::Bool(false) => {
                let problem = Problem::new("false", excerpt(value), "nothing");
                self.problems.push(problem.at(place.as_str()));
                return;
            }
            Value::Object(map) => map,
            _ => return,
        };
        self.level(map, at, value, place);
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            self.reference(reference, value, place);
        }
        for (n, part) in list(map, "allOf").enumerate() {
            self.schema(part, &format!("{at}/allOf/{n}"), value, place);
        }
        for keyword in ["anyOf", "oneOf"] {
            if map.contains_key(keyword) {
                self.union(map, keyword, at, value, place);
            }
        }
        match value {
            Value::Array(items) => self.items(map, at, items, place),
            Value::Object(object) => self.object(map, at, object, place),
            _ => {}
        }
    }

    /// What is wrong by the rules of this schema alone, without those inside it.
    fn level(&mut self, map: &Map<String, Value>, at: &str, value: &Value, place: &str) {
        let Some(validator) = self.explainer.validator(map, at, Extent::Level) else { return };
        let room = MOST.saturating_sub(self.problems.len());
        for error in validator.iter_errors(value).take(room) {
            self.problems.extend(told(&error, map, place));
        }
    }

    fn reference(&mut self, reference: &str, value: &Value, place: &mut String) {
        let root = Arc::clone(&self.explainer.root);
        let pointer = reference.strip_prefix('#').unwrap_or("/");
        if let Some(target) = root.pointer(pointer) {
            self.schema(target, pointer, value, place);
        }
    }

    fn union(
        &mut self,
        map: &Map<String, Value>,
        keyword: &str,
        at: &str,
        value: &Value,
        place: &mut String,
    ) {
        let only = Map::from_iter([(keyword.to_owned(), map[keyword].clone())]);
        let whole = format!("{at}/{keyword}");
        match self.explainer.validator(&only, &whole, Extent::Whole) {
            Some(validator) if validator.is_valid(value) => return,
            _ => {}
        }
        let branches: Vec<&Value> = list(map, keyword).collect();
        let root = Arc::clone(&self.explainer.root);
        if let Some((tag, problem)) = unknown_tag(&root, &branches, value) {
            self.problems.push(problem.at(format!("{place}/{}", escape(tag))));
            return;
        }
        let forms = Forms::new(&root, &branches);
        if let Some(allowed) = forms.choice(value) {
            self.problems.push(Problem::new("enum", excerpt(value), allowed).at(place.as_str()));
            return;
        }
        let before = self.problems.len();
        let best = match value.as_object().map_or(Named::Unsure, |object| forms.named(object)) {
            Named::Branch(n) => Best::Branch(n),
            Named::None => Best::None,
            Named::Unsure => best(&root, &branches, value),
        };
        if let Best::Branch(n) = best {
            self.schema(branches[n], &format!("{whole}/{n}"), value, place);
        }
        if self.problems.len() == before && before < MOST {
            let allowed = match best {
                // The branch that is meant finds nothing wrong: others fit as well.
                Best::Branch(_) if keyword == "oneOf" => {
                    "exactly one of the forms, not several at once".to_owned()
                }
                _ => forms.told(value),
            };
            let problem = Problem::new(keyword.to_owned(), excerpt(value), allowed);
            self.problems.push(problem.at(place.as_str()));
        }
    }

    fn items(&mut self, map: &Map<String, Value>, at: &str, items: &[Value], place: &mut String) {
        let (fixed, within) = match map.get("items") {
            Some(Value::Array(fixed)) => (fixed.as_slice(), "items"),
            _ => (
                map.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice),
                "prefixItems",
            ),
        };
        let rest = map.get("items").filter(|items| items.is_object());
        for (n, item) in items.iter().enumerate() {
            let (schema, at) = match (fixed.get(n), rest) {
                (Some(schema), _) => (schema, format!("{at}/{within}/{n}")),
                (None, Some(schema)) => (schema, format!("{at}/items")),
                (None, None) => return,
            };
            self.under(&n.to_string(), schema, &at, item, place);
        }
    }

    fn object(
        &mut self,
        map: &Map<String, Value>,
        at: &str,
        object: &Map<String, Value>,
        place: &mut String,
    ) {
        let properties = map.get("properties").and_then(Value::as_object);
        let rest = map.get("additionalProperties");
        let rest = rest.filter(|rest| rest.is_object() && !has_patterns(map));
        for (name, value) in object {
            let (schema, at) = match (properties.and_then(|all| all.get(name)), rest) {
                (Some(schema), _) => (schema, format!("{at}/properties/{}", escape(name))),
                (None, Some(schema)) => (schema, format!("{at}/additionalProperties")),
                (None, None) => continue,
            };
            self.under(name, schema, &at, value, place);
        }
    }

    fn under(
        &mut self,
        segment: &str,
        schema: &Value,
        at: &str,
        value: &Value,
        place: &mut String,
    ) {
        let length = place.len();
        place.push('/');
        place.push_str(&escape(segment));
        self.schema(schema, at, value, place);
        place.truncate(length);
    }
}

fn list<'a>(map: &'a Map<String, Value>, keyword: &str) -> impl Iterator<Item = &'a Value> {
    map.get(keyword).and_then(Value::as_array).into_iter().flatten()
}

/// Which key falls under `additionalProperties` is then not plain to see.
fn has_patterns(map: &Map<String, Value>) -> bool {
    map.contains_key("patternProperties")
}

/// Lets references find the whole schema from a part of it; false if there are none.
fn redirect(schema: &mut Value, depth: usize) -> bool {
    match schema {
        _ if depth > DEEPEST => false,
        Value::Array(items) => {
            items.iter_mut().fold(false, |found, item| redirect(item, depth + 1) | found)
        }
        Value::Object(map) => map.iter_mut().fold(false, |found, (keyword, value)| match value {
            Value::String(reference) if keyword == "$ref" && reference.starts_with('#') => {
                reference.insert_str(0, ROOT);
                true
            }
            value => redirect(value, depth + 1) | found,
        }),
        _ => false,
    }
}

/// Keywords whose schemas are walked into, and those that only make sense together with these.
const FOLLOWED: &[&str] = &[
    "$ref",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "items",
    "oneOf",
    "prefixItems",
    "properties",
    "unevaluatedItems",
    "unevaluatedProperties",
];
const ROOT: &str = "urn:openai-tools:root";
const DEEPEST: usize = 256;
/// Nobody reads more, and a list of a million wrong items must not cost a million problems.
const MOST: usize = 20;

#[cfg(test)]
mod tests;
