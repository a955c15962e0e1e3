//! Values that tell two schemas apart.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::{Effect, Frame, Step, Verdict, Walk};
use crate::{contract::sets::Node, schema::validator};

/// The judges of examples, where both schemas can be compiled.
pub(super) struct Validators(Option<(Validator, Validator)>);

impl Validators {
    pub(super) fn of(old: &Value, new: &Value) -> Self {
        let judge = |schema| validator(schema).ok().map(|(validator, _)| validator);
        Self(judge(old).zip(judge(new)))
    }
}

impl<'a> Walk<'a> {
    /// Looks for examples where an inclusion is not known to hold: values of the place, put into
    /// the smallest value around it, that one schema takes and the other refuses.
    pub(super) fn show(&mut self, effect: &mut Effect, old: Node<'a>, new: Node<'a>) {
        let Effect::Meaning { forth, back } = effect else { return };
        if *forth == Verdict::Unknown {
            let mut samples = self.scout.samples(old, new, None);
            samples.retain(|sample| self.scout.is_allowed(new, sample) != Some(true));
            *forth = self.broken(&samples, true);
        }
        if *back == Verdict::Unknown {
            let mut samples = self.scout.samples(new, old, None);
            samples.retain(|sample| self.scout.is_allowed(old, sample) != Some(true));
            *back = self.broken(&samples, false);
        }
    }

    /// Looks for examples among values of the place.
    pub(super) fn show_with(&mut self, effect: &mut Effect, of_old: &[Value], of_new: &[Value]) {
        let Effect::Meaning { forth, back } = effect else { return };
        if *forth != Verdict::Holds && !of_old.is_empty() {
            let shown = self.broken(of_old, true);
            if shown != Verdict::Unknown {
                *forth = shown;
            }
        }
        if *back != Verdict::Holds && !of_new.is_empty() {
            let shown = self.broken(of_new, false);
            if shown != Verdict::Unknown {
                *back = shown;
            }
        }
    }

    pub(super) fn broken(&mut self, samples: &[Value], is_forth: bool) -> Verdict {
        let room = MOST_TRIED.saturating_sub(self.tried).min(samples.len());
        self.tried += room;
        let around = if room > 0 { self.around(is_forth) } else { Vec::new() };
        let Some((old, new)) = &self.validators.0 else { return Verdict::Unknown };
        let (taking, refusing) = if is_forth { (old, new) } else { (new, old) };
        for sample in &samples[..room] {
            let whole = around.iter().fold(sample.clone(), |inner, outer| put(outer, inner));
            if taking.is_valid(&whole) && !refusing.is_valid(&whole) {
                return Verdict::Broken(whole);
            }
        }
        Verdict::Unknown
    }

    /// The steps from the place that is looked at to the root, each with a value around it.
    fn around(&mut self, is_old: bool) -> Vec<(Step, Option<Value>)> {
        let mut around = Vec::new();
        for n in (0..self.frames.len()).rev() {
            let Frame { old, new, step } = self.frames[n].clone();
            if !matches!(step, Step::Same) {
                let outer = if is_old { old } else { new };
                around.push((step, self.scout.instance(&[outer], 0)));
            }
        }
        around
    }
}

/// A value at its step in the value around it.
fn put((step, outer): &(Step, Option<Value>), inner: Value) -> Value {
    match (step, outer) {
        (Step::Property(name), Some(Value::Object(fields))) => {
            let mut fields = fields.clone();
            fields.insert(name.clone(), inner);
            fields.into()
        }
        (Step::Property(name), _) => json!({ name: inner }),
        (Step::Item(index), outer) => {
            let mut items = match outer {
                Some(Value::Array(items)) => items.clone(),
                _ => Vec::new(),
            };
            while items.len() <= *index {
                items.push(inner.clone());
            }
            items[*index] = inner;
            items.into()
        }
        (Step::Same, _) => inner,
    }
}

/// Examples that are tried for one pair of schemas.
const MOST_TRIED: usize = 6_000;
