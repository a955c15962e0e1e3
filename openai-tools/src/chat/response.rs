use std::{
    fmt,
    ops::{AddAssign, Range},
    sync::Arc,
};

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    completions::{Envelope, read_response},
    item::OutputItem,
    message::AssistantMessage,
    responses,
};
use crate::{
    error::{ApiError, AttemptRecord, Error},
    tool::{CallError, ToolSet, TypedCall},
};

/// One response of a model, independent of the API that it came through. `Debug` leaves the body
/// out.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response {
    /// What the model said.
    pub message: AssistantMessage,
    /// Why it stopped.
    pub finish_reason: FinishReason,
    /// The tokens it took; `None` where the server does not say.
    pub usage: Option<Usage>,
    /// The id of the response.
    pub id: Option<String>,
    /// The model that answered, often a dated version of the one asked for.
    pub model: Option<String>,
    /// The server's id of the request (header `x-request-id`).
    pub request_id: Option<String>,
    /// How often the request was sent until it was answered; 1 if the first attempt succeeded. That a
    /// background response was asked for until it was whole does not count.
    pub attempts: u32,
    /// What each attempt came to, in order; the last one brought the response. How often a background
    /// response was [asked for](AttemptRecord::poll) is in there as well. Empty if the response
    /// did not come through a [`Client`](crate::Client).
    pub attempt_log: Vec<AttemptRecord>,
    pub(crate) body: Body,
}

/// Where the body of a response is.
#[derive(Clone)]
pub(crate) enum Body {
    Came(Bytes),
    Spliced(Arc<Spliced>),
    /// A stream had none; this is what there is besides the fields of the response.
    Streamed(Arc<Envelope>),
}

impl Response {
    /// Reads the body of a chat completion that came without streaming, for those who have another
    /// HTTP client; of a streamed one it is [`ChatAccumulator`](crate::stream::ChatAccumulator) that
    /// makes a response. Every call gets an id of its own. What only the exchange knows, such as
    /// [`request_id`](Self::request_id), is left at its default.
    ///
    /// ```
    /// use openai_tools::chat::Response;
    ///
    /// let body = r#"{"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]}"#;
    /// let response = Response::from_chat_completion(body)?;
    /// assert_eq!(response.message.text.as_deref(), Some("Hello"));
    /// assert!(response.is_whole());
    /// # Ok::<(), openai_tools::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Kind [`InvalidResponse`](crate::ErrorKind::InvalidResponse) if it is no such body;
    /// [`Api`](crate::ErrorKind::Api) if it is an error object;
    /// [`ResponseTooLarge`](crate::ErrorKind::ResponseTooLarge) if it holds more than 16,384 calls.
    pub fn from_chat_completion(body: impl Into<Bytes>) -> Result<Self, Error> {
        read_response(&body.into()).map_err(shorten_api_error)
    }

    /// Reads the body of `POST /responses` that came without streaming, for those who have another
    /// HTTP client; of a streamed one it is
    /// [`ResponsesAccumulator`](crate::stream::ResponsesAccumulator) that makes a response.
    ///
    /// ```
    /// use openai_tools::chat::Response;
    ///
    /// let body = r#"{"status": "completed", "output": [{"type": "message", "role": "assistant",
    ///     "content": [{"type": "output_text", "text": "Hello"}]}]}"#;
    /// let response = Response::from_responses(body)?;
    /// assert_eq!(response.message.text.as_deref(), Some("Hello"));
    /// # Ok::<(), openai_tools::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As of [`from_chat_completion`](Self::from_chat_completion).
    pub fn from_responses(body: impl Into<Bytes>) -> Result<Self, Error> {
        responses::read_response(&body.into()).map_err(shorten_api_error)
    }

    /// The body as it came, with all fields that this crate does not know.
    ///
    /// Of a streamed chat completion it is written anew at each call, from the fields of the response
    /// as they are then: what the server would have sent without streaming, with the unknown fields
    /// of the first chunk and of the one that told the usage. Of a long stream of the Responses API it
    /// is what its last event held, put together at each call. So nobody holds a large text twice who
    /// does not ask for it.
    #[must_use]
    pub fn body(&self) -> Bytes {
        match &self.body {
            Body::Came(bytes) => bytes.clone(),
            Body::Spliced(spliced) => spliced.body(),
            Body::Streamed(envelope) => envelope.body(self),
        }
    }

    /// Whether the response came to its end, so that its calls may run and its text is an answer.
    ///
    /// That is: its finish reason is a [good end](FinishReason::is_good_end), and one that ends for
    /// its calls has any. Some servers say `tool_calls` beside a text alone, which counts as whole;
    /// with neither there is nothing to go on with.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let message = &self.message;
        let says_something = !message.tool_calls.is_empty()
            || message.audio.is_some()
            || message.text.as_deref().is_some_and(|text| !text.is_empty());
        self.finish_reason.is_good_end()
            && (says_something || self.finish_reason != FinishReason::ToolCalls)
    }

    /// The calls of the response as values of a set of tools, in order.
    ///
    /// Each is judged for itself: one that cannot be read takes nothing away from the others. In a
    /// response that was cut off none may run, and each is an error (failure
    /// [`ResponseIncomplete`](crate::tool::CallFailure::ResponseIncomplete)): the last may lack
    /// its end, and the model may have meant to go on.
    pub fn tool_calls<S: ToolSet>(&self) -> impl Iterator<Item = Result<TypedCall<S>, CallError>> {
        let whole = self.is_whole();
        self.message.tool_calls.iter().map(move |call| {
            if whole {
                TypedCall::parse(call)
            } else {
                Err(CallError::response_incomplete(call, self.finish_reason.as_str()))
            }
        })
    }
}

