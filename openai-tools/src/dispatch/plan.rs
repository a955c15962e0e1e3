//! What a call comes to before anything runs: a pure function of the call and the tools.

use serde_json::Value;

use crate::{
    schema::Fault,
    tool::{CallFailure, ToolCall, Tools, unknown_tool},
};

/// A call that may run.
pub(crate) struct Ready {
    pub(crate) index: usize,
    /// Valid, and decoded for the tool's type.
    pub(super) arguments: Value,
    pub(crate) needs_approval: bool,
}

/// A call that may not run, and what the model is told.
pub(crate) struct Refused {
    pub(super) failure: CallFailure,
    pub(super) text: String,
}

#[cfg(feature = "client")]
impl Refused {
    /// Arguments that the application changed, of a call that runs elsewhere.
    pub(crate) fn changed_elsewhere() -> Self {
        Self {
            failure: CallFailure::InvalidArguments,
            text: "not approved: the arguments of this call should be others, and they cannot be \
                   changed; call the tool again with better ones"
                .to_owned(),
        }
    }
}

/// A call that was planned before its turn, by whoever gives it to a round.
pub(crate) struct Planned {
    /// The arguments that it runs with, where they are not the model's own.
    pub(crate) arguments: Option<String>,
    pub(crate) tool: Result<Ready, Refused>,
}

#[cfg(feature = "client")]
impl Planned {
    /// Whether running it needlessly does no harm.
    pub(crate) fn may_start_early(&self, tools: &Tools) -> bool {
        self.tool.as_ref().is_ok_and(|ready| {
            let tool = tools.entry(ready.index);
            tool.settings.read_only() && !ready.needs_approval && !tool.declared
        })
    }
}

/// Finds the tool and checks the arguments.
pub(crate) fn plan(call: &ToolCall, tools: &Tools) -> Result<Ready, Refused> {
    let Some((index, entry)) = tools.find_call(call) else {
        let names = || tools.names();
        return Err(Refused {
            failure: CallFailure::UnknownTool,
            text: unknown_tool(&call.name, names),
        });
    };
    match entry.definition.check(&entry.checker, call) {
        Ok(arguments) => {
            let needs_approval = entry.needs_approval(&arguments);
            Ok(Ready { index, arguments, needs_approval })
        }
        Err(fault) => {
            let failure = match fault {
                Fault::NotJson(_) => CallFailure::InvalidJson,
                _ => CallFailure::InvalidArguments,
            };
            Err(Refused { failure, text: fault.for_model() })
        }
    }
}

/// The same for those who cannot ask anybody for approval.
pub(super) fn plan_unasked(call: &ToolCall, tools: &Tools) -> Result<Ready, Refused> {
    match plan(call, tools) {
        Ok(ready) if ready.needs_approval => Err(Refused {
            failure: CallFailure::NotApproved,
            text: format!("not run: a call of `{}` has to be approved, and was not", call.name),
        }),
        planned => planned,
    }
}
