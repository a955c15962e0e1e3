//! What makes models err, though servers take it.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{
    DEEPEST, MOST, Violation,
    exponential::{Finder, Way},
    keywords,
    place::{Segment, pointer_of},
};
use crate::{
    json::first_characters,
    schema::{
        problem::{escape, excerpt, shorten},
        profile::Profile,
    },
};

/// Whose names the properties of a schema are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::schema) enum Names {
    Authors,
    /// Some are the codec's: `key`, `value`, `item_0`, which nobody can describe.
    AuthorsAndCodecs,
}

/// Every place where a schema makes models err, at most 200.
pub(super) fn check(schema: &Value, profile: &Profile, names: Names) -> Vec<Violation> {
    let segment = Segment::None;
    let root = Step { schema, from: None, keyword: "", segment, depth: 0, is_told: false };
    let mut walk = Walk {
        root: schema,
        unions: Finder::new(schema),
        unknown: 0,
        names,
        longest: profile.tools.description,
        steps: vec![root],
        open: vec![0],
        found: Vec::new(),
    };
    while let Some(at) = walk.open.pop() {
        if walk.found.len() >= MOST {
            break;
        }
        let Step { schema, depth, .. } = walk.steps[at];
        let Some(map) = schema.as_object().filter(|_| depth <= DEEPEST) else { continue };
        walk.visit(at, map);
        let first = walk.open.len();
        walk.follow(at, map);
        walk.open[first..].reverse();
    }
    walk.found.truncate(MOST);
    walk.found
}

/// A walk over all schemas in a schema, in the order of the document.
struct Walk<'a> {
    root: &'a Value,
    unions: Finder<'a>,
    /// How many keywords were compared with those that there are.
    unknown: usize,
    names: Names,
    longest: usize,
    steps: Vec<Step<'a>>,
    open: Vec<usize>,
    found: Vec<Violation>,
}

