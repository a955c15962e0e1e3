//! What the server answers when it is told what to answer.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use serde_json::Value;

use super::{
    answer::{Answer, Usage},
    automatic, completion,
    fault::Fault,
    line::{Breach, BreakPoint, Manner},
    play,
    responses::{self, Asked, Memory, ResponseEvents},
    scripted_call::ScriptedCall,
    stream::{Chunks, Events, StreamShape},
    wire::{Payload, Response, Slow},
};
use crate::provider::Quirks;

/// One answer of a scripted server: something that a model says, an error, raw bytes, or a broken
/// connection.
///
/// ```
/// use openai_tools::testing::Reply;
/// use serde_json::json;
/// use std::time::Duration;
///
/// let script = [
///     Reply::error(503, "overloaded", "try again").with_header("retry-after", "1"),
///     Reply::tool_calls([("c1", "add", json!({"a": 1, "b": 2}))]),
///     Reply::tool_calls([("c2", "add", "{\"a\": 1,")]),
///     Reply::text("3").with_delay(Duration::from_millis(20)),
/// ];
/// # assert_eq!(script.len(), 4);
/// ```
#[derive(Clone)]
pub struct Reply {
    content: Content,
    delay: Duration,
    status: Option<u16>,
    headers: Vec<(String, String)>,
    chunked: bool,
    breach: Option<Breach>,
    slow: Option<Slow>,
    stream: Option<StreamShape>,
}

#[derive(Clone)]
enum Content {
    Answer(Box<Answer>),
    Automatic,
    Error(Fault),
    Huge(u64),
    Raw { content_type: String, body: Bytes },
    RawHttp(Bytes),
    RawStream(Bytes),
    With(Choose),
    WithChat(Choose),
}

/// The API that a request came through.
pub(super) enum Wire<'a> {
    Chat,
    Responses { asked: &'a Asked, memory: &'a Mutex<Memory> },
}

impl Wire<'_> {
    fn document(
        &self,
        request: &Value,
        request_hash: u64,
        answer: &Answer,
        quirks: &Quirks,
    ) -> Value {
        match self {
            Self::Chat => completion::document(request, request_hash, answer),
            Self::Responses { asked, memory } => {
                let answer = answer.in_writing();
                let mut document = responses::document(request, asked, request_hash, &answer);
                play::known(quirks, &mut document);
                let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
                memory.keep(request, &document);
                document
            }
        }
    }

    /// What the automatic mode looks at.
    fn translated<'r>(&'r self, request: &'r Value) -> &'r Value {
        match self {
            Self::Chat => request,
            Self::Responses { asked, .. } => &asked.translated,
        }
    }
}

type Choose = Arc<dyn Fn(&Value) -> Reply + Send + Sync>;

/// What the model says.
impl Reply {
    /// A text; finish reason `stop`.
    ///
    /// It is sent as it stands. In a strict typed answer maps, tuples, free JSON and roots that are
    /// no object are written in [another form](crate::schema::Codec) than the one that the type
    /// serialises to; [`value`](Reply::value) writes it.
    pub fn text(text: impl Into<String>) -> Self {
        Self::answer(Answer::of_text(text))
    }

