//! What it means to change one thing of a schema, and to leave all else as it was.

use serde_json::{Map, Value};

use super::{Effect, Found, Verdict, Walk, facets::brief, view::View};
use crate::contract::sets::{Document, Node, Sets, same};

impl<'a> Walk<'a> {
    /// One keyword without schemas inside.
    pub(super) fn keyword(&mut self, old: &View<'a>, new: &View<'a>, key: &str) {
        let (before, after) = (old.core.get(key), new.core.get(key));
        let is_same = match (before, after) {
            (Some(before), Some(after)) => same(before, after),
            (None, None) => true,
            _ => false,
        };
        if is_same {
            return;
        }
        let reason = match (before, after) {
            (Some(before), Some(after)) => {
                format!("`{key}` was {}, and is {} now", brief(before), brief(after))
            }
            (_, Some(after)) => format!("`{key}` is {} now; there was none", brief(after)),
            (Some(before), _) => format!("`{key}` was {}; there is none now", brief(before)),
            (None, None) => return,
        };
        self.change(old, new, key, reason);
    }

    /// One keyword with schemas inside, compared as a whole.
    pub(super) fn rule(&mut self, old: &View<'a>, new: &View<'a>, key: &str) {
        let (before, after) = (old.core.get(key), new.core.get(key));
        let reason = match (before, after) {
            (None, Some(_)) => format!("`{key}` is new"),
            (Some(_), None) => format!("`{key}` is gone"),
            _ => format!("`{key}` is another one now"),
        };
        let first = self.found.len();
        self.change(old, new, key, reason);
        // The same rule in other words says nothing new.
        let is_plain = |found: &Found| {
            let Effect::Meaning { forth, back } = &found.effect else { return false };
            *forth == Verdict::Holds && *back == Verdict::Holds
        };
        if self.found.get(first).is_some_and(is_plain) {
            self.found.truncate(first);
            if before != after {
                let pointer = format!("{}/{key}", new.core.pointer);
                let reason = format!("`{key}` says the same in other words");
                let found = Found::new(pointer, key, reason).with_values(before, after);
                if says_other_words(old, new, key) {
                    self.found.push(found);
                }
            }
        }
    }

    fn change(&mut self, old: &View<'a>, new: &View<'a>, key: &str, reason: String) {
        let (before, after) = (old.core.get(key), new.core.get(key));
        let place = if after.is_some() { new } else { old };
        let pointer = format!("{}/{key}", place.core.pointer);
        let effect = self.replaced(old, new, key, None);
        let found = Found::new(pointer, key, reason).with_values(before, after);
        self.found.push(found.with_effect(effect));
    }

    /// What it means to replace one keyword alone.
    pub(super) fn replaced(
        &mut self,
        old: &View<'a>,
        new: &View<'a>,
        key: &str,
        focus: Option<&str>,
    ) -> Effect {
        let now = new.core.outline().shift_remove(key);
        self.edited(old, new, focus, |schema| match now {
            Some(now) => {
                schema.insert(key.to_owned(), now);
            }
            None => {
                schema.shift_remove(key);
            }
        })
    }

    /// What an edit of the old schema means.
    pub(super) fn edited(
        &mut self,
        old: &View<'a>,
        new: &View<'a>,
        focus: Option<&str>,
        edit: impl FnOnce(&mut Map<String, Value>),
    ) -> Effect {
        let mut edited = old.core.outline();
        edit(&mut edited);
        let edited = Value::Object(edited);
        let given = STEPS_OF_A_FACET.min(STEPS_OF_FACETS.saturating_sub(self.spent));
        let mut local = self.with_third(&edited, given);
        let one = Node { document: old.core.node.document, schema: old.core.node.schema };
        let other = Node { document: 2, schema: &edited };
        let (mut forth, mut back) =
            (verdict(local.includes(one, other)), verdict(local.includes(other, one)));
        self.spent += given - local.steps();
        // An example has to be one of this edit, and not of another that was made beside it.
        if forth == Verdict::Unknown {
            let mut samples = self.scout.samples(old.core.node, new.core.node, focus);
            samples.retain(|sample| local.is_allowed(other, sample) != Some(true));
            samples.sort_by_key(|sample| local.is_allowed(other, sample).is_none());
            forth = self.broken(&samples, true);
        }
        if back == Verdict::Unknown {
            let mut samples = self.scout.samples(new.core.node, old.core.node, focus);
            samples.retain(|sample| local.is_allowed(one, sample) != Some(true));
            samples.sort_by_key(|sample| local.is_allowed(other, sample) != Some(true));
            back = self.broken(&samples, false);
        }
        Effect::Meaning { forth, back }
    }

    /// Sets over both documents and one more.
    fn with_third<'b>(&self, third: &'b Value, steps: usize) -> Sets<'b>
    where
        'a: 'b,
    {
        let dialect = |document, schema| self.sets.dialect_of(Node { document, schema });
        let (old, new) = (dialect(0, self.old), dialect(1, self.new));
        let documents = vec![
            Document { root: self.old, dialect: old },
            Document { root: self.new, dialect: new },
            Document { root: third, dialect: old },
        ];
        Sets::new(documents, steps)
    }

    /// What two inclusions mean, with examples where one is not known to hold.
    pub(super) fn judged(
        &mut self,
        forth: bool,
        back: bool,
        old: Node<'a>,
        new: Node<'a>,
    ) -> Effect {
        let mut effect = Effect::Meaning { forth: verdict(forth), back: verdict(back) };
        self.show(&mut effect, old, new);
        effect
    }
}

fn verdict(holds: bool) -> Verdict {
    if holds { Verdict::Holds } else { Verdict::Unknown }
}

/// Whether the notes inside of a keyword differ, and not its definitions alone.
fn says_other_words(old: &View<'_>, new: &View<'_>, key: &str) -> bool {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (view, words) in [(old, &mut before), (new, &mut after)] {
        if let Some(value) = view.core.get(key) {
            collect_words(value, words);
        }
    }
    before != after
}

/// The texts of notes, in their order.
fn collect_words<'v>(value: &'v Value, words: &mut Vec<&'v str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_words(item, words)),
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if key == "description" || key == "title" => {
                        words.push(text);
                    }
                    value => collect_words(value, words),
                }
            }
        }
        _ => {}
    }
}

const STEPS_OF_A_FACET: usize = 30_000;
const STEPS_OF_FACETS: usize = 600_000;
