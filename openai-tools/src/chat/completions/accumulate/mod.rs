//! The chunks of a streamed response → the response that it would have been without streaming.

mod arguments;
mod body;
mod calls;
mod pattern;
#[cfg(test)]
mod snapshot_tests;
mod speech;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

pub(in crate::chat) use self::body::Envelope;
use self::{
    calls::{Calls, Settled},
    pattern::Pattern,
    speech::Speech,
};
use super::{
    read::place,
    wire::{WireChoice, WireMessage, WireResponse},
};
#[cfg(feature = "client")]
use crate::chat::wire::Place;
use crate::{
    chat::{
        AssistantMessage, Delta, FinishReason, Response, Usage,
        response::Body,
        wire::{Accumulated, Text, error_of, too_large},
    },
    error::{Error, ErrorKind},
};

/// Puts the chunks of a streamed chat completion together, for those who have an HTTP client of
/// their own; [`Client::stream`](crate::Client::stream) does it by itself.
///
/// It does not wait and does not read: the data of each event goes in, what is new in it comes out
/// as [`Delta`]s, and at the end the whole response, equal to what the same answer would have been
/// without streaming. What servers do with indexes, ids and snapshots is sorted out; indexes never
/// size memory. Only the choice with index 0 counts.
///
/// ```
/// use openai_tools::stream::{ChatAccumulator, SseDecoder};
///
/// let mut decoder = SseDecoder::new();
/// let mut accumulator = ChatAccumulator::new();
/// let mut deltas = Vec::new();
/// let chunks = concat!(
///     "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n",
///     "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}\n\n",
///     "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
///     "data: [DONE]\n\n",
/// );
/// decoder.push(chunks.into());
/// while let Some(event) = decoder.next_event()? {
///     accumulator.push(event.data(), &mut deltas)?;
/// }
/// assert!(accumulator.is_done());
/// let response = accumulator.finish()?;
/// assert_eq!(response.message.text.as_deref(), Some("Hello"));
/// assert_eq!(deltas.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[expect(clippy::struct_excessive_bools, reason = "each says something else")]
pub struct ChatAccumulator {
    id: Option<String>,
    model: Option<String>,
    text: Option<String>,
    /// Rare, and large beside the others.
    speech: Option<Box<Speech>>,
    refusal: String,
    reasoning: String,
    calls: Calls,
    finish_reason: Option<FinishReason>,
    /// Whether more of the answer came after its good finish reason.
    reopened: bool,
    usage: Option<Usage>,
    envelope: Envelope,
    /// Of the last chunk that had one.
    pattern: Option<Pattern>,
    done: bool,
    snapshots: bool,
    done_is_end: bool,
    max_bytes: usize,
}

impl ChatAccumulator {
    /// An accumulator of one response.
    #[must_use]
    pub fn new() -> Self {
        Self {
            id: None,
            model: None,
            text: None,
            speech: None,
            refusal: String::new(),
            reasoning: String::new(),
            calls: Calls::default(),
            finish_reason: None,
            reopened: false,
            usage: None,
            envelope: Envelope::default(),
            pattern: None,
            done: false,
            snapshots: false,
            done_is_end: false,
            max_bytes: 32 * 1024 * 1024,
        }
    }

    /// The most bytes of texts, arguments and calls that are kept; each call counts as 256 bytes
    /// besides what it holds, and a name that comes in pieces with each of them. Default: 32 MiB.
    ///
    /// Whatever it is, a response has 16,384 calls at most; of an id the first 1,024 bytes are kept,
    /// and of a name the first 256.
    #[must_use]
    pub fn with_max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Whether every piece of a text and of arguments is the whole so far, and not what is new, as
    /// some servers send them. Deltas tell what is new all the same. Default: false.
    ///
    /// Snapshots of a text cannot be told from pieces that happen to begin alike (`ha`, `haha`), so
    /// this has to be said. Of arguments, which are JSON, those that grow letter by letter are
    /// recognised without it; those that are closed in each piece (`{"a":1}`, `{"a":12}`) are not,
    /// since they could be two objects.
    #[must_use]
    pub fn with_snapshots(mut self, snapshots: bool) -> Self {
        self.snapshots = snapshots;
        self.calls.take_snapshots(snapshots);
        self
    }

    /// Whether `[DONE]` says that the answer is whole where no finish reason has come, as of servers
    /// that send none, or an empty one. Default: false, and such a stream is cut.
    #[must_use]
    pub fn with_done_as_end(mut self, done_is_end: bool) -> Self {
        self.done_is_end = done_is_end;
        self
    }

