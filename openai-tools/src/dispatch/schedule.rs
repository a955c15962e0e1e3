//! The loop around the calls of one response: starts them, and waits for whatever ends one.

use std::{
    collections::{BTreeSet, VecDeque},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::future::AbortHandle;
use tokio::{
    sync::mpsc::UnboundedReceiver,
    time::{Instant, Sleep, sleep_until},
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use super::{
    DispatchLimits,
    isolate::{Ended, cut, work},
    plan::{Ready, Refused, plan},
    start::{PATIENCE, Starting},
};
use crate::{
    observe::{Observe, Span},
    tool::{CallFailure, CallInfo, Content, ToolCall, Tools},
};

/// The calls of one response on their way.
///
/// None is polled in the task that waits here, so that a tool that never yields, or panics, takes
/// neither its siblings nor the timer with it.
pub(super) struct Schedule<'a> {
    calls: &'a [ToolCall],
    tools: &'a Tools,
    limits: &'a DispatchLimits,
    stop: &'a CancellationToken,
    stopped: Pin<Box<WaitForCancellationFuture<'a>>>,
    epoch: Instant,
    /// The first call that was not taken up yet.
    next: usize,
    /// By slot; `None` before and after.
    running: Vec<Option<Running>>,
    running_count: usize,
    /// No call before this one runs.
    first: usize,
    /// Calls that were answered without running.
    refused: VecDeque<EndedCall>,
    starting: Starting,
    /// When to look after the starter.
    check: Option<Instant>,
    ended: UnboundedReceiver<(usize, Ended)>,
    deadlines: Deadlines,
}

/// In the deadlines: not a call, but the time to look after the starter.
const STARTER: usize = usize::MAX;

struct Running {
    abort: AbortHandle,
    info: Arc<CallInfo>,
    started: Duration,
    timeout: Duration,
    deadline: Option<Instant>,
    span: Span,
}

/// A call that has ended.
pub(super) struct EndedCall {
    pub(super) slot: usize,
    pub(super) started: Duration,
    pub(super) ended: Ended,
}

impl<'a> Schedule<'a> {
    pub(super) fn new(
        calls: &'a [ToolCall],
        tools: &'a Tools,
        limits: &'a DispatchLimits,
        stop: &'a CancellationToken,
        epoch: Instant,
    ) -> Self {
        let (starting, ended) = Starting::new();
        Self {
            calls,
            tools,
            limits,
            stop,
            stopped: Box::pin(stop.cancelled()),
            epoch,
            next: 0,
            running: calls.iter().map(|_| None).collect(),
            running_count: 0,
            first: 0,
            refused: VecDeque::new(),
            starting,
            check: None,
            ended,
            deadlines: Deadlines::default(),
        }
    }

    /// The next call that has ended, whatever ended it; `None` after the last one.
    pub(super) fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<Option<EndedCall>> {
        loop {
            let first = self.next;
            while self.next < self.calls.len() && self.running_count < self.limits.concurrency.get()
            {
                let slot = self.next;
                self.next += 1;
                if let Some(ended) = self.start(slot) {
                    self.refused.push_back(ended);
                }
            }
            if self.next > first {
                self.send_starter();
            }
            if let Some(ended) = self.refused.pop_front() {
                return Poll::Ready(Some(ended));
            }
            if self.running_count == 0 {
                return Poll::Ready(None);
            }
            // What has ended by itself counts as such, even if its time is up by now.
            if let Poll::Ready(Some((slot, ended))) = self.ended.poll_recv(cx) {
                match self.take(slot) {
                    Some(Running { started, span, .. }) => {
                        let ended = ended.observed(&span);
                        return Poll::Ready(Some(EndedCall { slot, started, ended }));
                    }
                    // It was given up before.
                    None => continue,
                }
            }
            if self.stop.is_cancelled() || self.stopped.as_mut().poll(cx).is_ready() {
                // Calls start in order, so none before the first that runs will run again.
                while self.running.get(self.first).is_some_and(Option::is_none) {
                    self.first += 1;
                }
                let ended = Ended::cancelled("while it ran");
                return Poll::Ready(self.give_up(self.first, |_| ended));
            }
            let slot = ready!(self.deadlines.poll_overdue(cx));
            if slot == STARTER {
                self.send_starter();
                continue;
            }
            return Poll::Ready(self.give_up(slot, |call| {
                Ended::failed(
                    CallFailure::TimedOut,
                    format!("the tool took longer than {:?} and was stopped", call.timeout),
                )
            }));
        }
    }

    /// Starts a call, or says at once how it ends.
    fn start(&mut self, slot: usize) -> Option<EndedCall> {
        let call = &self.calls[slot];
        let started = self.epoch.elapsed();
        let span = Span::tool_call(&call.name, call.id.as_str());
        let planned = if self.stop.is_cancelled() {
            Err(Ended::cancelled("before it started"))
        } else {
            plan(call, self.tools).map_err(|Refused { failure, text }| {
                // It quotes the model, who has no limit.
                Ended::failed(failure, cut(Content::text(text), self.limits.output_bytes))
            })
        };
        let Ready { index, entry, arguments } = match planned {
            Ok(ready) => ready,
            Err(ended) => return Some(EndedCall { slot, started, ended: ended.observed(&span) }),
        };
        let info = Arc::new(CallInfo::new(
            call.id.clone(),
            entry.definition.name().clone(),
            self.stop.clone(),
        ));
        let work =
            work(self.tools.clone(), index, arguments, Arc::clone(&info), self.limits.output_bytes);
        let abort = self.starting.push(slot, work.observed(&span));
        let timeout = entry.settings.timeout().unwrap_or(self.limits.timeout);
        // A timeout too long for the clock is none.
        let deadline = Instant::now().checked_add(timeout);
        if let Some(deadline) = deadline {
            self.deadlines.pending.insert((deadline, slot));
        }
        self.running[slot] = Some(Running { abort, info, started, timeout, deadline, span });
        self.running_count += 1;
        None
    }

    /// Gets the queue going, now and again after a while if a tool holds it up.
    fn send_starter(&mut self) {
        if let Some(check) = self.check.take() {
            self.deadlines.pending.remove(&(check, STARTER));
        }
        if !self.starting.is_empty() {
            self.starting.spawn();
            let check = Instant::now() + PATIENCE;
            self.check = Some(check);
            self.deadlines.pending.insert((check, STARTER));
        }
    }

    /// Ends a call from outside. A sync tool may go on; its cancellation token tells it.
    fn give_up(&mut self, slot: usize, say: impl FnOnce(&Running) -> Ended) -> Option<EndedCall> {
        let running = self.take(slot)?;
        running.abort.abort();
        running.info.cancellation().cancel();
        let ended = say(&running).observed(&running.span);
        Some(EndedCall { slot, started: running.started, ended })
    }

    fn take(&mut self, slot: usize) -> Option<Running> {
        let running = self.running.get_mut(slot)?.take()?;
        self.running_count -= 1;
        if let Some(deadline) = running.deadline {
            self.deadlines.pending.remove(&(deadline, slot));
        }
        Some(running)
    }
}

/// A dispatch that is dropped takes its tools along.
impl Drop for Schedule<'_> {
    fn drop(&mut self) {
        for running in self.running.iter().flatten() {
            running.abort.abort();
        }
    }
}

/// The timeouts of all calls on one timer: every timer that is set wakes the runtime's clock, and
/// calls mostly share one timeout.
#[derive(Default)]
struct Deadlines {
    pending: BTreeSet<(Instant, usize)>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Deadlines {
    /// Ready with a call whose time is up; it stays pending until it is taken.
    fn poll_overdue(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        loop {
            let Some((earliest, slot)) = self.pending.first().copied() else {
                return Poll::Pending;
            };
            if earliest <= Instant::now() {
                return Poll::Ready(slot);
            }
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(earliest)));
            // One that rings too early is let ring: setting it anew for each call costs more.
            if earliest < timer.deadline() || timer.is_elapsed() {
                timer.as_mut().reset(earliest);
            }
            ready!(timer.as_mut().poll(cx));
        }
    }
}
