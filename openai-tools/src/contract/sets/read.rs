//! From a schema to its normal form.

use std::{cmp::Ordering, rc::Rc};

use serde_json::{Map, Value};

use super::{
    DEEPEST, Dialect, Node, Sets,
    document::is_annotation,
    normal::{ArrayPart, Branch, Kind, Normal, ObjectPart},
    number::{Bound, Num},
};
use crate::schema::is_checked_format;

impl<'a> Sets<'a> {
    /// What schemas allow together; `None` where that cannot be told.
    pub(super) fn normal(&mut self, nodes: &[Node<'a>]) -> Option<Normal<'a>> {
        let mut all = Normal::any();
        for node in nodes {
            let own = self.read(*node, 0)?;
            all = self.meet(&all, &own)?;
        }
        Some(all)
    }

    fn meet(&mut self, one: &Normal<'a>, other: &Normal<'a>) -> Option<Normal<'a>> {
        let both = one.meet(other)?;
        self.spend(both.branches.len())?;
        Some(both)
    }

    fn read(&mut self, node: Node<'a>, depth: usize) -> Option<Normal<'a>> {
        self.spend(1)?;
        let map = match node.schema {
            Value::Bool(true) => return Some(Normal::any()),
            Value::Bool(false) => return Some(Normal::none()),
            Value::Object(map) => map,
            _ => return None,
        };
        let dialect = self.dialect(node);
        if dialect == Dialect::Unknown || depth > DEEPEST {
            return None;
        }
        self.spend(map.len())?;
        if let (Dialect::Old, Some(reference)) = (dialect, map.get("$ref")) {
            let target = self.target(node, reference.as_str()?)?;
            return self.read(target, depth + 1);
        }
        let mut all = self.own(node, map)?;
        for (key, value) in map {
            if is_annotation(key, dialect) {
                continue;
            }
            let inner = |schema| Node { document: node.document, schema };
            match (&**key, value) {
                ("$ref", Value::String(reference)) => {
                    let target = self.target(node, reference)?;
                    let target = self.read(target, depth + 1)?;
                    all = self.meet(&all, &target)?;
                }
                ("allOf", Value::Array(parts)) => {
                    for part in parts {
                        let part = self.read(inner(part), depth + 1)?;
                        all = self.meet(&all, &part)?;
                    }
                }
                ("anyOf" | "oneOf", Value::Array(branches)) => {
                    let mut union = Normal::none();
                    let mut apart: Vec<Normal<'a>> = Vec::new();
                    for branch in branches {
                        let branch = self.read(inner(branch), depth + 1)?;
                        if key == "oneOf" {
                            apart.push(branch.clone());
                        }
                        union.join(branch)?;
                    }
                    // One of several that never overlap is any of them.
                    if key == "oneOf" && !self.are_apart(&apart) {
                        union.mark(&self.rule(node, &["oneOf"]));
                    }
                    all = self.meet(&all, &union)?;
                }
                _ => {}
            }
        }
        Some(all)
    }

    /// What the keywords of a schema itself say.
    fn own(&mut self, node: Node<'a>, map: &'a Map<String, Value>) -> Option<Normal<'a>> {
        let dialect = self.dialect(node);
        let mut branches = Vec::new();
        for kind in Kind::ALL {
            if let Some(is_whole) = allows(map.get("type"), kind) {
                let mut branch = Branch::of(kind);
                branch.is_whole = is_whole;
                self.fill(&mut branch, node, map)?;
                if !branch.is_empty() {
                    branches.push(branch);
                }
            }
        }
        let mut own = Normal { branches };
        for rule in [
            &["contains", "maxContains", "minContains"][..],
            &["else", "if", "then"],
            &["not"],
            &["additionalItems"],
            &["dependencies"],
            &["dependentSchemas"],
            &["contentEncoding", "contentMediaType"],
            &["divisibleBy"],
            &["disallow"],
            &["extends"],
            &["$dynamicRef"],
            &["$recursiveRef"],
        ] {
            let is_there = |key: &&str| map.contains_key(*key) && !is_annotation(key, dialect);
            // Drafts up to 7 say with it what is behind a list of items.
            let is_read = rule[0] == "additionalItems" && dialect == Dialect::Old;
            if rule.iter().any(is_there) && !is_read {
                own.mark(&self.rule(node, rule));
            }
        }
        for key in ["unevaluatedItems", "unevaluatedProperties"] {
            if map.contains_key(key) && !is_annotation(key, dialect) {
                // It says something of all its siblings.
                own.mark(&self.whole_rule(node, key));
            }
        }
        Some(own)
    }

    fn fill(
        &mut self,
        branch: &mut Branch<'a>,
        node: Node<'a>,
        map: &'a Map<String, Value>,
    ) -> Option<()> {
        let of_kind = |value: &&'a Value| Kind::of(value) == branch.kind;
        let mut only: Option<Vec<&'a Value>> = None;
        if let Some(values) = map.get("enum") {
            only = Some(values.as_array()?.iter().filter(of_kind).collect());
        }
        if let Some(value) = map.get("const") {
            let fits = |one: &&'a Value| super::same(one, value);
            only = Some(match only {
                Some(values) => values.into_iter().filter(fits).collect(),
                None => Some(value).into_iter().filter(of_kind).collect(),
            });
        }
        if let Some(values) = &mut only {
            self.spend(values.len())?;
            if branch.is_whole {
                values.retain(|value| Num::of_value(value).is_some_and(Num::is_whole));
            }
        }
        branch.only = only;
        match branch.kind {
            Kind::Null | Kind::Boolean => Some(()),
            Kind::Number => fill_number(branch, map),
            Kind::String => {
                sizes(branch, map, "minLength", "maxLength")?;
                if let Some(pattern) = map.get("pattern") {
                    branch.patterns.insert(pattern.as_str()?);
                }
                if let Some(Value::String(format)) = map.get("format") {
                    if is_checked_format(format) {
                        let is_old = self.dialect(node) == Dialect::Old;
                        branch.formats.insert((is_old, format));
                    }
                }
                Some(())
            }
            Kind::Array => self.fill_array(branch, node, map),
            Kind::Object => self.fill_object(branch, node, map),
        }
    }

    fn fill_array(
        &mut self,
        branch: &mut Branch<'a>,
        node: Node<'a>,
        map: &'a Map<String, Value>,
    ) -> Option<()> {
        sizes(branch, map, "minItems", "maxItems")?;
        branch.is_unique = map.get("uniqueItems").is_some_and(|unique| *unique == true);
        let is_old = self.dialect(node) == Dialect::Old;
        let (prefix, rest) = match (is_old, map.get("items")) {
            (true, Some(Value::Array(prefix))) => (Some(prefix), map.get("additionalItems")),
            (true, rest) => (None, rest),
            (false, rest) => (map.get("prefixItems").and_then(Value::as_array), rest),
        };
        if prefix.is_some() || rest.is_some() {
            let inner = |schema| self.settled(Node { document: node.document, schema });
            let prefix: Vec<_> = prefix.into_iter().flatten().map(inner).collect();
            branch.arrays.push(ArrayPart { prefix, rest: rest.map(inner) });
        }
        Some(())
    }

    fn fill_object(
        &mut self,
        branch: &mut Branch<'a>,
        node: Node<'a>,
        map: &'a Map<String, Value>,
    ) -> Option<()> {
        sizes(branch, map, "minProperties", "maxProperties")?;
        let inner = |schema| self.settled(Node { document: node.document, schema });
        let named = |key| {
            let entries = map.get(key).and_then(Value::as_object).into_iter().flatten();
            entries.map(|(name, schema)| (name.as_str(), inner(schema))).collect::<Vec<_>>()
        };
        let part = ObjectPart {
            properties: named("properties"),
            patterns: named("patternProperties"),
            additional: map.get("additionalProperties").map(inner),
        };
        branch.names.extend(map.get("propertyNames").map(inner));
        let said = part.properties.len() + part.patterns.len();
        if said > 0 || part.additional.is_some() {
            branch.objects.push(part);
        }
        let dependent = map.get("dependentRequired").and_then(Value::as_object);
        if self.dialect(node) == Dialect::New {
            for (name, needs) in dependent.into_iter().flatten() {
                let needs = needs.as_array()?.iter().filter_map(Value::as_str).collect();
                branch.dependent.push((name, needs));
            }
        }
        if let Some(required) = map.get("required").and_then(Value::as_array) {
            branch.required.extend(required.iter().filter_map(Value::as_str));
        }
        self.spend(said + branch.required.len())
    }

    /// Some keywords of a schema as a rule that is the same wherever it says the same.
    fn rule(&mut self, node: Node<'a>, keys: &[&str]) -> Rc<str> {
        let mut said = self.said(node, keys);
        if let Some(text) = &mut said {
            text.insert_str(0, if self.dialect(node) == Dialect::Old { "old " } else { "new " });
        }
        // What cannot be said is like nothing else.
        said.unwrap_or_else(|| format!("at {} {keys:?}", node.address())).into()
    }

    fn whole_rule(&mut self, node: Node<'a>, key: &str) -> Rc<str> {
        let said = self.canonical(node);
        let said = said.unwrap_or_else(|| format!("at {}", node.address()).into());
        format!("{key} of {said}").into()
    }

    /// Whether no value is in two of several unions, as far as that is plain.
    fn are_apart(&mut self, unions: &[Normal<'a>]) -> bool {
        for (n, one) in unions.iter().enumerate() {
            for other in &unions[n + 1..] {
                for a in &one.branches {
                    for b in &other.branches {
                        if self.spend(1).is_none() || !self.is_apart(a, b, 0) {
                            return false;
                        }
                    }
                }
            }
        }
        true
    }

    fn is_apart(&mut self, one: &Branch<'a>, other: &Branch<'a>, depth: usize) -> bool {
        if one.kind != other.kind {
            return true;
        }
        if let (Some(a), Some(b)) = (&one.only, &other.only) {
            return !a.iter().any(|a| b.iter().any(|b| super::same(a, b)));
        }
        for (listed, other) in [(one, other), (other, one)] {
            let Some(values) = &listed.only else { continue };
            let all = Normal { branches: vec![other.clone()] };
            if values.iter().all(|value| self.allows(&all, value, 0) == Some(false)) {
                return true;
            }
        }
        if one.most < other.least || other.most < one.least {
            return true;
        }
        let outside = |low: Option<Bound>, high: Option<Bound>| match (low, high) {
            (Some(low), Some(high)) => match low.at.compare(high.at) {
                Ordering::Greater => true,
                Ordering::Equal => low.is_exclusive || high.is_exclusive,
                Ordering::Less => false,
            },
            _ => false,
        };
        if outside(one.low, other.high) || outside(other.low, one.high) {
            return true;
        }
        if one.kind != Kind::Object || depth > 2 {
            return false;
        }
        // A property that each must have and that cannot be the same in both: a tag.
        let shared: Vec<&'a str> = one.required.intersection(&other.required).copied().collect();
        for name in shared {
            let (Some(a), Some(b)) = (self.property(one, name), self.property(other, name)) else {
                continue;
            };
            let (Some(a), Some(b)) = (self.normal(&a), self.normal(&b)) else { continue };
            let mut pairs = a.branches.iter().flat_map(|a| b.branches.iter().map(move |b| (a, b)));
            if pairs.all(|(a, b)| self.is_apart(a, b, depth + 1)) {
                return true;
            }
        }
        let lacks = |has: &Branch<'a>, closed: &Branch<'a>| {
            closed.objects.iter().filter(|part| part.is_closed()).any(|part| {
                let named = |name| part.properties.iter().any(|(known, _)| *known == name);
                has.required.iter().any(|name| !named(*name))
            })
        };
        lacks(one, other) || lacks(other, one)
    }
}

/// Whether a kind is allowed, and if so, whether only its whole numbers are.
fn allows(types: Option<&Value>, kind: Kind) -> Option<bool> {
    let Some(types) = types else { return Some(false) };
    let has = |name: &str| match types {
        Value::Array(names) => names.iter().any(|known| known == name),
        one => one == name,
    };
    let name = match kind {
        Kind::Null => "null",
        Kind::Boolean => "boolean",
        Kind::Number => "number",
        Kind::String => "string",
        Kind::Array => "array",
        Kind::Object => "object",
    };
    if has(name) {
        return Some(false);
    }
    (kind == Kind::Number && has("integer")).then_some(true)
}

fn fill_number(branch: &mut Branch<'_>, map: &Map<String, Value>) -> Option<()> {
    let bound = |key: &str, is_exclusive| match map.get(key) {
        Some(at) => Num::of_value(at).map(|at| Some(Bound { at, is_exclusive })),
        None => Some(None),
    };
    let (low, beyond) = (bound("minimum", false)?, bound("exclusiveMinimum", true)?);
    branch.low = Bound::tighter(low, beyond, Ordering::Greater);
    let (high, below) = (bound("maximum", false)?, bound("exclusiveMaximum", true)?);
    branch.high = Bound::tighter(high, below, Ordering::Less);
    if let Some(step) = map.get("multipleOf") {
        branch.multiples.push(Num::of_value(step)?);
    }
    Some(())
}

fn sizes(branch: &mut Branch<'_>, map: &Map<String, Value>, least: &str, most: &str) -> Option<()> {
    let size = |key: &str, default| match map.get(key).map(Num::of_value) {
        None => Some(default),
        Some(Some(Num::Whole(size))) => u64::try_from(size).ok(),
        Some(_) => None,
    };
    branch.least = size(least, 0)?;
    branch.most = size(most, u64::MAX)?;
    Some(())
}
