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
    builder::RunBuilder,
    event::Event,
    exchange::{EarlyCalls, Exchanged},
    limits::{Limit, RunLimits},
    outcome::{Outcome, Progress, Run, RunError, Turn},
    outlet::Outlet,
    turn::{Next, Used, after_response, may_ask},
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
    limits: RunLimits,
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
    let RunBuilder { client, mut request, answer, limits, dispatch, cancellation, early_start } =
        builder;
    // Before JSON mode adds a message of its own.
    let prepared = request.check().and_then(|()| answer.prepare(&mut request.messages));
    match prepared {
        Ok(Prepared { format, read, max_re_asks, typed }) => {
            request.format = format;
            Ok(Opened {
                client,
                request,
                limits,
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
    let Opened { client, request, limits, dispatch, cancellation, early_start, .. } = opened;
    let (max_re_asks, read) = (opened.max_re_asks, opened.read);
    let tools = request.tools.clone().unwrap_or_else(|| Toolbox::new().into_tools());
    let stop = cancellation.child_token();
    // Sync tools outlive a dropped run; this tells them.
    let guard = stop.clone().drop_guard();
    let mut active = Active {
        dispatcher: Dispatcher::new(tools).with_limits(dispatch).with_cancellation(stop.clone()),
        clock: Clock::new(&limits),
        client,
        request,
        limits,
        stop,
        early_start,
        used: Used::default(),
        progress: Progress::default(),
        outlet,
    };
    let span = Span::run(&active.request.model);
    let end = active.turns(max_re_asks, &*read).observed(&span).await;
    guard.disarm();
    match &end {
        Ok(outcome) => span.word("openai_tools.outcome", outcome.as_str()),
        Err(error) => span.word("error.type", error.kind().as_str()),
    }
    record_usage(&span, active.progress.usage);
    let Active { request, mut progress, clock, .. } = active;
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
    pub(super) limits: RunLimits,
    pub(super) clock: Clock,
    pub(super) stop: CancellationToken,
    pub(super) early_start: bool,
    pub(super) used: Used,
    pub(super) progress: Progress,
    pub(super) outlet: Outlet<T>,
}

impl<T> Active<T> {
    /// Turns until there is an outcome.
    async fn turns(&mut self, max_re_asks: u32, read: &ReadAnswer<T>) -> Result<Outcome<T>, Error> {
        loop {
            let span = Span::turn(&self.request.model);
            match self.turn(max_re_asks, read, &span).observed(&span).await {
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
    async fn turn(
        &mut self,
        max_re_asks: u32,
        read: &ReadAnswer<T>,
        span: &Span,
    ) -> Result<Option<Outcome<T>>, Error> {
        if let Err(limit) = may_ask(self.used, &self.limits) {
            return Ok(Some(Outcome::Limit(limit)));
        }
        let started = self.clock.elapsed();
        let Some(Exchanged { response, early }) = self.ask().await? else {
            return Ok(Some(self.stopped()));
        };
        observe_response(span, &response);
        self.take(response, started);
        let response = &self.progress.turns[self.progress.turns.len() - 1].response;
        match after_response(response, self.used, &self.limits, max_re_asks, read) {
            Next::Dispatch => {
                let fatal = self.dispatch(early).await;
                self.tell_turn();
                match fatal {
                    Some(fatal) => Err(fatal_error(fatal)),
                    None if self.stop.is_cancelled() => Ok(Some(self.stopped())),
                    None => Ok(None),
                }
            }
            Next::Decline { failure, text, outcome } => {
                self.drop_early(early);
                self.decline(&failure, &text);
                self.tell_turn();
                Ok(Some(outcome))
            }
            Next::ReAsk(invalid) => {
                self.drop_early(early);
                self.used.re_asks += 1;
                self.request.messages.push(Message::user(invalid.for_model()));
                self.tell_turn();
                self.outlet.tell(|| Event::ReAsk(invalid));
                Ok(None)
            }
            Next::End(outcome) => {
                self.drop_early(early);
                self.tell_turn();
                Ok(Some(outcome))
            }
        }
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
        self.used.turns += 1;
        if let Some(usage) = response.usage {
            self.progress.usage += usage;
            self.used.total_tokens = self.progress.usage.total_tokens;
        }
        self.request.messages.push(Message::Assistant(response.message.clone()));
        let responded = self.clock.elapsed();
        self.progress.turns.push(Turn { response, calls: Vec::new(), started, responded });
    }

    /// Runs the calls of the last response, and goes on with those that run already; stops them
    /// when the time is up.
    async fn dispatch(&mut self, early: EarlyCalls) -> Option<Fatal> {
        let count = u32::try_from(self.last_calls().len()).unwrap_or(u32::MAX);
        self.used.tool_calls = self.used.tool_calls.saturating_add(count);
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
        self.request
            .messages
            .extend(records.iter().map(|record| Message::Tool(record.output.clone())));
        if let Some(turn) = self.progress.turns.last_mut() {
            turn.calls = records;
        }
    }

    /// Why the tools were stopped.
    fn stopped(&self) -> Outcome<T> {
        if self.clock.is_up() { self.out_of_time() } else { Outcome::Cancelled }
    }

    fn out_of_time(&self) -> Outcome<T> {
        Outcome::Limit(Limit::WallTime(self.limits.wall_time))
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
    end: Option<Pin<Box<Sleep>>>,
}

impl Clock {
    fn new(limits: &RunLimits) -> Self {
        let start = Instant::now();
        let end = start.checked_add(limits.wall_time);
        Self { start, end: end.map(|end| Box::pin(sleep_until(end))) }
    }

    pub(super) fn start(&self) -> Instant {
        self.start
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn is_up(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.is_elapsed())
    }

    pub(super) async fn ring(&mut self) {
        poll_fn(|cx| self.poll_up(cx)).await;
    }

    /// Ready when the time is up.
    pub(super) fn poll_up(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.end.as_mut().map_or(Poll::Pending, |end| end.as_mut().poll(cx))
    }
}
