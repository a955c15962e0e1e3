//! Whether one set of values holds another.

use std::{cmp::Ordering, collections::BTreeSet};

use serde_json::Value;

use super::{
    DEEPEST, Dialect, Node, Pair, Sets,
    normal::{Branch, Kind, Normal, ObjectPart},
    number::{Bound, Num},
};

impl<'a> Sets<'a> {
    /// Whether all values that hold to some schemas hold to another one, as far as that is proved.
    ///
    /// A pair that comes up again inside of its own proof is taken for proved: only values that are
    /// one level smaller are asked for there, and values have an end.
    pub(super) fn is_included(
        &mut self,
        nodes: &[Node<'a>],
        other: Node<'a>,
        depth: usize,
    ) -> bool {
        let nodes: Vec<Node<'a>> = nodes.iter().map(|node| self.settled(*node)).collect();
        let other = self.settled(other);
        if *other.schema == Value::Bool(true)
            || nodes.iter().any(|node| node.address() == other.address())
        {
            return true;
        }
        if depth > DEEPEST || self.spend(1).is_none() {
            return false;
        }
        let mut addresses: Vec<usize> = nodes.iter().map(|node| node.address()).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let pair: Pair = (addresses, other.address());
        if self.assumed.contains(&pair) {
            return true;
        }
        if self.refuted.contains(&pair) {
            return false;
        }
        let began = self.trail.len();
        self.trail.push(pair.clone());
        self.assumed.insert(pair.clone());
        let is_included = self.decide(&nodes, other, depth);
        if !is_included {
            // What was proved since may rest on this pair.
            for unproved in self.trail.drain(began..) {
                self.assumed.remove(&unproved);
            }
            self.refuted.insert(pair);
        }
        is_included
    }

    fn decide(&mut self, nodes: &[Node<'a>], other: Node<'a>, depth: usize) -> bool {
        if let (Some(one), Some(all)) = (self.normal(nodes), self.normal(&[other])) {
            if one.branches.iter().all(|branch| self.is_covered(branch, &all, depth)) {
                return true;
            }
        }
        // What is not understood is at least itself.
        let Some(said) = self.canonical(other) else { return false };
        nodes.iter().any(|node| {
            self.speak_alike(*node, other) && self.canonical(*node).is_some_and(|own| own == said)
        })
    }

    /// Whether the same words mean the same in the documents of two schemas.
    fn speak_alike(&self, one: Node<'a>, other: Node<'a>) -> bool {
        let [one, other] = [one, other].map(|node| &self.documents[node.document]);
        one.dialect == other.dialect
            && (one.dialect != Dialect::Unknown
                || one.root.get("$schema") == other.root.get("$schema"))
    }

    fn is_covered(&mut self, one: &Branch<'a>, all: &Normal<'a>, depth: usize) -> bool {
        for branch in all.branches.iter().filter(|branch| branch.kind == one.kind) {
            if self.spend(1).is_none() {
                return false;
            }
            if self.is_within(one, branch, depth) {
                return true;
            }
        }
        let Some(values) = one.listed() else { return false };
        let unlisted = Branch { only: None, ..one.clone() };
        let own = Normal { branches: vec![unlisted] };
        values.iter().all(|value| {
            self.allows(all, value, depth) == Some(true)
                || self.allows(&own, value, depth) == Some(false)
        })
    }

    fn is_within(&mut self, one: &Branch<'a>, other: &Branch<'a>, depth: usize) -> bool {
        // Lists are compared value by value.
        if other.only.is_some() || one.only.is_some() || !one.opaque.is_superset(&other.opaque) {
            return false;
        }
        match one.kind {
            Kind::Null | Kind::Boolean => true,
            Kind::Number => numbers(one, other),
            Kind::String => {
                one.least >= other.least
                    && one.most <= other.most
                    && one.patterns.is_superset(&other.patterns)
                    && one.formats.is_superset(&other.formats)
            }
            Kind::Array => self.arrays(one, other, depth),
            Kind::Object => self.objects(one, other, depth),
        }
    }

    fn arrays(&mut self, one: &Branch<'a>, other: &Branch<'a>, depth: usize) -> bool {
        let most = one.most_items();
        if one.least < other.least
            || most > other.most
            || (other.is_unique && !one.is_unique && most > 1)
        {
            return false;
        }
        let prefix = one.prefix().max(other.prefix());
        // The one behind all that have their own stands for the rest.
        for index in 0..=prefix {
            if index as u64 >= most {
                break;
            }
            let items = one.item(index);
            if !other.item(index).into_iter().all(|item| self.is_included(&items, item, depth + 1))
            {
                return false;
            }
        }
        true
    }

    fn objects(&mut self, one: &Branch<'a>, other: &Branch<'a>, depth: usize) -> bool {
        let fewest = one.least.max(one.required.len() as u64);
        if !one.required.is_superset(&other.required)
            || fewest < other.least
            || one.most_properties() > other.most
        {
            return false;
        }
        let brings = |name: &str, needed: &str| {
            one.required.contains(needed)
                || one.dependent.iter().any(|(own, needs)| *own == name && needs.contains(needed))
        };
        for (name, needs) in &other.dependent {
            if !needs.iter().all(|needed| brings(name, needed)) {
                return false;
            }
        }
        let properties_of = |branch: &Branch<'a>| {
            let parts = branch.objects.clone();
            parts.into_iter().flat_map(|part| part.properties).map(|(name, _)| name)
        };
        let names: BTreeSet<&'a str> = properties_of(one).chain(properties_of(other)).collect();
        for name in &names {
            let (Some(own), Some(theirs)) = (self.property(one, name), self.property(other, name))
            else {
                return false;
            };
            // A property that can never be there breaks nothing.
            let is_never = own.iter().any(|node| *node.schema == Value::Bool(false));
            if !is_never && !theirs.into_iter().all(|node| self.is_included(&own, node, depth + 1))
            {
                return false;
            }
            let value = Value::from(*name);
            let is_name = |sets: &mut Self, node: &Node<'a>| {
                let rule = sets.normal(&[*node]);
                rule.and_then(|rule| sets.allows(&rule, &value, depth)) == Some(true)
            };
            if !is_never && !other.names.iter().all(|node| is_name(self, node)) {
                return false;
            }
        }
        if one.objects.iter().any(ObjectPart::is_closed) {
            return true;
        }
        self.other_names(one, other, depth) && self.rest(one, other, depth)
    }