    /// Takes the data of one event and appends what is new in it to `deltas`.
    ///
    /// Data that is blank, and all that comes after `[DONE]`, is skipped.
    ///
    /// # Errors
    ///
    /// Kind [`InvalidChunk`](ErrorKind::InvalidChunk) if it is no chunk, or a snapshot that does not
    /// go on from the text before, and then [`Error::payload`] is the data; [`Api`](ErrorKind::Api) if it is an error object;
    /// [`ResponseTooLarge`](ErrorKind::ResponseTooLarge) over the limit. What came before is kept.
    pub fn push(&mut self, data: &[u8], deltas: &mut Vec<Delta>) -> Result<(), Error> {
        let data = data.trim_ascii();
        if data.is_empty() || self.done {
            return Ok(());
        }
        if data == b"[DONE]" {
            self.done = true;
            if self.done_is_end && self.finish_reason.is_none() && self.bytes() > 0 {
                let calls = self.calls.bytes() > 0;
                let reason = if calls { FinishReason::ToolCalls } else { FinishReason::Stop };
                self.finish_reason = Some(reason);
            }
            return Ok(());
        }
        if let Some(choice) = self.pattern.as_ref().and_then(|pattern| pattern.read(data)) {
            return self.push_choice_of(data, choice, deltas);
        }
        let chunk: WireResponse<'_> = match serde_json::from_slice(data) {
            Ok(chunk) => chunk,
            Err(error) => {
                let error = Error::new(ErrorKind::InvalidChunk, place(data, &error));
                return Err(error.with_payload(data));
            }
        };
        if chunk.error.is_some() || chunk.object.0.as_deref() == Some("error") {
            if let Some(error) = error_of(data) {
                return Err(error);
            }
        }
        if let Some(pattern) = Pattern::of(data, &chunk) {
            self.pattern = Some(pattern);
        }
        self.envelope.keep(data, chunk.usage.is_some());
        keep_first(&mut self.id, chunk.id.as_ref());
        keep_first(&mut self.model, chunk.model.as_ref());
        // Some servers tell it in every chunk, growing.
        if let Some(usage) = chunk.usage {
            self.usage = Some(usage.into_usage());
        }
        match chunk.choice.filter(WireChoice::counts) {
            Some(choice) => self.push_choice_of(data, choice, deltas),
            None => Ok(()),
        }
    }

    /// Takes the choice of a chunk, whose data tells what is wrong with it.
    fn push_choice_of(
        &mut self,
        data: &[u8],
        choice: WireChoice<'_>,
        deltas: &mut Vec<Delta>,
    ) -> Result<(), Error> {
        self.push_choice(choice, deltas).map_err(|error| match error.kind() {
            ErrorKind::InvalidChunk => error.with_payload(data),
            _ => error,
        })
    }

    fn push_choice(
        &mut self,
        choice: WireChoice<'_>,
        deltas: &mut Vec<Delta>,
    ) -> Result<(), Error> {
        let before = deltas.len();
        let pushed = match (choice.delta, choice.message) {
            (Some(delta), _) => self.push_message(delta, false, deltas),
            (None, Some(message)) => self.push_message(*message, true, deltas),
            (None, None) => Ok(()),
        };
        let good_end = self.finish_reason.as_ref().is_some_and(FinishReason::is_good_end);
        self.reopened |= good_end && deltas.len() > before;
        pushed?;
        let word = choice.finish_reason.filter(|word| !word.is_empty());
        if let Some(reason) = word.map(|word| FinishReason::from_wire(&word)) {
            self.reopened = false;
            // What once cut the answer has cut it.
            if self.finish_reason.as_ref().is_none_or(FinishReason::is_good_end) {
                self.finish_reason = Some(reason);
            }
        }
        if self.bytes() > self.max_bytes {
            return Err(too_large(self.max_bytes));
        }
        Ok(())
    }

    /// Takes a delta, or a message, which can repeat what the deltas told.
    fn push_message(
        &mut self,
        message: WireMessage<'_>,
        whole: bool,
        deltas: &mut Vec<Delta>,
    ) -> Result<(), Error> {
        let piece = match (self.snapshots, whole) {
            (true, _) => Piece::Snapshot,
            (false, true) => Piece::Whole,
            (false, false) => Piece::New,
        };
        if let Some(text) = message.reasoning() {
            append(&mut self.reasoning, text, piece, Delta::Reasoning, deltas)?;
        }
        if let Some(text) = message.content {
            let kept = self.text.get_or_insert_with(String::new);
            append(kept, text, piece, Delta::Text, deltas)?;
        }
        if let Some(audio) = message.audio {
            self.speech.get_or_insert_default().push(&audio, whole, deltas)?;
        }
        if let Some(text) = message.refusal {
            append(&mut self.refusal, text, piece, Delta::Refusal, deltas)?;
        }
        let left = self.max_bytes.saturating_sub(self.bytes() - self.calls.bytes());
        self.calls.push(message.tool_calls, whole, left, deltas)
    }

    fn bytes(&self) -> usize {
        let text = self.text.as_ref().map_or(0, String::len);
        let speech = self.speech.as_ref().map_or(0, |speech| speech.bytes());
        text + speech + self.refusal.len() + self.reasoning.len() + self.calls.bytes()
    }

    /// Whether `[DONE]` has come.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Whether the answer is whole, wherever the stream ends: a finish reason has come, and nothing
    /// of the answer after it, or `[DONE]` after all of it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.finish_reason.is_some() && (self.done || !self.reopened)
    }

    /// Why the model stopped, once the server has said so. Some servers say it too early:
    /// [`is_whole`](Self::is_whole) tells.
    #[must_use]
    pub fn finish_reason(&self) -> Option<&FinishReason> {
        self.finish_reason.as_ref()
    }

    /// What has arrived so far. It is copied.
    #[must_use]
    pub fn message(&self) -> AssistantMessage {
        AssistantMessage {
            text: self.text.clone(),
            audio: self.speech.as_deref().map(Speech::so_far).map(Box::new),
            refusal: Some(self.refusal.clone()).filter(|text| !text.is_empty()),
            reasoning: Some(self.reasoning.clone()).filter(|text| !text.is_empty()),
            tool_calls: self.calls.settled().calls,
            items: Vec::new(),
            response_id: None,
        }
    }

    /// The response. Its [body](Response::body) is written anew when it is asked for.
    ///
    /// # Errors
    ///
    /// Kind [`StreamCut`](ErrorKind::StreamCut) if no finish reason has come: part of the answer
    /// is missing, even if `[DONE]` has come. Also if more of the answer came after its finish
    /// reason, and then neither another one nor `[DONE]`.
    pub fn finish(self) -> Result<Response, Error> {
        Ok(self.into_accumulated()?.response)
    }

    pub(crate) fn into_accumulated(self) -> Result<Accumulated, Error> {
        let whole = self.is_whole();
        let Some(finish_reason) = self.finish_reason.filter(|_| whole) else {
            let detail = if self.reopened {
                "more came after the finish reason, and then no end"
            } else {
                "no finish reason came"
            };
            return Err(Error::new(ErrorKind::StreamCut, detail));
        };
        let Settled { calls, slots, custom } = self.calls.into_settled();
        let message = AssistantMessage {
            text: self.text,
            audio: self.speech.map(|speech| speech.finish().map(Box::new)).transpose()?,
            refusal: Some(self.refusal).filter(|text| !text.is_empty()),
            reasoning: Some(self.reasoning).filter(|text| !text.is_empty()),
            tool_calls: calls,
            items: Vec::new(),
            response_id: None,
        };
        let response = Response {
            message,
            finish_reason,
            usage: self.usage,
            id: self.id,
            model: self.model,
            request_id: None,
            attempts: 1,
            attempt_log: Vec::new(),
            body: Body::Streamed(Arc::new(self.envelope.with_custom(custom))),
        };
        Ok(Accumulated { response, slots })
    }
}

