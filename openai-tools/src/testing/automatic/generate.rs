//! Instances of schemas, filled from what was said.

use std::{collections::HashSet, ops::RangeInclusive};

use serde_json::{Map, Value, json};

use super::{
    assign::{self, Role, Values},
    entity::Entity,
    pattern,
    shape::{Field, Form, Leaf, LeafKind, Node, Shape, validator},
    words,
};

/// What instances are made from.
#[derive(Debug, Default)]
pub(super) struct Source<'a> {
    /// Things that may be values, in the order of the prompt.
    pub(super) entities: Vec<&'a Entity>,
    /// Every word of this part of the prompt without its ending, in order.
    pub(super) stems: Vec<String>,
    /// The same of the whole prompt: "in Hanoi and Paris in celsius" is about both.
    pub(super) all_stems: Vec<String>,
    /// What goes where a text is wanted and nothing better is known.
    pub(super) free_text: &'a str,
    /// What tools returned, by normalised name.
    pub(super) facts: Vec<(String, Value)>,
    /// Whether lists get an item even if nothing is known of them: in an answer they do, in the
    /// arguments of a call they do not.
    pub(super) fill_lists: bool,
}

/// Several instances where the prompt asks for several things, always at least one, and at most
/// `limit`. Each is valid against the schema if the generator can make a valid one at all.
pub(super) fn instances(schema: &Value, source: &Source<'_>, limit: usize) -> Vec<Value> {
    let said: HashSet<String> = source.stems.iter().cloned().collect();
    let Some(shape) = Shape::read(schema, &said) else {
        return vec![json!({})];
    };
    let values = values(&shape, source);
    let count = count(&shape, &values).clamp(1, limit.max(1));
    let validator = validator(schema);
    let is_valid = |value: &Value| validator.as_ref().is_none_or(|v| v.is_valid(value));
    let mut all: Vec<Value> = Vec::new();
    for group in 0..count {
        let filled = Writer { shape: &shape, values: &values, source, group }.root();
        let instance = if is_valid(&filled) { filled } else { plain(schema) };
        if !all.contains(&instance) {
            all.push(instance);
        }
    }
    all
}

/// The same without anything that was said.
fn plain(schema: &Value) -> Value {
    let Some(shape) = Shape::read(schema, &HashSet::new()) else {
        return json!({});
    };
    let values = vec![Vec::new(); shape.leaves.len()];
    Writer { shape: &shape, values: &values, source: &Source::default(), group: 0 }.root()
}

fn values(shape: &Shape, source: &Source<'_>) -> Values {
    let mut values = assign::assign(&shape.leaves, &source.entities);
    for (leaf, values) in shape.leaves.iter().zip(&mut values) {
        let name = words::normalized(&leaf.name);
        let facts = source.facts.iter().filter(|(key, _)| *key == name && !name.is_empty());
        let facts: Vec<Value> = facts
            .filter_map(|(_, value)| match leaf.kind {
                LeafKind::Json { object } => json_text(value, object),
                _ => Some(value.clone()),
            })
            .filter(|value| leaf.accepts(value))
            .collect();
        if !facts.is_empty() {
            *values = facts;
        } else if values.is_empty() {
            *values = match &leaf.kind {
                LeafKind::Choice(options) => match chosen(options, &source.stems, source) {
                    own if !own.is_empty() => own,
                    // Two options elsewhere would be one for each of the other parts.
                    _ => Some(chosen(options, &source.all_stems, source))
                        .filter(|all| all.len() == 1)
                        .unwrap_or_default(),
                },
                LeafKind::Bool => said_true(leaf, source).into_iter().collect(),
                LeafKind::Json { .. } | LeafKind::Number | LeafKind::Text => Vec::new(),
            };
        }
    }
    values
}

/// The options that the prompt names, in its order.
fn chosen(options: &[Value], said: &[String], source: &Source<'_>) -> Vec<Value> {
    // A constant is no choice: it says nothing of how many instances are wanted.
    if options.len() < 2 {
        return Vec::new();
    }
    let place = |option: &Value| match option {
        Value::String(text) => {
            let stems = words::stems(text);
            let first = said.iter().position(|stem| stems.first() == Some(stem))?;
            stems.iter().all(|stem| said.contains(stem)).then_some(first)
        }
        Value::Number(_) => source.entities.iter().position(|entity| entity.value == *option),
        _ => None,
    };
    let mut found: Vec<(usize, &Value)> =
        options.iter().filter_map(|option| Some((place(option)?, option))).collect();
    found.sort_by_key(|(place, _)| *place);
    // Of options that begin with the same word only the first is meant.
    found.dedup_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, option)| option.clone()).collect()
}

