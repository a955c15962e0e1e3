//! An answer that comes as a call: it is judged, answered, and asked for again.

use super::{
    drive::{Active, Asked},
    outcome::Outcome,
    pending::OpenCall,
    saved::SavedCall,
};
use crate::{
    error::Error,
    ids::ToolName,
    tool::{CallFailure, CallKind, ToolCall, ToolOutput},
};

impl<T> Active<T> {
    /// A call of the last response.
    pub(super) fn open_call(&self, call: SavedCall) -> OpenCall {
        let is_answer = self.request.answer_tool().is_some_and(|tool| answers(tool, &call.call));
        let mut open = OpenCall::new(call);
        open.is_answer = is_answer;
        // No tool of the run's: nothing of its limits is used.
        open.counted |= is_answer;
        open
    }

    /// Judges an answer that came as a call, if there is one: beside other calls it is none.
    pub(super) fn settle_answer(&mut self) -> Result<Option<Asked<T>>, Error> {
        let waits = |call: &OpenCall| call.is_answer && call.record.is_none();
        let Some(first) = self.open.iter().position(waits) else { return Ok(None) };
        if self.open.iter().any(|call| !call.is_answer) {
            self.answer_unseen(first, None);
            return Ok(None);
        }
        let call = &self.open[first].saved;
        let id = call.call.id.clone();
        let read = (self.read)(call.arguments());
        let output = match &read {
            Ok(_) => ToolOutput::new(id, "The answer is taken."),
            Err(invalid) => {
                ToolOutput::failed(id, CallFailure::NotTaken, invalid.for_model_of_call())
            }
        };
        self.answer_unseen(first, Some(output));
        self.close();
        match read {
            Ok(value) => Ok(Some(Asked::End(Outcome::Completed(value)))),
            Err(invalid) => self.ask_again(invalid, None).map(Some),
        }
    }

    /// Judges the answer of a run that was taken up, which came as a call and has its output already.
    pub(super) fn judge_answered(&mut self) -> Result<Option<Asked<T>>, Error> {
        let (Some(tool), Some(turn)) = (self.request.answer_tool(), self.record.turns.last())
        else {
            return Ok(None);
        };
        let calls = &turn.response.message.tool_calls;
        let Some(first) = calls.first().filter(|_| calls.iter().all(|call| answers(tool, call)))
        else {
            return Ok(None);
        };
        match (self.read)(&first.arguments) {
            Ok(value) => Ok(Some(Asked::End(Outcome::Completed(value)))),
            Err(invalid) => self.ask_again(invalid, None).map(Some),
        }
    }

    /// Answers the calls that are answers, from the first one on, which has an output of its own if
    /// it counts.
    fn answer_unseen(&mut self, first: usize, output: Option<ToolOutput>) {
        let text = if output.is_some() {
            "Not looked at: only the first answer of a response counts."
        } else {
            "Not taken: an answer beside other calls is none. Answer again once you have their \
             outputs."
        };
        let mut output = output;
        for index in first..self.open.len() {
            let call = &self.open[index];
            if !call.is_answer || call.record.is_some() {
                continue;
            }
            let id = call.id().clone();
            let not_taken = || ToolOutput::failed(id, CallFailure::NotTaken, text);
            let output = output.take().unwrap_or_else(not_taken);
            self.answer_with(index, output);
        }
    }
}

/// Whether a call is the answer.
pub(super) fn answers(tool: &ToolName, call: &ToolCall) -> bool {
    is_answer(tool, call.kind(), call.namespace(), &call.name)
}

/// The same of a call that has begun.
pub(super) fn is_answer(
    tool: &ToolName,
    kind: &CallKind,
    namespace: Option<&str>,
    name: &str,
) -> bool {
    *kind == CallKind::Function && namespace.is_none_or(str::is_empty) && tool.as_str() == name
}