    /// Tool calls in one response, each from `(id, name, arguments)`; finish reason `tool_calls`.
    /// Arguments are a JSON value, or a text that is sent as it stands and need not be JSON.
    ///
    /// A tool is strict by default: maps, tuples and free JSON in its arguments are written in
    /// [another form](crate::schema::Codec) than the one that the type serialises to.
    /// [`ScriptedCall::with`] and [`tool_call_with`](Reply::tool_call_with) write it.
    pub fn tool_calls<I>(calls: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<ScriptedCall>,
    {
        let calls = calls.into_iter().map(|call| call.into().into_call()).collect();
        Self::answer(Answer::of_calls(calls))
    }

    /// A refusal: `content` is null and `refusal` holds the text; finish reason `stop`.
    pub fn refusal(text: impl Into<String>) -> Self {
        Self::answer(Answer::of_refusal(text))
    }

    /// Speech, as chat completions have it: `content` is null, and `audio` holds an id, these bytes,
    /// what they say, and when the server forgets them. A stream has the transcript in pieces, then
    /// the bytes. The Responses API does not speak: there it is the transcript as a text.
    ///
    /// ```
    /// use openai_tools::testing::Reply;
    ///
    /// let reply = Reply::spoken("Hello.", vec![0; 4_800]).with_usage(20, 12);
    /// # let _ = reply;
    /// ```
    pub fn spoken(transcript: impl Into<String>, audio: impl Into<Bytes>) -> Self {
        Self::answer(Answer::of_speech(transcript, audio))
    }

    /// What the automatic mode says to the request. Where speech is asked for in `wav` or `pcm16`, it
    /// is silence with a transcript.
    #[must_use]
    pub fn automatic() -> Self {
        Self::new(Content::Automatic)
    }

    /// The reply that a closure makes from the request's body, at the moment when it is its turn.
    pub fn with(choose: impl Fn(&Value) -> Reply + Send + Sync + 'static) -> Self {
        Self::new(Content::With(Arc::new(choose)))
    }

    /// The same, from what the request asks in the words of chat completions, whichever API it came
    /// through ([`Recorded::as_chat`](super::Recorded::as_chat)), with all of the conversation that
    /// the server keeps.
    pub fn with_chat(choose: impl Fn(&Value) -> Reply + Send + Sync + 'static) -> Self {
        Self::new(Content::WithChat(Arc::new(choose)))
    }
}

/// What a server says instead.
impl Reply {
    /// An error status with OpenAI's error object.
    ///
    /// `type` in the object follows from the status, as with OpenAI's server; a reply of
    /// [`json`](Reply::json) can say anything else.
    pub fn error(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Content::Error(Fault::new(status, message).with_code(code)))
    }

    /// A status and any JSON document: an error object with status 200, say.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::raw(status, "application/json", body.to_string())
    }

    /// A status and any bytes: an HTML page, broken JSON, nothing.
    pub fn raw(status: u16, content_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        let content_type = content_type.into();
        Self { status: Some(status), ..Self::new(Content::Raw { content_type, body: body.into() }) }
    }

    /// Any bytes as a stream of server-sent events, whether the request asks for a stream or not.
    /// They are paced, packed and broken off as a [`StreamShape`] says, an event being what ends
    /// with a blank line; quirks have no effect.
    ///
    /// ```
    /// use openai_tools::testing::{Packing, Reply, StreamShape};
    ///
    /// let events = "data: {\"choices\":[]}\n\ndata: [DONE]\n\n";
    /// let byte_by_byte = StreamShape::new().with_packing(Packing::Split(1));
    /// let reply = Reply::raw_stream(events).with_stream(byte_by_byte);
    /// # drop(reply);
    /// ```
    pub fn raw_stream(events: impl Into<Bytes>) -> Self {
        Self::new(Content::RawStream(events.into()))
    }

    /// A well-formed answer whose text has `bytes` bytes, sent in chunks without a
    /// `content-length`. It is made while it is sent and costs the server no memory.
    #[must_use]
    pub fn huge(bytes: u64) -> Self {
        Self::new(Content::Huge(bytes))
    }

    /// These bytes in place of status, headers and body, then the connection is closed: what is no
    /// HTTP, or a head that no server should send.
    ///
    /// [`Recorded::status`](super::Recorded::status) stays `None`.
    pub fn raw_http(bytes: impl Into<Bytes>) -> Self {
        Self::new(Content::RawHttp(bytes.into()))
    }

    /// The connection is closed before any byte of an answer.
    #[must_use]
    pub fn closed() -> Self {
        Self::text("").closed_at(BreakPoint::BeforeHead)
    }
}

/// How it is sent.
impl Reply {
    /// Waits before the answer's first byte; no wait by default. `Duration::MAX` never answers.
    #[must_use]
    pub fn with_delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Adds a header; one that the server sends anyway is replaced.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends another status, whatever the body is.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Sends the body in chunks, without a `content-length`.
    #[must_use]
    pub fn chunked(mut self) -> Self {
        self.chunked = true;
        self
    }

    /// Closes the connection after the first half of the body; of a stream, of its events.
    #[must_use]
    pub fn cut_in_half(self) -> Self {
        self.closed_at(BreakPoint::InBody)
    }

    /// Closes the connection at this point. Of this, [`reset_at`](Self::reset_at) and
    /// [`stalled_at`](Self::stalled_at) the last one holds.
    #[must_use]
    pub fn closed_at(self, point: BreakPoint) -> Self {
        self.broken(Manner::Close, point)
    }

    /// Resets the connection at this point (TCP RST), as by a server that dies or a firewall that
    /// forgets. What was sent before has arrived by then, unless the client reads too slowly.
    #[must_use]
    pub fn reset_at(self, point: BreakPoint) -> Self {
        self.broken(Manner::Reset, point)
    }