fn said_true(leaf: &Leaf, source: &Source<'_>) -> Option<Value> {
    let mut parts = words::split(&leaf.name);
    let last = parts.last().copied();
    parts.retain(|part| !words::is_stop_word(&part.to_lowercase()));
    // `is_on`: small words are all that it has, and the last one counts.
    if parts.is_empty() {
        parts.extend(last);
    }
    let mut stems = parts.into_iter().flat_map(words::stems);
    stems.any(|stem| source.stems.contains(&stem)).then_some(Value::Bool(true))
}

/// How many instances the values make: `add(a, b)` takes two numbers each, `weather(city)` one
/// name each, and a value that stands alone belongs to all.
fn count(shape: &Shape, values: &Values) -> usize {
    let single =
        shape.leaves.iter().zip(values).filter(|(leaf, _)| !leaf.list && leaf.row.is_none());
    let mut numbers: Option<usize> = None;
    let mut others = 1;
    for (leaf, values) in single.filter(|(_, values)| !values.is_empty()) {
        match leaf.kind {
            LeafKind::Number => {
                numbers = Some(numbers.map_or(values.len(), |least| least.min(values.len())));
            }
            _ => others = others.max(values.len()),
        }
    }
    others.max(numbers.unwrap_or(1))
}

struct Writer<'w> {
    shape: &'w Shape,
    values: &'w Values,
    source: &'w Source<'w>,
    group: usize,
}

impl Writer<'_> {
    fn root(&self) -> Value {
        self.node(&self.shape.root, self.group)
    }

    /// `turn` says which of several values is taken: that of the instance, or of the row.
    fn node(&self, node: &Node, turn: usize) -> Value {
        if node.nullable && !self.is_known(node) {
            return Value::Null;
        }
        match &node.form {
            Form::Null => Value::Null,
            Form::Leaf(index) => self.leaf(*index, turn),
            Form::Object(fields) => Value::Object(self.object(fields, turn)),
            Form::Array { id, prefix, items, minimum, maximum } => {
                let mut all: Vec<Value> = prefix.iter().map(|node| self.node(node, turn)).collect();
                if let Some(items) = items {
                    let minimum = minimum.saturating_sub(all.len());
                    let maximum = maximum.saturating_sub(all.len());
                    all.extend(self.items(*id, items, minimum..=maximum, turn));
                }
                Value::Array(all)
            }
        }
    }

    fn object(&self, fields: &[Field], turn: usize) -> Map<String, Value> {
        fields
            .iter()
            .filter(|field| field.required || self.is_known(&field.node))
            .map(|field| (field.name.clone(), self.node(&field.node, turn)))
            .collect()
    }

    /// What follows the first items of a list.
    fn items(
        &self,
        id: usize,
        items: &Node,
        bounds: RangeInclusive<usize>,
        turn: usize,
    ) -> Vec<Value> {
        let (minimum, maximum) = bounds.into_inner();
        let filled = usize::from(self.source.fill_lists);
        if let Form::Leaf(index) = items.form {
            let known = &self.values[index];
            // Every value of the list is its item's; a list in a row has none of its own.
            let count = known.len().max(minimum).max(filled).min(maximum);
            let item = |at: usize| known.get(at).cloned().unwrap_or_else(|| self.unknown(index));
            return (0..count).map(item).collect();
        }
        let rows = self.shape.leaves.iter().zip(self.values);
        let rows = rows.filter(|(leaf, _)| leaf.row == Some(id)).map(|(_, values)| values.len());
        let known = rows.max().unwrap_or(0);
        let count = known.max(minimum).max(filled).min(maximum);
        (0..count).map(|row| self.node(items, if known > 0 { row } else { turn })).collect()
    }

    fn leaf(&self, index: usize, turn: usize) -> Value {
        let values = &self.values[index];
        match values.get(turn).or_else(|| values.last()) {
            Some(value) => value.clone(),
            None => self.unknown(index),
        }
    }

    /// A value for a leaf of which nothing was said.
    fn unknown(&self, index: usize) -> Value {
        let leaf = &self.shape.leaves[index];
        let candidates = match &leaf.kind {
            LeafKind::Bool => vec![json!(false), json!(true)],
            LeafKind::Choice(options) => options.clone(),
            LeafKind::Json { object } => json_texts(leaf, *object, self.source.free_text),
            LeafKind::Number => numbers(leaf),
            LeafKind::Text => texts(leaf, self.source.free_text),
        };
        let last = candidates.last().cloned().unwrap_or_default();
        candidates.into_iter().find(|value| leaf.accepts(value)).unwrap_or(last)
    }

    /// Whether anything was said of the node or of what lies in it.
    fn is_known(&self, node: &Node) -> bool {
        match &node.form {
            Form::Null => false,
            Form::Leaf(index) => !self.values[*index].is_empty(),
            Form::Object(fields) => fields.iter().any(|field| self.is_known(&field.node)),
            Form::Array { prefix, items, .. } => {
                prefix.iter().chain(items.as_deref()).any(|node| self.is_known(node))
            }
        }
    }
}

