use std::fmt;

use crate::{
    ids::ToolName,
    schema::{Fault, Problem},
};

/// An answer that came, and is not the value that was asked for.
#[derive(Clone, Eq, PartialEq)]
pub struct InvalidAnswer {
    /// Boxed: it is part of every event's size.
    reason: Box<InvalidReason>,
}

/// Why an answer is not the value that was asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidReason {
    /// The caller's own check refused the value, with these words.
    Check(String),
    /// It is not JSON, or breaks the schema.
    Schema(Fault),
    /// It is valid against the schema, but the type refused it.
    Type(Problem),
}

impl InvalidAnswer {
    pub(crate) fn new(reason: InvalidReason) -> Self {
        Self { reason: Box::new(reason) }
    }

    /// Why it is not the value.
    #[must_use]
    pub fn reason(&self) -> &InvalidReason {
        &self.reason
    }

    /// What the model is told when it is asked again: the exact problems, and what to do.
    #[must_use]
    pub fn for_model(&self) -> String {
        let problems = self.problems();
        format!(
            "Your answer cannot be used:\n{problems}\n\
             Answer again with the whole corrected JSON and nothing else."
        )
    }

    /// The same where the answer was a call, as its output.
    pub(crate) fn for_model_of_call(&self) -> String {
        let problems = self.problems();
        format!(
            "Your answer cannot be used:\n{problems}\n\
             Call this tool again with the whole corrected arguments."
        )
    }

    /// The same where the answer was to be a call of this tool, and was a text.
    pub(crate) fn for_model_without_call(&self, tool: &ToolName) -> String {
        let problems = self.problems();
        format!(
            "Your answer cannot be used:\n{problems}\n\
             Answer again by calling the tool `{tool}` with the whole corrected arguments."
        )
    }

    fn problems(&self) -> String {
        match &*self.reason {
            InvalidReason::Check(words) => format!("- {words}"),
            InvalidReason::Schema(fault @ Fault::NotJson(_)) => format!("- {}", fault.for_model()),
            InvalidReason::Schema(fault) => fault.for_model(),
            InvalidReason::Type(problem) => Fault::Invalid(vec![problem.clone()]).for_model(),
        }
    }
}

impl fmt::Debug for InvalidAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvalidAnswer").field("reason", &self.reason).finish()
    }
}

impl fmt::Display for InvalidAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.reason {
            InvalidReason::Check(words) => write!(f, "the check refused it: {words}"),
            InvalidReason::Schema(fault) => fault.fmt(f),
            InvalidReason::Type(problem) => write!(f, "the type refused it: {problem}"),
        }
    }
}

impl std::error::Error for InvalidAnswer {}
