//! The loop around the pure parts: asks the model, has its calls answered, watches the clock.

use std::{sync::Arc, time::Duration};

use tokio::task::yield_now;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    budget::{Amounts, Budget, Refused, Reservation},
    clock::Clock,
    event::Event,
    exchange::{EarlyCalls, Exchanged},
    hooks::Hooks,
    journal::{Record, text_bytes},
    limits::Limit,
    next_turn::NextTurn,
    open::Opened,
    outcome::{Outcome, Run, RunError},
    outlet::Outlet,
    pending::OpenCall,
    record::{RunRecord, Turn},
    repeats::RepeatedFailures,
    request::{Funds, LastRequest, estimate},
    saved::{InvalidSavedRun, SavedCall, SavedRun},
    scribe::Scribe,
    turn::{Next, after_response},
};
use crate::{
    chat::{FinishReason, Message, Request, Response, ToolChoice, Usage},
    client::{Bounds, Client},
    dispatch::Dispatcher,
    error::{Error, ErrorKind},
    observe::{Observe, Span},
    structured::InvalidAnswer,
    tool::CallFailure,
};

/// Runs to an outcome.
pub(super) async fn drive<T>(opened: Opened<T>, outlet: Outlet<T>) -> Result<Run<T>, RunError> {
    let mut active = Active::begin(opened, outlet);
    let span = Span::run(&active.request.model);
    let end = active.run_to_outcome().observed(&span).await;
    match &end {
        Ok(outcome) => span.word("openai_tools.outcome", outcome.as_str()),
        Err(error) => span.word("error.type", error.kind().as_str()),
    }
    record_usage(&span, active.record.usage);
    match end {
        Ok(outcome) => Ok(active.into_run(outcome)),
        Err(error) => Err(RunError::new(error, active.into_record())),
    }
}

/// Makes the answer's value from the model's text.
pub(super) type ReadAnswer<T> = dyn Fn(&str) -> Result<T, InvalidAnswer> + Send + Sync;

/// A run that goes on. The transcript is in the request.
pub(super) struct Active<T> {
    pub(super) client: Client,
    pub(super) request: Request,
    pub(super) dispatcher: Dispatcher,
    pub(super) budget: Budget,
    pub(super) clock: Clock,
    pub(super) stop: CancellationToken,
    /// Sync tools outlive a dropped run; this tells them.
    pub(super) guard: DropGuard,
    pub(super) early_start: bool,
    pub(super) hooks: Hooks,
    pub(super) scribe: Scribe,
    pub(super) last: Option<LastRequest>,
    pub(super) max_re_asks: u32,
    pub(super) read: Box<ReadAnswer<T>>,
    /// How often it was asked again, which `max_re_asks` limits.
    pub(super) re_asks: u32,
    pub(super) repeats: RepeatedFailures,
    /// The calls of the last response, until all of them have their outputs.
    pub(super) open: Vec<OpenCall>,
    /// What is set aside for the open calls.
    pub(super) reserved: Option<Reservation>,
    /// The open calls that run already.
    pub(super) early: EarlyCalls,
    /// What is said once the open calls are answered.
    pub(super) later: Vec<Message>,
    /// How the response ended with which the run was taken up, until it is judged.
    pub(super) finish: Option<FinishReason>,
    pub(super) record: RunRecord,
    pub(super) outlet: Outlet<T>,
}

/// What became of asking the model.
pub(super) enum Asked<T> {
    /// It asks for calls, which are open now, or is to be asked again.
    GoOn,
    End(Outcome<T>),
}

impl<T> Active<T> {
    /// Turns until there is an outcome, which the journal is told.
    pub(super) async fn run_to_outcome(&mut self) -> Result<Outcome<T>, Error> {
        let outcome = loop {
            let span = Span::turn(&self.request.model);
            match self.turn(&span).observed(&span).await {
                Ok(None) => {}
                Ok(Some(outcome)) => break outcome,
                Err(error) => {
                    span.word("error.type", error.kind().as_str());
                    return Err(error);
                }
            }
        };
        self.note_end(outcome.as_str()).await?;
        Ok(outcome)
    }

