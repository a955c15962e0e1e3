//! Two schemas side by side: every place where they differ, and what that means.

mod edits;
mod facets;
mod objects;
mod unions;
mod view;
mod witness;

use std::collections::HashSet;

use serde_json::Value;

use self::view::{Spot, View};
use super::sets::{Document, Node, Sets};

/// One place where two schemas differ.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Into the new schema, or into the old one where it is gone.
    pub(super) pointer: String,
    /// What of the place differs; with the pointer it tells one difference from another.
    pub(super) facet: String,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
    pub(super) reason: String,
    pub(super) effect: Effect,
    pub(super) hint: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// Which values are valid.
    Meaning {
        /// Whether each value that was valid still is.
        forth: Verdict,
        /// Whether each value that is valid was so before.
        back: Verdict,
    },
    Order,
    Wording,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    Holds,
    /// With a value that shows it.
    Broken(Value),
    Unknown,
}

impl Found {
    pub(super) fn new(pointer: impl Into<String>, facet: &str, reason: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            facet: facet.to_owned(),
            before: None,
            after: None,
            reason: reason.into(),
            effect: Effect::Wording,
            hint: None,
        }
    }

    fn with_values(mut self, before: Option<&Value>, after: Option<&Value>) -> Self {
        self.before = before.cloned();
        self.after = after.cloned();
        self
    }

    fn with_effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }
}

/// Every place where two schemas differ in what they mean, say or in which order they say it;
/// nothing for schemas that differ in the names and places of definitions alone.
///
/// Where some value of the old schema may not be one of the new one, at least one place says so.
pub(super) fn differences(old: &Value, new: &Value) -> Vec<Found> {
    if old == new && same_order(old, new) {
        return Vec::new();
    }
    let documents = || vec![Document::of(old), Document::of(new)];
    let mut walk = Walk {
        old,
        new,
        sets: Sets::new(documents(), STEPS),
        scout: Sets::new(documents(), STEPS),
        seen: HashSet::new(),
        frames: Vec::new(),
        found: Vec::new(),
        validators: witness::Validators::of(old, new),
        spent: 0,
        tried: 0,
    };
    let root = |document, schema| Spot { node: Node { document, schema }, pointer: String::new() };
    walk.pair(root(0, old), root(1, new));
    walk.account_for_all();
    walk.found
}

struct Walk<'a> {
    old: &'a Value,
    new: &'a Value,
    /// Over the old document, 0, and the new one, 1.
    sets: Sets<'a>,
    /// The same for examples, so that their search never costs a proof.
    scout: Sets<'a>,
    /// Pairs that were looked at, by their addresses.
    seen: HashSet<(usize, usize)>,
    /// How the places that are looked at lie in an instance.
    frames: Vec<Frame<'a>>,
    found: Vec<Found>,
    validators: witness::Validators,
    /// Work for edits, and how many examples were tried.
    spent: usize,
    tried: usize,
}

/// A step from the value of a schema to one inside.
#[derive(Clone, Debug)]
struct Frame<'a> {
    old: Node<'a>,
    new: Node<'a>,
    step: Step,
}

#[derive(Clone, Debug)]
enum Step {
    Item(usize),
    Property(String),
    /// The same value, under one more schema.
    Same,
}

impl<'a> Walk<'a> {
    /// Looks at two schemas for values at the same place.
    fn pair(&mut self, old: Spot<'a>, new: Spot<'a>) {
        if self.frames.len() > DEEPEST || self.found.len() >= MOST_FOUND {
            return;
        }
        let (nodes, first) = ((old.node, new.node), self.found.len());
        let old = View::of(&self.sets, old);
        let new = View::of(&self.sets, new);
        let address = |view: &View<'a>| std::ptr::from_ref(view.core.node.schema).addr();
        if !self.seen.insert((address(&old), address(&new))) {
            return;
        }
        self.compare(&old, &new);
        let differs = |found: &Found| matches!(found.effect, Effect::Meaning { .. });
        if !self.found[first..].iter().any(differs) {
            return;
        }
        // What is lost in one part can be made up for in another.
        if self.sets.includes(nodes.0, nodes.1) {
            self.settle(first, |forth, _| *forth = Verdict::Holds);
        }
        if self.sets.includes(nodes.1, nodes.0) {
            self.settle(first, |_, back| *back = Verdict::Holds);
        }
    }

    fn settle(&mut self, first: usize, settle: impl Fn(&mut Verdict, &mut Verdict)) {
        for found in &mut self.found[first..] {
            if let Effect::Meaning { forth, back } = &mut found.effect {
                settle(forth, back);
            }
        }
    }

    fn inside(&mut self, old: Node<'a>, new: Node<'a>, step: Step, pair: (Spot<'a>, Spot<'a>)) {
        self.frames.push(Frame { old, new, step });
        self.pair(pair.0, pair.1);
        self.frames.pop();
    }

    /// Sees to it that the places found explain the whole: what none of them owns up to is told of
    /// the root.
    fn account_for_all(&mut self) {
        let [old, new] =
            [(0, self.old), (1, self.new)].map(|(document, schema)| Node { document, schema });
        let (mut forth_is_told, mut back_is_told) = (false, false);
        for found in &self.found {
            if let Effect::Meaning { forth, back } = &found.effect {
                forth_is_told |= *forth != Verdict::Holds;
                back_is_told |= *back != Verdict::Holds;
            }
        }
        let forth = forth_is_told || self.sets.includes(old, new);
        let back = back_is_told || self.sets.includes(new, old);
        if forth && back {
            return;
        }
        let mut effect = Effect::Meaning {
            forth: if forth { Verdict::Holds } else { Verdict::Unknown },
            back: if back { Verdict::Holds } else { Verdict::Unknown },
        };
        self.show(&mut effect, old, new);
        let reason = "the schemas as a whole differ in a way that no place of theirs explains";
        self.found.push(Found::new("", "whole", reason).with_effect(effect));
    }
}

/// Whether equal values are written in the same order.
fn same_order(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.iter().zip(other).all(|(one, other)| same_order(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.iter().zip(other).all(|((a, one), (b, other))| a == b && same_order(one, other))
        }
        _ => true,
    }
}

/// Levels of values that are looked at one by one; what lies deeper counts with what is above it.
const DEEPEST: usize = 60;
/// Places that are told of one pair of schemas.
const MOST_FOUND: usize = 300;
/// Work for one pair of schemas: some seconds at the most.
const STEPS: usize = 600_000;
