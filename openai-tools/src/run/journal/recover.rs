//! Where a run stands, by its journal: a pure function of the records.

use std::{collections::HashMap, fmt, time::Duration};

use super::{
    super::{
        budget::Amounts,
        saved::{CallState, SavedCall, SavedRun, open_calls},
    },
    record::Record,
};
use crate::{
    chat::{AssistantMessage, FinishReason, Message},
    ids::ToolCallId,
    tool::{CallFailure, ToolCall, ToolOutput},
};

/// Where a run stands.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recovered {
    /// The run, to be taken up. Its time is what it was when the journal began, which has no clock.
    pub saved: SavedRun,
    /// The calls that were started and not ended: what they do may be done or not. Those whose tool
    /// may run twice ([`idempotent`](crate::ToolSettings)) can be run again; about the others the
    /// application has to [decide](SavedRun::decide).
    pub in_doubt: Vec<ToolCall>,
    /// The outcome's word, if the run had come to its end.
    pub outcome: Option<String>,
    /// How many records of a newer release were passed over.
    pub unknown_records: u64,
    /// The outputs of calls that never ran, which no record has.
    pub(crate) unwritten: Vec<ToolOutput>,
}

/// Makes of a journal's records the point where the run stands; `None` if it had not begun.
///
/// Each call of the last response is in one of three states: it has its output, it is in doubt
/// (started and not ended, and nothing decided about it since), or it is pending. The calls of a
/// response that was cut off never run: those without an output get the one that says so.
///
/// # Errors
///
/// [`InvalidJournal`]: the records contradict each other, which no crash brings about.
pub fn recover(
    records: impl IntoIterator<Item = Record>,
) -> Result<Option<Recovered>, InvalidJournal> {
    let mut run: Option<State> = None;
    let mut unknown_records = 0_u64;
    for (number, record) in (1..).zip(records) {
        let step = match (&mut run, record) {
            (_, Record::Unknown) => {
                unknown_records += 1;
                Ok(())
            }
            (None, Record::Begin { model, messages, spent, elapsed_ms, finish_reason }) => {
                State::begin(model, messages, spent, elapsed_ms).map(|mut begun| {
                    begun.finish = finish_reason;
                    run = Some(begun);
                })
            }
            (None, _) => Err("the run has not begun"),
            (Some(run), record) => run.take(record),
        };
        step.map_err(|why| InvalidJournal { record: number, why })?;
    }
    run.map(|run| run.finish(unknown_records)).transpose()
}

struct State {
    model: String,
    messages: Vec<Message>,
    /// The calls of the last response, and where each is.
    calls: Vec<SavedCall>,
    places: HashMap<ToolCallId, usize>,
    /// The calls of `calls` without an output.
    open: usize,
    /// Why the last response is not whole.
    cut: Option<String>,
    finish: Option<FinishReason>,
    spent: Amounts,
    elapsed: Duration,
    outcome: Option<String>,
}

type Step = Result<(), &'static str>;

