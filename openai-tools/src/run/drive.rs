//! The loop around the pure parts: asks the model, runs the tools, watches the clock.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{
    budget::{Amounts, Budget, Refused, Reservation},
    builder::RunBuilder,
    event::Event,
    exchange::{EarlyCalls, Exchanged},
    journal::text_bytes,
    limits::Limit,
    outcome::{Outcome, Progress, Run, RunError, Turn},
    outlet::Outlet,
    repeats::RepeatedFailures,
    turn::{Next, after_response},
};
use crate::{
    chat::{Message, Request, Response, ToolChoice, Usage},
    client::Client,
    dispatch::{CallRecord, DispatchLimits, Dispatched, Dispatcher, Fatal},
    error::{Error, ErrorKind},
    observe::{Observe, Span},
    schema::Contract,
    structured::{Answer, InvalidAnswer, Prepared},
    tool::{CallFailure, IntoTools, Toolbox},
};

/// A run that is checked and can be asked for.
pub(super) struct Opened<T> {
    client: Client,
    request: Request,
    budget: Budget,
    dispatch: DispatchLimits,
    cancellation: CancellationToken,
    early_start: bool,
    pub(super) max_re_asks: u32,
    read: Box<ReadAnswer<T>>,
    /// What the answer's text is, if it is a value.
    pub(super) typed: Option<Contract>,
}

/// Checks a run before anything is sent.
pub(super) fn open<A: Answer>(builder: RunBuilder<A>) -> Result<Opened<A::Value>, RunError> {
    let RunBuilder {
        client,
        mut request,
        answer,
        limits,
        budget,
        dispatch,
        cancellation,
        early_start,
    } = builder;
    let budget = match budget {
        Some(shared) => shared.sub(limits),
        None => Budget::new(limits),
    };
    // Before JSON mode adds a message of its own.
    let prepared = request.check().and_then(|()| answer.prepare(&mut request.messages));
    match prepared {
        Ok(Prepared { format, read, max_re_asks, typed }) => {
            request.format = format;
            Ok(Opened {
                client,
                request,
                budget,
                dispatch,
                cancellation,
                early_start,
                max_re_asks,
                read,
                typed,
            })
        }
        Err(error) => {
            let progress = Progress { transcript: request.messages, ..Progress::default() };
            Err(RunError::new(error, progress))
        }
    }
}

/// Runs to an outcome.
pub(super) async fn drive<T>(opened: Opened<T>, outlet: Outlet<T>) -> Result<Run<T>, RunError> {
    let Opened { client, request, budget, dispatch, cancellation, early_start, .. } = opened;
    let tools = request.tools.clone().unwrap_or_else(|| Toolbox::new().into_tools());
    let stop = cancellation.child_token();
    // Sync tools outlive a dropped run; this tells them.
    let guard = stop.clone().drop_guard();
    let mut active = Active {
        dispatcher: Dispatcher::new(tools).with_limits(dispatch).with_cancellation(stop.clone()),
        clock: Clock::new(&budget),
        client,
        request,
        budget,
        stop,
        early_start,
        max_re_asks: opened.max_re_asks,
        read: opened.read,
        re_asks: 0,
        repeats: RepeatedFailures::default(),
        progress: Progress::default(),
        outlet,
    };
    let span = Span::run(&active.request.model);
    active.charge_transcript(0);
    let end = active.turns().observed(&span).await;
    guard.disarm();
    match &end {
        Ok(outcome) => span.word("openai_tools.outcome", outcome.as_str()),
        Err(error) => span.word("error.type", error.kind().as_str()),
    }
    record_usage(&span, active.progress.usage);
    let Active { request, mut progress, clock, budget, .. } = active;
    progress.spent = budget.spent();
    progress.transcript = request.messages;
    progress.duration = clock.elapsed();
    match end {
        Ok(outcome) => Ok(Run { outcome, progress }),
        Err(error) => Err(RunError::new(error, progress)),
    }
}

/// Makes the answer's value from the model's text.
type ReadAnswer<T> = dyn Fn(&str) -> Result<T, InvalidAnswer> + Send + Sync;

/// A run that goes on. The transcript is in the request.
pub(super) struct Active<T> {
    pub(super) client: Client,
    pub(super) request: Request,
    pub(super) dispatcher: Dispatcher,
    pub(super) budget: Budget,
    pub(super) clock: Clock,
    pub(super) stop: CancellationToken,
    pub(super) early_start: bool,
    max_re_asks: u32,
    read: Box<ReadAnswer<T>>,
    /// How often it was asked again, which `max_re_asks` limits.
    re_asks: u32,
    repeats: RepeatedFailures,
    pub(super) progress: Progress,
    pub(super) outlet: Outlet<T>,
}

