//! The one error type: opaque, with a kind and a source.
//!
//! What a model does (a refusal, a limit, an invalid answer) is an outcome and never an error;
//! see the `run` module.

mod api;
mod attempt;

use std::{fmt, time::Duration};

pub use self::{api::ApiError, attempt::AttemptRecord};

/// A source of an [`Error`].
pub(crate) type Source = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Something failed that the caller has to know of.
///
/// `Display` is one line, lowercase, and says one level; [`source`](std::error::Error::source)
/// carries the cause. Neither `Display` nor `Debug` holds a prompt, arguments of a call, the body
/// of a response or the API key: the server's own words are in [`Error::api_error`], the bytes it
/// sent in [`Error::payload`].
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    /// What is said after the kind: our own words only.
    detail: String,
    source: Option<Source>,
    status: Option<u16>,
    request_id: Option<String>,
    api: Option<ApiError>,
    payload: Option<Vec<u8>>,
    retryable: bool,
    attempt_log: Vec<AttemptRecord>,
    response_id: Option<String>,
    retry_after: Option<Duration>,
}

impl Error {
    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The HTTP status, if the server had answered.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.inner.status
    }

    /// The server's id of the request (header `x-request-id`), to quote to its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.request_id.as_deref()
    }

    /// The error object that the server sent.
    #[must_use]
    pub fn api_error(&self) -> Option<&ApiError> {
        self.inner.api.as_ref()
    }

    /// The bytes of the response that could not be used, as far as they were read.
    ///
    /// They can hold anything, the conversation too: think before they go to a log.
    #[must_use]
    pub fn payload(&self) -> Option<&[u8]> {
        self.inner.payload.as_deref()
    }

    /// Whether the same request may succeed later. The client has by then used up its attempts.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.inner.retryable
    }

    /// How often the request was sent; 0 if it never was. That a background response was asked for
    /// does not count.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        let sent = self.inner.attempt_log.iter().filter(|record| !record.poll).count();
        u32::try_from(sent).unwrap_or(u32::MAX)
    }

    /// The id of the [background](crate::chat::Settings::background) response that the request had
    /// begun and that did not come to its end in time.
    ///
    /// After an error of kind [`TotalTimeout`](ErrorKind::TotalTimeout) the server still works on it:
    /// the client's `responses()` can retrieve it later, or cancel it. After any other error, and
    /// where the time of a run was up, it has failed or is being cancelled.
    #[must_use]
    pub fn response_id(&self) -> Option<&str> {
        self.inner.response_id.as_deref()
    }

    /// What each attempt came to, in order; empty if the request was never sent. That a background
    /// response was [asked for](AttemptRecord::poll) is in there as well.
    #[must_use]
    pub fn attempt_log(&self) -> &[AttemptRecord] {
        &self.inner.attempt_log
    }

    /// How long the server asked to wait before the next attempt.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    pub(crate) fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        let inner = Inner {
            kind,
            detail: detail.into(),
            source: None,
            status: None,
            request_id: None,
            api: None,
            payload: None,
            retryable: false,
            attempt_log: Vec::new(),
            response_id: None,
            retry_after: None,
        };
        Self { inner: Box::new(inner) }
    }
}

