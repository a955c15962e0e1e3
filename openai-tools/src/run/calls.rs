//! How the calls of a response come to their outputs: each to one, in call order, whatever happens.

use std::{collections::VecDeque, future::poll_fn, mem, task::Poll};

use super::{
    budget::Amounts,
    drive::{Active, Asked},
    event::Event,
    exchange::EarlyCalls,
    hooks::Deciding,
    journal::{Decision, Record},
    limits::Limit,
    outcome::Outcome,
    pending::{OpenCall, WaitingCall},
    saved::CallState,
};
use crate::{
    chat::Message,
    dispatch::{CallRecord, Fatal, Gate, Happened, Round},
    error::{Error, ErrorKind},
    ids::ToolCallId,
    tool::{CallFailure, ToolOutput},
};

/// What the loop around a round is woken for.
enum Woken {
    /// The turn of these calls has come, which the journal is to keep before they start.
    Announced(Vec<usize>),
    Decided(Option<Decision>),
    Happened(Happened),
    /// Nothing runs, and nothing more may start.
    Quiet,
}

/// A call that the application is asked about; by its place among the open calls.
struct Asking {
    index: usize,
    answer: Deciding,
}

/// Where the calls of a round stand among the open ones, by slot: a round numbers its slots from 0.
struct Places(Vec<Option<usize>>);

impl Places {
    fn new(slots: &[usize], indices: &[usize]) -> Self {
        let mut places = vec![None; slots.iter().max().map_or(0, |last| last + 1)];
        for (slot, index) in slots.iter().zip(indices) {
            places[*slot] = Some(*index);
        }
        Self(places)
    }

    fn index_of(&self, slot: usize) -> Option<usize> {
        self.0.get(slot).copied().flatten()
    }

    fn iter(&self) -> impl Iterator<Item = (usize, usize)> {
        self.0.iter().enumerate().filter_map(|(slot, index)| Some((slot, (*index)?)))
    }
}

impl<T> Active<T> {
    /// Has the open calls answered, as far as they may be. `None` if the run goes on.
    pub(super) async fn answer_calls(&mut self) -> Result<Option<Outcome<T>>, Error> {
        if self.open.is_empty() {
            return Ok(None);
        }
        self.clock.be_in_turn();
        // Of a run that was taken up.
        if let Some(asked) = self.settle_answer()? {
            return Ok(match asked {
                Asked::End(outcome) => Some(outcome),
                Asked::GoOn => None,
            });
        }
        if self.reserved.is_none() {
            match self.reserve_calls()? {
                Ok(calls) => self.reserved = Some(calls),
                // They stay open: what was decided about them is not lost.
                Err(limit) => return Ok(Some(Outcome::Limit(limit))),
            }
        }
        let early = mem::take(&mut self.early);
        self.plan_calls(&early);
        let fatal = self.run_round(early).await;
        let flushed = self.scribe.flush().await;
        if fatal.is_some() || flushed.is_err() || self.stop.is_cancelled() {
            self.cancel_open();
        }
        // Before the turn ends, whose time it may be that is up.
        let stopped = self.stop.is_cancelled().then(|| self.stopped());
        let complete = self.open.iter().all(|call| call.record.is_some());
        let repeated = if complete { self.close() } else { self.show_answered() };
        flushed?;
        if let Some(fatal) = fatal {
            return Err(fatal_error(fatal));
        }
        if stopped.is_some() {
            return Ok(stopped);
        }
        if !complete {
            return Ok(Some(Outcome::Pending(self.waiting())));
        }
        let most = self.budget.repeated_failures();
        Ok((repeated >= most).then_some(Outcome::Limit(Limit::RepeatedFailures(most))))
    }

    /// Looks at what each open call comes to, and answers those that are not to run.
    pub(super) fn plan_calls(&mut self, early: &EarlyCalls) {
        for index in 0..self.open.len() {
            if self.open[index].record.is_some() {
                continue;
            }
            self.write_decisions(index);
            let runs =
                early.slots.get(index).zip(early.round.as_ref()).is_some_and(|(slot, round)| {
                    round.goes_on(*slot, &self.open[index].saved.call)
                });
            if !runs {
                self.plan_call(index);
            }
        }
    }

