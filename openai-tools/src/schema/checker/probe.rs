//! What a type can never read, found out before a model writes it.
//!
//! Enums with `tag` alone or `untagged`, and what is under `flatten`, serde reads through a buffer
//! that holds no integers of 128 bits, and whose keys are texts only. A schema cannot say whether a
//! place is read so: a flattened field looks like any other. So the type is asked: it is given a
//! value with such a place, and what happens there is watched.

use serde_json::{Map, Value};

use super::{
    reader::{Failure, Reader},
    watch::{Mode, Watch},
};
use crate::schema::{
    bounds::FromJson,
    problem::escape,
    strict::{Refusal, SchemaError},
};

/// Reads a value of one type and forgets it.
#[derive(Clone, Copy, Debug)]
pub(in crate::schema) struct Reading(fn(Reader<'_>) -> Result<(), Failure>);

impl Reading {
    pub(in crate::schema) const fn of<T: FromJson>() -> Self {
        Self(|reader| T::read_from(reader).map(drop))
    }
}

/// Refuses a schema with places that its type never reads. What cannot be found out is not refused.
///
/// Each of `readings` takes the member of its name, or with none the whole value.
///
/// # Errors
///
/// Each place, with its remedy.
pub(in crate::schema) fn unreadable(
    schema: &Value,
    readings: &[(Option<&str>, Reading)],
) -> Result<(), SchemaError> {
    if !may_be_buffered(schema) {
        return Ok(());
    }
    let mut probe = Probe { root: schema, readings, left: MOST_PLACES, refusals: Vec::new() };
    probe.visit(&[Part::of(schema, String::new())], &mut Vec::new());
    if probe.refusals.is_empty() { Ok(()) } else { Err(SchemaError::new(probe.refusals)) }
}

/// Whether there is anything that a buffer would not hold.
fn may_be_buffered(schema: &Value) -> bool {
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        match schema {
            Value::Array(items) => open.extend(items),
            Value::Object(map) => {
                if is_wide(schema) || map.get("patternProperties").is_some_and(has_number_keys) {
                    return true;
                }
                open.extend(map.values());
            }
            _ => {}
        }
    }
    false
}

fn is_wide(schema: &Value) -> bool {
    schema.get("format").is_some_and(|format| format == "int128" || format == "uint128")
}

fn has_number_keys(patterns: &Value) -> bool {
    patterns.as_object().is_some_and(|patterns| patterns.keys().any(|p| is_of_numbers(p)))
}

/// Whether these are the keys of a map whose keys are integers, as schemars writes them.
fn is_of_numbers(pattern: &str) -> bool {
    matches!(pattern, r"^\d+$" | r"^-?\d+$")
}

/// One of the schemas that hold at a place, and where it stands.
#[derive(Clone)]
struct Part<'a> {
    schema: &'a Value,
    at: String,
}

impl<'a> Part<'a> {
    fn of(schema: &'a Value, at: String) -> Self {
        Self { schema, at }
    }

    fn below(&self, segments: &[&str]) -> Option<Self> {
        let mut part = self.clone();
        for segment in segments {
            part.schema = match part.schema {
                Value::Array(items) => items.get(segment.parse::<usize>().ok()?)?,
                schema => schema.get(segment)?,
            };
            part.at = format!("{}/{}", part.at, escape(segment));
        }
        Some(part)
    }
}

/// What is around a place, from the root inwards.
enum Around {
    /// An object with these members, and the place under this name.
    Object(Map<String, Value>, String),
    /// An array with these items before the place.
    Array(Vec<Value>),
}

struct Probe<'a> {
    root: &'a Value,
    readings: &'a [(Option<&'a str>, Reading)],
    /// How many more places are looked at.
    left: usize,
    refusals: Vec<Refusal>,
}