/// Facts that are known only where the error passes by.
#[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only HTTP knows these"))]
impl Error {
    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.inner.status = Some(status);
        self
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.inner.request_id = request_id;
        self
    }

    pub(crate) fn with_api_error(mut self, api: Option<ApiError>) -> Self {
        self.inner.api = api;
        self
    }

    pub(crate) fn with_payload(mut self, payload: impl Into<Vec<u8>>) -> Self {
        self.inner.payload = Some(payload.into());
        self
    }

    pub(crate) fn with_retryable(mut self, retryable: bool) -> Self {
        self.inner.retryable = retryable;
        self
    }

    pub(crate) fn with_attempt_log(mut self, attempt_log: Vec<AttemptRecord>) -> Self {
        self.inner.attempt_log = attempt_log;
        self
    }

    pub(crate) fn with_response_id(mut self, response_id: String) -> Self {
        self.inner.response_id = Some(response_id);
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.inner.retry_after = retry_after;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.inner.kind)?;
        if !self.inner.detail.is_empty() {
            write!(f, ": {}", self.inner.detail)?;
        }
        match (self.inner.status, self.inner.request_id()) {
            (Some(status), Some(id)) => write!(f, " (status {status}, request {id})"),
            (Some(status), None) => write!(f, " (status {status})"),
            (None, _) => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.inner;
        let mut shown = f.debug_struct("Error");
        shown.field("kind", &inner.kind).field("detail", &inner.detail);
        if let Some(status) = inner.status {
            shown.field("status", &status);
        }
        if let Some(id) = inner.request_id() {
            shown.field("request_id", &id);
        }
        if let Some(api) = &inner.api {
            shown.field("api_error", api);
        }
        if let Some(source) = &inner.source {
            shown.field("source", source);
        }
        shown
            .field("retryable", &inner.retryable)
            .field("attempts", &self.attempts())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match (&self.inner.source, &self.inner.api) {
            (Some(source), _) => Some(&**source),
            (None, Some(api)) => Some(api),
            (None, None) => None,
        }
    }
}

impl Inner {
    fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server answered with an error: a status of 400 or more, or an error object in a 200.
    Api,
    /// The client was configured with something that cannot work.
    Config,
    /// Connecting took longer than the client's connect timeout.
    ConnectTimeout,
    /// No connection, or it broke before the response was whole.
    Connection,
    /// A tool or an answer cannot be defined like this: a bad name, a duplicate, a schema that has
    /// no faithful form.
    Definition,
    /// A tool ended the run on purpose ([`ToolError::fatal`](crate::ToolError::fatal)).
    FatalTool,
    /// No byte of a response came, or no event of a stream, within the client's first byte timeout.
    FirstByteTimeout,
    /// Nothing more came of a response that had begun, for longer than the client's idle timeout.
    IdleTimeout,
    /// An event of a stream is no chunk of a response, or is not the one whose turn it is.
    InvalidChunk,
    /// The request was refused here, before it was sent.
    InvalidRequest,
    /// The server's bytes are not a response.
    InvalidResponse,
    /// The run's journal could not be written; the source says why. Nothing with effects was
    /// started that it does not hold.
    Journal,
    /// A value was asked of a run that has none; its outcome says why.
    NoValue,
    /// The response is larger than the limit.
    ResponseTooLarge,
    /// A stream broke off, or ended without a finish reason.
    StreamCut,
    /// One attempt took longer than the client's timeout.
    Timeout,
    /// The time for a request was up: for all its attempts and the waits between them, or for a
    /// background response.
    TotalTimeout,
}

impl ErrorKind {
    /// The kind as a stable word in `snake_case`, for logs and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Config => "config",
            Self::ConnectTimeout => "connect_timeout",
            Self::Connection => "connection",
            Self::Definition => "definition",
            Self::FatalTool => "fatal_tool",
            Self::FirstByteTimeout => "first_byte_timeout",
            Self::IdleTimeout => "idle_timeout",
            Self::InvalidChunk => "invalid_chunk",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidResponse => "invalid_response",
            Self::Journal => "journal",
            Self::NoValue => "no_value",
            Self::ResponseTooLarge => "response_too_large",
            Self::StreamCut => "stream_cut",
            Self::Timeout => "timeout",
            Self::TotalTimeout => "total_timeout",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Api => "the server answered with an error",
            Self::Config => "the client cannot be configured like this",
            Self::ConnectTimeout => "connecting took too long",
            Self::Connection => "the connection failed",
            Self::Definition => "the definition is not usable",
            Self::FatalTool => "a tool ended the run",
            Self::FirstByteTimeout => "the server is silent",
            Self::IdleTimeout => "the response fell silent",
            Self::InvalidChunk => "the stream holds what is no chunk of a response",
            Self::InvalidRequest => "the request is not valid",
            Self::InvalidResponse => "the response cannot be read",
            Self::Journal => "the run's journal could not be written",
            Self::NoValue => "the run has no value",
            Self::ResponseTooLarge => "the response is too large",
            Self::StreamCut => "the stream ended before the response did",
            Self::Timeout => "the attempt took too long",
            Self::TotalTimeout => "the time for the request is up",
        })
    }
}
