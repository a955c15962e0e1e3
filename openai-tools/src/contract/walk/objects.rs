//! Properties: those that are gone, those that are new, and those that are in both.

use serde_json::{Map, Value, json};

use super::{Effect, Found, Step, Walk, view::View};
use crate::contract::sets::link;

impl<'a> Walk<'a> {
    pub(super) fn properties(&mut self, old: &View<'a>, new: &View<'a>) {
        let (before, after) = (old.core.named("properties"), new.core.named("properties"));
        let find = |list: &[(&'a str, &'a Value)], name: &str| {
            list.iter().find(|(known, _)| *known == name).map(|(_, schema)| *schema)
        };
        let first = self.found.len();
        for (name, schema) in &before {
            if find(&after, name).is_none() {
                self.gone(old, new, name, schema);
            }
        }
        for (name, schema) in &after {
            match find(&before, name) {
                None => self.added(old, new, name, schema),
                Some(known) => self.kept(old, new, name, (known, schema)),
            }
        }
        self.hint_at_renames(old, new, first);
        self.order(new, &before, &after);
        self.required(old, new, |name| {
            find(&before, name).is_some() || find(&after, name).is_some()
        });
        self.patterns(old, new);
        self.additional(old, new);
    }

    fn gone(&mut self, old: &View<'a>, new: &View<'a>, name: &str, schema: &Value) {
        let effect = self.edited(old, new, Some(name), |schema| {
            if let Some(Value::Object(properties)) = schema.get_mut("properties") {
                properties.shift_remove(name);
            }
            if !new.core.requires(name) {
                forget(schema, name);
            }
        });
        let pointer = old.core.at("properties", name, schema_of_any()).pointer;
        let reason = format!("the property `{name}` is gone");
        let found = Found::new(pointer, "property gone", reason);
        self.found.push(found.with_values(Some(schema), None).with_effect(effect));
    }

    fn added(&mut self, old: &View<'a>, new: &View<'a>, name: &str, schema: &'a Value) {
        let place = new.core.at("properties", name, schema);
        let is_required = new.core.requires(name) && !old.core.requires(name);
        let there = link(1, &place.pointer);
        let effect = self.edited(old, new, Some(name), |schema| {
            let properties = schema.entry("properties").or_insert_with(|| json!({}));
            if let Value::Object(properties) = properties {
                properties.insert(name.to_owned(), there);
            }
            if is_required {
                demand(schema, name);
            }
        });
        let must = if is_required { "and has to be there" } else { "and may be left out" };
        let reason = format!("the property `{name}` is new, {must}");
        let found = Found::new(place.pointer, "property", reason);
        self.found.push(found.with_values(None, Some(schema)).with_effect(effect));
    }

    fn kept(
        &mut self,
        old: &View<'a>,
        new: &View<'a>,
        name: &str,
        (before, after): (&'a Value, &'a Value),
    ) {
        let (one, other) = (&old.core, &new.core);
        let place = other.at("properties", name, after);
        let (was, is) = (one.requires(name), other.requires(name));
        if was != is {
            let effect = self.edited(old, new, Some(name), |schema| {
                if is {
                    demand(schema, name);
                } else {
                    forget(schema, name);
                }
            });
            let reason = if is {
                format!("the property `{name}` has to be there now")
            } else {
                format!("the property `{name}` may be left out now")
            };
            let found = Found::new(&*place.pointer, "required", reason);
            self.found.push(found.with_effect(effect));
        }
        let pair = (one.at("properties", name, before), place);
        self.inside(one.node, other.node, Step::Property(name.to_owned()), pair);
    }

    /// A property that is gone and one that is new with the same schema may be the same one.
    fn hint_at_renames(&mut self, old: &View<'a>, new: &View<'a>, first: usize) {
        let mut taken = Vec::new();
        for gone in first..self.found.len() {
            if self.found[gone].facet != "property gone" {
                continue;
            }
            let Some(before) = self.found[gone].before.clone() else { continue };
            let is_it = |found: &Found| {
                found.facet == "property"
                    && found
                        .after
                        .as_ref()
                        .is_some_and(|after| without_notes(after) == without_notes(&before))
            };
            let new_one =
                (first..self.found.len()).find(|n| !taken.contains(n) && is_it(&self.found[*n]));
            if let Some(new_one) = new_one {
                taken.push(new_one);
                let name =
                    |found: &Found| found.pointer.rsplit('/').next().unwrap_or_default().to_owned();
                let (from, to) = (name(&self.found[gone]), name(&self.found[new_one]));
                if old.core.requires(&from) == new.core.requires(&to) {
                    let hint = format!("`{from}` may have been renamed to `{to}`");
                    self.found[gone].hint = Some(hint.clone());
                    self.found[new_one].hint = Some(hint);
                }
            }
        }
    }