    fn plan_call(&mut self, index: usize) {
        let call = &mut self.open[index];
        let planned = match (&call.planned, call.saved.verdict(), &call.saved.state) {
            (_, Some(Decision::Answered(_) | Decision::Denied(_)), CallState::Pending) => {
                return self.answer_by_verdict(index);
            }
            (Some(_), ..) => return,
            _ => self.hooks.plan(&call.saved.call, call.saved.arguments(), self.dispatcher.tools()),
        };
        call.planned = Some(planned);
    }

    fn answer_by_verdict(&mut self, index: usize) {
        let call = &self.open[index].saved;
        let id = call.call.id.clone();
        let output = match call.verdict() {
            Some(Decision::Answered(text)) => ToolOutput::new(id, text),
            Some(Decision::Denied(reason)) => {
                let text = format!("not run: the call was denied: {reason}");
                let text = text.trim_end_matches([':', ' ']);
                ToolOutput::failed(id, CallFailure::NotApproved, text)
            }
            _ => return,
        };
        self.answer_with(index, output);
    }

    /// Answers a call without running it. Of one that is the run's answer neither hooks nor events
    /// tell.
    pub(super) fn answer_with(&mut self, index: usize, output: ToolOutput) {
        let call = self.open[index].saved.call.clone();
        let mut record = CallRecord::answered(call, output, self.clock.elapsed());
        if !self.open[index].is_answer {
            self.hooks.see_output(&mut record);
            self.outlet.tell(|| Event::ToolFinished(Box::new(record.clone())));
        }
        self.enter(index, record);
    }

    /// Enters the output of a call into the books.
    fn enter(&mut self, index: usize, record: CallRecord) {
        self.scribe.write_ended(&record.output);
        let call = &mut self.open[index];
        call.record = Some(record);
        if let (false, Some(reserved)) = (call.counted, &mut self.reserved) {
            reserved.draw(&Amounts { tool_calls: 1, ..Amounts::ZERO });
            call.counted = true;
        }
    }

    /// Hands decisions that are new to the journal.
    fn write_decisions(&mut self, index: usize) {
        let call = &mut self.open[index];
        let new = call.saved.decisions.get(call.written..).unwrap_or_default();
        if new.iter().any(|decision| matches!(decision, Decision::Arguments(_))) {
            call.planned = None;
        }
        for decision in new {
            let call_id = call.saved.call.id.clone();
            self.scribe.write(|| Record::Decided { call_id, decision: decision.clone() });
        }
        call.written = call.saved.decisions.len();
    }

    /// The calls that wait for the application.
    pub(super) fn waiting(&self) -> Vec<WaitingCall> {
        let tools = self.dispatcher.tools();
        let waiting = self.open.iter().filter(|call| call.record.is_none());
        waiting.filter_map(|call| Some(call.as_waiting(call.reason(tools)?))).collect()
    }

    /// Runs the open calls that may run, and goes on with those that run already.
    async fn run_round(&mut self, early: EarlyCalls) -> Option<Fatal> {
        let EarlyCalls { round, slots } = early;
        let mut round = round.unwrap_or_else(|| self.dispatcher.round(self.clock.start()));
        // A response is taken though the time was up while it was whole; none of its calls starts.
        if self.clock.limit().is_some() {
            self.stop.cancel();
        }
        let (mut indices, mut own_slots) = (Vec::new(), Vec::new());
        let mut asked = VecDeque::new();
        for (index, call) in self.open.iter().enumerate() {
            if call.record.is_some() {
                continue;
            }
            // Of a call without a slot any number will do that is none.
            own_slots.push(slots.get(index).copied().unwrap_or(usize::MAX));
            indices.push(index);
            if call.reason(self.dispatcher.tools()).is_some() {
                asked.push_back(index);
            }
        }
        let mut gated = Vec::with_capacity(indices.len());
        for index in &indices {
            let waits = self.open[*index].reason(self.dispatcher.tools()).is_some();
            let gate = if waits { Gate::Held } else { self.gate(*index) };
            gated.push((self.open[*index].saved.call.clone(), gate));
        }
        let dropped = round.release_gated(gated, &own_slots);
        self.note_dropped(dropped);
        let places = Places::new(round.slots(), &indices);
        for (slot, index) in places.iter() {
            // It had ended, and was told, while the response arrived.
            if let Some(record) = round.take_record(slot) {
                self.enter(index, record);
            }
        }
        self.watch_round(&mut round, &places, asked).await;
        round.finish().fatal
    }