fn numbers(leaf: &Leaf) -> Vec<Value> {
    let bound = |name: &str| leaf.keyword(name).and_then(Value::as_f64);
    let lowest = bound("minimum").or(bound("exclusiveMinimum"));
    let highest = bound("maximum").or(bound("exclusiveMaximum"));
    let step = bound("multipleOf").filter(|step| *step > 0.0);
    let mut candidates: Vec<f64> = Vec::new();
    for limit in [lowest, highest].into_iter().flatten() {
        candidates.extend([limit, limit.ceil(), limit.floor(), limit + 1.0, limit - 1.0]);
    }
    if let (Some(lowest), Some(highest)) = (lowest, highest) {
        candidates.push(f64::midpoint(lowest, highest));
    }
    if let Some(step) = step {
        candidates.push(step);
        for limit in [lowest, highest].into_iter().flatten() {
            let near = (limit / step).floor();
            candidates.extend([near * step, (near + 1.0) * step, (near + 2.0) * step]);
        }
    }
    let shown = leaf.example.iter().filter(|example| example.is_number()).cloned();
    shown.chain([json!(1), json!(0)]).chain(candidates.into_iter().flat_map(spellings)).collect()
}

/// A number as an integer, if it is one, and as a decimal.
fn spellings(number: f64) -> Vec<Value> {
    let whole = (number.fract() == 0.0).then(|| format!("{number:.0}").parse::<i64>().ok());
    [whole.flatten().map(Value::from), Some(json!(number))].into_iter().flatten().collect()
}

fn texts(leaf: &Leaf, free_text: &str) -> Vec<Value> {
    let mut texts: Vec<String> = Vec::new();
    let role = Role::of(leaf);
    if role == Role::Free && !free_text.is_empty() {
        texts.push(free_text.to_owned());
    }
    texts.extend(leaf.example.as_ref().and_then(Value::as_str).map(str::to_owned));
    if let Some(format) = leaf.keyword("format").and_then(Value::as_str) {
        let known = FORMATS.iter().find(|(name, _)| *name == format);
        texts.extend(known.map(|(_, text)| (*text).to_owned()));
    }
    if let Some(pattern) = leaf.keyword("pattern").and_then(Value::as_str) {
        texts.extend(pattern::example(pattern));
    }
    texts.push(
        match role {
            Role::Date => "2026-01-15",
            Role::Email => "user@example.com",
            Role::Time => "09:30",
            Role::Url => "https://example.com",
            Role::Code | Role::Free | Role::Other | Role::Place => "example",
        }
        .to_owned(),
    );
    let (least, most) = (*leaf.length.start(), *leaf.length.end());
    let least = least.min(MAX_TEXT);
    // A text that breaks the bounds is followed by one that keeps them.
    texts
        .into_iter()
        .flat_map(|text| {
            let have = text.chars().count();
            let padding = least.saturating_sub(have);
            let fitted: String =
                text.chars().chain(std::iter::repeat_n('x', padding)).take(most).collect();
            [text, fitted]
        })
        .map(Value::from)
        .collect()
}

/// Texts that hold JSON: what the schema shows, if it is JSON, then something plain.
fn json_texts(leaf: &Leaf, object: bool, free_text: &str) -> Vec<Value> {
    let shown = leaf.example.iter().filter_map(|example| match example {
        Value::String(text) => {
            let value = serde_json::from_str(text).ok()?;
            json_text(&value, object)
        }
        value => json_text(value, object),
    });
    let plain = if object { vec![json!({})] } else { texts(leaf, free_text) };
    shown.chain(plain.iter().map(|value| value.to_string().into())).collect()
}

/// A value as JSON text, if it is of the wanted kind.
fn json_text(value: &Value, object: bool) -> Option<Value> {
    (value.is_object() || !object).then(|| value.to_string().into())
}

const MAX_TEXT: usize = 10_000;

const FORMATS: &[(&str, &str)] = &[
    ("date", "2026-01-15"),
    ("date-time", "2026-01-15T09:30:00Z"),
    ("duration", "PT1H"),
    ("email", "user@example.com"),
    ("hostname", "example.com"),
    ("ipv4", "192.0.2.1"),
    ("ipv6", "2001:db8::1"),
    ("time", "09:30:00Z"),
    ("uri", "https://example.com"),
    ("uuid", "00000000-0000-4000-8000-000000000000"),
];

#[cfg(test)]
#[path = "generate_tests.rs"]
mod tests;