/// A schema and how it was reached. Pointers are made of this only where something is told: made
/// for every schema, they would cost the square of the document.
#[derive(Clone, Copy)]
struct Step<'a> {
    schema: &'a Value,
    from: Option<usize>,
    keyword: &'a str,
    segment: Segment<'a>,
    depth: usize,
    /// Whether its values are told where it is one of several.
    is_told: bool,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, at: usize, map: &'a Map<String, Value>) {
        if let Some(Value::String(text)) = map.get("description") {
            let (most, count) = (self.longest, text.chars().count());
            if count > most {
                let message = format!("a description of {count} characters");
                let help = format!(
                    "say it in {most}; servers have refused longer ones, and models skip them"
                );
                self.tell("long-description", at, "/description", message, help);
            }
        }
        if let Some(Value::Object(properties)) = map.get("properties") {
            // The one property of a described object is what the object is about.
            let is_said = properties.len() == 1 && says_something(self.steps[at].schema);
            self.properties(at, properties, is_said);
        }
        self.values(at, map);
        self.keywords(at, map);
        self.union(at);
    }

    fn keywords(&mut self, at: usize, map: &'a Map<String, Value>) {
        for keyword in map.keys().filter(|keyword| !keywords::is_known(keyword)) {
            if self.found.len() >= MOST || self.unknown == MOST_UNKNOWN {
                return;
            }
            self.unknown += 1;
            let Some(meant) = keywords::meant(keyword) else { continue };
            let place = format!("/{}", escape(keyword));
            let message = format!("`{keyword}` is no keyword, so it is passed over");
            let help = format!("write `{meant}`; a name of your own begins with `x-`");
            self.tell("misspelt-keyword", at, &place, message, help);
        }
    }

    fn union(&mut self, at: usize) {
        let Some(way) = self.unions.way(self.steps[at].schema) else { return };
        let by = match way {
            Way::Items => "their items".to_owned(),
            Way::Property(name) => format!("`{}`", shorten(name, 60)),
        };
        let message = format!(
            "two branches lead back to this union by {by}: an enum with `untagged` is read by \
             trying each, in time that doubles with each level of the value"
        );
        let help = "tell the branches apart with `#[serde(tag = \"…\")]`, or by other names";
        self.tell("exponential-union", at, "/anyOf", message, help);
    }

    fn properties(&mut self, at: usize, properties: &'a Map<String, Value>, is_said: bool) {
        let is_codecs = self.names == Names::AuthorsAndCodecs && are_codecs(properties);
        let mut known: HashMap<String, &str> = HashMap::new();
        for (name, schema) in properties {
            if self.found.len() >= MOST {
                return;
            }
            let place = || format!("/properties/{}", escape(name));
            if !is_said && !is_codecs && !self.is_described(schema) && !has_one_value(schema) {
                let message = format!("the property `{}` has no description", shorten(name, 60));
                let help = "say what it means, in which unit, with an example";
                self.tell("undescribed-property", at, &place(), message, help);
            }
            if let Some(first) = known.insert(name.to_lowercase(), name) {
                let (name, first) = (shorten(name, 60), shorten(first, 60));
                let message = format!("`{name}` and `{first}` differ only in case");
                let help = "give one of them a name that tells them apart";
                self.tell("names-differ-only-in-case", at, &place(), message, help);
            }
        }
    }

    /// Whether a description says what a schema is for; that of the only thing that it names
    /// counts as its own.
    fn is_described(&self, mut schema: &'a Value) -> bool {
        for _ in 0..LONGEST_CHAIN {
            if says_something(schema) {
                return true;
            }
            let Some(map) = schema.as_object() else { return false };
            if let Some(target) = self.target(map) {
                schema = target;
                continue;
            }
            let mut others = branches(map).filter(|branch| !is_null(branch)).take(MOST_BRANCHES);
            match (others.next(), others.next()) {
                (Some(only), None) => schema = only,
                (Some(first), Some(second)) => {
                    // A union of forms that are each described, by themselves or by their type.
                    return [first, second].into_iter().chain(others).all(|branch| {
                        says_something(branch)
                            || branch
                                .as_object()
                                .and_then(|map| self.target(map))
                                .is_some_and(says_something)
                    });
                }
                (None, _) => return false,
            }
        }
        false
    }

    fn target(&self, map: &Map<String, Value>) -> Option<&'a Value> {
        let reference = map.get("$ref")?.as_str()?;
        self.root.pointer(reference.strip_prefix('#')?)
    }

    /// Enum values that no description names.
    fn values(&mut self, at: usize, map: &'a Map<String, Value>) {
        if self.steps[at].is_told {
            return;
        }
        let (place, values) = if is_choice(map) {
            let place = if map.contains_key("anyOf") { "/anyOf" } else { "/oneOf" };
            let values = branches(map)
                .flat_map(|branch| listed(branch).map(|value| (value, says_something(branch))));
            (place, values.collect::<Vec<_>>())
        } else {
            let values = map.get("enum").and_then(Value::as_array).into_iter().flatten();
            ("/enum", values.map(|value| (value, false)).collect())
        };
        let values: Vec<_> =
            values.into_iter().filter(|(value, _)| !value.is_null()).take(MOST_VALUES).collect();
        // Where there is one value, there is nothing to choose.
        if values.len() < 2 {
            return;
        }
        let said = self.said(at);
        let is_silent =
            |(value, is_said): &&(&Value, bool)| !is_said && !said.iter().any(|t| names(t, value));
        let silent: Vec<String> =
            values.iter().filter(is_silent).map(|(value, _)| excerpt(value)).collect();
        if silent.is_empty() {
            return;
        }
        let more = if silent.len() > SHOWN { ", …" } else { "" };
        let shown = silent[..silent.len().min(SHOWN)].join(", ");
        let message = format!("no description says what {shown}{more} means");
        let help = "name each value in the description and say when it is meant, or describe each \
                    as a `const` of its own";
        self.tell("undocumented-enum", at, place, message, help);
    }

    /// The descriptions of a schema and of what it is the only value of.
    fn said(&self, at: usize) -> Vec<&'a str> {
        let mut said = Vec::new();
        let mut next = Some(at);
        for _ in 0..SAID {
            let Some(step) = next.map(|at| &self.steps[at]) else { break };
            let text = step.schema.get("description").and_then(Value::as_str);
            said.extend(text.map(|text| first_characters(text, MOST_SAID)));
            if !matches!(step.keyword, "anyOf" | "oneOf" | "allOf" | "items") {
                break;
            }
            next = step.from;
        }
        said
    }

    fn follow(&mut self, from: usize, map: &'a Map<String, Value>) {
        let depth = self.steps[from].depth + 1;
        let has_choice = is_choice(map);
        let mut push = |schema: &'a Value, keyword: &'a str, segment: Segment<'a>| {
            let is_told = has_choice && matches!(keyword, "anyOf" | "oneOf");
            self.open.push(self.steps.len());
            self.steps.push(Step { schema, from: Some(from), keyword, segment, depth, is_told });
        };
        for (keyword, value) in map {
            match (keyword.as_str(), value) {
                (
                    "properties" | "$defs" | "definitions" | "patternProperties",
                    Value::Object(schemas),
                ) => {
                    for (name, schema) in schemas {
                        push(schema, keyword, Segment::Name(name));
                    }
                }
                ("anyOf" | "oneOf" | "allOf" | "prefixItems" | "items", Value::Array(schemas)) => {
                    for (n, schema) in schemas.iter().enumerate() {
                        push(schema, keyword, Segment::Item(n));
                    }
                }
                ("items" | "additionalProperties", Value::Object(_)) => {
                    push(value, keyword, Segment::None);
                }
                _ => {}
            }
        }
    }

    fn tell(
        &mut self,
        id: &'static str,
        at: usize,
        place: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let step =
            |at: usize| (self.steps[at].from, self.steps[at].keyword, self.steps[at].segment);
        let pointer = pointer_of(step, at, place);
        self.found.push(Violation::new(id, pointer, message, help));
    }
}