    async fn watch_round(
        &mut self,
        round: &mut Round,
        places: &Places,
        mut asked: VecDeque<usize>,
    ) {
        let stopped = self.stop.clone().cancelled_owned();
        tokio::pin!(stopped);
        let mut asking: Option<Asking> = None;
        if self.hooks.approval.is_none() {
            asked.clear();
        }
        loop {
            if asking.is_none() {
                asking = asked.pop_front().and_then(|index| self.ask_about(index));
            }
            let woken = poll_fn(|cx| {
                loop {
                    // What has ended by itself counts as such, even if the time is up by now.
                    let happened = round.poll_happened(cx);
                    if let Poll::Ready(Some(happened)) = happened {
                        return Poll::Ready(Woken::Happened(happened));
                    }
                    let _ = self.scribe.poll(cx);
                    let stop = stopped.as_mut().poll(cx).is_ready() || self.stop.is_cancelled();
                    // Most tools are done at their first poll, and no timer is set for them in vain.
                    let is_up = !round.is_starting() && self.clock.poll_up(cx).is_ready();
                    if !stop && (self.scribe.has_failed() || is_up) {
                        self.stop.cancel();
                        continue;
                    }
                    if !stop {
                        let announced = round.take_announced();
                        if !announced.is_empty() {
                            return Poll::Ready(Woken::Announced(announced));
                        }
                    }
                    if happened.is_ready() && (stop || asking.is_none()) {
                        return Poll::Ready(Woken::Quiet);
                    }
                    if let (false, Some(asking)) = (stop, &mut asking) {
                        if let Poll::Ready(decision) = asking.answer.as_mut().poll(cx) {
                            return Poll::Ready(Woken::Decided(decision));
                        }
                    }
                    self.outlet.send();
                    return Poll::Pending;
                }
            });
            match woken.await {
                Woken::Happened(happened) => self.take_happened(round, places, happened),
                Woken::Quiet => return,
                Woken::Announced(slots) => {
                    let ids = slots.iter().filter_map(|slot| places.index_of(*slot));
                    let ids = ids.map(|index| self.open[index].id().clone()).collect();
                    self.keep_started(ids).await;
                    for slot in slots {
                        round.begin(slot);
                    }
                }
                Woken::Decided(decision) => {
                    if let (Some(decision), Some(Asking { index, .. })) = (decision, asking.take())
                    {
                        let slot = places.iter().find(|(_, at)| *at == index);
                        if let Some((slot, _)) = slot {
                            self.take_decision(round, slot, index, decision);
                        }
                    }
                    asking = None;
                }
            }
        }
    }

    fn take_happened(&mut self, round: &mut Round, places: &Places, happened: Happened) {
        self.tell_happened(round, happened);
        if let Happened::Ended(slot) = happened {
            let record = places.index_of(slot).zip(round.take_record(slot));
            if let Some((index, record)) = record {
                self.enter(index, record);
            }
        }
    }

    fn ask_about(&self, index: usize) -> Option<Asking> {
        let call = &self.open[index];
        let waiting = call.as_waiting(call.reason(self.dispatcher.tools())?);
        let ask = self.hooks.approval.as_ref()?;
        Some(Asking { index, answer: ask(waiting) })
    }

