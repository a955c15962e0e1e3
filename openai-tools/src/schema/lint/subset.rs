//! The rules of the strict subset, place by place.

use serde_json::{Map, Value};

use super::{
    DEEPEST, MOST, Violation,
    place::{Place, ROOT, endless, pointer},
};
use crate::schema::{
    problem::{escape, excerpt, shorten},
    profile::Profile,
};

/// Every place where a schema is outside the strict subset of a profile; limits are left to
/// `limits`.
pub(super) fn check(schema: &Value, profile: &Profile) -> Vec<Violation> {
    let mut linter =
        Linter { root: schema, profile, places: vec![Place::root(schema)], found: Vec::new() };
    linter.root();
    linter.places();
    for place in endless(schema, &linter.places) {
        linter.add(
            "endless-schema",
            place,
            "",
            "the schema leads to itself with neither an object nor an array in between",
            "remove the branch that refers to itself",
        );
    }
    linter.found.truncate(MOST);
    linter.found
}

/// Whether a pattern looks ahead or behind, which the engine of `OpenAI` cannot.
pub(in crate::schema) fn has_lookaround(pattern: &str) -> bool {
    ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|group| pattern.contains(group))
}

struct Linter<'a> {
    root: &'a Value,
    profile: &'a Profile,
    /// All that were looked at; the root is the first.
    places: Vec<Place<'a>>,
    found: Vec<Violation>,
}

