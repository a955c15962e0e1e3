//! The branches of unions, paired by what they are.

use serde_json::Value;

use super::{
    Effect, Found, Step, Walk,
    view::{Spot, View},
};
use crate::contract::sets::link;

impl<'a> Walk<'a> {
    pub(super) fn unions(&mut self, old: &View<'a>, old_key: &str, new: &View<'a>, new_key: &str) {
        if old_key != new_key {
            self.whole(old, new, "how the forms exclude each other is another now");
        }
        let spots = |view: &View<'a>, key: &str| -> Vec<Spot<'a>> {
            let branches = view.core.list(key).iter().enumerate();
            branches.map(|(n, branch)| view.core.at(key, &n.to_string(), branch)).collect()
        };
        let (before, after) = (spots(old, old_key), spots(new, new_key));
        let pairs = self.paired(&before, &after);
        for (n, spot) in before.iter().enumerate() {
            if !pairs.iter().any(|(one, _)| *one == n) {
                self.branch_gone(old, new, (old_key, n), spot);
            }
        }
        for (n, spot) in after.iter().enumerate() {
            match pairs.iter().find(|(_, other)| *other == n) {
                None => self.branch_added(old, new, (old_key, n), spot),
                Some((one, _)) => {
                    let pair = (before[*one].clone(), spot.clone());
                    self.inside(old.core.node, new.core.node, Step::Same, pair);
                }
            }
        }
        if pairs.windows(2).any(|pair| pair[0].0 > pair[1].0) {
            let pointer = format!("{}/{new_key}", new.core.pointer);
            let found = Found::new(pointer, "order", "the forms stand in another order");
            self.found.push(found.with_effect(Effect::Order));
        }
    }

    /// Pairs of branches by their indexes, in the order of the new ones.
    fn paired(&mut self, before: &[Spot<'a>], after: &[Spot<'a>]) -> Vec<(usize, usize)> {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        let said = |walk: &mut Self, spots: &[Spot<'a>]| {
            spots.iter().map(|spot| walk.sets.said_by(spot.node)).collect::<Vec<_>>()
        };
        let equal = (said(self, before), said(self, after));
        let labels = |spots: &[Spot<'a>]| {
            spots.iter().map(|spot| self.label(spot.clone())).collect::<Vec<_>>()
        };
        let labels = (labels(before), labels(after));
        for other in 0..after.len() {
            let is_free = |pairs: &[(usize, usize)], one: usize| !pairs.iter().any(|p| p.0 == one);
            let same = |one: &usize| equal.1[other].is_some() && equal.0[*one] == equal.1[other];
            let by_text = (0..before.len()).filter(|one| is_free(&pairs, *one)).find(same);
            pairs.extend(by_text.map(|one| (one, other)));
        }
        for other in 0..after.len() {
            if pairs.iter().any(|pair| pair.1 == other) {
                continue;
            }
            let is_free = |one: &usize| !pairs.iter().any(|pair| pair.0 == *one);
            let alike =
                |one: &usize| labels.1[other].is_some() && labels.0[*one] == labels.1[other];
            let by_label = (0..before.len()).filter(is_free).find(alike);
            pairs.extend(by_label.map(|one| (one, other)));
        }
        let free = |count: usize, is_taken: &dyn Fn(usize) -> bool| {
            (0..count).filter(|n| !is_taken(*n)).collect::<Vec<_>>()
        };
        let one = free(before.len(), &|n| pairs.iter().any(|pair| pair.0 == n));
        let other = free(after.len(), &|n| pairs.iter().any(|pair| pair.1 == n));
        if let ([one], [other]) = (&*one, &*other) {
            let kind = |spot: &Spot<'a>| View::of(&self.sets, spot.clone()).types();
            let is_tagged = labels.0[*one].is_some() && labels.1[*other].is_some();
            if !is_tagged && kind(&before[*one]) == kind(&after[*other]) {
                pairs.push((*one, *other));
            }
        }
        pairs.sort_unstable_by_key(|pair| pair.1);
        pairs
    }

    /// What a branch is known by: its tag, its title, or its type.
    fn label(&self, spot: Spot<'a>) -> Option<String> {
        let view = View::of(&self.sets, spot);
        for (name, schema) in view.core.named("properties") {
            let tag = schema.get("const").or_else(|| match schema.get("enum")?.as_array()? {
                values if values.len() == 1 => values.first(),
                _ => None,
            });
            if let Some(tag) = tag.filter(|_| view.core.requires(name)) {
                return Some(format!("{name}: {tag}"));
            }
        }
        if let Some(title) = view.core.get("title").and_then(Value::as_str) {
            return Some(format!("title {title}"));
        }
        if let Some([value]) = view.values().as_deref() {
            return Some(value.to_string());
        }
        match view.core.list("required") {
            // An enum with its tag outside.
            [only] if view.core.named("properties").len() == 1 => Some(format!("only {only}")),
            _ => match &*view.types()? {
                [one] if *one != "object" && view.values().is_none() => Some((*one).to_owned()),
                _ => None,
            },
        }
    }

    fn branch_gone(
        &mut self,
        old: &View<'a>,
        new: &View<'a>,
        (key, n): (&str, usize),
        spot: &Spot<'a>,
    ) {
        let effect = self.edited(old, new, None, |schema| {
            if let Some(Value::Array(branches)) = schema.get_mut(key) {
                branches.remove(n);
                // A union of nothing is no schema.
                if branches.is_empty() {
                    branches.push(Value::Bool(false));
                }
            }
        });
        let effect = self.shown_inside(effect, spot, true);
        let reason = format!("the form {} is gone", self.name(spot, n));
        let found = Found::new(&*spot.pointer, "branch gone", reason);
        self.found.push(found.with_values(Some(spot.node.schema), None).with_effect(effect));
    }

    fn branch_added(
        &mut self,
        old: &View<'a>,
        new: &View<'a>,
        (key, n): (&str, usize),
        spot: &Spot<'a>,
    ) {
        let there = link(1, &spot.pointer);
        let effect = self.edited(old, new, None, |schema| {
            if let Some(Value::Array(branches)) = schema.get_mut(key) {
                branches.push(there);
            }
        });
        let effect = self.shown_inside(effect, spot, false);
        let reason = format!("the form {} is new", self.name(spot, n));
        let found = Found::new(&*spot.pointer, "branch", reason);
        self.found.push(found.with_values(None, Some(spot.node.schema)).with_effect(effect));
    }

    /// An example from the branch itself, which is better than one of the whole union.
    fn shown_inside(&mut self, mut effect: Effect, spot: &Spot<'a>, is_old: bool) -> Effect {
        let sample: Vec<Value> = self.scout.instance(&[spot.node], 0).into_iter().collect();
        if is_old {
            self.show_with(&mut effect, &sample, &[]);
        } else {
            self.show_with(&mut effect, &[], &sample);
        }
        effect
    }

    fn name(&self, spot: &Spot<'a>, n: usize) -> String {
        match self.label(spot.clone()) {
            Some(label) => format!("`{label}`"),
            None => format!("number {}", n + 1),
        }
    }
}
