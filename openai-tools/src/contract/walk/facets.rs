//! What a schema says of itself: types, values, bounds, items, notes.

use serde_json::{Map, Value};

use super::{
    Effect, Found, Step, Verdict, Walk,
    view::{View, is_checked},
};
use crate::{
    contract::sets::{is_annotation, same},
    json::excerpt,
};

impl<'a> Walk<'a> {
    pub(super) fn compare(&mut self, old: &View<'a>, new: &View<'a>) {
        self.notes(old, new);
        if old.is_nullable != new.is_nullable {
            self.null(new);
        }
        let (Some(one), Some(other)) = (old.core.map(), new.core.map()) else {
            if old.core.node.schema != new.core.node.schema {
                self.whole(old, new, "the schema is another one now");
            }
            return;
        };
        let union = |map: &'a Map<String, Value>| {
            ["anyOf", "oneOf"].into_iter().find(|key| map.contains_key(*key))
        };
        let both =
            |map: &Map<String, Value>| map.contains_key("anyOf") && map.contains_key("oneOf");
        match (union(one), union(other)) {
            (None, None) => {}
            (Some(a), Some(b)) if !both(one) && !both(other) => self.unions(old, a, new, b),
            (None, Some(_)) => return self.whole(old, new, "it is one of several forms now"),
            (Some(_), None) => return self.whole(old, new, "it has one form only now"),
            _ => return self.whole(old, new, "the forms that it may have are others now"),
        }
        if !self.types(old, new) {
            return;
        }
        self.values(old, new);
        self.parts(old, new);
        self.properties(old, new);
        self.items(old, new);
        for key in BOUNDS {
            self.keyword(old, new, key);
        }
        let format = |view: &View<'a>| view.core.get("format").is_some_and(is_checked);
        if format(old) || format(new) {
            self.keyword(old, new, "format");
        }
        for key in RULES {
            let there = |view: &View<'a>, map: &Map<String, Value>| {
                map.contains_key(*key) && !is_annotation(key, view.dialect)
            };
            if there(old, one) || there(new, other) {
                self.rule(old, new, key);
            }
        }
    }

    /// What people and models are told.
    fn notes(&mut self, old: &View<'a>, new: &View<'a>) {
        let mut keys: Vec<&str> = Vec::new();
        for (key, _) in old.notes.iter().chain(&new.notes) {
            if !keys.contains(key) {
                keys.push(key);
            }
        }
        for key in keys {
            let said = |view: &View<'a>| {
                let notes = view.notes.iter().filter(|(known, _)| *known == key);
                notes.map(|(_, value)| *value).collect::<Vec<_>>()
            };
            let (before, after) = (said(old), said(new));
            if before != after {
                let place = if after.is_empty() { old } else { new };
                let reason = match (before.is_empty(), after.is_empty()) {
                    (true, _) => format!("`{key}` is new"),
                    (_, true) => format!("`{key}` is gone"),
                    _ => format!("`{key}` says something else"),
                };
                let pointer = format!("{}/{key}", place.core.pointer);
                let found = Found::new(pointer, key, reason);
                self.found.push(found.with_values(before.first().copied(), after.first().copied()));
            }
        }
    }

    fn null(&mut self, new: &View<'a>) {
        let (reason, mut effect) = if new.is_nullable {
            let (forth, back) = (Verdict::Holds, Verdict::Unknown);
            ("`null` is allowed now", Effect::Meaning { forth, back })
        } else {
            let (forth, back) = (Verdict::Unknown, Verdict::Holds);
            ("`null` is not allowed any more", Effect::Meaning { forth, back })
        };
        let null = Value::Null;
        self.show_with(&mut effect, std::slice::from_ref(&null), std::slice::from_ref(&null));
        let found = Found::new(&*new.core.pointer, "null", reason).with_effect(effect);
        self.found.push(found);
    }

    /// Tells of a place whose parts cannot be told apart.
    pub(super) fn whole(&mut self, old: &View<'a>, new: &View<'a>, reason: &str) {
        let (one, other) = (old.core.node, new.core.node);
        let (forth, back) = (self.sets.includes(one, other), self.sets.includes(other, one));
        if forth && back {
            return;
        }
        let effect = self.judged(forth, back, one, other);
        let found = Found::new(&*new.core.pointer, "schema", reason);
        let found = found.with_values(Some(one.schema), Some(other.schema));
        self.found.push(found.with_effect(effect));
    }

    /// Whether the rest is to be compared: not where nothing is left of what there was.
    fn types(&mut self, old: &View<'a>, new: &View<'a>) -> bool {
        let (before, after) = (old.types(), new.types());
        let sorted = |types: &Option<Vec<&'a str>>| {
            let mut types = types.clone();
            if let Some(types) = &mut types {
                types.sort_unstable();
            }
            types
        };
        if sorted(&before) == sorted(&after) {
            return true;
        }
        let name = |types: &Option<Vec<&str>>| match types {
            Some(types) => types.join(" or "),
            None => "any type".to_owned(),
        };
        let reason = format!("it was {}, and is {} now", name(&before), name(&after));
        let pointer = format!("{}/type", new.core.pointer);
        let mut found = Found::new(pointer, "type", reason);
        found = found.with_values(old.core.get("type"), new.core.get("type"));
        let shares = match (&before, &after) {
            (Some(before), Some(after)) => before.iter().any(|kind| {
                let is_number = |kind: &str| matches!(kind, "integer" | "number");
                after.iter().any(|other| kind == other || (is_number(kind) && is_number(other)))
            }),
            _ => true,
        };
        let effect = if shares {
            self.replaced(old, new, "type", None)
        } else {
            let (one, other) = (old.core.node, new.core.node);
            self.judged(false, false, one, other)
        };
        self.found.push(found.with_effect(effect));
        shares
    }

    fn values(&mut self, old: &View<'a>, new: &View<'a>) {
        let (before, after) = match (old.values(), new.values()) {
            (Some(before), Some(after)) => (before, after),
            (None, None) => return,
            _ => {
                for key in ["enum", "const"] {
                    self.keyword(old, new, key);
                }
                return;
            }
        };
        let key = if new.core.get("const").is_some() { "const" } else { "enum" };
        let pointer = format!("{}/{key}", new.core.pointer);
        let is_in = |list: &[&Value], value: &Value| list.iter().any(|known| same(known, value));
        let gone: Vec<Value> =
            before.iter().filter(|value| !is_in(&after, value)).map(|v| (*v).clone()).collect();
        let added: Vec<Value> =
            after.iter().filter(|value| !is_in(&before, value)).map(|v| (*v).clone()).collect();
        if !gone.is_empty() {
            let reason = format!("{} no longer allowed", listed(&gone));
            let (forth, back) = (Verdict::Unknown, Verdict::Holds);
            let mut effect = Effect::Meaning { forth, back };
            self.show_with(&mut effect, &gone, &[]);
            let found = Found::new(&*pointer, "values gone", reason);
            let gone = Value::from(gone);
            self.found.push(found.with_values(Some(&gone), None).with_effect(effect));
        }
        if !added.is_empty() {
            let reason = format!("{} allowed now", listed(&added));
            let (forth, back) = (Verdict::Holds, Verdict::Unknown);
            let mut effect = Effect::Meaning { forth, back };
            self.show_with(&mut effect, &[], &added);
            let found = Found::new(&*pointer, "values added", reason);
            let added = Value::from(added);
            self.found.push(found.with_values(None, Some(&added)).with_effect(effect));
        }
        let kept = |of: &[&'a Value], other: &[&'a Value]| {
            let kept = of.iter().copied().filter(|value| is_in(other, value));
            kept.collect::<Vec<&Value>>()
        };
        let (before, after) = (kept(&before, &after), kept(&after, &before));
        if before.len() == after.len()
            && before.iter().zip(&after).any(|(before, after)| !same(before, after))
        {
            let found = Found::new(pointer, "order", "the values stand in another order");
            self.found.push(found.with_effect(Effect::Order));
        }
    }

    /// The parts of `allOf`, one by one where their number is the same.
    fn parts(&mut self, old: &View<'a>, new: &View<'a>) {
        let (one, other) = (&old.core, &new.core);
        let (before, after) = (one.list("allOf"), other.list("allOf"));
        if before.len() != after.len() {
            return self.rule(old, new, "allOf");
        }
        for (n, (before, after)) in before.iter().zip(after).enumerate() {
            let n = n.to_string();
            let pair = (one.at("allOf", &n, before), other.at("allOf", &n, after));
            self.inside(one.node, other.node, Step::Same, pair);
        }
    }

    fn items(&mut self, old: &View<'a>, new: &View<'a>) {
        let (one, other) = (&old.core, &new.core);
        for key in ["prefixItems", "items"] {
            if is_annotation(key, old.dialect) || is_annotation(key, new.dialect) {
                continue;
            }
            let (before, after) = (one.get(key), other.get(key));
            match (before, after) {
                (Some(Value::Array(before)), Some(Value::Array(after))) => {
                    if before.len() != after.len() {
                        self.rule(old, new, key);
                    }
                    for (n, (before, after)) in before.iter().zip(after).enumerate() {
                        let index = n.to_string();
                        let pair = (one.at(key, &index, before), other.at(key, &index, after));
                        self.inside(one.node, other.node, Step::Item(n), pair);
                    }
                }
                (Some(before @ Value::Object(_)), Some(after @ Value::Object(_))) => {
                    let step = Step::Item(one.list("prefixItems").len());
                    let pair = (one.under(key, before), other.under(key, after));
                    self.inside(one.node, other.node, step, pair);
                }
                (before, after) if before != after => self.rule(old, new, key),
                _ => {}
            }
        }
    }
}

fn listed(values: &[Value]) -> String {
    let shown: Vec<String> = values.iter().take(MOST_LISTED).map(brief).collect();
    let more = values.len().saturating_sub(MOST_LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let is = if values.len() == 1 { "is" } else { "are" };
    format!("{}{more} {is}", shown.join(", "))
}

/// A value as JSON, cut where it is long.
pub(super) fn brief(value: &Value) -> String {
    excerpt(value, SHOWN)
}

const SHOWN: usize = 60;
const MOST_LISTED: usize = 8;

const BOUNDS: &[&str] = &[
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];

/// Rules that are compared as a whole.
const RULES: &[&str] = &[
    "$dynamicRef",
    "$recursiveRef",
    "$ref",
    "additionalItems",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "disallow",
    "divisibleBy",
    "else",
    "extends",
    "if",
    "maxContains",
    "minContains",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
