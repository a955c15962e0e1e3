//! What a call comes to before anything runs: a pure function of the call and the tools.

use serde_json::Value;

use crate::{
    schema::Fault,
    tool::{CallFailure, Entry, ToolCall, Tools, unknown_tool},
};

/// A call that may run.
pub(super) struct Ready<'a> {
    pub(super) index: usize,
    pub(super) entry: &'a Entry,
    /// Valid, and decoded for the tool's type.
    pub(super) arguments: Value,
}

/// A call that may not run, and what the model is told.
pub(super) struct Refused {
    pub(super) failure: CallFailure,
    pub(super) text: String,
}

/// Finds the tool and checks the arguments.
pub(super) fn plan<'a>(call: &ToolCall, tools: &'a Tools) -> Result<Ready<'a>, Refused> {
    let Some((index, entry)) = tools.find(&call.name) else {
        let names = || tools.definitions().map(|definition| definition.name().as_str());
        return Err(Refused {
            failure: CallFailure::UnknownTool,
            text: unknown_tool(&call.name, names),
        });
    };
    if entry.settings.needs_approval() {
        return Err(Refused {
            failure: CallFailure::NotApproved,
            text: format!("not run: a call of `{}` has to be approved, and was not", call.name),
        });
    }
    match entry.checker.check(&call.arguments) {
        Ok(arguments) => Ok(Ready { index, entry, arguments }),
        Err(fault) => {
            let failure = match fault {
                Fault::NotJson(_) => CallFailure::InvalidJson,
                _ => CallFailure::InvalidArguments,
            };
            Err(Refused { failure, text: fault.for_model() })
        }
    }
}