    /// Sends nothing more from this point on, for as long as the client stays.
    #[must_use]
    pub fn stalled_at(self, point: BreakPoint) -> Self {
        self.broken(Manner::Stall, point)
    }

    /// Sends the body so many bytes at a time (at least 1), with a pause after each; as fast as it
    /// is read by default. A stream is slowed down beside its own
    /// [pace](StreamShape::with_pace), its events being counted when they are begun.
    #[must_use]
    pub fn with_slow_bytes(mut self, bytes: usize, pause: Duration) -> Self {
        self.slow = Some(Slow { bytes: bytes.max(1), pause });
        self
    }

    /// How the answer is streamed, in place of what was set for the server. No effect where the
    /// request does not ask for a stream.
    #[must_use]
    pub fn with_stream(mut self, shape: StreamShape) -> Self {
        self.stream = Some(shape);
        self
    }
}

/// What is special about an answer of the model; no effect on replies of other kinds.
impl Reply {
    /// Sends this finish reason: `length`, `content_filter`, or one that nobody knows. Over the
    /// Responses API the response is incomplete for this reason.
    #[must_use]
    pub fn with_finish_reason(self, reason: impl Into<String>) -> Self {
        self.change(|answer| answer.finish_reason = Some(reason.into()))
    }

    /// Sends these numbers of tokens instead of an estimate.
    #[must_use]
    pub fn with_usage(self, prompt: u64, completion: u64) -> Self {
        self.change(|answer| answer.usage = Some(Usage { prompt, completion }))
    }

    /// Puts a field into the document, in place of the one of that name: `choices` as `[]`, say.
    #[must_use]
    pub fn with_field(self, name: impl Into<String>, value: Value) -> Self {
        self.change(|answer| {
            answer.fields.insert(name.into(), value);
        })
    }

    /// Sends a text of the model's reasoning in the message's field `reasoning_content`, as some
    /// compatible servers do; a stream has it before everything else. Over the Responses API it is an
    /// item, which has to come back with the calls behind it.
    #[must_use]
    pub fn with_reasoning(self, text: impl Into<String>) -> Self {
        self.with_message_field("reasoning_content", Value::String(text.into()))
    }

    /// Puts a field into the message, in place of the one of that name: `function_call`, say. In a
    /// stream it comes whole with the first delta; texts in `content`, `refusal`, `reasoning` and
    /// `reasoning_content`, and what is in `audio`, come in pieces.
    #[must_use]
    pub fn with_message_field(self, name: impl Into<String>, value: Value) -> Self {
        self.change(|answer| {
            answer.message_fields.insert(name.into(), value);
        })
    }
}

impl Reply {
    fn new(content: Content) -> Self {
        Self {
            content,
            delay: Duration::ZERO,
            status: None,
            headers: Vec::new(),
            chunked: false,
            breach: None,
            slow: None,
            stream: None,
        }
    }

    pub(super) fn answer(answer: Answer) -> Self {
        Self::new(Content::Answer(Box::new(answer)))
    }

    fn broken(mut self, manner: Manner, point: BreakPoint) -> Self {
        self.breach = Some(Breach { manner, point });
        self
    }

    fn change(mut self, change: impl FnOnce(&mut Answer)) -> Self {
        if let Content::Answer(answer) = &mut self.content {
            change(answer);
        }
        self
    }

    /// What a server without quirks says.
    #[cfg(test)]
    pub(super) fn respond(
        self,
        request: &Value,
        wire: &Wire<'_>,
        request_hash: u64,
        shape: &StreamShape,
    ) -> Response {
        self.respond_with(&Quirks::new(), request, wire, request_hash, shape)
    }

