use std::{fmt, time::Duration};

use bytes::Bytes;

use super::{outcome::Run, record::Turn};
use crate::{
    chat::OutputItem,
    dispatch::CallRecord,
    ids::ToolCallId,
    stream::Partial,
    structured::InvalidAnswer,
    tool::{CallKind, ToolCall},
};

/// What happens in a run, told while it happens by a [`RunStream`](super::RunStream).
///
/// A call is told by its slot: 0 for the first that the response asks for, and so on; slots begin
/// anew with each turn. `Debug` shows the ids and tools of calls, sizes, and no
/// content.
#[non_exhaustive]
pub enum Event<T = String> {
    /// The arguments of a call grow by this text.
    Arguments {
        /// The call.
        slot: usize,
        /// The piece, of any length.
        text: String,
    },
    /// The arguments of a call are whole. Those that are `{}` so far may be a placeholder: they
    /// are whole when the response has ended.
    ArgumentsComplete {
        /// The call.
        slot: usize,
        /// When, from the start of the run.
        at: Duration,
    },
    /// What came of a call's arguments is void; they begin anew.
    ArgumentsReset {
        /// The call.
        slot: usize,
    },
    /// More of what the model speaks, in the format that was
    /// [asked for](crate::chat::AudioOutput). Only chat completions have that.
    Audio(Bytes),
    /// The model asks for a call; its arguments follow.
    CallBegan {
        /// The call.
        slot: usize,
        /// The call's id; empty if it is not known yet.
        id: ToolCallId,
        /// What it asks for.
        kind: CallKind,
        /// The namespace of the tool, where the server tells one.
        namespace: Option<String>,
        /// The tool's name; empty if it is not known yet.
        name: String,
    },
    /// The id or the name of a call is known now, or has changed.
    CallRenamed {
        /// The call.
        slot: usize,
        /// The call's id.
        id: ToolCallId,
        /// The tool's name.
        name: String,
    },
    /// A call that had started while its response arrived does not count: the response was cut off,
    /// or asks for something else in the end. If it is still asked for, it starts again. Its output
    /// is in [`Run::dropped_calls`](super::RunRecord::dropped_calls), and the model is not told.
    EarlyOutputDropped(Box<CallRecord>),
    /// The run has come to its end; nothing follows.
    Ended(Box<Run<T>>),
    /// The response has an item that is neither text nor a call of ours: what a
    /// [hosted tool](crate::chat::HostedTool) did, or a kind that this crate does not know. It is
    /// whole. Only the Responses API has these; [`read`](OutputItem::read) makes a typed value of one.
    Item(OutputItem),
    /// The typed answer as far as it has come, after each text that changed it.
    Partial(Partial<T>),
    /// The answer was not the value that was asked for; the model is asked again. What was told of
    /// it is void.
    ReAsk(InvalidAnswer),
    /// The model thinks aloud; compatible servers send it, and the Responses API sends what it shows
    /// of it.
    Reasoning(String),
    /// The model's refusal grows by this text.
    Refusal(String),
    /// The request was sent more than once until a response began, which follows. After its first
    /// piece it is not sent again.
    Retried {
        /// How often it was sent; 2 or more.
        attempts: u32,
    },
    /// The model's text grows by this.
    Text(String),
    /// A call is answered, with output and times; it may never have started.
    ToolFinished(Box<CallRecord>),
    /// A tool runs.
    ToolStarted(ToolCall),
    /// The words of what the model speaks grow by this.
    Transcript(String),
    /// A turn has ended: the response is whole, its calls are answered.
    Turn(Box<Turn>),
}

impl<T> fmt::Debug for Event<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let piece = |f: &mut fmt::Formatter<'_>, of: &str, text: &str| {
            write!(f, "{of}({} bytes)", text.len())
        };
        let call = |f: &mut fmt::Formatter<'_>, of: &str, slot: &usize, id: &ToolCallId, name| {
            f.debug_struct(of).field("slot", slot).field("id", id).field("name", name).finish()
        };
        match self {
            Self::Arguments { slot, text } => f
                .debug_struct("Arguments")
                .field("slot", slot)
                .field("text", &format_args!("{} bytes", text.len()))
                .finish(),
            Self::ArgumentsComplete { slot, at } => {
                f.debug_struct("ArgumentsComplete").field("slot", slot).field("at", at).finish()
            }
            Self::ArgumentsReset { slot } => {
                f.debug_struct("ArgumentsReset").field("slot", slot).finish()
            }
            Self::Audio(audio) => write!(f, "Audio({} bytes)", audio.len()),
            Self::CallBegan { slot, id, name, .. } => call(f, "CallBegan", slot, id, name),
            Self::CallRenamed { slot, id, name } => call(f, "CallRenamed", slot, id, name),
            Self::EarlyOutputDropped(record) => {
                f.debug_tuple("EarlyOutputDropped").field(record).finish()
            }
            Self::Ended(run) => write!(f, "Ended({})", run.outcome().as_str()),
            Self::Item(item) => f.debug_tuple("Item").field(item).finish(),
            Self::Partial(partial) => {
                f.debug_struct("Partial").field("complete", &partial.is_complete()).finish()
            }
            Self::ReAsk(_) => f.write_str("ReAsk"),
            Self::Reasoning(text) => piece(f, "Reasoning", text),
            Self::Refusal(text) => piece(f, "Refusal", text),
            Self::Retried { attempts } => {
                f.debug_struct("Retried").field("attempts", attempts).finish()
            }
            Self::Text(text) => piece(f, "Text", text),
            Self::ToolFinished(record) => f.debug_tuple("ToolFinished").field(record).finish(),
            Self::ToolStarted(call) => f.debug_tuple("ToolStarted").field(call).finish(),
            Self::Transcript(text) => piece(f, "Transcript", text),
            Self::Turn(turn) => f.debug_tuple("Turn").field(turn).finish(),
        }
    }
}
