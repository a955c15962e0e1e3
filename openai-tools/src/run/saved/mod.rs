//! A run that is put away.

mod invalid;
mod stored;

use std::{collections::HashSet, fmt, time::Duration};

use self::invalid::Fault;
pub use self::invalid::{CannotDecide, InvalidSavedRun};
use super::{budget::Amounts, journal::Decision};
use crate::{
    chat::{FinishReason, Message},
    ids::ToolCallId,
    json::Untrusted,
    tool::{ToolCall, ToolOutput},
};

/// A run at a point where it waits: for the outputs of calls, for a decision about them, or for
/// being asked on.
///
/// It is written as versioned JSON, by serde or by [`to_json`](Self::to_json), and read in another
/// process. One that exists is whole: each call of the last response stands in it once, each earlier
/// one is answered. What a newer release of the same major version added is passed over, and gone
/// when it is written again. `Debug` shows no content.
///
/// Tools, settings and limits are the application's own and not in it.
#[derive(Clone, PartialEq)]
pub struct SavedRun {
    model: String,
    messages: Vec<Message>,
    calls: Vec<SavedCall>,
    spent: Amounts,
    elapsed: Duration,
    finish_reason: Option<FinishReason>,
}

/// A call of the last response of a [`SavedRun`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SavedCall {
    /// The call, as the model made it.
    pub call: ToolCall,
    /// What the application decided about it, in order.
    pub decisions: Vec<Decision>,
    /// What has become of it.
    pub state: CallState,
    /// Whether what is spent counts it already: it was started once.
    pub(crate) counted: bool,
}

/// What has become of a call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CallState {
    /// It has its output.
    Answered(ToolOutput),
    /// It was started, and nobody knows whether it ended: what it does may be done or not. The
    /// application decides.
    InDoubt,
    /// It was not started.
    Pending,
}

impl SavedCall {
    pub(crate) fn pending(call: ToolCall) -> Self {
        Self { call, decisions: Vec::new(), state: CallState::Pending, counted: false }
    }

    /// The arguments that it runs with: those of the last decision that changed them, or the
    /// model's.
    #[must_use]
    pub fn arguments(&self) -> &str {
        let changed = self.decisions.iter().rev().find_map(|decision| match decision {
            Decision::Arguments(arguments) => Some(arguments),
            _ => None,
        });
        changed.unwrap_or(&self.call.arguments)
    }

    /// The last decision that says what becomes of it.
    #[must_use]
    pub fn verdict(&self) -> Option<&Decision> {
        self.decisions.iter().rev().find(|decision| decision.is_verdict())
    }

    /// Enters a decision. One that is a verdict takes the call out of doubt.
    pub(crate) fn decide(&mut self, decision: Decision) {
        if decision.is_verdict() && self.state == CallState::InDoubt {
            self.state = CallState::Pending;
            self.counted = true;
        }
        self.decisions.push(decision);
    }
}

impl SavedRun {
    /// A run that waits after `messages`; the calls of the last one, if it has any, are pending.
    pub(crate) fn new(
        model: String,
        messages: Vec<Message>,
        spent: Amounts,
        elapsed: Duration,
    ) -> Result<Self, InvalidSavedRun> {
        if model.is_empty() || messages.is_empty() {
            return Err(InvalidSavedRun::of("it has no model or no message"));
        }
        let calls = open_calls(&messages)?.iter().cloned().map(SavedCall::pending).collect();
        Ok(Self { model, messages, calls, spent, elapsed, finish_reason: None })
    }

    /// Tells how the last response ended; of no meaning if something was said after it.
    #[must_use]
    pub(crate) fn with_finish_reason(mut self, finish_reason: Option<FinishReason>) -> Self {
        let responded = matches!(self.messages.last(), Some(Message::Assistant(_)));
        self.finish_reason = finish_reason.filter(|_| responded);
        self
    }

    /// A run whose calls stand where they stand.
    pub(super) fn with_calls(
        model: String,
        messages: Vec<Message>,
        calls: Vec<SavedCall>,
        spent: Amounts,
        elapsed: Duration,
    ) -> Result<Self, InvalidSavedRun> {
        let mut saved = Self::new(model, messages, spent, elapsed)?;
        let same = saved.calls.iter().map(|call| &call.call).eq(calls.iter().map(|c| &c.call));
        if !same {
            return Err(InvalidSavedRun::of("its calls are not those of the last response"));
        }
        saved.calls = calls;
        Ok(saved)
    }