impl<T> Active<T> {
    /// Turns until there is an outcome.
    async fn turns(&mut self) -> Result<Outcome<T>, Error> {
        loop {
            let span = Span::turn(&self.request.model);
            match self.turn(&span).observed(&span).await {
                Ok(None) => {}
                Ok(Some(outcome)) => return Ok(outcome),
                Err(error) => {
                    span.word("error.type", error.kind().as_str());
                    return Err(error);
                }
            }
        }
    }

    /// One turn: a response, and the outputs of its calls. `None` if the run goes on.
    async fn turn(&mut self, span: &Span) -> Result<Option<Outcome<T>>, Error> {
        let request = match self.reserve_request()? {
            Ok(request) => request,
            Err(limit) => return Ok(Some(Outcome::Limit(limit))),
        };
        let started = self.clock.elapsed();
        let Exchanged { response, early } = match self.ask().await {
            Ok(Some(exchanged)) => exchanged,
            Ok(None) => {
                // It may have been answered, and paid for, all the same.
                request.settle(&Amounts { turns: 1, attempts: 1, ..Amounts::ZERO });
                return Ok(Some(self.stopped()));
            }
            Err(error) => {
                request.settle(&Amounts { attempts: error.attempts(), ..Amounts::ZERO });
                return Err(error);
            }
        };
        request.settle(&Amounts {
            turns: 1,
            attempts: response.attempts,
            usage: response.usage.unwrap_or_default(),
            ..Amounts::ZERO
        });
        observe_response(span, &response);
        self.take(response, started);
        let response = &self.progress.turns[self.progress.turns.len() - 1].response;
        match after_response(response, &*self.read) {
            Next::Dispatch => match self.reserve_calls()? {
                Ok(calls) => self.run_calls(early, calls).await,
                Err(limit) => {
                    let text = format!("not run: the limit of {limit} is reached");
                    self.drop_early(early);
                    self.decline(&CallFailure::LimitReached, &text);
                    self.tell_turn();
                    Ok(Some(Outcome::Limit(limit)))
                }
            },
            Next::Decline { failure, text, outcome } => {
                self.drop_early(early);
                self.decline(&failure, &text);
                self.tell_turn();
                Ok(Some(outcome))
            }
            Next::Invalid(invalid) => {
                self.drop_early(early);
                self.tell_turn();
                self.ask_again(invalid)
            }
            Next::End(outcome) => {
                self.drop_early(early);
                self.tell_turn();
                Ok(Some(outcome))
            }
        }
    }

    /// Sets aside what a request takes at the least.
    fn reserve_request(&self) -> Result<Result<Reservation, Limit>, Error> {
        // One byte more: a conversation that is as long as it may be is not gone on with.
        let ask = Amounts { turns: 1, attempts: 1, transcript_bytes: 1, ..Amounts::ZERO };
        self.reserve(&ask)
    }

