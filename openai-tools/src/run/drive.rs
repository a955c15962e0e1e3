//! The loop around the pure parts: asks the model, runs the tools, watches the clock.

use std::{pin::Pin, time::Duration};

use tokio::task::JoinHandle;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{
    builder::RunBuilder,
    limits::{Limit, RunLimits},
    outcome::{Outcome, Progress, Run, RunError, Turn},
    turn::{Next, Used, after_response, may_ask},
};
use crate::{
    chat::{Message, Request, Response, ToolChoice, Usage},
    client::Client,
    dispatch::{CallRecord, Dispatched, Dispatcher, Fatal},
    error::{Error, ErrorKind},
    observe::{Observe, Span},
    structured::{Answer, InvalidAnswer, Prepared},
    tool::{CallFailure, IntoTools, Toolbox},
};

/// Runs to an outcome.
pub(super) async fn drive<A: Answer>(builder: RunBuilder<A>) -> Result<Run<A::Value>, RunError> {
    let RunBuilder { client, mut request, answer, limits, dispatch, cancellation } = builder;
    // Before JSON mode adds a message of its own.
    let prepared = request.check().and_then(|()| answer.prepare(&mut request.messages));
    let Prepared { format, read, max_re_asks } = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            let progress = Progress { transcript: request.messages, ..Progress::default() };
            return Err(RunError::new(error, progress));
        }
    };
    request.format = format;
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
        used: Used::default(),
        progress: Progress::default(),
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

/// Runs a future in a task of its own; dropping this stops it.
pub(super) async fn spawn<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let mut task = AbortOnDrop(tokio::spawn(work));
    match (&mut task.0).await {
        Ok(done) => done,
        Err(join) => match join.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only a runtime that shuts down cancels it, and then nobody waits any more.
            Err(_) => std::future::pending().await,
        },
    }
}

/// Stops a task whose result nobody waits for any more.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Makes the answer's value from the model's text.
type ReadAnswer<T> = dyn Fn(&str) -> Result<T, InvalidAnswer> + Send + Sync;

/// A run that goes on. The transcript is in the request.
struct Active {
    client: Client,
    request: Request,
    dispatcher: Dispatcher,
    limits: RunLimits,
    clock: Clock,
    stop: CancellationToken,
    used: Used,
    progress: Progress,
}

impl Active {
    /// Turns until there is an outcome.
    async fn turns<T>(
        &mut self,
        max_re_asks: u32,
        read: &ReadAnswer<T>,
    ) -> Result<Outcome<T>, Error> {
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
    async fn turn<T>(
        &mut self,
        max_re_asks: u32,
        read: &ReadAnswer<T>,
        span: &Span,
    ) -> Result<Option<Outcome<T>>, Error> {
        if let Err(limit) = may_ask(self.used, &self.limits) {
            return Ok(Some(Outcome::Limit(limit)));
        }
        let started = self.clock.elapsed();
        let response = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Ok(Some(Outcome::Cancelled)),
            () = self.clock.ring() => return Ok(Some(self.out_of_time())),
            response = self.client.send(&self.request) => response?,
        };
        observe_response(span, &response);
        self.take(response, started);
        let response = &self.progress.turns[self.progress.turns.len() - 1].response;
        match after_response(response, self.used, &self.limits, max_re_asks, read) {
            Next::Dispatch => {
                let dispatched = self.dispatch().await;
                self.answer_calls(dispatched.records);
                match dispatched.fatal {
                    Some(fatal) => Err(fatal_error(fatal)),
                    None if self.stop.is_cancelled() => Ok(Some(self.stopped())),
                    None => Ok(None),
                }
            }
            Next::Decline { failure, text, outcome } => {
                self.decline(&failure, &text);
                Ok(Some(outcome))
            }
            Next::ReAsk(invalid) => {
                self.used.re_asks += 1;
                self.request.messages.push(Message::user(invalid.for_model()));
                Ok(None)
            }
            Next::End(outcome) => Ok(Some(outcome)),
        }
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

    /// Runs the calls of the last response; stops them when the time is up.
    async fn dispatch(&mut self) -> Dispatched {
        let offset = self.clock.elapsed();
        let count = u32::try_from(self.last_calls().len()).unwrap_or(u32::MAX);
        self.used.tool_calls = self.used.tool_calls.saturating_add(count);
        let last = self.progress.turns.last();
        let calls = last.map_or(&[][..], |turn| &turn.response.message.tool_calls);
        let mut dispatched = {
            let dispatch = self.dispatcher.dispatch(calls);
            tokio::pin!(dispatch);
            tokio::select! {
                biased;
                dispatched = &mut dispatch => dispatched,
                () = self.clock.ring() => {
                    self.stop.cancel();
                    dispatch.await
                }
            }
        };
        for record in &mut dispatched.records {
            record.started += offset;
            record.finished += offset;
        }
        dispatched
    }

    fn last_calls(&self) -> &[crate::tool::ToolCall] {
        self.progress.turns.last().map_or(&[], |turn| &turn.response.message.tool_calls)
    }

    /// Answers every call of the last response with the same refusal.
    fn decline(&mut self, failure: &CallFailure, text: &str) {
        let at = self.clock.elapsed();
        let records = self
            .last_calls()
            .iter()
            .map(|call| CallRecord::not_run(call.clone(), failure.clone(), text, at))
            .collect();
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
    fn stopped<T>(&self) -> Outcome<T> {
        if self.clock.is_up() { self.out_of_time() } else { Outcome::Cancelled }
    }

    fn out_of_time<T>(&self) -> Outcome<T> {
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
struct Clock {
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

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn is_up(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.is_elapsed())
    }

    async fn ring(&mut self) {
        match &mut self.end {
            Some(end) => end.await,
            None => std::future::pending().await,
        }
    }
}