fn says_something(schema: &Value) -> bool {
    let text = schema.get("description").and_then(Value::as_str);
    text.is_some_and(|text| !text.trim().is_empty())
}

fn branches(map: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let of = |keyword: &str| map.get(keyword).and_then(Value::as_array).into_iter().flatten();
    of("anyOf").chain(of("oneOf")).chain(of("allOf"))
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "null")
        || schema.get("const").is_some_and(Value::is_null)
}

/// The values to which a schema is limited.
fn listed(schema: &Value) -> impl Iterator<Item = &Value> {
    let values = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    schema.get("const").into_iter().chain(values)
}

/// Whether a schema is a union of single values.
fn is_choice(map: &Map<String, Value>) -> bool {
    let of = |keyword: &str| map.get(keyword).and_then(Value::as_array);
    of("anyOf").or_else(|| of("oneOf")).is_some_and(|branches| {
        let mut others = branches.iter().filter(|branch| !is_null(branch)).peekable();
        others.peek().is_some() && others.all(|branch| listed(branch).next().is_some())
    })
}

/// The tag of a variant says what it is.
fn has_one_value(schema: &Value) -> bool {
    let mut values = listed(schema).filter(|value| !value.is_null());
    values.next().is_some() && values.next().is_none()
}

fn are_codecs(properties: &Map<String, Value>) -> bool {
    let is_item = |name: &String| {
        name == crate::schema::codec::REST
            || name.strip_prefix("item_").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut names = properties.keys().map(String::as_str);
    match (names.next(), names.next(), names.next()) {
        (Some("value" | "entries" | "json_text"), None, _) | (Some("key"), Some("value"), None) => {
            true
        }
        _ => properties.keys().all(is_item),
    }
}

/// Whether a text names a value, as a word.
fn names(text: &str, value: &Value) -> bool {
    let name = match value {
        Value::String(name) => name.clone(),
        other => excerpt(other),
    };
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    !name.is_empty()
        && text.match_indices(&name).any(|(at, found)| {
            !text[..at].chars().next_back().is_some_and(is_word)
                && !text[at + found.len()..].chars().next().is_some_and(is_word)
        })
}

const LONGEST_CHAIN: usize = 8;
/// How far up descriptions are looked for: an array of a union of values.
const SAID: usize = 4;
const SHOWN: usize = 3;
/// A server lints what strangers send: what is looked at for each property and each value is
/// limited, so that no document costs the square of its size.
const MOST_BRANCHES: usize = 64;
const MOST_SAID: usize = 4_096;
const MOST_VALUES: usize = 1_000;
const MOST_UNKNOWN: usize = 10_000;