/// Reads a response in the typed form of the wire, such as one that the server has kept; its body is
/// written anew.
///
/// # Errors
///
/// As of [`from_responses`](Response::from_responses), and kind
/// [`InvalidResponse`](crate::ErrorKind::InvalidResponse) if it is not finished.
impl TryFrom<&crate::responses::Response> for Response {
    type Error = Error;

    fn try_from(kept: &crate::responses::Response) -> Result<Self, Error> {
        let body = serde_json::to_vec(kept).map_err(|error| {
            let kind = crate::error::ErrorKind::InvalidResponse;
            Error::new(kind, "it cannot be written as JSON").with_source(error)
        })?;
        Self::from_responses(body)
    }
}

/// What the server said may be anything.
fn shorten_api_error(error: Error) -> Error {
    let api = error.api_error().cloned().map(ApiError::shortened);
    error.with_api_error(api)
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("message", &self.message)
            .field("finish_reason", &self.finish_reason)
            .field("usage", &self.usage)
            .field("id", &self.id)
            .field("model", &self.model)
            .field("request_id", &self.request_id)
            .field("attempts", &self.attempts)
            .field("attempt_log", &self.attempt_log)
            .field("body", &self.body)
            .finish()
    }
}

/// A body whose items stand elsewhere, so that nobody holds them twice who does not ask for it.
pub(crate) struct Spliced {
    /// Each item with what comes before it.
    items: Vec<(Box<[u8]>, OutputItem)>,
    rest: Box<[u8]>,
}

impl Spliced {
    /// The part `body` of `data`, in which the items stand at these places, in order.
    pub(crate) fn new(
        data: &[u8],
        body: Range<usize>,
        places: Vec<Range<usize>>,
        items: &[OutputItem],
    ) -> Self {
        let mut at = body.start;
        let before = places.into_iter().map(|place| {
            let before = data[at..place.start].into();
            at = place.end;
            before
        });
        let items = before.zip(items.iter().cloned()).collect();
        Self { items, rest: data[at..body.end].into() }
    }

    fn len(&self) -> usize {
        let items = self.items.iter().map(|(before, item)| before.len() + item.as_json().len());
        items.sum::<usize>() + self.rest.len()
    }

    fn body(&self) -> Bytes {
        let mut body = Vec::with_capacity(self.len());
        for (before, item) in &self.items {
            body.extend_from_slice(before);
            body.extend_from_slice(item.as_json().as_bytes());
        }
        body.extend_from_slice(&self.rest);
        body.into()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::Came(bytes)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Came(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Spliced(spliced) => write!(f, "{} bytes", spliced.len()),
            Self::Streamed(_) => f.write_str("streamed"),
        }
    }
}

/// Why the model stopped.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// The server's filter cut the answer.
    ContentFilter,
    /// The limit of tokens cut the answer.
    Length,
    /// The model had said what it wanted to.
    Stop,
    /// The model waits for the outputs of its calls.
    ToolCalls,
    /// Newer than this release; kept as it came, or `unknown` if it has more than 64 bytes.
    #[serde(untagged)]
    Other(#[serde(deserialize_with = "short_word")] String),
}

impl FinishReason {
    /// The wire's word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::ContentFilter => "content_filter",
            Self::Length => "length",
            Self::Stop => "stop",
            Self::ToolCalls => "tool_calls",
            Self::Other(word) => word,
        }
    }

    pub(crate) fn from_wire(word: &str) -> Self {
        match word {
            "content_filter" => Self::ContentFilter,
            "length" => Self::Length,
            "stop" => Self::Stop,
            "tool_calls" => Self::ToolCalls,
            other => Self::other(other),
        }
    }

    /// Of a word that is no good end, whatever it says.
    pub(crate) fn other(word: &str) -> Self {
        Self::Other(shortened(word))
    }

    /// Whether nothing cut the response, as far as this word tells;
    /// [`Response::is_whole`] looks at the response, too.
    #[must_use]
    pub fn is_good_end(&self) -> bool {
        matches!(self, Self::Stop | Self::ToolCalls)
    }
}

/// Each call of a response that was cut off is told the word: a long one, times so many calls, would
/// be more than any memory holds. A part of one could be a part of a key.
fn shortened(word: &str) -> String {
    const LONGEST: usize = 64;
    if word.len() > LONGEST { "unknown" } else { word }.to_owned()
}

fn short_word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|word| shortened(&word))
}

/// Tokens of one response or of many.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(default)]
pub struct Usage {
    /// Tokens of the requests.
    pub input_tokens: u64,
    /// Tokens of the responses, reasoning included.
    pub output_tokens: u64,
    /// Both.
    pub total_tokens: u64,
    /// Those of the input that the server had cached.
    pub cached_tokens: u64,
    /// Those of the output that were thought and not said.
    pub reasoning_tokens: u64,
    /// Those of the input that were heard; only chat completions tell that.
    #[serde(skip_serializing_if = "is_zero")]
    pub audio_input_tokens: u64,
    /// Those of the output that were spoken; only chat completions tell that.
    #[serde(skip_serializing_if = "is_zero")]
    pub audio_output_tokens: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        // The numbers are the server's: they must not overflow.
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.total_tokens = self.total_tokens.saturating_add(other.total_tokens);
        self.cached_tokens = self.cached_tokens.saturating_add(other.cached_tokens);
        self.reasoning_tokens = self.reasoning_tokens.saturating_add(other.reasoning_tokens);
        self.audio_input_tokens = self.audio_input_tokens.saturating_add(other.audio_input_tokens);
        self.audio_output_tokens =
            self.audio_output_tokens.saturating_add(other.audio_output_tokens);
    }
}