    /// Whether the names that nobody gives are allowed to be what they are.
    fn other_names(&mut self, one: &Branch<'a>, other: &Branch<'a>, depth: usize) -> bool {
        let mut own = one.names.clone();
        own.push(Node { document: 0, schema: any_text() });
        other.names.iter().all(|node| self.is_included(&own, *node, depth + 1))
    }

    /// Whether the properties that neither side names are included.
    fn rest(&mut self, one: &Branch<'a>, other: &Branch<'a>, depth: usize) -> bool {
        let additional = |branch: &Branch<'a>| -> Vec<Node<'a>> {
            branch.objects.iter().filter_map(|part| part.additional).collect()
        };
        if !one.has_patterns() && !other.has_patterns() {
            let own = additional(one);
            return additional(other)
                .into_iter()
                .all(|node| self.is_included(&own, node, depth + 1));
        }
        let ([own], [theirs]) = (&*one.objects, &*other.objects) else {
            return other.objects.is_empty();
        };
        let (own, theirs) = (own.clone(), theirs.clone());
        // A name may match any of the patterns, so that each has to do on its own.
        for (pattern, node) in &theirs.patterns {
            let Some((_, same)) = own.patterns.iter().find(|(known, _)| known == pattern) else {
                return false;
            };
            if !self.is_included(&[*same], *node, depth + 1) {
                return false;
            }
        }
        let Some(additional) = theirs.additional else { return true };
        let new_patterns = own
            .patterns
            .iter()
            .filter(|(pattern, _)| !theirs.patterns.iter().any(|(known, _)| known == pattern));
        let mut rest: Vec<Vec<Node<'a>>> = new_patterns.map(|(_, node)| vec![*node]).collect();
        rest.push(own.additional.into_iter().collect());
        rest.into_iter().all(|nodes| self.is_included(&nodes, additional, depth + 1))
    }

    /// The schemas that a property has to hold to.
    pub(super) fn property(&mut self, branch: &Branch<'a>, name: &str) -> Option<Vec<Node<'a>>> {
        let mut nodes = Vec::new();
        for part in &branch.objects {
            let mut is_named = false;
            for (known, node) in &part.properties {
                if *known == name {
                    is_named = true;
                    nodes.push(*node);
                }
            }
            for (pattern, node) in &part.patterns {
                if self.holds("pattern", pattern, &name.into())? {
                    is_named = true;
                    nodes.push(*node);
                }
            }
            if !is_named {
                nodes.extend(part.additional);
            }
        }
        Some(nodes)
    }
}

fn numbers(one: &Branch<'_>, other: &Branch<'_>) -> bool {
    let divides = |step: &Num| {
        let whole = one.is_whole.then_some(Num::Whole(1));
        one.multiples.iter().chain(&whole).any(|own| own.is_multiple_of(*step))
    };
    let is_whole = one.is_whole || one.multiples.iter().any(|step| step.is_whole());
    (is_whole || !other.is_whole)
        && Bound::implies(one.low, other.low, Ordering::Greater)
        && Bound::implies(one.high, other.high, Ordering::Less)
        && other.multiples.iter().all(divides)
}

/// A schema that lives as long as the program: names are texts.
fn any_text() -> &'static Value {
    static TEXT: std::sync::LazyLock<Value> =
        std::sync::LazyLock::new(|| serde_json::json!({"type": "string"}));
    &TEXT
}