impl State {
    fn begin(
        model: String,
        messages: Vec<Message>,
        spent: Amounts,
        elapsed_ms: u64,
    ) -> Result<Self, &'static str> {
        if model.is_empty() || messages.is_empty() {
            return Err("it begins without a model or a message");
        }
        let calls = open_calls(&messages).map_err(|_| "a call before it is not answered once")?;
        let calls = calls.to_vec();
        let mut state = Self {
            model,
            messages,
            calls: Vec::new(),
            places: HashMap::new(),
            open: 0,
            cut: None,
            finish: None,
            spent,
            elapsed: Duration::from_millis(elapsed_ms),
            outcome: None,
        };
        state.ask_for(&calls)?;
        Ok(state)
    }

    fn take(&mut self, record: Record) -> Step {
        // What comes after an end took the run up again.
        self.outcome = None;
        match record {
            Record::Begin { .. } => Err("the run begins twice"),
            Record::CallsEnded { outputs } => {
                outputs.into_iter().try_for_each(|output| self.end_call(output))
            }
            Record::CallsStarted { call_ids } => {
                for call_id in &call_ids {
                    self.open_call(call_id)?.state = CallState::InDoubt;
                }
                Ok(())
            }
            Record::Decided { call_id, decision } => {
                self.open_call(&call_id)?.decide(decision);
                Ok(())
            }
            Record::End { outcome } => {
                self.outcome = Some(outcome);
                Ok(())
            }
            Record::Messages { messages, re_ask } => {
                self.settle()?;
                self.spent.re_asks = self.spent.re_asks.saturating_add(re_ask.into());
                // A conversation that is given whole may hold calls and their outputs.
                if !open_calls(&messages).is_ok_and(<[_]>::is_empty) {
                    return Err("messages hold a call that is not answered once");
                }
                self.messages.extend(messages);
                self.finish = None;
                Ok(())
            }
            Record::Response { message, finish_reason, usage, cost, attempts, .. } => {
                self.settle()?;
                self.spent = self.spent.plus(&Amounts {
                    turns: 1,
                    attempts,
                    usage: usage.unwrap_or_default(),
                    cost: cost.unwrap_or_default(),
                    ..Amounts::ZERO
                });
                self.cut =
                    (!finish_reason.is_good_end()).then(|| finish_reason.as_str().to_owned());
                self.finish = Some(finish_reason);
                self.ask_for(&message.tool_calls)?;
                self.messages.push(Message::Assistant(message));
                Ok(())
            }
            Record::Unknown => Ok(()),
        }
    }

    fn ask_for(&mut self, calls: &[ToolCall]) -> Step {
        self.places = calls.iter().enumerate().map(|(at, call)| (call.id.clone(), at)).collect();
        if self.places.len() < calls.len() {
            return Err("two calls of a response have one id");
        }
        self.calls = calls.iter().cloned().map(SavedCall::pending).collect();
        self.open = calls.len();
        Ok(())
    }

    fn open_call(&mut self, id: &ToolCallId) -> Result<&mut SavedCall, &'static str> {
        let at = *self.places.get(id).ok_or("a call is none of the last response")?;
        match &mut self.calls[at] {
            SavedCall { state: CallState::Answered(_), .. } => Err("a call has its output already"),
            call => Ok(call),
        }
    }

    fn end_call(&mut self, output: ToolOutput) -> Step {
        let ran = ran(&output);
        let call = self.open_call(&output.call_id)?;
        call.state = CallState::Answered(output);
        self.open -= 1;
        self.spent.tool_calls = self.spent.tool_calls.saturating_add(ran.into());
        Ok(())
    }

    /// Puts the outputs of the last response into the conversation, all of them.
    fn settle(&mut self) -> Step {
        if self.open > 0 {
            return Err("the run goes on before a call has its output");
        }
        for call in self.calls.drain(..) {
            if let CallState::Answered(output) = call.state {
                self.messages.push(Message::Tool(output));
            }
        }
        self.places.clear();
        Ok(())
    }

    fn finish(mut self, unknown_records: u64) -> Result<Recovered, InvalidJournal> {
        let mut unwritten = Vec::new();
        if let Some(reason) = &self.cut {
            for call in &mut self.calls {
                if call.state == CallState::Pending {
                    let text =
                        format!("not run: the response that asked for it was cut off ({reason})");
                    let id = call.call.id.clone();
                    let output = ToolOutput::failed(id, CallFailure::ResponseIncomplete, text);
                    unwritten.push(output.clone());
                    call.state = CallState::Answered(output);
                }
            }
        }
        let in_doubt: Vec<ToolCall> = self
            .calls
            .iter()
            .filter(|call| call.state == CallState::InDoubt)
            .map(|call| call.call.clone())
            .collect();
        let running = u32::try_from(in_doubt.len()).unwrap_or(u32::MAX);
        self.spent.tool_calls = self.spent.tool_calls.saturating_add(running);
        self.spent.transcript_bytes =
            self.messages.iter().map(text_bytes).fold(0, u64::saturating_add);
        let invalid = |_| InvalidJournal { record: 0, why: "its conversation is not whole" };
        let mut saved =
            SavedRun::new(self.model, self.messages, self.spent, self.elapsed).map_err(invalid)?;
        saved = saved.with_finish_reason(self.finish);
        for (call, state) in saved.calls_mut().iter_mut().zip(self.calls) {
            *call = state;
        }
        Ok(Recovered { saved, in_doubt, outcome: self.outcome, unknown_records, unwritten })
    }
}

