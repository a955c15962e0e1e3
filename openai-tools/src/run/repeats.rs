//! Whether a model makes the same failing call again and again: pure, from the outputs alone.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::{
    chat::Message,
    ids::ToolCallId,
    tool::{CallFailure, ToolCall, ToolOutput},
};

/// Counts in how many turns the same tool failed in the same way.
///
/// "The same" is the tool's name, the failure and the text that the model was told; for a name that
/// is no tool it is the failure alone, or a new name each time would start a new count. The count of
/// one failure goes on while other calls, of whatever name, come in between; only a good output of
/// the same tool ends it. One turn counts once, however many parallel calls of it fail: the model
/// has not been told yet.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct RepeatedFailures {
    /// By tool (`None`: a name that is no tool), then by a digest of the failure.
    counts: HashMap<Option<String>, HashMap<u64, u32>>,
}

impl RepeatedFailures {
    /// What a stored conversation had come to. A conversation cannot say more than its messages: an
    /// output without its call counts for nothing.
    pub(crate) fn of_messages(messages: &[Message]) -> Self {
        let mut repeats = Self::default();
        let mut calls: HashMap<&ToolCallId, &ToolCall> = HashMap::new();
        let mut turn: Vec<(&ToolCall, &ToolOutput)> = Vec::new();
        for message in messages {
            match message {
                Message::Assistant(said) => {
                    repeats.turn(turn.drain(..));
                    calls = said.tool_calls.iter().map(|call| (&call.id, call)).collect();
                }
                Message::Tool(output) => {
                    turn.extend(calls.remove(&output.call_id).map(|call| (call, output)));
                }
                _ => {}
            }
        }
        repeats.turn(turn.drain(..));
        repeats
    }

    /// Enters the outputs of one turn; gives the largest count of those that failed in it.
    pub(crate) fn turn<'a>(
        &mut self,
        outputs: impl IntoIterator<Item = (&'a ToolCall, &'a ToolOutput)>,
    ) -> u32 {
        let mut failed = HashSet::new();
        let mut good = HashSet::new();
        for (call, output) in outputs {
            match &output.failure {
                // Without a count there is none to end.
                None if self.counts.is_empty() => {}
                None => {
                    good.insert(call.name.as_str());
                }
                Some(failure) => {
                    if let Some(digest) = digest(failure, &output.text) {
                        let known = *failure != CallFailure::UnknownTool;
                        failed.insert((known.then_some(call.name.as_str()), digest));
                    }
                }
            }
        }
        for name in good {
            self.counts.remove(&Some(name.to_owned()));
        }
        let mut largest = 0;
        for (name, digest) in failed {
            let counts = self.counts.entry(name.map(str::to_owned)).or_default();
            let count = counts.entry(digest).or_default();
            *count = count.saturating_add(1);
            largest = largest.max(*count);
        }
        largest
    }
}

/// `None` for what is not the model's doing, such as a call that was stopped or never started, and for
/// answers, which are counted as such.
fn digest(failure: &CallFailure, text: &str) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    match failure {
        CallFailure::Cancelled
        | CallFailure::Fatal
        | CallFailure::LimitReached
        | CallFailure::NotTaken
        | CallFailure::ResponseIncomplete => return None,
        CallFailure::UnknownTool => failure.hash(&mut hasher),
        _ => (failure, text).hash(&mut hasher),
    }
    Some(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::AssistantMessage;

    fn failed(name: &str, failure: CallFailure, text: &str) -> (ToolCall, ToolOutput) {
        (ToolCall::new("c", name, "{}"), ToolOutput::failed("c", failure, text))
    }

    fn good(name: &str) -> (ToolCall, ToolOutput) {
        (ToolCall::new("c", name, "{}"), ToolOutput::new("c", "fine"))
    }

    fn turn(repeats: &mut RepeatedFailures, outputs: &[(ToolCall, ToolOutput)]) -> u32 {
        repeats.turn(outputs.iter().map(|(call, output)| (call, output)))
    }

    #[test]
    fn the_same_failure_is_counted_turn_by_turn() {
        let mut repeats = RepeatedFailures::default();
        let down = failed("search", CallFailure::Failed, "down");
        for count in 1..=4 {
            assert_eq!(turn(&mut repeats, std::slice::from_ref(&down)), count);
        }
        let other = failed("search", CallFailure::Failed, "other");
        assert_eq!(turn(&mut repeats, &[other]), 1, "another text is another failure");
    }

    #[test]
    fn parallel_calls_of_one_turn_count_once() {
        let mut repeats = RepeatedFailures::default();
        let down = failed("search", CallFailure::Failed, "down");
        assert_eq!(turn(&mut repeats, &vec![down; 64]), 1);
    }

    #[test]
    fn names_in_turn_do_not_start_the_count_anew() {
        let mut repeats = RepeatedFailures::default();
        for count in 1..=3 {
            for name in ["a", "b"] {
                let broken = failed(name, CallFailure::Failed, "broken");
                assert_eq!(turn(&mut repeats, &[broken]), count);
                assert_eq!(turn(&mut repeats, &[good("c")]), 0);
            }
        }
    }

    #[test]
    fn names_that_are_no_tools_count_as_one() {
        let mut repeats = RepeatedFailures::default();
        for count in 1..=5 {
            let text = format!("unknown tool `t{count}`");
            let unknown = failed(&format!("t{count}"), CallFailure::UnknownTool, &text);
            assert_eq!(turn(&mut repeats, &[unknown]), count);
        }
    }

    #[test]
    fn a_good_output_of_the_tool_ends_its_count() {
        let mut repeats = RepeatedFailures::default();
        let late = failed("search", CallFailure::TimedOut, "late");
        assert_eq!(turn(&mut repeats, std::slice::from_ref(&late)), 1);
        assert_eq!(turn(&mut repeats, &[good("search")]), 0);
        assert_eq!(turn(&mut repeats, &[late]), 1);
    }

    #[test]
    fn calls_that_were_stopped_are_not_the_models_doing() {
        let mut repeats = RepeatedFailures::default();
        let stopped = failed("search", CallFailure::Cancelled, "stopped");
        assert_eq!(turn(&mut repeats, &[stopped]), 0);
    }

    #[test]
    fn a_stored_conversation_counts_as_the_run_did() {
        let mut messages = vec![Message::user("go")];
        let mut repeats = RepeatedFailures::default();
        for _ in 0..3 {
            let (call, output) = failed("search", CallFailure::Failed, "down");
            repeats.turn([(&call, &output)]);
            let said = AssistantMessage { tool_calls: vec![call], ..Default::default() };
            messages.extend([Message::Assistant(said), Message::Tool(output)]);
        }
        assert_eq!(RepeatedFailures::of_messages(&messages), repeats);
    }
}
