//! The boundary around one tool: what it returns, how it panics, what it says that is too long.

use std::{any::Any, sync::Arc};

use super::SharedError;
use crate::{
    media::Part,
    observe::Span,
    schema::Fault,
    tool::{Audience, CallFailure, CallInfo, Content, Returned, Tools, Work},
};

/// How a call ended.
pub(super) struct Ended {
    pub(super) text: String,
    pub(super) parts: Vec<Part>,
    pub(super) failure: Option<CallFailure>,
    pub(super) error: Option<SharedError>,
}

impl Ended {
    pub(super) fn failed(failure: CallFailure, text: impl Into<String>) -> Self {
        Self { text: text.into(), parts: Vec::new(), failure: Some(failure), error: None }
    }

    pub(super) fn cancelled(when: &str) -> Self {
        Self::failed(CallFailure::Cancelled, format!("the call was cancelled {when}"))
    }

    pub(super) fn panicked(payload: &(dyn Any + Send)) -> Self {
        let text = "the tool failed unexpectedly (it panicked)";
        Self {
            error: Some(SharedError::new(payload_text(payload).into())),
            ..Self::failed(CallFailure::Panicked, text)
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
    most: OutputLimits,
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
    settle(returned, most)
}

fn settle(returned: Returned, most: OutputLimits) -> Ended {
    match returned {
        Returned::Content(content) => {
            let (text, parts) = most.apply(content);
            Ended { text, parts, failure: None, error: None }
        }
        Returned::Refused(problem) => {
            Ended::failed(CallFailure::InvalidArguments, Fault::Invalid(vec![problem]).for_model())
        }
        Returned::Error(error) => {
            let (audience, message, source) = error.into_parts();
            let (failure, text) = match audience {
                Audience::Model => {
                    (CallFailure::Failed, cut(message.into_owned(), most.text_bytes))
                }
                // The source is for the application alone.
                Audience::Application => (CallFailure::Fatal, "the tool ended the run".to_owned()),
            };
            Ended { error: source.map(SharedError::new), ..Ended::failed(failure, text) }
        }
    }
}

/// How large an output may be.
#[derive(Clone, Copy)]
pub(super) struct OutputLimits {
    pub(super) text_bytes: usize,
    pub(super) media_bytes: usize,
}

impl OutputLimits {
    /// Cuts texts; an image or a file that does not fit is left out, and a text in its place says
    /// so.
    fn apply(self, content: Content) -> (String, Vec<Part>) {
        let uncut = content.is_uncut();
        let (text, mut parts) = content.into_text_and_parts();
        let text = if uncut { text } else { cut(text, self.text_bytes) };
        let mut texts = self.text_bytes.saturating_sub(text.len());
        let mut media = self.media_bytes;
        for part in &mut parts {
            let size = part.size();
            if let Part::Text(said) = part {
                *said = cut(std::mem::take(said), texts);
                texts = texts.saturating_sub(size);
                continue;
            }
            // A part of no bytes costs memory, too.
            if let Some(left) = media.checked_sub(size.max(PART)) {
                media = left;
                continue;
            }
            let (kind, most) = (part.kind(), self.media_bytes);
            *part = Part::Text(format!(
                "[left out: {kind} of {size} bytes; the images and files of one output may have \
                 {most} bytes]"
            ));
        }
        (text, parts)
    }
}

const PART: usize = 64;

/// What `panic!` was given; for the application, not for the model.
fn payload_text(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.as_deref().unwrap_or("not with a text"))
}

/// Cuts an output at a character's end and says so.
pub(super) fn cut(mut text: String, limit: usize) -> String {
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
    use crate::media::Image;

    #[test]
    fn a_long_output_is_cut_at_a_character_and_says_so() {
        assert_eq!(cut("abc".to_owned(), 3), "abc");
        assert_eq!(cut("aüb".to_owned(), 2), "a\n[cut here: the first 1 of 4 bytes]");
    }

    #[test]
    fn an_image_that_does_not_fit_is_left_out_and_the_model_is_told() {
        let image = |bytes: usize| Image::url("i".repeat(bytes));
        let most = OutputLimits { text_bytes: 4, media_bytes: 300 };
        let content =
            Content::text("abc").with(image(200)).with("defg").with(image(101)).with(image(99));
        let (text, parts) = most.apply(content);
        assert_eq!(text, "abc");
        let [Part::Image(_), Part::Text(cut), Part::Text(left_out), Part::Image(_)] = &parts[..]
        else {
            panic!("{parts:?}");
        };
        assert_eq!(cut, "d\n[cut here: the first 1 of 4 bytes]");
        assert_eq!(
            left_out,
            "[left out: image of 101 bytes; the images and files of one output may have 300 bytes]"
        );
    }
}
