//! How a stream is cut, paced, packed and spoilt.

use std::time::Duration;

/// How the server writes its streams: the form of real servers, unless it is told otherwise.
///
/// It is set for a server ([`ServerBuilder::stream`](crate::testing::ServerBuilder::stream)) or
/// for one reply ([`Reply::with_stream`](crate::testing::Reply::with_stream)), which goes before
/// the server's.
///
/// Streams of the Responses API have the same pace, packing and faults, and of the quirks those of
/// lines, `IndexMissing`, `NoFinishReason` (there is no last event) and `WholeCalls`; the others
/// have no effect there. Their events are those of OpenAI's document, numbered from 0 as well, without
/// `[DONE]`.
///
/// # Events and their numbers
///
/// An *event* is one `data:` with what is around it. Events are numbered from 0, and
/// `data: [DONE]` is one of them. By default an answer with one choice has these: the role; the
/// text, the refusal and each call, in pieces; the finish reason; the usage if the request has
/// asked for it; `[DONE]`. A call begins with an event that has its id, its name and no arguments
/// yet. Several choices take turns.
///
/// ```
/// use openai_tools::testing::{Packing, Reply, StreamFault, StreamQuirk, StreamShape};
/// use serde_json::json;
/// use std::time::Duration;
///
/// let shape = StreamShape::new()
///     .with_delta_size(20)
///     .with_pace(Duration::from_millis(20))
///     .with_packing(Packing::Split(7))
///     .with_quirk(StreamQuirk::IndexMissing)
///     .with_fault(StreamFault::CutAfter(5));
/// let reply = Reply::tool_calls([("c1", "add", json!({"a": 1}))]).with_stream(shape);
/// # drop(reply);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StreamShape {
    delta_size: Option<usize>,
    pace: Duration,
    packing: Packing,
    interleaved: bool,
    line_end: LineEnd,
    quirks: Vec<StreamQuirk>,
    faults: Vec<StreamFault>,
}

impl StreamShape {
    /// The form of real servers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The characters of text or arguments in one event; 4 by default, at least 1. A character is
    /// never split. `usize::MAX` sends each text, and each call's arguments, in one piece.
    ///
    /// [`Reply::huge`](crate::testing::Reply::huge) has 16,384 by default.
    #[must_use]
    pub fn with_delta_size(mut self, characters: usize) -> Self {
        self.delta_size = Some(characters.max(1));
        self
    }

    /// The time between two events; none by default. Events that are packed together are sent
    /// when the last of them is due.
    ///
    /// The next event is due this long after the last one was handed over, so that the distance is
    /// never smaller, however slowly the client reads.
    #[must_use]
    pub fn with_pace(mut self, between: Duration) -> Self {
        self.pace = between;
        self
    }

    /// How events become chunks of the HTTP body; [`Packing::Events`] by default.
    #[must_use]
    pub fn with_packing(mut self, packing: Packing) -> Self {
        self.packing = packing;
        self
    }

    /// Lets the calls of an answer take turns, a piece of each after the other. By default a call
    /// is through before the next one begins.
    ///
    /// With [`StreamQuirk::IndexMissing`] or [`StreamQuirk::IndexZero`] pieces that take turns can
    /// only be told apart with [`StreamQuirk::IdAndNameRepeated`].
    #[must_use]
    pub fn with_interleaved_calls(mut self) -> Self {
        self.interleaved = true;
        self
    }

    /// How lines end; [`LineEnd::Lf`] by default.
    #[must_use]
    pub fn with_line_end(mut self, line_end: LineEnd) -> Self {
        self.line_end = line_end;
        self
    }

    /// Adds an awkward form; all that are added hold together.
    #[must_use]
    pub fn with_quirk(mut self, quirk: StreamQuirk) -> Self {
        self.quirks.push(quirk);
        self
    }

    /// Adds a fault; of several at the same event the first one holds.
    #[must_use]
    pub fn with_fault(mut self, fault: StreamFault) -> Self {
        self.faults.push(fault);
        self
    }

    pub(in super::super) fn delta_size(&self) -> Option<usize> {
        self.delta_size
    }

    pub(super) fn pace(&self) -> Duration {
        self.pace
    }

    pub(super) fn packing(&self) -> Packing {
        self.packing
    }

    pub(in super::super) fn is_interleaved(&self) -> bool {
        self.interleaved
    }

    pub(super) fn line_end(&self) -> LineEnd {
        self.line_end
    }

    pub(in super::super) fn has(&self, quirk: StreamQuirk) -> bool {
        self.quirks.contains(&quirk)
    }

    /// What is to go wrong where this event would be sent.
    pub(super) fn fault_at(&self, event: u64) -> Option<&StreamFault> {
        self.faults.iter().find(|fault| fault.event() == event)
    }
}

