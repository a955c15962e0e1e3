//! The calls of a response on their way to their outputs, and what an application decides about
//! them.

use std::{fmt, sync::Arc};

use super::{
    journal::Decision,
    saved::{CallState, SavedCall},
};
use crate::{
    chat::Response,
    dispatch::{CallRecord, Planned},
    ids::ToolCallId,
    tool::{CallError, ToolCall, ToolSet, Tools, TypedCall},
};

/// Why a call is not run before the application decides.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum WaitReason {
    /// It was started by a process that did not live to see its end: what it does may be done or
    /// not. A tool that is [idempotent](crate::ToolSettings::with_idempotent) is run again unasked.
    InDoubt,
    /// It has to be approved.
    NeedsApproval,
    /// Its tool is only [declared](crate::DynTool::declared): the application answers by hand.
    NoCode,
}

/// A call that is not run before the application decides; see [`WaitReason`].
/// `Debug` shows sizes instead of arguments.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct WaitingCall {
    /// The call, as the model made it.
    pub call: ToolCall,
    /// The arguments that it runs with if it is approved: the model's, or those that the application
    /// has put in their place.
    pub arguments: String,
    /// Why it waits.
    pub reason: WaitReason,
}

impl fmt::Debug for WaitingCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitingCall")
            .field("call", &self.call)
            .field("arguments", &format_args!("{} bytes", self.arguments.len()))
            .field("reason", &self.reason)
            .finish()
    }
}

/// A turn that was given to the application before its calls run; see
/// [`StartedRun::next_turn`](super::StartedRun::next_turn).
#[derive(Debug)]
pub struct PendingTurn {
    pub(super) response: Arc<Response>,
    pub(super) calls: Vec<PendingCall>,
}

impl PendingTurn {
    /// The model's response.
    #[must_use]
    pub fn response(&self) -> &Response {
        &self.response
    }

    /// The text of the response; empty if it has none.
    #[must_use]
    pub fn text(&self) -> &str {
        self.response.message.said()
    }

    /// The calls that have no output yet, in call order. One that does not
    /// [wait](PendingCall::reason) and about which nothing is decided runs with the next turn.
    pub fn pending(&mut self) -> impl Iterator<Item = &mut PendingCall> {
        self.calls.iter_mut()
    }
}

/// A call that has no output yet. What is decided last holds, from the next turn on.
#[derive(Debug)]
pub struct PendingCall {
    pub(super) call: SavedCall,
    pub(super) reason: Option<WaitReason>,
}

impl PendingCall {
    /// The call, as the model made it.
    #[must_use]
    pub fn call(&self) -> &ToolCall {
        &self.call.call
    }

    /// The arguments that it is to run with: the model's, or those that it was given instead.
    #[must_use]
    pub fn arguments(&self) -> &str {
        self.call.arguments()
    }

    /// Why it is not run unless something is decided; `None` for one that simply runs.
    #[must_use]
    pub fn reason(&self) -> Option<WaitReason> {
        self.reason
    }

    /// What was decided so far, in order.
    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        &self.call.decisions
    }

    /// The call as a value of a set of tools, to match on it.
    ///
    /// # Errors
    ///
    /// What is wrong with its name or arguments; see [`CallError::to_output`].
    pub fn parse<S: ToolSet>(&self) -> Result<TypedCall<S>, CallError> {
        let Self { call, .. } = self;
        TypedCall::parse(&ToolCall { arguments: call.arguments().to_owned(), ..call.call.clone() })
    }

    /// Lets it run; one in doubt runs again.
    pub fn approve(&mut self) {
        self.decide(Decision::Approved);
    }

    /// Does not run it, and tells the model why.
    pub fn deny(&mut self, reason: impl Into<String>) {
        self.decide(Decision::Denied(reason.into()));
    }

    /// Does not run it: this is its output.
    pub fn answer(&mut self, text: impl Into<String>) {
        self.decide(Decision::Answered(text.into()));
    }

    /// Gives it other arguments, JSON text, if it is run. They are checked as the model's are, and
    /// that is no approval.
    pub fn change_arguments(&mut self, arguments: impl Into<String>) {
        self.decide(Decision::Arguments(arguments.into()));
    }

    /// Enters a decision.
    pub fn decide(&mut self, decision: Decision) {
        self.call.decide(decision);
    }
}

/// A call of the last response, inside a run.
pub(super) struct OpenCall {
    pub(super) saved: SavedCall,
    /// What became of it, once it has its output.
    pub(super) record: Option<CallRecord>,
    /// What it comes to; `None` before that is looked at, and once it has started.
    pub(super) planned: Option<Planned>,
    /// How many of the decisions are kept in the journal.
    pub(super) written: usize,
    /// Whether the budget counts it already.
    pub(super) counted: bool,
    /// Whether its arguments are the run's answer, so that no tool is run.
    pub(super) is_answer: bool,
}

impl OpenCall {
    pub(super) fn new(saved: SavedCall) -> Self {
        let record = match &saved.state {
            CallState::Answered(output) => {
                let at = std::time::Duration::ZERO;
                Some(CallRecord::answered(saved.call.clone(), output.clone(), at))
            }
            _ => None,
        };
        let counted = saved.counted || saved.state != CallState::Pending;
        Self { saved, record, planned: None, written: 0, counted, is_answer: false }
    }

    pub(super) fn id(&self) -> &ToolCallId {
        &self.saved.call.id
    }

    /// As it stands, to be put away.
    pub(super) fn to_saved(&self) -> SavedCall {
        match &self.record {
            Some(CallRecord { output, .. }) => {
                SavedCall { state: CallState::Answered(output.clone()), ..self.saved.clone() }
            }
            None => self.saved.clone(),
        }
    }

    /// Why it may not start.
    pub(super) fn reason(&self, tools: &Tools) -> Option<WaitReason> {
        let Ok(ready) = self.planned.as_ref()?.tool.as_ref() else {
            // Its tool is gone: what it did is for the application to say, not for the model to guess.
            return (self.saved.state == CallState::InDoubt).then_some(WaitReason::InDoubt);
        };
        let entry = tools.entry(ready.index);
        match self.saved.state {
            CallState::Answered(_) => None,
            CallState::InDoubt if !entry.settings.idempotent() => Some(WaitReason::InDoubt),
            _ if entry.declared => Some(WaitReason::NoCode),
            CallState::Pending if ready.needs_approval && self.saved.verdict().is_none() => {
                Some(WaitReason::NeedsApproval)
            }
            _ => None,
        }
    }

    /// Whether it changes something in the world when it runs.
    pub(super) fn has_effects(&self, tools: &Tools) -> bool {
        let ready = self.planned.as_ref().and_then(|planned| planned.tool.as_ref().ok());
        ready.is_some_and(|ready| !tools.entry(ready.index).settings.read_only())
    }

    pub(super) fn as_waiting(&self, reason: WaitReason) -> WaitingCall {
        let planned = self.planned.as_ref().and_then(|planned| planned.arguments.as_deref());
        let arguments = planned.unwrap_or(self.saved.arguments()).to_owned();
        WaitingCall { call: self.saved.call.clone(), arguments, reason }
    }
}