impl Linter<'_> {
    fn root(&mut self) {
        let kind = self.root.get("type");
        if self.root.get("anyOf").is_some() {
            self.add(
                "root-union",
                ROOT,
                "",
                "the root is a union",
                "put it under a property of an object",
            );
        } else if kind.is_none_or(|kind| kind != "object") {
            let message = "the root is not of type `object`";
            self.add("root-not-object", ROOT, "", message, "put it under a property of an object");
        }
    }

    fn places(&mut self) {
        // A list instead of recursion: a server lints what strangers send.
        let mut open = vec![ROOT];
        while let Some(at) = open.pop() {
            if self.found.len() >= MOST {
                return;
            }
            let Place { schema, depth, .. } = self.places[at];
            if depth > DEEPEST {
                let message = "the schema is nested too deeply to be read";
                self.add("too-deep", at, "", message, "move parts of it to `$defs`");
                return;
            }
            match schema {
                Value::Object(map) => {
                    self.schema(map, at);
                    let first = self.places.len();
                    Place::below(map, at, &mut self.places);
                    // In the order of the document.
                    open.extend((first..self.places.len()).rev());
                }
                Value::Bool(_) => self.add(
                    "free-value",
                    at,
                    "",
                    "a schema that is `true` or `false`",
                    "say which type is meant",
                ),
                _ => self.add("not-a-schema", at, "", "not a schema", "write an object"),
            }
        }
    }

    fn schema(&mut self, map: &Map<String, Value>, at: usize) {
        if let Some(reference) = map.get("$ref") {
            self.reference(map, reference, at);
            return;
        }
        self.kind(map, at);
        for (keyword, value) in map {
            self.keyword(keyword, value, at);
        }
        let is = |name: &str| match map.get("type") {
            Some(Value::String(kind)) => kind == name,
            Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
            _ => false,
        };
        if is("object") {
            self.object(map, at);
        }
        if is("array") && !map.get("items").is_some_and(Value::is_object) {
            self.add(
                "array-without-items",
                at,
                "",
                "an array without `items`",
                "add one schema as `items`",
            );
        }
    }

    fn reference(&mut self, map: &Map<String, Value>, reference: &Value, at: usize) {
        let target = reference.as_str().and_then(|reference| reference.strip_prefix('#'));
        match target {
            None => self.add(
                "remote-reference",
                at,
                "/$ref",
                format!("{} does not refer into this schema", excerpt(reference)),
                "copy what it names into `$defs`",
            ),
            Some(target) if !self.root.pointer(target).is_some_and(is_schema) => self.add(
                "unresolved-reference",
                at,
                "/$ref",
                format!("{} names no schema", excerpt(reference)),
                "add the schema under `$defs`",
            ),
            Some(_) => {}
        }
        if let Some(sibling) = map.keys().find(|keyword| *keyword != "$ref" && *keyword != "$defs")
        {
            self.add(
                "reference-with-siblings",
                at,
                "/$ref",
                format!("`$ref` stands beside `{}`", shorten(sibling, 60)),
                "put the reference alone into an `anyOf`",
            );
        }
    }

    fn kind(&mut self, map: &Map<String, Value>, at: usize) {
        let names: Vec<&Value> = match map.get("type") {
            Some(Value::Array(kinds)) => kinds.iter().collect(),
            Some(kind) => vec![kind],
            None if ["anyOf", "const", "enum"].iter().any(|k| map.contains_key(*k)) => return,
            None => {
                self.add("free-value", at, "", "no `type`", "say which type is meant");
                return;
            }
        };
        for name in &names {
            let known = name.as_str().is_some_and(|name| TYPES.contains(&name));
            if !known {
                let message = format!("{} is not a type", excerpt(name));
                self.add("unknown-type", at, "/type", message, "use a type of JSON");
            }
        }
        if !self.places[at].is_branch
            && !names.is_empty()
            && names.iter().all(|name| *name == "null")
        {
            self.add(
                "null-alone",
                at,
                "",
                "`null` outside a union",
                "make it a branch of `anyOf`, or remove the property",
            );
        }
    }

    fn keyword(&mut self, keyword: &str, value: &Value, at: usize) {
        let place = || format!("/{}", escape(keyword));
        let profile = self.profile;
        let is_supported = match keyword {
            "$defs"
            | "additionalProperties"
            | "anyOf"
            | "const"
            | "definitions"
            | "description"
            | "enum"
            | "items"
            | "properties"
            | "required"
            | "title"
            | "type" => true,
            "$schema" | "$id" => at == ROOT,
            keyword => profile.knows(keyword),
        };
        if !is_supported {
            self.add(
                "unsupported-keyword",
                at,
                &place(),
                format!("`{}` is not supported in strict mode", shorten(keyword, 60)),
                "remove it, or have the schema rewritten: `StrictSchema::convert`, or `openai-tools \
                 schema strict` on the command line",
            );
            return;
        }
        let text = value.as_str().unwrap_or_default();
        if keyword == "format" && !profile.formats.contains(&text) {
            self.add(
                "unsupported-format",
                at,
                "/format",
                format!("{} is not a format of strict mode", excerpt(value)),
                format!("use one of {}", profile.formats.join(", ")),
            );
        }
        if keyword == "pattern" && has_lookaround(text) {
            let message = "the pattern looks ahead or behind";
            self.add(
                "lookaround",
                at,
                "/pattern",
                message,
                "write a pattern without (?=, (?!, (?<= and (?<!",
            );
        }
    }

    fn object(&mut self, map: &Map<String, Value>, at: usize) {
        if map.get("additionalProperties").is_none_or(|open| *open != false) {
            self.add(
                "open-object",
                at,
                "",
                "an object without `additionalProperties: false`",
                "add `\"additionalProperties\": false`",
            );
        }
        let empty = Map::new();
        let properties = map.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let required: std::collections::HashSet<&str> = map
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let room = MOST.saturating_sub(self.found.len());
        let optional = properties.keys().filter(|name| !required.contains(name.as_str()));
        for name in optional.take(room) {
            self.add(
                "optional-property",
                at,
                &format!("/properties/{}", escape(name)),
                format!("`{}` is not in `required`", shorten(name, 60)),
                "add it to `required`; to make it optional, let it be null as well",
            );
        }
        let mut unknown: Vec<&str> =
            required.into_iter().filter(|name| !properties.contains_key(*name)).collect();
        unknown.sort_unstable();
        for name in unknown.into_iter().take(room) {
            let message = format!("`{}` is required, but is no property", shorten(name, 60));
            let help = "add it to `properties`, or remove it from `required`";
            self.add("required-unknown", at, "/required", message, help);
        }
    }

    fn add(
        &mut self,
        id: &'static str,
        at: usize,
        place: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let pointer = pointer(&self.places, at, place);
        self.found.push(Violation::new(id, pointer, message, help));
    }
}

fn is_schema(value: &Value) -> bool {
    value.is_object() || value.is_boolean()
}

const TYPES: &[&str] = &["array", "boolean", "integer", "null", "number", "object", "string"];