    /// The model writes properties in the order of the schema.
    fn order(
        &mut self,
        new: &View<'a>,
        before: &[(&'a str, &'a Value)],
        after: &[(&'a str, &'a Value)],
    ) {
        let kept = |of: &[(&'a str, &'a Value)], other: &[(&'a str, &'a Value)]| {
            let is_kept = |name: &str| other.iter().any(|(known, _)| *known == name);
            of.iter().map(|(name, _)| *name).filter(|name| is_kept(name)).collect::<Vec<_>>()
        };
        let (before, after) = (kept(before, after), kept(after, before));
        if before != after {
            let pointer = format!("{}/properties", new.core.pointer);
            let reason = "the properties stand in another order, and the model writes in it";
            let found = Found::new(pointer, "order", reason);
            let (before, after) = (json!(before), json!(after));
            let found = found.with_values(Some(&before), Some(&after));
            self.found.push(found.with_effect(Effect::Order));
        }
    }

    /// Names that have to be there and that no property says anything of.
    fn required(&mut self, old: &View<'a>, new: &View<'a>, is_known: impl Fn(&str) -> bool) {
        let names = |view: &View<'a>| {
            let names = view.core.list("required").iter().filter_map(Value::as_str);
            names.filter(|name| !is_known(name)).collect::<Vec<_>>()
        };
        let (before, after) = (names(old), names(new));
        let gone = before.iter().filter(|name| !after.contains(name)).map(|name| (*name, false));
        let added = after.iter().filter(|name| !before.contains(name)).map(|name| (*name, true));
        for (name, is_added) in gone.chain(added).collect::<Vec<_>>() {
            let effect = self.edited(old, new, Some(name), |schema| {
                if is_added {
                    demand(schema, name);
                } else {
                    forget(schema, name);
                }
            });
            let now = if is_added { "has to be there now" } else { "may be left out now" };
            let reason = format!("`{name}`, which no property describes, {now}");
            let pointer = format!("{}/required", new.core.pointer);
            let facet = format!("required {name}");
            self.found.push(Found::new(pointer, &facet, reason).with_effect(effect));
        }
    }

    fn patterns(&mut self, old: &View<'a>, new: &View<'a>) {
        let key = "patternProperties";
        let (before, after) = (old.core.named(key), new.core.named(key));
        let is_same_set = before.len() == after.len()
            && before.iter().all(|(name, _)| after.iter().any(|(known, _)| known == name));
        if !is_same_set {
            return self.rule(old, new, key);
        }
        for (name, one) in before {
            for (_, other) in after.iter().filter(|(known, _)| *known == name) {
                let pair = (old.core.at(key, name, one), new.core.at(key, name, other));
                // A name that matches is guessed; where it does not, no example is found.
                let step = Step::Property(name.trim_matches(['^', '$']).to_owned());
                self.inside(old.core.node, new.core.node, step, pair);
            }
        }
    }

    fn additional(&mut self, old: &View<'a>, new: &View<'a>) {
        let key = "additionalProperties";
        let (before, after) = (old.core.get(key), new.core.get(key));
        let plain = |value: Option<&Value>| match value {
            None => json!(true),
            Some(value) => value.clone(),
        };
        match (before, after) {
            (Some(one @ Value::Object(_)), Some(other @ Value::Object(_))) => {
                let pair = (old.core.under(key, one), new.core.under(key, other));
                let step = Step::Property("other".to_owned());
                self.inside(old.core.node, new.core.node, step, pair);
            }
            _ if plain(before) == plain(after) => {}
            _ => self.rule(old, new, key),
        }
    }
}

fn forget(schema: &mut Map<String, Value>, name: &str) {
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|known| known != name);
    }
}

fn demand(schema: &mut Map<String, Value>, name: &str) {
    let required = schema.entry("required").or_insert_with(|| json!([]));
    if let Value::Array(required) = required {
        required.push(name.into());
    }
}

fn without_notes(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Value::Object(map) = &mut schema {
        map.retain(|key, _| !matches!(&**key, "description" | "title" | "default" | "examples"));
    }
    schema
}

fn schema_of_any() -> &'static Value {
    &Value::Bool(true)
}