/// How events become chunks of the HTTP body. A chunk is never split by the server, though the
/// network may split it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Packing {
    /// One HTTP chunk for each event, as real servers send them; an event of over 64 KiB takes
    /// several.
    #[default]
    Events,
    /// Whole events, gathered until they have at least so many bytes.
    Gathered(usize),
    /// So many bytes in each chunk but the last, wherever that splits a line or a character; at
    /// least 1.
    Split(usize),
}

/// How the lines of a stream end.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum LineEnd {
    /// A carriage return.
    Cr,
    /// A carriage return and a line feed.
    CrLf,
    /// A line feed, as OpenAI sends it.
    #[default]
    Lf,
}

impl LineEnd {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Cr => "\r",
            Self::CrLf => "\r\n",
            Self::Lf => "\n",
        }
    }
}

/// An awkward form that some server has. What it says is still the same answer, except where the
/// variant tells otherwise.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StreamQuirk {
    /// `arguments` is a JSON object instead of a text, whole in one event; a text that is no JSON
    /// object stays a text.
    ArgumentsAsObject,
    /// The stream begins with a byte order mark.
    ByteOrderMark,
    /// Lines that begin with a colon: alone before events with an even number, as keep-alives are
    /// sent, and as a part of those with an odd one.
    Comments,
    /// Each call's arguments come twice in a row, as in `{"a":1}{"a":1}`. What an unstreamed
    /// answer holds is different.
    ConcatenatedObjects,
    /// Events have the fields `event`, `id` and `retry`, too.
    ExtraFields,
    /// `finish_reason` is left out instead of null, until the end.
    FinishReasonAbsent,
    /// `finish_reason` is `""` instead of null, until the end.
    FinishReasonEmpty,
    /// The id, the type and the name of a call are in each of its deltas.
    IdAndNameRepeated,
    /// The id of a call is `""`. What an unstreamed answer holds is different.
    IdEmpty,
    /// A call has no id. What an unstreamed answer holds is different.
    IdMissing,
    /// The index of a call is close to 2^53: 9007199254000000 for the first one, and counted on.
    IndexHuge,
    /// A call has no index.
    IndexMissing,
    /// The index of a call is 3 for the first one, then 13, 23, …
    IndexSparse,
    /// The index of every call is 0.
    IndexZero,
    /// One event for each choice, which has the whole `message` in place of a `delta`, and the
    /// finish reason.
    MessageInsteadOfDelta,
    /// The JSON of an event stands on several lines, each a `data:` of its own.
    MultiLineData,
    /// There is no `data: [DONE]`.
    NoDone,
    /// No choice has a finish reason.
    NoFinishReason,
    /// The blank line after the last event is missing.
    NoLastBlankLine,
    /// There is no space after `data:`.
    NoSpace,
    /// The first delta of a call has the arguments `{}`, though others follow.
    PlaceholderFirst,
    /// Each delta of a call has all arguments up to there, instead of only what is new. Bytes grow
    /// with the square of the length.
    Snapshots,
    /// Every chunk has the usage up to there, whether the request asks for it or not.
    UsageInEveryChunk,
    /// Each call comes in one event: id, name and all arguments.
    WholeCalls,
}

/// Something that goes wrong at an event, counted from 0. A number that the stream does not reach
/// has no effect.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StreamFault {
    /// So many events are sent, then the connection is closed without an end of the body.
    CutAfter(u64),
    /// So many events are sent, then the body ends as if all were well: without a finish reason
    /// and `[DONE]`, if these were still to come.
    EndAfter(u64),
    /// In place of an event an error object comes, after which the body ends.
    Error {
        /// The number of the event.
        at: u64,
        /// Field `code`.
        code: String,
        /// Field `message`.
        message: String,
    },
    /// Of this event's JSON only the first half is sent; the stream goes on after it.
    NotJson(u64),
    /// An event is made so large with a field `obfuscation`, which clients are to ignore. It is
    /// made while it is sent and costs the server no memory; `u64::MAX` has no end.
    ///
    /// `[DONE]` is sent as it stands.
    Oversized {
        /// The number of the event.
        at: u64,
        /// The bytes of the whole event; one that is larger anyway is left alone.
        bytes: u64,
    },
    /// So many events are sent, then the connection is reset (TCP RST), as by a server that dies.
    ResetAfter(u64),
    /// So many events are sent, then nothing more, for as long as the client stays.
    StallAfter(u64),
}

impl StreamFault {
    /// Before, or in place of, which event it happens.
    fn event(&self) -> u64 {
        match self {
            Self::CutAfter(at)
            | Self::EndAfter(at)
            | Self::NotJson(at)
            | Self::ResetAfter(at)
            | Self::StallAfter(at)
            | Self::Error { at, .. }
            | Self::Oversized { at, .. } => *at,
        }
    }
}