    fn reserve_calls(&self) -> Result<Result<Reservation, Limit>, Error> {
        let tool_calls = u32::try_from(self.last_calls().len()).unwrap_or(u32::MAX);
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

    /// Asks for a corrected answer, if that is allowed once more.
    fn ask_again(&mut self, invalid: InvalidAnswer) -> Result<Option<Outcome<T>>, Error> {
        if self.re_asks >= self.max_re_asks {
            return Ok(Some(Outcome::Invalid(invalid)));
        }
        // If no response may be asked for, the answer that is there says more than the limit.
        match self.reserve_request()? {
            Ok(request) => request.release(),
            Err(_) => return Ok(Some(Outcome::Invalid(invalid))),
        }
        let re_ask = Amounts { re_asks: 1, ..Amounts::ZERO };
        match self.reserve(&re_ask)? {
            Ok(reservation) => reservation.settle(&re_ask),
            Err(limit) => return Ok(Some(Outcome::Limit(limit))),
        }
        self.re_asks += 1;
        self.add_message(Message::user(invalid.for_model()));
        self.outlet.tell(|| Event::ReAsk(invalid));
        Ok(None)
    }

    async fn run_calls(
        &mut self,
        early: EarlyCalls,
        calls: Reservation,
    ) -> Result<Option<Outcome<T>>, Error> {
        let fatal = self.dispatch(early).await;
        let tool_calls = u32::try_from(self.last_calls().len()).unwrap_or(u32::MAX);
        calls.settle(&Amounts { tool_calls, ..Amounts::ZERO });
        self.tell_turn();
        if let Some(fatal) = fatal {
            return Err(fatal_error(fatal));
        }
        if self.stop.is_cancelled() {
            return Ok(Some(self.stopped()));
        }
        let outputs = self.progress.turns.last().map_or(&[][..], |turn| &turn.calls);
        let repeated = self.repeats.turn(outputs.iter().map(|made| (&made.call, &made.output)));
        let most = self.budget.repeated_failures();
        Ok((repeated >= most).then_some(Outcome::Limit(Limit::RepeatedFailures(most))))
    }

    fn add_message(&mut self, message: Message) {
        self.request.messages.push(message);
        self.charge_transcript(self.request.messages.len() - 1);
    }

    /// Counts the bytes of the messages from an index on.
    fn charge_transcript(&self, from: usize) {
        let bytes = self.request.messages.iter().skip(from).map(text_bytes);
        let transcript_bytes = bytes.fold(0, u64::saturating_add);
        self.budget.spend(&Amounts { transcript_bytes, ..Amounts::ZERO });
    }

    fn tell_turn(&mut self) {
        if let Some(turn) = self.progress.turns.last() {
            self.outlet.tell(|| Event::Turn(Box::new(turn.clone())));
        }
        // The next response may be long in coming.
        self.outlet.send();
    }

    /// Enters a response into the books.
    fn take(&mut self, response: Response, started: Duration) {
        self.request.settings.tool_choice =
            self.request.settings.tool_choice.take().and_then(ToolChoice::after_first);
        self.progress.usage += response.usage.unwrap_or_default();
        self.add_message(Message::Assistant(response.message.clone()));
        let responded = self.clock.elapsed();
        self.progress.turns.push(Turn { response, calls: Vec::new(), started, responded });
    }

    /// Runs the calls of the last response, and goes on with those that run already; stops them
    /// when the time is up.
    async fn dispatch(&mut self, early: EarlyCalls) -> Option<Fatal> {
        let EarlyCalls { round, slots } = early;
        let mut round = round.unwrap_or_else(|| self.dispatcher.round(self.clock.start()));
        let dropped = round.release(self.last_calls(), &slots);
        self.note_dropped(dropped);
        loop {
            let happened = poll_fn(|cx| {
                // What has ended by itself counts as such, even if the time is up by now.
                let happened = round.poll_happened(cx);
                if happened.is_ready() {
                    return happened;
                }
                if !self.stop.is_cancelled() && self.clock.poll_up(cx).is_ready() {
                    self.stop.cancel();
                    return round.poll_happened(cx);
                }
                self.outlet.send();
                Poll::Pending
            });
            match happened.await {
                Some(happened) => self.tell_happened(&round, happened),
                None => break,
            }
        }
        let Dispatched { records, fatal } = round.finish();
        self.answer_calls(records);
        fatal
    }

    fn last_calls(&self) -> &[crate::tool::ToolCall] {
        self.progress.turns.last().map_or(&[], |turn| &turn.response.message.tool_calls)
    }

    /// Answers every call of the last response with the same refusal.
    fn decline(&mut self, failure: &CallFailure, text: &str) {
        let at = self.clock.elapsed();
        let records: Vec<_> = self
            .last_calls()
            .iter()
            .map(|call| CallRecord::not_run(call.clone(), failure.clone(), text, at))
            .collect();
        for record in &records {
            self.outlet.tell(|| Event::ToolFinished(Box::new(record.clone())));
        }
        self.answer_calls(records);
    }

    fn answer_calls(&mut self, records: Vec<CallRecord>) {
        let from = self.request.messages.len();
        let outputs = records.iter().map(|record| Message::Tool(record.output.clone()));
        self.request.messages.extend(outputs);
        self.charge_transcript(from);
        if let Some(turn) = self.progress.turns.last_mut() {
            turn.calls = records;
        }
    }

    /// Why the tools were stopped.
    fn stopped(&self) -> Outcome<T> {
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

fn fatal_error(fatal: Fatal) -> Error {
    let name: String = fatal.tool.chars().take(64).collect();
    let error = Error::new(ErrorKind::FatalTool, format!("`{name}`"));
    match fatal.source {
        Some(source) => error.with_source(source),
        None => error,
    }
}

/// The wall time of a run.
pub(super) struct Clock {
    start: Instant,
    /// `None` if it is too far away for the clock.
    end: Option<(Pin<Box<Sleep>>, Limit)>,
}

impl Clock {
    fn new(budget: &Budget) -> Self {
        let end = budget.deadline();
        Self {
            start: Instant::now(),
            end: end.map(|(end, limit)| (Box::pin(sleep_until(end)), limit)),
        }
    }

    pub(super) fn start(&self) -> Instant {
        self.start
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// The limit that is reached, if the time is up.
    fn limit(&self) -> Option<Limit> {
        self.end.as_ref().filter(|(end, _)| end.is_elapsed()).map(|(_, limit)| *limit)
    }

    pub(super) async fn ring(&mut self) {
        poll_fn(|cx| self.poll_up(cx)).await;
    }

    /// Ready when the time is up.
    pub(super) fn poll_up(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.end.as_mut().map_or(Poll::Pending, |(end, _)| end.as_mut().poll(cx))
    }
}
