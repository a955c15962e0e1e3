use std::fmt;

use bytes::Bytes;

use super::item::OutputItem;
use crate::{ids::ToolCallId, tool::CallKind};

/// One piece of a response that is still arriving, independent of the API.
///
/// Put together in order, the pieces are the response so far. `Debug` shows sizes and no content.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum Delta {
    /// More of the arguments of the call in a slot.
    Arguments {
        /// Which call; told before by [`CallBegan`](Self::CallBegan).
        slot: usize,
        /// What to append.
        text: String,
    },
    /// The server says that the arguments of the call in a slot are whole. Only the Responses API
    /// says that.
    ArgumentsComplete {
        /// Which call.
        slot: usize,
    },
    /// What came of the arguments of the call in a slot was a placeholder or an older snapshot:
    /// they begin anew.
    ArgumentsReset {
        /// Which call.
        slot: usize,
    },
    /// More of what the model speaks, in the format that was asked for. Only chat completions have
    /// that.
    Audio(Bytes),
    /// A call has begun.
    CallBegan {
        /// Calls are counted from 0, in the order in which they first appear. In the whole response
        /// they can stand in another order.
        slot: usize,
        /// Its id; empty if the server has not said it yet. In the whole response every call has
        /// an id of its own, which can be another one where servers repeat or leave out ids.
        id: ToolCallId,
        /// What it asks for. Where the server says that a call is of a custom tool only later, it is
        /// [`CallKind::Function`] here.
        kind: CallKind,
        /// The namespace of its tool, where the server tells one; of an approval the label of the MCP
        /// server. Only the Responses API has these.
        namespace: Option<String>,
        /// The name of the tool; empty if the server has not said it yet.
        name: String,
    },
    /// The id or the name of a call became known, or changed, after it had begun.
    CallRenamed {
        /// Which call.
        slot: usize,
        /// Its id now.
        id: ToolCallId,
        /// The name of the tool now.
        name: String,
    },
    /// An item is whole that is none of the others: what a [hosted tool](super::HostedTool) did, or a
    /// kind that this crate does not know. Only the Responses API has these;
    /// [`read`](OutputItem::read) makes a typed value of one.
    Item(OutputItem),
    /// More of what the model thinks, where a compatible server tells that.
    Reasoning(String),
    /// More of a refusal.
    Refusal(String),
    /// More of the text.
    Text(String),
    /// More of the words of what the model speaks.
    Transcript(String),
}

impl fmt::Debug for Delta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = |text: &str| format!("{} bytes", text.len());
        match self {
            Self::Arguments { slot, text } => {
                write!(f, "Arguments {{ slot: {slot}, {} }}", bytes(text))
            }
            Self::ArgumentsComplete { slot } => write!(f, "ArgumentsComplete {{ slot: {slot} }}"),
            Self::ArgumentsReset { slot } => write!(f, "ArgumentsReset {{ slot: {slot} }}"),
            Self::Audio(audio) => write!(f, "Audio({} bytes)", audio.len()),
            Self::CallBegan { slot, id, kind, namespace, name } => f
                .debug_struct("CallBegan")
                .field("slot", slot)
                .field("id", id)
                .field("kind", kind)
                .field("namespace", namespace)
                .field("name", name)
                .finish(),
            Self::CallRenamed { slot, id, name } => {
                write!(f, "CallRenamed {{ slot: {slot}, id: {id:?}, name: {name:?} }}")
            }
            Self::Item(item) => write!(f, "Item({item:?})"),
            Self::Reasoning(text) => write!(f, "Reasoning({})", bytes(text)),
            Self::Refusal(text) => write!(f, "Refusal({})", bytes(text)),
            Self::Text(text) => write!(f, "Text({})", bytes(text)),
            Self::Transcript(text) => write!(f, "Transcript({})", bytes(text)),
        }
    }
}