    pub(super) async fn note_end(&mut self, outcome: &str) -> Result<(), Error> {
        self.scribe.write(|| Record::End { outcome: outcome.to_owned() });
        self.scribe.flush().await
    }

    /// One turn: a response, if none is there that waits for its outputs, and the outputs of its
    /// calls. `None` if the run goes on.
    async fn turn(&mut self, span: &Span) -> Result<Option<Outcome<T>>, Error> {
        if self.open.is_empty() {
            if let Asked::End(outcome) = self.respond(span).await? {
                return Ok(Some(outcome));
            }
        }
        self.answer_calls().await
    }

    /// Asks the model for the next response.
    pub(super) async fn respond(&mut self, span: &Span) -> Result<Asked<T>, Error> {
        if let Some(ended) = self.judge_taken_up()? {
            return Ok(ended);
        }
        self.clock.begin_turn();
        let started = self.clock.elapsed();
        self.say_later();
        self.show_turn()?;
        let funds = match self.fund_request()? {
            Ok(funds) => funds,
            Err(limit) => return Ok(Asked::End(Outcome::Limit(limit))),
        };
        if let Err(error) = self.scribe.flush().await {
            funds.release();
            return Err(error);
        }
        self.record.arrived = None;
        let leave = Some(funds.leave(&self.budget, &self.request.model));
        let bounds = Bounds { deadline: self.clock.deadline(), leave };
        let Exchanged { response, early } = match self.ask(bounds).await {
            Ok(Some(exchanged)) => exchanged,
            Ok(None) => {
                funds.give_up();
                return Ok(Asked::End(self.stopped()));
            }
            // The client can be the first to see that the time is up.
            Err(error) if self.is_out_of_time(&error) => {
                funds.give_up();
                return Ok(Asked::End(self.stopped()));
            }
            Err(error) => {
                funds.fail(error.attempts(), self.record.arrived.is_some());
                return Err(error);
            }
        };
        funds.settle(response.attempts, response.usage, &response.message);
        self.last = response.usage.map(|usage| LastRequest {
            messages: self.request.messages.len(),
            input_tokens: usage.input_tokens,
        });
        observe_response(span, &response);
        self.take(response, started);
        self.tell_all().await;
        let response = &self.record.turns[self.record.turns.len() - 1].response;
        match after_response(response, &*self.read) {
            Next::Dispatch => {
                if let Some(asked) = self.settle_answer()? {
                    self.drop_early(early);
                    return Ok(asked);
                }
                self.begin_calls(early)
            }
            Next::Decline { failure, text, outcome } => {
                self.drop_early(early);
                self.decline(&failure, &text);
                Ok(Asked::End(outcome))
            }
            Next::Invalid(invalid) => {
                self.drop_early(early);
                self.tell_turn();
                let told = self.told(&invalid);
                self.ask_again(invalid, Some(told))
            }
            Next::End(outcome) => {
                self.drop_early(early);
                self.tell_turn();
                Ok(Asked::End(outcome))
            }
        }
    }

    /// Sets the calls of the last response aside, which have what came of them already.
    fn begin_calls(&mut self, early: EarlyCalls) -> Result<Asked<T>, Error> {
        match self.reserve_calls()? {
            Ok(calls) => {
                self.reserved = Some(calls);
                self.early = early;
                Ok(Asked::GoOn)
            }
            Err(limit) => {
                let text = format!("not run: the limit of {limit} is reached");
                self.drop_early(early);
                self.decline(&CallFailure::LimitReached, &text);
                Ok(Asked::End(Outcome::Limit(limit)))
            }
        }
    }

    /// What the model is told of an answer that came as a text.
    fn told(&self, invalid: &InvalidAnswer) -> Message {
        Message::user(match self.request.answer_tool() {
            Some(tool) => invalid.for_model_without_call(tool),
            None => invalid.for_model(),
        })
    }

    /// Shows the application what is about to be asked.
    fn show_turn(&mut self) -> Result<(), Error> {
        let Some(see) = self.hooks.turn.clone() else { return Ok(()) };
        see(&mut NextTurn {
            turn: self.record.turns.len(),
            messages: &self.request.messages,
            settings: &mut self.request.settings,
        });
        self.request.check()
    }

