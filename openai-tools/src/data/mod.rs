//! What is wrong with recorded data: from the text of one record to its findings.
//!
//! Pure: whoever reads files gives the text of one record after the other to [`Rules::check`]. A
//! record is an instance of a schema, a request, a response, a conversation, or a line of a file
//! for fine-tuning or batches.

mod answer;
mod batch;
mod call;
mod held;
mod items;
mod kind;
mod messages;
mod notes;
mod offer;
mod record;
mod syntax;
mod training;
mod words;

use std::{borrow::Cow, sync::Arc};

use serde_json::Value;

pub(crate) use self::{
    batch::BatchLine,
    held::Held,
    kind::{Kind, is_message},
    offer::Offer,
    words::{meaning, rule_ids},
};
use self::{notes::Notes, record::Memory};
use crate::json::{Untrusted, count_values};

/// One thing that is wrong with a record.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// The byte of the record's text at which it is.
    pub(crate) at: usize,
    /// Where in the record, as a JSON pointer. It goes on into a text that holds JSON itself, such
    /// as the arguments of a call.
    pub(crate) pointer: String,
    /// A keyword of JSON Schema, or one of [`rule_ids`].
    pub(crate) rule: Cow<'static, str>,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    /// The tool whose call it is.
    pub(crate) tool: Option<String>,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Severity {
    /// Works, and is likely meant otherwise.
    Warning,
    /// A server or a caller refuses it, or it breaks its schema.
    Error,
}

impl Severity {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What data is held to.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// What each record is; recognised one by one where it is not said.
    pub(crate) kind: Option<Kind>,
    /// The tools that calls are held to, instead of those that stand in a record.
    pub(crate) offer: Option<Arc<Offer>>,
    /// The schema of instances and of answers.
    pub(crate) schema: Option<Arc<Held>>,
}

/// What is found in one record.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) findings: Vec<Finding>,
    /// How many more there are than are told.
    pub(crate) more: usize,
    /// What it was taken for.
    pub(crate) kind: Option<Kind>,
    /// What other lines of a file for batches are compared with.
    pub(crate) batch: Option<BatchLine>,
}

/// What one worker remembers from record to record: definitions stand in each of them again.
#[derive(Debug, Default)]
pub(crate) struct Cache(Memory);

impl Rules {
    /// Checks the text of one record.
    pub(crate) fn check(&self, text: &str, cache: &mut Cache) -> Checked {
        let is_instance = match self.kind {
            Some(kind) => kind == Kind::Instance,
            None => self.schema.is_some() && self.offer.is_none(),
        };
        match &self.schema {
            Some(held) if is_instance => Self::instance(held, text),
            _ => self.record(text, cache),
        }
    }

    fn instance(held: &Held, text: &str) -> Checked {
        let kind = Some(Kind::Instance);
        if held.lets_pass(text) {
            return Checked { kind, ..Checked::default() };
        }
        if let Some(finding) = too_many_values(text) {
            return Checked { findings: vec![finding], kind, ..Checked::default() };
        }
        let mut notes = Notes::default();
        match held.explained(text) {
            Ok(problems) => {
                for problem in &problems {
                    notes.problem(problem);
                }
            }
            Err(error) => {
                let findings = vec![syntax::finding(text, &error)];
                return Checked { findings, kind, ..Checked::default() };
            }
        }
        let (findings, more) = notes.located(text);
        Checked { findings, more, kind, batch: None }
    }

    fn record(&self, text: &str, cache: &mut Cache) -> Checked {
        if let Some(finding) = too_many_values(text) {
            return Checked { findings: vec![finding], ..Checked::default() };
        }
        let value: Value = match serde_json::from_str(text) {
            Ok(Untrusted(value)) => value,
            Err(error) => {
                let findings = vec![syntax::finding(text, &error.into())];
                return Checked { findings, ..Checked::default() };
            }
        };
        let mut notes = Notes::default();
        let (kind, batch) = record::check(&value, self, &mut cache.0, &mut notes);
        let (findings, more) = notes.located(text);
        Checked { findings, more, kind, batch }
    }
}

/// A value of few bytes takes hundreds in memory once it is built.
fn too_many_values(text: &str) -> Option<Finding> {
    // Each has a byte and what separates it from the next.
    let is_over = text.len() > 2 * MOST_VALUES && count_values(text) > MOST_VALUES;
    is_over.then(|| Finding {
        at: 0,
        pointer: String::new(),
        rule: "too-many-values".into(),
        severity: Severity::Error,
        message: format!("over {MOST_VALUES} JSON values in one record, which is not looked at"),
        tool: None,
    })
}

const MOST_VALUES: usize = 500_000;

#[cfg(test)]
mod tests;
