use std::fmt;

use serde_json::{Value, json};

use super::{Class, text};

/// One difference between two contracts.
///
/// `Display` is for people, in lines of at most 80 columns.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The tool; empty where schemas were compared.
    pub tool: String,
    /// Where, as a JSON pointer into the tool's object in the lock file, such as
    /// `/parameters/properties/unit`; into the schema where schemas were compared. It leads into
    /// the new one, or into the old one where the place is gone.
    pub pointer: String,
    /// What it means for what the model may now send; `None` if nothing.
    pub model: Option<Class>,
    /// What it means for calls that are stored; `None` if nothing.
    pub stored: Option<Class>,
    /// What stood there.
    pub before: Option<Value>,
    /// What stands there now.
    pub after: Option<Value>,
    /// What changed, as a phrase.
    pub reason: String,
    /// Arguments that were valid and are refused now.
    pub refused_now: Option<Value>,
    /// Arguments that are valid now and were refused.
    pub allowed_now: Option<Value>,
    /// What else may explain the change, such as a new name.
    pub hint: Option<String>,
}

impl Change {
    /// The graver of its two classes.
    #[must_use]
    pub fn class(&self) -> Class {
        self.model.max(self.stored).unwrap_or(Class::Wording)
    }

    pub(super) fn new(tool: &str, pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            tool: tool.to_owned(),
            pointer: pointer.into(),
            model: None,
            stored: None,
            before: None,
            after: None,
            reason: reason.into(),
            refused_now: None,
            allowed_now: None,
            hint: None,
        }
    }

    pub(super) fn with_classes(
        mut self,
        model: impl Into<Option<Class>>,
        stored: impl Into<Option<Class>>,
    ) -> Self {
        (self.model, self.stored) = (model.into(), stored.into());
        self
    }

    pub(super) fn with_values(mut self, before: Option<Value>, after: Option<Value>) -> Self {
        (self.before, self.after) = (before, after);
        self
    }

    /// The change as an object with a key for each of its fields, and `class`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let word = |class: Option<Class>| class.map(Class::as_str);
        json!({
            "tool": self.tool,
            "pointer": self.pointer,
            "class": self.class().as_str(),
            "model": word(self.model),
            "stored": word(self.stored),
            "reason": self.reason,
            "before": self.before,
            "after": self.after,
            "refused_now": self.refused_now,
            "allowed_now": self.allowed_now,
            "hint": self.hint,
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(text::change(self, text::COLUMNS).trim_end())
    }
}

/// What changed between two contracts: made by [`compare`](super::compare).
///
/// `Display` is the whole report for people, in lines of at most 80 columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    changes: Vec<Change>,
}

impl Comparison {
    /// The changes, by tool, in the order of the schema; tools that are gone come first.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether nothing changed but, at most, how the same is written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The gravest class of all changes.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        self.changes.iter().map(Change::class).max()
    }

    /// How many changes are of a class.
    #[must_use]
    pub fn count(&self, class: Class) -> usize {
        self.changes.iter().filter(|change| change.class() == class).count()
    }

    /// The report for people, in lines of at most `columns` columns (but not fewer than 40).
    #[must_use]
    pub fn to_text(&self, columns: usize) -> String {
        text::comparison(self, columns)
    }

    pub(super) fn new(changes: Vec<Change>) -> Self {
        Self { changes }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_text(text::COLUMNS).trim_end())
    }
}