impl<'a> Probe<'a> {
    fn visit(&mut self, parts: &[Part<'a>], around: &mut Vec<Around>) {
        if around.len() > DEEPEST || self.left == 0 {
            return;
        }
        self.left -= 1;
        for parts in self.choices(parts.to_vec(), 0) {
            self.visit_chosen(&parts, around);
        }
    }

    /// As [`visit`](Self::visit), where no union is open any more.
    fn visit_chosen(&mut self, parts: &[Part<'a>], around: &mut Vec<Around>) {
        if let Some(part) = parts.iter().find(|part| is_wide(part.schema)) {
            self.ask(&part.at, self.example_of(parts, 0), around, false);
        }
        for name in names(parts) {
            let inner = below(parts, &["properties", &name]);
            around.push(Around::Object(self.required(parts, 0), name));
            self.visit(&inner, around);
            around.pop();
        }
        for part in parts {
            let Some(Value::Object(patterns)) = part.schema.get("patternProperties") else {
                continue;
            };
            for pattern in patterns.keys().filter(|pattern| is_of_numbers(pattern)) {
                let Some(inner) = part.below(&["patternProperties", pattern]) else { continue };
                let inner = [inner];
                let key = "1".to_owned();
                around.push(Around::Object(self.required(parts, 0), key));
                self.ask(&part.at, self.example(&inner, 0), around, true);
                self.visit(&inner, around);
                around.pop();
            }
        }
        let extras = below(parts, &["additionalProperties"]);
        if extras.iter().any(|part| part.schema.is_object()) {
            around.push(Around::Object(self.required(parts, 0), "key".to_owned()));
            self.visit(&extras, around);
            around.pop();
        }
        let mut before = Vec::new();
        for index in 0..MOST_ITEMS {
            let item = below(parts, &["prefixItems", &index.to_string()]);
            if item.is_empty() {
                break;
            }
            around.push(Around::Array(before.clone()));
            self.visit(&item, around);
            around.pop();
            before.push(self.example(&item, 0));
        }
        let items = below(parts, &["items"]);
        if items.iter().any(|part| part.schema.is_object()) {
            around.push(Around::Array(before));
            self.visit(&items, around);
            around.pop();
        }
    }

    /// Gives the type a value with this one inside, and refuses the place if it is lost in a buffer.
    fn ask(&mut self, at: &str, inner: Value, around: &[Around], is_key: bool) {
        let mut value = inner;
        let mut path = Vec::new();
        for around in around.iter().rev() {
            value = match around {
                Around::Object(members, name) => {
                    let mut members = members.clone();
                    members.insert(name.clone(), value);
                    path.push(name.clone());
                    members.into()
                }
                Around::Array(before) => {
                    path.push(before.len().to_string());
                    before.iter().cloned().chain([value]).collect()
                }
            };
        }
        let outermost = path.last().cloned();
        let pointer: String = path
            .iter()
            .rev()
            .flat_map(|name| ["/".to_owned(), escape(name).into_owned()])
            .collect();
        let Some(target) = value.pointer(&pointer) else { return };
        let watch = Watch::new(target, is_key);
        let mode = Mode { wide: false, watch: Some(&watch) };
        for (name, Reading(read)) in self.readings {
            let value = match name {
                None => Some(&value),
                Some(name) => value.get(name).filter(|_| outermost.as_deref() == Some(*name)),
            };
            let Some(value) = value else { continue };
            let Err(failure) = read(Reader::new(value, mode)) else { continue };
            if watch.is_buffered() && is_of_the_buffer(&failure, is_key) {
                let refusal = refusal(at, is_key);
                if !self.refusals.contains(&refusal) {
                    self.refusals.push(refusal);
                }
            }
        }
    }

    /// The parts with all that they refer to, once for each branch of each union.
    fn choices(&self, mut parts: Vec<Part<'a>>, depth: usize) -> Vec<Vec<Part<'a>>> {
        let mut next = 0;
        while next < parts.len() && parts.len() < MOST_PARTS {
            let part = parts[next].clone();
            next += 1;
            if let Some(Value::String(reference)) = part.schema.get("$ref") {
                let at = reference.strip_prefix('#').unwrap_or_default();
                let target = self.root.pointer(at).filter(|_| !at.is_empty());
                let known = |target: &Value| parts.iter().any(|p| std::ptr::eq(p.schema, target));
                if let Some(target) = target.filter(|target| !known(target)) {
                    parts.push(Part::of(target, at.to_owned()));
                }
            }
            if let Some(Value::Array(all)) = part.schema.get("allOf") {
                parts.extend((0..all.len()).filter_map(|n| part.below(&["allOf", &n.to_string()])));
            }
        }
        let unions: Vec<Vec<Part<'a>>> = parts
            .iter()
            .flat_map(|part| ["anyOf", "oneOf"].map(|union| (part, union)))
            .filter_map(|(part, union)| {
                let count = part.schema.get(union)?.as_array()?.len();
                Some((0..count).filter_map(|n| part.below(&[union, &n.to_string()])).collect())
            })
            .filter(|branches: &Vec<Part<'a>>| {
                !branches.iter().any(|b| parts.iter().any(|p| std::ptr::eq(p.schema, b.schema)))
            })
            .collect();
        if unions.is_empty() || depth > DEEPEST {
            return vec![parts];
        }
        let mut all = Vec::new();
        for (chosen, branches) in unions.iter().enumerate() {
            for (n, branch) in branches.iter().enumerate().take(MOST_BRANCHES) {
                // The first branches together once, not once for each union.
                if n == 0 && chosen > 0 {
                    continue;
                }
                let mut parts = parts.clone();
                parts.push(branch.clone());
                let others = unions.iter().enumerate().filter(|(other, _)| *other != chosen);
                parts.extend(others.filter_map(|(_, others)| others.first().cloned()));
                all.extend(self.choices(parts, depth + 1));
                if all.len() >= MOST_BRANCHES {
                    return all;
                }
            }
        }
        all
    }

    /// The members that have to be there.
    fn required(&self, parts: &[Part<'a>], depth: usize) -> Map<String, Value> {
        let mut members = Map::new();
        for part in parts {
            let names = part.schema.get("required").and_then(Value::as_array);
            for name in names.into_iter().flatten().filter_map(Value::as_str) {
                if !members.contains_key(name) {
                    let inner = below(parts, &["properties", name]);
                    members.insert(name.to_owned(), self.example(&inner, depth + 1));
                }
            }
        }
        members
    }

    /// A value that such schemas let be, as a rule.
    fn example(&self, parts: &[Part<'a>], depth: usize) -> Value {
        if depth > DEEPEST {
            return Value::Null;
        }
        match self.choices(parts.to_vec(), 0).first() {
            Some(parts) => self.example_of(parts, depth),
            None => Value::Null,
        }
    }

    fn example_of(&self, parts: &[Part<'a>], depth: usize) -> Value {
        let said = |keyword: &str| parts.iter().find_map(|part| part.schema.get(keyword));
        if let Some(value) = said("const") {
            return value.clone();
        }
        if let Some(Value::Array(values)) = said("enum") {
            return values.first().cloned().unwrap_or_default();
        }
        let kind = match said("type") {
            Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
            kind => kind.and_then(Value::as_str),
        };
        match kind {
            Some("object") => self.required(parts, depth).into(),
            Some("array") => {
                let least = said("minItems").and_then(Value::as_u64).unwrap_or(0);
                let least = usize::try_from(least).unwrap_or(MOST_ITEMS).min(MOST_ITEMS);
                let item = |index: usize| {
                    let own = below(parts, &["prefixItems", &index.to_string()]);
                    if own.is_empty() { below(parts, &["items"]) } else { own }
                };
                (0..least).map(|index| self.example(&item(index), depth + 1)).collect()
            }
            Some("boolean") => Value::Bool(false),
            Some("integer" | "number") => {
                said("minimum").or_else(|| said("maximum")).cloned().unwrap_or_else(|| 0.into())
            }
            Some("string") => text(said("format"), said("minLength")).into(),
            _ => Value::Null,
        }
    }
}

/// The names of the properties of all parts.
fn names(parts: &[Part<'_>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in parts {
        let own = part.schema.get("properties").and_then(Value::as_object);
        for name in own.into_iter().flat_map(Map::keys) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    names
}

fn below<'a>(parts: &[Part<'a>], segments: &[&str]) -> Vec<Part<'a>> {
    parts.iter().filter_map(|part| part.below(segments)).collect()
}

fn text(format: Option<&Value>, least: Option<&Value>) -> String {
    let text = match format.and_then(Value::as_str) {
        Some("date-time") => "2026-01-01T00:00:00Z",
        Some("partial-date-time") => "2026-01-01T00:00:00",
        Some("date") => "2026-01-01",
        Some("time" | "partial-time") => "00:00:00",
        Some("uri") => "https://example.com",
        Some("uuid") => "00000000-0000-0000-0000-000000000000",
        Some("ip" | "ipv4") => "127.0.0.1",
        Some("ipv6") => "::1",
        _ => {
            let least = least.and_then(Value::as_u64).unwrap_or(0).min(64);
            return "a".repeat(usize::try_from(least).unwrap_or(0));
        }
    };
    text.to_owned()
}

/// Whether serde's buffer says this of what it does not hold.
fn is_of_the_buffer(failure: &Failure, is_key: bool) -> bool {
    let said = failure.text();
    let says_so = if is_key {
        said.starts_with("invalid type: string \"1\"")
    } else {
        said == "i128 is not supported" || said == "u128 is not supported"
    };
    says_so || said.starts_with("data did not match any variant of untagged enum")
}

fn refusal(at: &str, is_key: bool) -> Refusal {
    let (what, instead) = if is_key {
        ("a map whose keys are integers", "keys that are `String`s")
    } else {
        ("an integer of 128 bits", "`u64`, `i64` or `String`")
    };
    Refusal::new(
        at,
        format!(
            "{what} inside of an enum with `tag` alone or `untagged`, or under `flatten`: serde \
             reads these through a buffer that does not hold it, and would refuse every value"
        ),
        format!(
            "write {instead}, give the enum `content` beside its `tag`, or take `flatten` away"
        ),
    )
}

const DEEPEST: usize = 12;
const MOST_BRANCHES: usize = 64;
const MOST_ITEMS: usize = 16;
const MOST_PARTS: usize = 64;
const MOST_PLACES: usize = 2_000;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use schemars::JsonSchema;
    use serde::Deserialize;

    use super::*;
    use crate::schema::generate;

    fn places<T: FromJson + JsonSchema>() -> Vec<String> {
        match unreadable(&generate::<T>(), &[(None, Reading::of::<T>())]) {
            Ok(()) => Vec::new(),
            Err(error) => error.refusals().iter().map(|r| r.pointer.clone()).collect(),
        }
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only read")]
    struct Money {
        amount: u128,
        currency: String,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "kind")]
    #[expect(dead_code, reason = "only read")]
    enum Tagged {
        Paid(Money),
        Owed { since: String, amount: Option<i128> },
        Nothing,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only read")]
    enum Untagged {
        Text(String),
        Number(u128),
        Counts { by_id: BTreeMap<u8, bool> },
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only read")]
    struct Flat {
        name: u128,
        #[serde(flatten)]
        money: Money,
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only read")]
    struct FlatMap {
        name: String,
        #[serde(flatten)]
        others: BTreeMap<i16, u64>,
    }

    #[test]
    fn what_a_buffer_does_not_hold_is_refused_at_its_place() {
        assert_eq!(
            places::<Tagged>(),
            ["/$defs/Money/properties/amount", "/oneOf/1/properties/amount"]
        );
        assert_eq!(places::<Untagged>(), ["/anyOf/1", "/anyOf/2/properties/by_id"]);
        assert_eq!(places::<Vec<Option<Flat>>>(), ["/$defs/Flat/properties/amount"]);
        assert_eq!(places::<FlatMap>(), [""]);
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "kind", content = "value")]
    #[expect(dead_code, reason = "only read")]
    enum Adjacent {
        Paid(Money),
        Counts(BTreeMap<u8, bool>),
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only read")]
    enum External {
        Paid(Money),
        Owed { amount: u128 },
        Counts(BTreeMap<i64, Money>),
        Tree(Vec<External>),
    }

    /// Reads its number as it comes.
    #[derive(Deserialize, JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only read")]
    enum Own {
        Number(#[schemars(with = "u128")] Value),
        Text(String),
    }

    #[test]
    fn what_is_read_without_a_buffer_or_in_another_way_is_taken() {
        assert_eq!(places::<Adjacent>(), [""; 0]);
        assert_eq!(places::<External>(), [""; 0]);
        assert_eq!(places::<Own>(), [""; 0]);
        assert_eq!(places::<(u128, BTreeMap<u8, Money>)>(), [""; 0]);
        assert_eq!(places::<BTreeMap<u128, Option<Box<Money>>>>(), [""; 0]);
    }
}