#[cfg(feature = "client")]
impl ChatAccumulator {
    /// Where in the order of the response the call of a slot began.
    pub(crate) fn place(&self, slot: usize) -> Option<Place> {
        self.calls.place(slot)
    }

    /// Takes the data of an event that the server calls an error (`event: error`), by any API.
    pub(crate) fn push_error(data: &[u8]) -> Error {
        error_of(data).unwrap_or_else(|| {
            let detail = "the server sent an event of the kind `error`";
            Error::new(ErrorKind::Api, detail).with_payload(data)
        })
    }
}

impl Default for ChatAccumulator {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ChatAccumulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatAccumulator")
            .field("bytes", &self.bytes())
            .field("finish_reason", &self.finish_reason)
            .field("usage", &self.usage)
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}

fn keep_first(kept: &mut Option<String>, told: Option<&Text<'_>>) {
    if let (None, Some(told)) = (&kept, told.filter(|told| !told.is_empty())) {
        *kept = Some(String::from(&**told));
    }
}

/// What a piece of a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Piece {
    /// What comes behind the text so far.
    New,
    /// The text so far, and perhaps more.
    Snapshot,
    /// The whole, if it begins as the text so far does.
    Whole,
}

/// Appends what is new in a piece.
fn append(
    kept: &mut String,
    text: Text<'_>,
    piece: Piece,
    delta: fn(String) -> Delta,
    deltas: &mut Vec<Delta>,
) -> Result<(), Error> {
    let text = match text.strip_prefix(kept.as_str()) {
        Some(more) if piece != Piece::New && !kept.is_empty() => more.to_owned(),
        // What was given out cannot be taken back.
        None if piece == Piece::Snapshot && !text.is_empty() => {
            let detail = "it is no snapshot that goes on from the one before";
            return Err(Error::new(ErrorKind::InvalidChunk, detail));
        }
        _ => text.into(),
    };
    if !text.is_empty() {
        kept.push_str(&text);
        deltas.push(delta(text));
    }
    Ok(())
}