    /// The model that is asked.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// The conversation, up to the last response; the outputs of its calls are in
    /// [`calls`](Self::calls).
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The calls of the last response, in call order; empty if it asked for none.
    #[must_use]
    pub fn calls(&self) -> &[SavedCall] {
        &self.calls
    }

    /// How the last response ended; `None` if something was said after it, and where it is not known
    /// (version 1.0 of the stored form did not keep it). Taken up with nothing added, a run whose last
    /// response asked for no call comes to the outcome of that response, and nobody is asked.
    #[must_use]
    pub fn finish_reason(&self) -> Option<&FinishReason> {
        self.finish_reason.as_ref()
    }

    /// The calls that were started and not ended.
    pub fn in_doubt(&self) -> impl Iterator<Item = &SavedCall> {
        self.calls.iter().filter(|call| call.state == CallState::InDoubt)
    }

    /// The calls that were not started.
    pub fn pending(&self) -> impl Iterator<Item = &SavedCall> {
        self.calls.iter().filter(|call| call.state == CallState::Pending)
    }

    /// What was used of the budget.
    #[must_use]
    pub fn spent(&self) -> Amounts {
        self.spent
    }

    /// How long the run took so far, without the time that it was put away.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Decides about a call. The last verdict holds; one about a call in doubt ends the doubt:
    /// [`Approved`](Decision::Approved) runs it again.
    ///
    /// # Errors
    ///
    /// [`CannotDecide`] if no call of the last response has this id, or it is answered already.
    pub fn decide(&mut self, id: &ToolCallId, decision: Decision) -> Result<(), CannotDecide> {
        let call = self.calls.iter_mut().find(|call| call.call.id == *id);
        match call {
            None => Err(CannotDecide::UnknownCall),
            Some(SavedCall { state: CallState::Answered(_), .. }) => Err(CannotDecide::Answered),
            Some(call) => {
                call.decide(decision);
                Ok(())
            }
        }
    }

    /// Writes it as JSON.
    ///
    /// # Panics
    ///
    /// Never: all of it has a form in JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts, numbers and lists have a form in JSON")
    }

    /// Reads JSON.
    ///
    /// # Errors
    ///
    /// [`InvalidSavedRun`]: it is no JSON, no saved run, of a newer major version, or not whole.
    pub fn from_json(json: &str) -> Result<Self, InvalidSavedRun> {
        let Untrusted(value) = serde_json::from_str(json).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            InvalidSavedRun(Fault::NotJson { line, column })
        })?;
        stored::read(value)
    }

    pub(super) fn calls_mut(&mut self) -> &mut [SavedCall] {
        &mut self.calls
    }

    /// The parts: model, messages, calls, what is spent, the time it took.
    pub(crate) fn into_parts(self) -> (String, Vec<Message>, Vec<SavedCall>, Amounts, Duration) {
        (self.model, self.messages, self.calls, self.spent, self.elapsed)
    }
}

/// The calls of the last message, which wait for their outputs. All earlier ones must be answered,
/// each once, before anything else is said; and none of the last.
pub(super) fn open_calls(messages: &[Message]) -> Result<&[ToolCall], InvalidSavedRun> {
    let mut open: HashSet<&ToolCallId> = HashSet::new();
    let mut calls: &[ToolCall] = &[];
    for message in messages {
        match message {
            Message::Tool(output) => {
                let answers = open.remove(&output.call_id);
                answers.then_some(()).ok_or(InvalidSavedRun::of("an output answers no call"))?;
            }
            _ if !open.is_empty() => return Err(InvalidSavedRun::of("a call has no output")),
            Message::Assistant(said) => {
                calls = &said.tool_calls;
                open = calls.iter().map(|call| &call.id).collect();
                if open.len() < calls.len() {
                    return Err(InvalidSavedRun::of("two calls of a response have one id"));
                }
            }
            _ => {}
        }
    }
    match open.len() {
        0 => Ok(&[]),
        waiting if waiting == calls.len() => Ok(calls),
        _ => Err(InvalidSavedRun::of("outputs of the last response stand among the messages")),
    }
}

