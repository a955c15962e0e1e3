//! Whether a value is in a set.

use std::{cmp::Ordering, collections::BTreeSet};

use serde_json::Value;

use super::{
    DEEPEST, Node, Sets,
    normal::{Branch, Kind, Normal},
    number::{Num, same},
};

impl<'a> Sets<'a> {
    /// Whether a schema allows a value; `None` where that cannot be told.
    pub(in crate::contract) fn is_allowed(
        &mut self,
        node: Node<'a>,
        value: &Value,
    ) -> Option<bool> {
        let all = self.normal(&[node])?;
        self.allows(&all, value, 0)
    }

    /// Whether a value is one of those that are allowed; `None` where that cannot be told.
    pub(super) fn allows(&mut self, all: &Normal<'a>, value: &Value, depth: usize) -> Option<bool> {
        let mut is_certain = true;
        for branch in all.branches.iter().filter(|branch| branch.kind == Kind::of(value)) {
            self.spend(1)?;
            match self.is_in(branch, value, depth) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => is_certain = false,
            }
        }
        is_certain.then_some(false)
    }

    fn is_in(&mut self, branch: &Branch<'a>, value: &Value, depth: usize) -> Option<bool> {
        if depth > DEEPEST {
            return None;
        }
        if branch.only.as_ref().is_some_and(|only| !only.iter().any(|known| same(known, value))) {
            return Some(false);
        }
        let mut is_in = match value {
            Value::Null | Value::Bool(_) => Some(true),
            Value::Number(number) => Num::of(number).and_then(|number| number_in(branch, number)),
            Value::String(text) => self.text_in(branch, text),
            Value::Array(items) => self.items_in(branch, items, depth),
            Value::Object(fields) => {
                let size = fields.len() as u64;
                if size < branch.least || size > branch.most {
                    return Some(false);
                }
                if !branch.required.iter().all(|name| fields.contains_key(*name)) {
                    return Some(false);
                }
                let lacks = |(name, needs): &(&str, BTreeSet<&str>)| {
                    fields.contains_key(*name)
                        && !needs.iter().all(|needed| fields.contains_key(*needed))
                };
                if branch.dependent.iter().any(lacks) {
                    return Some(false);
                }
                self.fields_in(branch, fields, depth)
            }
        };
        if is_in == Some(true) && !branch.opaque.is_empty() {
            is_in = None;
        }
        is_in
    }

    fn text_in(&mut self, branch: &Branch<'a>, text: &str) -> Option<bool> {
        let length = text.chars().count() as u64;
        if length < branch.least || length > branch.most {
            return Some(false);
        }
        let value = Value::from(text);
        for pattern in &branch.patterns {
            if !self.holds("pattern", pattern, &value)? {
                return Some(false);
            }
        }
        for (is_old, format) in &branch.formats {
            let is_valid = self.holds("format", format, &value)?;
            // An older draft may not know the format.
            if !is_valid {
                return if *is_old { None } else { Some(false) };
            }
        }
        Some(true)
    }

    fn items_in(&mut self, branch: &Branch<'a>, items: &[Value], depth: usize) -> Option<bool> {
        let size = items.len() as u64;
        if size < branch.least || size > branch.most {
            return Some(false);
        }
        if branch.is_unique {
            self.spend(items.len() * items.len())?;
            let is_twice =
                |(n, item): (usize, &Value)| items[..n].iter().any(|before| same(before, item));
            if items.iter().enumerate().any(is_twice) {
                return Some(false);
            }
        }
        let mut all = Some(true);
        for (index, item) in items.iter().enumerate() {
            let nodes = branch.item(index);
            match self.holds_all(&nodes, item, depth) {
                Some(false) => return Some(false),
                Some(true) => {}
                None => all = None,
            }
        }
        all
    }

    fn fields_in(
        &mut self,
        branch: &Branch<'a>,
        fields: &serde_json::Map<String, Value>,
        depth: usize,
    ) -> Option<bool> {
        let mut all = Some(true);
        for (name, value) in fields {
            let nodes = self.property(branch, name)?;
            let names = branch.names.clone();
            let one = self.holds_all(&nodes, value, depth);
            let other = self.holds_all(&names, &name.as_str().into(), depth);
            match (one, other) {
                (Some(false), _) | (_, Some(false)) => return Some(false),
                (Some(true), Some(true)) => {}
                _ => all = None,
            }
        }
        all
    }

    fn holds_all(&mut self, nodes: &[Node<'a>], value: &Value, depth: usize) -> Option<bool> {
        if nodes.is_empty() {
            return Some(true);
        }
        let all = self.normal(nodes)?;
        self.allows(&all, value, depth + 1)
    }
}

fn number_in(branch: &Branch<'_>, number: Num) -> Option<bool> {
    if (branch.is_whole && !number.is_whole())
        || branch.low.is_some_and(|low| !low.admits(number, Ordering::Greater))
        || branch.high.is_some_and(|high| !high.admits(number, Ordering::Less))
    {
        return Some(false);
    }
    for step in &branch.multiples {
        let (Num::Whole(number), Num::Whole(step)) = (number, *step) else { return None };
        if step == 0 || number % step != 0 {
            return Some(false);
        }
    }
    Some(true)
}
