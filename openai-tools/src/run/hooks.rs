//! What an application sees and changes on the way of a call.

use std::{fmt, pin::Pin, sync::Arc};

use super::{journal::Decision, next_turn::NextTurn, pending::WaitingCall};
use crate::{
    dispatch::{CallRecord, Planned, Refused, plan},
    tool::{CallKind, ToolCall, ToolOutput, Tools},
};

/// What an application decides about a call, when it has.
pub(super) type Deciding = Pin<Box<dyn Future<Output = Option<Decision>> + Send>>;

pub(super) type Approve = dyn Fn(WaitingCall) -> Deciding + Send + Sync;
pub(super) type SeeCall = dyn Fn(&mut ToolCall) + Send + Sync;
pub(super) type SeeTurn = dyn Fn(&mut NextTurn<'_>) + Send + Sync;
pub(super) type SeeOutput = dyn Fn(&ToolCall, &mut ToolOutput) + Send + Sync;

#[derive(Clone, Default)]
pub(super) struct Hooks {
    pub(super) approval: Option<Arc<Approve>>,
    pub(super) call: Option<Arc<SeeCall>>,
    pub(super) output: Option<Arc<SeeOutput>>,
    pub(super) turn: Option<Arc<SeeTurn>>,
}

impl Hooks {
    /// What a call comes to with these arguments, after the application has seen it.
    pub(super) fn plan(&self, call: &ToolCall, arguments: &str, tools: &Tools) -> Planned {
        if self.call.is_none() && call.arguments == arguments {
            return Planned { arguments: None, tool: plan(call, tools) };
        }
        let mut changed = ToolCall { arguments: arguments.to_owned(), ..call.clone() };
        if let Some(see) = &self.call {
            see(&mut changed);
        }
        let mut tool = plan(&changed, tools);
        if *call.kind() == CallKind::McpApproval && changed.arguments != call.arguments {
            tool = Err(Refused::changed_elsewhere());
        }
        let arguments = (changed.arguments != call.arguments).then_some(changed.arguments);
        Planned { arguments, tool }
    }

    /// Shows an output to the application before it is sent.
    pub(super) fn see_output(&self, record: &mut CallRecord) {
        if let Some(see) = &self.output {
            see(&record.call, &mut record.output);
            // Whatever the application wrote there: it is this call that is answered.
            record.output.call_id = record.call.id.clone();
        }
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("approval", &self.approval.is_some())
            .field("call", &self.call.is_some())
            .field("output", &self.output.is_some())
            .field("turn", &self.turn.is_some())
            .finish()
    }
}
