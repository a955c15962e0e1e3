use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::ToolCallId;

/// The model's request to run a tool. Name and arguments are as the model wrote them, unchecked.
///
/// `Debug` leaves the arguments out.
#[derive(Clone, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ToolCall {
    /// The id that the output has to repeat.
    pub id: ToolCallId,
    /// The name that the model wrote; maybe none that exists.
    pub name: String,
    /// The arguments as the model wrote them: JSON text, if all is well.
    pub arguments: String,
}

impl ToolCall {
    /// A call, as a model would have made it.
    pub fn new(
        id: impl Into<ToolCallId>,
        name: impl Into<String>,
        arguments: impl Into<String>,
    ) -> Self {
        Self { id: id.into(), name: name.into(), arguments: arguments.into() }
    }
}

impl fmt::Debug for ToolCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolCall")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("arguments", &format_args!("{} bytes", self.arguments.len()))
            .finish()
    }
}

/// What goes back to the model for one [`ToolCall`]. `Debug` leaves the text out.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ToolOutput {
    /// The id of the call that it answers.
    pub call_id: ToolCallId,
    /// What the model reads.
    pub text: String,
    /// Why the call has no good output; `None` for a good one. It is not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<CallFailure>,
}

impl ToolOutput {
    /// A good output.
    pub fn new(call_id: impl Into<ToolCallId>, text: impl Into<String>) -> Self {
        Self { call_id: call_id.into(), text: text.into(), failure: None }
    }

    /// An output that tells the model what went wrong.
    pub fn failed(
        call_id: impl Into<ToolCallId>,
        failure: CallFailure,
        text: impl Into<String>,
    ) -> Self {
        Self { call_id: call_id.into(), text: text.into(), failure: Some(failure) }
    }

    /// Whether the tool ran and returned a value.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.failure.is_none()
    }
}

impl fmt::Debug for ToolOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolOutput")
            .field("call_id", &self.call_id)
            .field("text", &format_args!("{} bytes", self.text.len()))
            .field("failure", &self.failure)
            .finish()
    }
}

/// Why a call has no good output.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum CallFailure {
    /// The run was stopped while the tool ran or before it started.
    Cancelled,
    /// The tool returned an error.
    Failed,
    /// The tool ended the run on purpose.
    Fatal,
    /// The arguments break the schema, or the type refuses them.
    InvalidArguments,
    /// The arguments are not JSON.
    InvalidJson,
    /// A limit of the run left no room for the call; the tool did not start.
    LimitReached,
    /// The tool needs approval, and nobody has approved the call; the tool did not start.
    NotApproved,
    /// The tool panicked.
    Panicked,
    /// The response that asked for the call was not whole; the tool did not start.
    ResponseIncomplete,
    /// The tool took longer than it may.
    TimedOut,
    /// All calls of its turn took longer than they may together; it was stopped, or not started.
    TurnTimedOut,
    /// No tool has this name.
    UnknownTool,
    /// Written by a newer release.
    #[serde(untagged)]
    Other(String),
}

impl CallFailure {
    /// The failure as a stable word in `snake_case`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Fatal => "fatal",
            Self::InvalidArguments => "invalid_arguments",
            Self::InvalidJson => "invalid_json",
            Self::LimitReached => "limit_reached",
            Self::NotApproved => "not_approved",
            Self::Panicked => "panicked",
            Self::ResponseIncomplete => "response_incomplete",
            Self::TimedOut => "timed_out",
            Self::TurnTimedOut => "turn_timed_out",
            Self::UnknownTool => "unknown_tool",
            Self::Other(word) => word,
        }
    }
}