impl fmt::Debug for SavedRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SavedRun")
            .field("model", &self.model)
            .field("messages", &self.messages.len())
            .field("calls", &self.calls)
            .field("spent", &self.spent)
            .field("elapsed", &self.elapsed)
            .field("finish_reason", &self.finish_reason)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::chat::AssistantMessage;

    fn asks(ids: &[&str]) -> Message {
        let tool_calls = ids.iter().map(|id| ToolCall::new(*id, "f", "{}")).collect();
        Message::Assistant(AssistantMessage { tool_calls, ..AssistantMessage::default() })
    }

    fn output(id: &str) -> Message {
        Message::Tool(ToolOutput::new(id, "o"))
    }

    fn saved(messages: Vec<Message>) -> Result<SavedRun, InvalidSavedRun> {
        SavedRun::new("m".to_owned(), messages, Amounts::ZERO, Duration::from_millis(1500))
    }

    fn stored() -> Value {
        json!({
            "format": "openai-tools saved run",
            "version": {"major": 1, "minor": 1},
            "model": "m",
            "elapsed_ms": 1500,
            "spent": {
                "turns": 0, "attempts": 0, "tool_calls": 0, "re_asks": 0,
                "usage": {
                    "input_tokens": 0, "output_tokens": 0, "total_tokens": 0,
                    "cached_tokens": 0, "reasoning_tokens": 0,
                },
                "cost": "0", "transcript_bytes": 0,
            },
            "messages": [
                {"role": "user", "content": [{"text": "u"}]},
                {"role": "assistant", "content": {"tool_calls": [
                    {"id": "a", "name": "f", "arguments": "{}"},
                    {"id": "b", "name": "f", "arguments": "{}"},
                    {"id": "c", "name": "f", "arguments": "{}"},
                ]}},
            ],
            "finish_reason": "tool_calls",
            "calls": [
                {"id": "a", "output": {"call_id": "a", "text": "o"}},
                {"id": "b", "in_doubt": true},
                {"id": "c", "decisions": [{"arguments": "[]"}, "approved"], "counted": true},
            ],
        })
    }

    /// Runs are taken up by later releases: what was written once has to be read for ever.
    #[test]
    fn the_stored_form_is_fixed() {
        let mut run = saved(vec![Message::user("u"), asks(&["a", "b", "c"])]).expect("whole");
        run.calls[0].state = CallState::Answered(ToolOutput::new("a", "o"));
        run.calls[1].state = CallState::InDoubt;
        run.calls[2].state = CallState::InDoubt;
        let mut run = run.with_finish_reason(Some(FinishReason::ToolCalls));
        run.decide(&"c".into(), Decision::Arguments("[]".to_owned())).expect("known");
        run.decide(&"c".into(), Decision::Approved).expect("known");
        assert_eq!(serde_json::to_value(&run).expect("JSON"), stored());
        assert_eq!(SavedRun::from_json(&run.to_json()).as_ref(), Ok(&run));
        assert_eq!(serde_json::from_value::<SavedRun>(stored()).expect("a saved run"), run);
        assert_eq!(run.calls[2].arguments(), "[]");
        assert_eq!(run.calls[2].verdict(), Some(&Decision::Approved));
        assert_eq!((run.model(), run.elapsed()), ("m", Duration::from_millis(1500)));
        let (_, messages, calls, ..) = run.into_parts();
        assert_eq!((messages.len(), calls.len()), (2, 3));
    }

    #[test]
    fn what_a_newer_minor_version_adds_is_passed_over() {
        let mut newer = stored();
        newer["version"]["minor"] = json!(7);
        assert!(SavedRun::from_json(&newer.to_string()).is_ok());
        newer["mood"] = json!({"good": true});
        newer["calls"][1]["since"] = json!(5);
        let read = SavedRun::from_json(&newer.to_string()).expect("readable");
        assert_eq!(serde_json::to_value(&read).expect("JSON"), stored());
    }

    #[test]
    fn the_first_version_is_still_read() {
        let mut first = stored();
        first["version"]["minor"] = json!(0);
        first.as_object_mut().expect("an object").remove("finish_reason");
        first["calls"][2].as_object_mut().expect("an object").remove("counted");
        let read = SavedRun::from_json(&first.to_string()).expect("readable");
        assert_eq!((read.finish_reason(), read.calls().len()), (None, 3));
    }

    #[test]
    fn another_major_version_is_refused_whatever_else_is_in_it() {
        for major in [0, 2] {
            let other = json!({
                "format": "openai-tools saved run", "version": {"major": major, "minor": 3},
            });
            let said = SavedRun::from_json(&other.to_string()).expect_err("refused").to_string();
            assert_eq!(
                said,
                format!(
                    "the saved run is of version {major}.3, and this release reads versions 1.x"
                )
            );
        }
    }

    #[test]
    fn what_is_no_saved_run_says_where_and_quotes_nothing() {
        let mut malformed = stored();
        malformed["messages"][0]["content"] = json!("hush");
        let cases = [
            ("{\"hush\": ", "the saved run is not JSON at line 1, column 9"),
            ("{}", "the JSON is no saved run"),
            ("[\"hush\"]", "the JSON is no saved run"),
            (&malformed.to_string(), "`messages[0]"),
        ];
        for (json, said) in cases {
            let error = SavedRun::from_json(json).expect_err("refused").to_string();
            assert!(error.starts_with(said) && !error.contains("hush"), "{error}");
        }
    }

    #[test]
    fn one_that_exists_is_whole() {
        type Change<'a> = &'a dyn Fn(&mut Value);
        let refused = |change: Change<'_>| {
            let mut changed = stored();
            change(&mut changed);
            SavedRun::from_json(&changed.to_string()).expect_err("refused").to_string()
        };
        let changes: [(Change<'_>, &str); 6] = [
            (&|run| run["calls"][2]["id"] = json!("z"), "unknown"),
            (&|run| run["calls"][2]["id"] = json!("b"), "stands twice"),
            (&|run| drop(run["calls"].as_array_mut().expect("calls").pop()), "left out"),
            (&|run| run["calls"][0]["in_doubt"] = json!(true), "in doubt"),
            (&|run| run["calls"][0]["output"]["call_id"] = json!("b"), "another call"),
            (&|run| run["model"] = json!(""), "no model"),
        ];
        for (change, why) in changes {
            let said = refused(change);
            assert!(said.contains(why), "{said}");
        }
    }

    #[test]
    fn a_conversation_answers_each_earlier_call_once() {
        let user = || Message::user("u");
        assert!(saved(vec![user(), asks(&["a"]), output("a"), asks(&["a"])]).is_ok(), "ids recur");
        let wrong = [
            vec![],
            vec![output("a")],
            vec![asks(&["a"]), output("b")],
            vec![asks(&["a"]), output("a"), output("a")],
            vec![asks(&["a"]), user()],
            vec![asks(&["a", "b"]), output("a")],
            vec![asks(&["a", "a"])],
        ];
        for (at, messages) in wrong.into_iter().enumerate() {
            assert!(saved(messages).is_err(), "{at}");
        }
    }

    #[test]
    fn a_verdict_ends_the_doubt_and_an_answered_call_takes_none() {
        let mut run = SavedRun::from_json(&stored().to_string()).expect("a saved run");
        assert_eq!(run.decide(&"a".into(), Decision::Approved), Err(CannotDecide::Answered));
        assert_eq!(run.decide(&"z".into(), Decision::Approved), Err(CannotDecide::UnknownCall));
        run.decide(&"b".into(), Decision::Arguments("1".to_owned())).expect("known");
        assert_eq!(run.in_doubt().count(), 1, "arguments are no verdict");
        run.decide(&"b".into(), Decision::Denied("no".to_owned())).expect("known");
        assert_eq!((run.in_doubt().count(), run.pending().count()), (0, 2));
    }

    #[test]
    fn debug_shows_no_content() {
        let mut run = saved(vec![Message::user("hush"), asks(&["a"])]).expect("whole");
        run.decide(&"a".into(), Decision::Denied("hush".to_owned())).expect("known");
        assert!(!format!("{run:?}").contains("hush"));
    }
}