    /// Does what the application decided while the others run.
    fn take_decision(&mut self, round: &mut Round, slot: usize, index: usize, decision: Decision) {
        let changed = matches!(decision, Decision::Arguments(_));
        self.open[index].saved.decide(decision);
        if changed {
            self.open[index].saved.decide(Decision::Approved);
        }
        self.write_decisions(index);
        self.plan_call(index);
        if self.open[index].record.is_some() {
            return round.leave_out(slot);
        }
        if self.open[index].reason(self.dispatcher.tools()).is_some() {
            return;
        }
        let gate = self.gate(index);
        round.let_go(slot, self.open[index].saved.call.clone(), gate);
    }

    /// Lets a call go that was planned. If it has effects, the journal is to know of it when its turn
    /// has come, and not before: one that was not started is in no doubt after a crash.
    fn gate(&mut self, index: usize) -> Gate {
        let kept = self.scribe.keeps() && self.open[index].has_effects(self.dispatcher.tools());
        match self.open[index].planned.take().map(Box::new) {
            Some(planned) if kept => Gate::Announced(planned),
            Some(planned) => Gate::Planned(planned),
            None => Gate::Held,
        }
    }

    /// Has the journal keep that these calls start, before they do. If it cannot, nothing starts.
    async fn keep_started(&mut self, call_ids: Vec<ToolCallId>) {
        self.scribe.write(|| Record::CallsStarted { call_ids });
        poll_fn(|cx| self.scribe.poll(cx)).await;
        if self.scribe.has_failed() {
            self.stop.cancel();
        }
    }

    /// Answers every open call with the same refusal, and ends the turn.
    pub(super) fn decline(&mut self, failure: &CallFailure, text: &str) {
        for index in 0..self.open.len() {
            let id = self.open[index].id().clone();
            self.answer_with(index, ToolOutput::failed(id, failure.clone(), text));
        }
        self.close();
    }

    /// A run that is stopped answers what waits, too: its transcript can be gone on with.
    fn cancel_open(&mut self) {
        for index in 0..self.open.len() {
            if self.open[index].record.is_none() {
                let id = self.open[index].id().clone();
                let text = "the call was cancelled before it started";
                self.answer_with(index, ToolOutput::failed(id, CallFailure::Cancelled, text));
            }
        }
    }

    /// Puts the outputs into the conversation, and ends the turn. Gives in how many turns one of
    /// its failures came.
    pub(super) fn close(&mut self) -> u32 {
        let mut records = Vec::with_capacity(self.open.len());
        let mut outputs = Vec::with_capacity(self.open.len());
        for OpenCall { record, is_answer, .. } in self.open.drain(..) {
            let Some(record) = record else { continue };
            outputs.push(Message::Tool(record.output.clone()));
            if !is_answer {
                records.push(record);
            }
        }
        self.reserved = None;
        self.clock.end_turn();
        let from = self.request.messages.len();
        self.request.messages.extend(outputs);
        self.charge_transcript(from);
        let repeated = self.repeats.turn(records.iter().map(|made| (&made.call, &made.output)));
        if let Some(turn) = self.record.turns.last_mut() {
            turn.calls = records.into();
        }
        self.tell_turn();
        repeated
    }

    /// Shows the outputs that are there, while others are not.
    fn show_answered(&mut self) -> u32 {
        let tools = self.open.iter().filter(|call| !call.is_answer);
        let records = tools.filter_map(|call| call.record.clone()).collect();
        if let Some(turn) = self.record.turns.last_mut() {
            turn.calls = records;
        }
        self.outlet.send();
        0
    }
}

fn fatal_error(fatal: Fatal) -> Error {
    let name: String = fatal.tool.chars().take(64).collect();
    let error = Error::new(ErrorKind::FatalTool, format!("`{name}`"));
    match fatal.source {
        Some(source) => error.with_source(source),
        None => error,
    }
}
