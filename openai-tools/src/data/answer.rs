//! What an answer of a model should be: any text, JSON, or JSON by a schema.

use std::sync::Arc;

use super::{
    held::Held,
    notes::{At, Notes},
};

/// The form of an answer.
#[derive(Clone, Debug, Default)]
pub(super) enum Format {
    #[default]
    Any,
    Json,
    Schema(Arc<Held>),
}

impl Format {
    /// A text at a place of the record, held to the form.
    pub(super) fn check(&self, at: &At<'_>, notes: &mut Notes) {
        let Some(text) = at.text() else { return };
        let problems = match self {
            Self::Any => return,
            Self::Json => match serde_json::from_str::<crate::json::Untrusted>(text) {
                Ok(_) => return,
                Err(error) => Err(error.into()),
            },
            Self::Schema(held) => held.problems(text),
        };
        match problems {
            Ok(problems) => {
                for problem in &problems {
                    notes.problem_in(&at.pointer, problem, None);
                }
            }
            Err(error) => notes.not_json_in(&at.pointer, text, &error, "answer", None),
        }
    }

    /// The content of an assistant's message: a text, or parts of which some are texts.
    pub(super) fn check_content(&self, content: &At<'_>, notes: &mut Notes) {
        if matches!(self, Self::Any) {
            return;
        }
        if content.value.is_string() {
            return self.check(content, notes);
        }
        for part in content.items() {
            if matches!(part.text_at("type"), Some("text" | "output_text")) {
                if let Some(text) = part.key("text") {
                    self.check(&text, notes);
                }
            }
        }
    }

    /// Whether cutting an answer off breaks it.
    pub(super) fn is_json(&self) -> bool {
        !matches!(self, Self::Any)
    }
}
