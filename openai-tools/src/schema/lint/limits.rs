use std::collections::HashMap;

use serde_json::{Map, Value};

use super::Violation;
use crate::schema::profile::Profile;

/// Counts what a profile limits.
pub(super) fn check(schema: &Value, profile: &Profile) -> Vec<Violation> {
    let mut count = Count::default();
    let mut found = Vec::new();
    let limits = &profile.limits;
    let mut open = vec![(schema, 0)];
    while let Some((schema, depth)) = open.pop() {
        // Deeper ones are a violation of their own.
        let Some(map) = schema.as_object().filter(|_| depth <= super::DEEPEST) else { continue };
        count.add(map);
        let (values, characters) = string_enum(map);
        if values > limits.long_enum && characters > limits.long_enum_characters {
            found.push(Violation::new(
                "enum-too-long",
                "",
                format!(
                    "an enum of {values} values has {characters} characters; over {} values it may \
                     have {}",
                    limits.long_enum, limits.long_enum_characters
                ),
                "use a plain string, and check it when it comes back",
            ));
        }
        open.extend(inside(map).map(|schema| (schema, depth + 1)));
    }
    let mut depth = Depth { root: schema, most: limits.depth, known: HashMap::from([("#", 0)]) };
    let totals = [
        ("too-many-properties", count.properties, limits.properties, "properties of objects"),
        ("too-many-enum-values", count.enum_values, limits.enum_values, "enum values"),
        (
            "too-many-characters",
            count.characters,
            limits.characters,
            "characters in names and in enum and const values",
        ),
        ("too-deep", depth.of(schema, 0), limits.depth, "levels of nested objects"),
    ];
    for (id, is, most, what) in totals {
        if is > most {
            let message = format!("{is} {what}; at most {most} are allowed");
            found.push(Violation::new(
                id,
                "",
                message,
                "make it smaller, or split it into several",
            ));
        }
    }
    found
}

#[derive(Default)]
struct Count {
    properties: usize,
    characters: usize,
    enum_values: usize,
}

impl Count {
    fn add(&mut self, map: &Map<String, Value>) {
        let names = |key: &str| map.get(key).and_then(Value::as_object).into_iter().flatten();
        self.properties += names("properties").count();
        for key in ["properties", "$defs", "definitions"] {
            self.characters += names(key).map(|(name, _)| name.chars().count()).sum::<usize>();
        }
        let values = map.get("enum").and_then(Value::as_array);
        self.enum_values += values.map_or(0, Vec::len);
        let values = values.into_iter().flatten().chain(map.get("const"));
        self.characters += values.map(characters).sum::<usize>();
    }
}

fn characters(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        _ => value.to_string().chars().count(),
    }
}

/// Values and characters of an enum of strings.
fn string_enum(map: &Map<String, Value>) -> (usize, usize) {
    let values = map.get("enum").and_then(Value::as_array).into_iter().flatten();
    values
        .filter(|value| value.is_string())
        .fold((0, 0), |(count, sum), value| (count + 1, sum + characters(value)))
}

fn inside(map: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    map.iter().flat_map(|(keyword, value)| -> Box<dyn Iterator<Item = &Value>> {
        match (keyword.as_str(), value) {
            ("properties" | "$defs" | "definitions", Value::Object(schemas)) => {
                Box::new(schemas.values())
            }
            ("anyOf", Value::Array(branches)) => Box::new(branches.iter()),
            ("items", schema) => Box::new(std::iter::once(schema)),
            _ => Box::new(std::iter::empty()),
        }
    })
}

/// How deeply objects are nested, through references, where a reference back up counts nothing.
struct Depth<'a> {
    root: &'a Value,
    most: usize,
    known: HashMap<&'a str, usize>,
}

impl<'a> Depth<'a> {
    fn of(&mut self, schema: &'a Value, hops: usize) -> usize {
        // Chains of references can be far longer than the stack is deep.
        if hops > 20 * super::DEEPEST.min(self.most) {
            return 0;
        }
        let Some(map) = schema.as_object() else { return 0 };
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            return self.target(reference, hops);
        }
        let own = usize::from(map.contains_key("properties"));
        let inside =
            map.iter().filter(|(keyword, _)| !matches!(&***keyword, "$defs" | "definitions"));
        let mut deepest = 0;
        for (keyword, value) in inside {
            let schemas: Vec<&'a Value> = match (keyword.as_str(), value) {
                ("properties", Value::Object(schemas)) => schemas.values().collect(),
                ("anyOf", Value::Array(branches)) => branches.iter().collect(),
                ("items", schema) => vec![schema],
                _ => continue,
            };
            for schema in schemas {
                deepest = deepest.max(self.of(schema, hops + 1));
            }
        }
        own + deepest
    }

    fn target(&mut self, reference: &'a str, hops: usize) -> usize {
        if let Some(&known) = self.known.get(reference) {
            return known;
        }
        let target = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
        let Some(target) = target else { return 0 };
        self.known.insert(reference, 0);
        let depth = self.of(target, hops + 1);
        self.known.insert(reference, depth);
        depth
    }
}