    /// What goes over the wire for a request; `shape` is the server's.
    pub(super) fn respond_with(
        self,
        quirks: &Quirks,
        request: &Value,
        wire: &Wire<'_>,
        request_hash: u64,
        shape: &StreamShape,
    ) -> Response {
        let reply = self.resolve(request, wire);
        let status = reply.status.unwrap_or(200);
        let shape = reply.stream.unwrap_or_else(|| shape.clone());
        let shape = Arc::new(play::shape(quirks, shape, matches!(wire, Wire::Chat)));
        let is_streamed = request.get("stream") == Some(&Value::Bool(true));
        let said = |answer: &Answer, filling| {
            let mut document = wire.document(request, request_hash, answer, quirks);
            play::answer(quirks, &mut document, is_streamed);
            let in_background = request.get("background") == Some(&Value::Bool(true));
            match wire {
                Wire::Responses { .. } if in_background && !is_streamed => {
                    Response::json(status, &responses::unfinished(&document, "queued"))
                }
                _ if !is_streamed => Response::json(status, &document),
                Wire::Chat => {
                    let chunks = Chunks::new(request, document, filling, &shape);
                    Response::events(status, Events::of_chunks(chunks, &shape))
                }
                Wire::Responses { memory, .. } => {
                    let id = document.get("id").and_then(Value::as_str).unwrap_or_default();
                    memory.lock().unwrap_or_else(PoisonError::into_inner).note_shape(id, &shape);
                    let events = ResponseEvents::new(&document, filling, &shape);
                    Response::events(status, Events::of_response(events, &shape))
                }
            }
        };
        let mut response = match reply.content {
            Content::Answer(answer) => said(&answer, None),
            Content::Automatic => said(&automatic::answer(wire.translated(request)), None),
            Content::Error(fault) => {
                Response { status: reply.status.unwrap_or(fault.status), ..Response::fault(&fault) }
            }
            Content::Huge(bytes) if is_streamed => said(&Answer::of_text(""), Some(bytes)),
            Content::Huge(bytes) => {
                let document = wire.document(request, request_hash, &Answer::of_text(MARK), quirks);
                huge(&document.to_string(), status, bytes)
            }
            Content::Raw { content_type, body } => Response {
                payload: Payload::Bytes(body),
                ..Response::empty(status).with_header("content-type", content_type)
            },
            Content::RawHttp(bytes) => Response { instead: Some(bytes), ..Response::empty(status) },
            Content::RawStream(bytes) => Response::events(status, Events::of_bytes(bytes, &shape)),
            Content::With(_) | Content::WithChat(_) => Response::fault(&Fault::new(
                500,
                "The script's closures return closures without an end.",
            )),
        };
        response.delay = reply.delay;
        response.headers.extend(reply.headers);
        response.chunked |= reply.chunked;
        response.slow = reply.slow;
        if let Some(breach) = reply.breach {
            response.break_off(breach);
        }
        response
    }

    /// Asks closures until one returns a reply of its own. What was set on the outer reply is
    /// added to the inner one.
    fn resolve(mut self, request: &Value, wire: &Wire<'_>) -> Self {
        const DEPTH: usize = 32;
        for _ in 0..DEPTH {
            let inner = match &self.content {
                Content::With(choose) => choose(request),
                Content::WithChat(choose) => choose(wire.translated(request)),
                _ => break,
            };
            self = Self {
                content: inner.content,
                delay: self.delay.saturating_add(inner.delay),
                status: self.status.or(inner.status),
                headers: [inner.headers, self.headers].concat(),
                chunked: self.chunked || inner.chunked,
                breach: self.breach.or(inner.breach),
                slow: self.slow.or(inner.slow),
                stream: self.stream.or(inner.stream),
            };
        }
        self
    }
}

impl fmt::Debug for Reply {
    /// The content stays out: a script can hold anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let closed = Breach { manner: Manner::Close, point: BreakPoint::BeforeHead };
        let kind = match &self.content {
            _ if self.breach == Some(closed) => "closed",
            Content::Answer(answer) if answer.refusal.is_some() => "refusal",
            Content::Answer(answer) if answer.spoken.is_some() => "spoken",
            Content::Answer(answer) if answer.calls.is_empty() => "text",
            Content::Answer(_) => "tool_calls",
            Content::Automatic => "automatic",
            Content::Error(_) => "error",
            Content::Huge(_) => "huge",
            Content::Raw { .. } => "raw",
            Content::RawHttp(_) => "raw_http",
            Content::RawStream(_) => "raw_stream",
            Content::With(_) | Content::WithChat(_) => "with",
        };
        f.debug_struct("Reply")
            .field("kind", &kind)
            .field("delay", &self.delay)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The document around a text that is too long to be kept.
fn huge(document: &str, status: u16, bytes: u64) -> Response {
    let mark = Value::from(MARK).to_string();
    let mark = mark.trim_matches('"');
    let (before, after) = document.split_once(mark).unwrap_or((document, ""));
    Response {
        payload: Payload::Filled {
            before: Bytes::copy_from_slice(before.as_bytes()),
            filling: bytes,
            after: Bytes::copy_from_slice(after.as_bytes()),
        },
        chunked: true,
        ..Response::empty(status).with_header("content-type", "application/json")
    }
}

/// Stands where a long text goes, and is split off again.
const MARK: &str = "\u{1}here\u{1}";

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
