use std::{error, fmt};

use crate::{
    error::Error,
    ids::ToolCallId,
    schema::Fault,
    tool::{CallFailure, ToolCall, ToolOutput},
};

/// Why a call is not a value of a [`ToolSet`](super::ToolSet). The calls beside it are not
/// concerned.
///
/// `Display` says which tool, `source()` what is wrong: a [`Fault`] for arguments.
pub struct CallError {
    call_id: ToolCallId,
    /// As the model wrote it, shortened.
    tool: String,
    reason: Reason,
}

enum Reason {
    Invalid(Fault),
    #[cfg(feature = "wire")]
    ResponseIncomplete(String),
    Undefined(Error),
    Unknown(String),
}

impl CallError {
    /// The id of the call, which has to be answered like any other.
    #[must_use]
    pub fn call_id(&self) -> &ToolCallId {
        &self.call_id
    }

    /// Why, in the words that a run uses for its outputs: unknown tool, invalid JSON, invalid
    /// arguments, response incomplete; failed if the set itself cannot be defined.
    #[must_use]
    pub fn failure(&self) -> CallFailure {
        match &self.reason {
            Reason::Invalid(Fault::NotJson(_)) => CallFailure::InvalidJson,
            Reason::Invalid(_) => CallFailure::InvalidArguments,
            #[cfg(feature = "wire")]
            Reason::ResponseIncomplete(_) => CallFailure::ResponseIncomplete,
            Reason::Undefined(_) => CallFailure::Failed,
            Reason::Unknown(_) => CallFailure::UnknownTool,
        }
    }

    /// What to tell the model so that it can correct itself: the exact problems, or the tool that
    /// it probably meant.
    #[must_use]
    pub fn for_model(&self) -> String {
        match &self.reason {
            Reason::Invalid(fault) => fault.for_model(),
            #[cfg(feature = "wire")]
            Reason::ResponseIncomplete(reason) => {
                format!("not run: the response that asked for it was cut off ({reason})")
            }
            // What is wrong is the program's, and nothing that a model could mend.
            Reason::Undefined(_) => "the tool is not available".to_owned(),
            Reason::Unknown(text) => text.clone(),
        }
    }

    /// The output that answers the call.
    #[must_use]
    pub fn to_output(&self) -> ToolOutput {
        ToolOutput::failed(self.call_id.clone(), self.failure(), self.for_model())
    }

    pub(super) fn invalid(call: &ToolCall, fault: Fault) -> Self {
        Self::new(call, Reason::Invalid(fault))
    }

    pub(super) fn undefined(call: &ToolCall, error: Error) -> Self {
        Self::new(call, Reason::Undefined(error))
    }

    pub(super) fn unknown(call: &ToolCall, text: String) -> Self {
        Self::new(call, Reason::Unknown(text))
    }

    /// A call that may not run because the response that asked for it was cut off.
    #[cfg(feature = "wire")]
    pub(crate) fn response_incomplete(call: &ToolCall, reason: &str) -> Self {
        Self::new(call, Reason::ResponseIncomplete(reason.to_owned()))
    }

    fn new(call: &ToolCall, reason: Reason) -> Self {
        let tool = call.name.chars().take(64).collect();
        Self { call_id: call.id.clone(), tool, reason }
    }
}

impl fmt::Debug for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallError")
            .field("call_id", &self.call_id)
            .field("tool", &self.tool)
            .field("failure", &self.failure())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tool = &self.tool;
        match &self.reason {
            Reason::Invalid(Fault::NotJson(_)) => {
                write!(f, "the arguments for the tool `{tool}` are not JSON")
            }
            Reason::Invalid(_) => write!(f, "the arguments for the tool `{tool}` are not valid"),
            #[cfg(feature = "wire")]
            Reason::ResponseIncomplete(reason) => {
                write!(f, "the response that calls the tool `{tool}` was cut off ({reason})")
            }
            Reason::Undefined(_) => f.write_str("the set of tools cannot be defined"),
            Reason::Unknown(_) => write!(f, "no tool is called `{tool}`"),
        }
    }
}

impl error::Error for CallError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.reason {
            Reason::Invalid(fault) => Some(fault),
            Reason::Undefined(error) => Some(error),
            #[cfg(feature = "wire")]
            Reason::ResponseIncomplete(_) => None,
            Reason::Unknown(_) => None,
        }
    }
}
