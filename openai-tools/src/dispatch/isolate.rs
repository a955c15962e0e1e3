//! The boundary around one tool: what it returns, how it panics, what it says that is too long.

use std::{any::Any, sync::Arc};

use super::SharedError;
use crate::{
    observe::Span,
    schema::Fault,
    tool::{Audience, CallFailure, CallInfo, Content, Returned, Tools, Work},
};

/// How a call ended.
pub(super) struct Ended {
    pub(super) text: String,
    pub(super) failure: Option<CallFailure>,
    pub(super) error: Option<SharedError>,
}

impl Ended {
    pub(super) fn failed(failure: CallFailure, text: impl Into<String>) -> Self {
        Self { text: text.into(), failure: Some(failure), error: None }
    }

    pub(super) fn cancelled(when: &str) -> Self {
        Self::failed(CallFailure::Cancelled, format!("the call was cancelled {when}"))
    }

    pub(super) fn panicked(payload: &(dyn Any + Send)) -> Self {
        Self {
            text: "the tool failed unexpectedly (it panicked)".to_owned(),
            failure: Some(CallFailure::Panicked),
            error: Some(SharedError::new(payload_text(payload).into())),
        }
    }

    /// Enters the failure into the call's span.
    pub(super) fn observed(self, span: &Span) -> Self {
        if let Some(failure) = &self.failure {
            span.word("error.type", failure.as_str());
        }
        self
    }
}

/// Runs one tool to its end.
pub(super) async fn work(
    tools: Tools,
    index: usize,
    arguments: serde_json::Value,
    info: Arc<CallInfo>,
    output_bytes: usize,
) -> Ended {
    let returned = match tools.invoke(index, arguments, info) {
        Work::Async(future) => future.await,
        Work::Blocking(function) => match tokio::task::spawn_blocking(function).await {
            Ok(returned) => returned,
            Err(join) => match join.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is shutting down: nobody is left to read this.
                Err(_) => std::future::pending().await,
            },
        },
    };
    settle(returned, output_bytes)
}

fn settle(returned: Returned, output_bytes: usize) -> Ended {
    match returned {
        Returned::Content(content) => {
            Ended { text: cut(content, output_bytes), failure: None, error: None }
        }
        Returned::Refused(problem) => {
            Ended::failed(CallFailure::InvalidArguments, Fault::Invalid(vec![problem]).for_model())
        }
        Returned::Error(error) => {
            let (audience, message, source) = error.into_parts();
            let (failure, text) = match audience {
                Audience::Model => (CallFailure::Failed, cut(Content::text(message), output_bytes)),
                // The source is for the application alone.
                Audience::Application => (CallFailure::Fatal, "the tool ended the run".to_owned()),
            };
            Ended { text, failure: Some(failure), error: source.map(SharedError::new) }
        }
    }
}

/// What `panic!` was given; for the application, not for the model.
fn payload_text(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.as_deref().unwrap_or("not with a text"))
}

/// Cuts an output at a character's end and says so.
pub(super) fn cut(content: Content, limit: usize) -> String {
    let mut text = content.into_text();
    if text.len() > limit {
        let whole = text.len();
        let end = (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        return format!("{text}\n[cut here: the first {end} of {whole} bytes]");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_output_is_cut_at_a_character_and_says_so() {
        assert_eq!(cut(Content::text("abc"), 3), "abc");
        assert_eq!(cut(Content::text("aüb"), 2), "a\n[cut here: the first 1 of 4 bytes]");
    }
}