/// The records of a journal that takes a run up: [`recover`] makes the same run of them.
pub(crate) fn records_of(saved: &SavedRun) -> Vec<Record> {
    let mut spent = saved.spent();
    let (mut records, mut call_ids, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
    for SavedCall { call, decisions, state, counted } in saved.calls() {
        let call_id = || call.id.clone();
        let decided =
            decisions.iter().map(|d| Record::Decided { call_id: call_id(), decision: d.clone() });
        records.extend(decided);
        // What is read from a record is counted when it is read.
        let counted_later = match state {
            CallState::Answered(output) => {
                outputs.push(output.clone());
                ran(output)
            }
            CallState::InDoubt => {
                call_ids.push(call_id());
                true
            }
            CallState::Pending => *counted,
        };
        spent.tool_calls = spent.tool_calls.saturating_sub(counted_later.into());
    }
    let begin = Record::Begin {
        model: saved.model().to_owned(),
        messages: saved.messages().to_vec(),
        spent,
        elapsed_ms: u64::try_from(saved.elapsed().as_millis()).unwrap_or(u64::MAX),
        finish_reason: saved.finish_reason().cloned(),
    };
    // Started after what was decided about them: a verdict would end the doubt.
    let states = [Record::CallsStarted { call_ids }, Record::CallsEnded { outputs }];
    std::iter::once(begin).chain(records).chain(states).collect()
}

/// Whether an output is of a call that was run, as far as a budget is concerned.
fn ran(output: &ToolOutput) -> bool {
    !matches!(
        output.failure,
        Some(CallFailure::LimitReached | CallFailure::NotTaken | CallFailure::ResponseIncomplete)
    )
}

/// The bytes of a message: what a budget counts as transcript.
pub(crate) fn text_bytes(message: &Message) -> u64 {
    match message {
        Message::Assistant(said) => kept_bytes(said),
        Message::Developer(text) | Message::System(text) => length(text),
        Message::Tool(output) => output.size() as u64,
        Message::User(parts) => {
            parts.iter().map(|part| part.size() as u64).fold(0, u64::saturating_add)
        }
    }
}

/// The bytes of all that is kept of what the model said. Items repeat the texts.
fn kept_bytes(said: &AssistantMessage) -> u64 {
    let reasoning = said.reasoning.as_deref().map_or(0, length);
    let items = said.items.iter().map(|item| length(item.as_json()));
    let audio = said.audio.as_ref().map_or(0, |audio| audio.data.len() as u64);
    let said = said_bytes(said).saturating_add(reasoning);
    said.max(items.fold(0, u64::saturating_add)).saturating_add(audio)
}

/// The bytes of the texts and calls of what the model said.
pub(crate) fn said_bytes(said: &AssistantMessage) -> u64 {
    let calls = said
        .tool_calls
        .iter()
        .map(|call| length(&call.name).saturating_add(length(&call.arguments)));
    let spoken = said.audio.as_ref().map_or(&None, |audio| &audio.transcript);
    let texts = [&said.text, &said.refusal, spoken];
    texts.into_iter().flatten().map(|text| length(text)).chain(calls).sum()
}

fn length(text: &str) -> u64 {
    text.len() as u64
}

/// Records that contradict each other.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidJournal {
    /// Which record, from 1; 0 if it is all of them.
    record: u64,
    why: &'static str,
}

impl fmt::Display for InvalidJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.record {
            0 => write!(f, "the journal contradicts itself: {}", self.why),
            record => {
                write!(f, "record {record} of the journal contradicts the others: {}", self.why)
            }
        }
    }
}

impl std::error::Error for InvalidJournal {}