    /// Comes to the end of a run whose last response is there already: the process may have ended
    /// between the two. `None` if the model is to be asked.
    fn judge_taken_up(&mut self) -> Result<Option<Asked<T>>, Error> {
        let (Some(_), Some(turn)) = (self.finish.take(), self.record.turns.last()) else {
            return Ok(None);
        };
        match after_response(&turn.response, &*self.read) {
            Next::Dispatch => self.judge_answered(),
            Next::Decline { outcome, .. } | Next::End(outcome) => Ok(Some(Asked::End(outcome))),
            Next::Invalid(invalid) => {
                let told = self.told(&invalid);
                self.ask_again(invalid, Some(told)).map(Some)
            }
        }
    }

    fn is_out_of_time(&self, error: &Error) -> bool {
        error.kind() == ErrorKind::TotalTimeout && self.clock.limit().is_some()
    }

    /// Sets aside what a request takes, as far as that is known.
    fn fund_request(&self) -> Result<Result<Funds, Limit>, Error> {
        let usage = estimate(&self.request, self.last);
        // One byte more: a conversation that is as long as it may be is not gone on with.
        let ask = Amounts { turns: 1, attempts: 1, usage, transcript_bytes: 1, ..Amounts::ZERO };
        Ok(self.reserve(&ask)?.map(|first| Funds::new(first, usage)))
    }

    /// Sets aside the open calls that are not counted yet.
    pub(super) fn reserve_calls(&self) -> Result<Result<Reservation, Limit>, Error> {
        let count = self.open.iter().filter(|call| !call.counted).count();
        let tool_calls = u32::try_from(count).unwrap_or(u32::MAX);
        self.reserve(&Amounts { tool_calls, ..Amounts::ZERO })
    }

    fn reserve(&self, ask: &Amounts) -> Result<Result<Reservation, Limit>, Error> {
        match self.budget.reserve(ask, &self.request.model) {
            Ok(reservation) => Ok(Ok(reservation)),
            Err(Refused::Limit(limit)) => Ok(Err(limit)),
            Err(Refused::Unpriced) => Err(Error::new(
                ErrorKind::InvalidRequest,
                "the cost is limited, and the prices do not name the model",
            )),
        }
    }

    /// Asks for a corrected answer, if that is allowed once more; `told` is what the model is told,
    /// unless it was told already.
    pub(super) fn ask_again(
        &mut self,
        invalid: InvalidAnswer,
        told: Option<Message>,
    ) -> Result<Asked<T>, Error> {
        if self.re_asks >= self.max_re_asks {
            return Ok(Asked::End(Outcome::Invalid(invalid)));
        }
        // If no response may be asked for, the answer that is there says more than the limit.
        match self.fund_request()? {
            Ok(funds) => funds.release(),
            Err(_) => return Ok(Asked::End(Outcome::Invalid(invalid))),
        }
        let re_ask = Amounts { re_asks: 1, ..Amounts::ZERO };
        match self.reserve(&re_ask)? {
            Ok(reservation) => reservation.settle(&re_ask),
            Err(limit) => return Ok(Asked::End(Outcome::Limit(limit))),
        }
        self.re_asks += 1;
        let messages: Vec<_> = told.into_iter().collect();
        self.scribe.write(|| Record::Messages { messages: messages.clone(), re_ask: true });
        for message in messages {
            self.add_message(message);
        }
        self.outlet.tell(|| Event::ReAsk(invalid));
        Ok(Asked::GoOn)
    }

    fn add_message(&mut self, message: Message) {
        self.request.messages.push(message);
        self.charge_transcript(self.request.messages.len() - 1);
    }

    /// Says what the application added to a run that it took up.
    fn say_later(&mut self) {
        if self.later.is_empty() {
            return;
        }
        let messages = std::mem::take(&mut self.later);
        let from = self.request.messages.len();
        self.request.messages.extend(messages.iter().cloned());
        self.charge_transcript(from);
        self.scribe.write(|| Record::Messages { messages, re_ask: false });
    }

    /// Counts the bytes of the messages from an index on.
    pub(super) fn charge_transcript(&self, from: usize) {
        let bytes = self.request.messages.iter().skip(from).map(text_bytes);
        let transcript_bytes = bytes.fold(0, u64::saturating_add);
        self.budget.spend(&Amounts { transcript_bytes, ..Amounts::ZERO });
    }

    pub(super) fn tell_turn(&mut self) {
        if let Some(turn) = self.record.turns.last() {
            self.outlet.tell(|| Event::Turn(Box::new(turn.clone())));
        }
        // The next response may be long in coming.
        self.outlet.send();
    }

    /// Lets the reader have what was told before the answer is looked at, which can take as long, and
    /// as much memory, as to read it.
    async fn tell_all(&mut self) {
        if self.outlet.has_unsent() {
            self.outlet.send();
            yield_now().await;
        }
    }

    /// Enters a response into the books.
    fn take(&mut self, response: Response, started: Duration) {
        self.request.settings.tool_choice =
            self.request.settings.tool_choice.take().and_then(ToolChoice::after_first);
        self.record.usage += response.usage.unwrap_or_default();
        let calls = response.message.tool_calls.iter().cloned();
        self.open = calls.map(|call| self.open_call(SavedCall::pending(call))).collect();
        let (budget, model) = (&self.budget, &self.request.model);
        let cost = response.usage.and_then(|usage| budget.cost_of(&usage, model));
        self.scribe.write(|| Record::Response {
            message: response.message.clone(),
            finish_reason: response.finish_reason.clone(),
            usage: response.usage,
            cost,
            attempts: response.attempts,
            id: response.id.clone(),
            model: response.model.clone(),
        });
        self.add_message(Message::Assistant(response.message.clone()));
        let responded = self.clock.elapsed();
        let response = Arc::new(response);
        self.record.turns.push(Turn { response, calls: Arc::default(), cost, started, responded });
    }

    /// The run as it stands, to be put away.
    pub(super) fn saved(&self) -> Result<SavedRun, InvalidSavedRun> {
        let saved = SavedRun::with_calls(
            self.request.model.clone(),
            self.request.messages.clone(),
            self.open.iter().map(OpenCall::to_saved).collect(),
            self.budget.spent(),
            self.budget.elapsed(),
        )?;
        let last = self.record.turns.last();
        Ok(saved.with_finish_reason(last.map(|turn| turn.response.finish_reason.clone())))
    }

    pub(super) fn into_run(self, outcome: Outcome<T>) -> Run<T> {
        Run { outcome, record: self.into_record() }
    }

    pub(super) fn into_record(mut self) -> RunRecord {
        self.settle_record();
        self.record.transcript = self.request.messages;
        self.guard.disarm();
        self.record
    }

    /// What happened so far, of a run that may go on.
    pub(super) fn record(&mut self) -> RunRecord {
        self.settle_record();
        RunRecord { transcript: self.request.messages.clone(), ..self.record.clone() }
    }

    fn settle_record(&mut self) {
        let start = self.clock.start();
        self.record.first_event = self.outlet.first.map(|at| at.duration_since(start));
        self.record.waiting = self.open.iter().map(OpenCall::to_saved).collect();
        self.record.spent = self.budget.spent();
        self.record.used_time = self.budget.elapsed();
        self.record.duration = self.clock.elapsed();
    }

    /// Why the tools were stopped.
    pub(super) fn stopped(&self) -> Outcome<T> {
        self.clock.limit().map_or(Outcome::Cancelled, Outcome::Limit)
    }
}

fn observe_response(span: &Span, response: &Response) {
    span.word("gen_ai.response.finish_reasons", response.finish_reason.as_str());
    if let Some(id) = &response.id {
        span.word("gen_ai.response.id", id);
    }
    if let Some(model) = &response.model {
        span.word("gen_ai.response.model", model);
    }
    record_usage(span, response.usage.unwrap_or_default());
}

fn record_usage(span: &Span, usage: Usage) {
    span.number("gen_ai.usage.input_tokens", usage.input_tokens);
    span.number("gen_ai.usage.output_tokens", usage.output_tokens);
}
