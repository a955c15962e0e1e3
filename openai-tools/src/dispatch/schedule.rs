//! The loop around the calls of one response: starts them, and waits for whatever ends one.

use std::{
    collections::BTreeSet,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    task::{AbortHandle, JoinError, JoinSet},
    time::{Instant, Sleep, sleep_until},
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use super::{
    DispatchLimits,
    isolate::{Ended, work},
    plan::{Ready, Refused, plan},
};
use crate::{
    observe::{Observe, Span},
    tool::{CallFailure, CallInfo, ToolCall, Tools},
};

/// The calls of one response on their way.
///
/// Each runs in a task of its own, so that one that never yields, or panics, takes neither its
/// siblings nor the timer with it.
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
    tasks: JoinSet<(usize, Ended)>,
    deadlines: Deadlines,
}

struct Running {
    task: AbortHandle,
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
            tasks: JoinSet::new(),
            deadlines: Deadlines::default(),
        }
    }

    /// The next call that has ended, whatever ended it; `None` after the last one.
    pub(super) fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<Option<EndedCall>> {
        loop {
            while self.next < self.calls.len() && self.running_count < self.limits.concurrency.get()
            {
                let slot = self.next;
                self.next += 1;
                if let Some(ended) = self.start(slot) {
                    return Poll::Ready(Some(ended));
                }
            }
            if self.running_count == 0 {
                return Poll::Ready(None);
            }
            // What has ended by itself counts as such, even if its time is up by now.
            if let Poll::Ready(Some(joined)) = self.tasks.poll_join_next(cx) {
                match self.joined(joined) {
                    Some(ended) => return Poll::Ready(Some(ended)),
                    // A task that was given up before.
                    None => continue,
                }
            }
            if self.stop.is_cancelled() || self.stopped.as_mut().poll(cx).is_ready() {
                let slot = self.running.iter().position(Option::is_some);
                let ended = Ended::cancelled("while it ran");
                return Poll::Ready(slot.and_then(|slot| self.give_up(slot, |_| ended)));
            }
            let slot = ready!(self.deadlines.poll_overdue(cx));
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
        let planned = match self.stop.is_cancelled() {
            true => Err(Ended::cancelled("before it started")),
            false => plan(call, self.tools)
                .map_err(|Refused { failure, text }| Ended::failed(failure, text)),
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
        let task = self.tasks.spawn(async move { (slot, work.await) }.observed(&span));
        let timeout = entry.settings.timeout().unwrap_or(self.limits.timeout);
        // A timeout too long for the clock is none.
        let deadline = Instant::now().checked_add(timeout);
        if let Some(deadline) = deadline {
            self.deadlines.pending.insert((deadline, slot));
        }
        self.running[slot] = Some(Running { task, info, started, timeout, deadline, span });
        self.running_count += 1;
        None
    }

    fn joined(&mut self, joined: Result<(usize, Ended), JoinError>) -> Option<EndedCall> {
        let (slot, ended) = match joined {
            Ok(ended) => ended,
            Err(join) => {
                let of_task = |running: &Option<Running>| {
                    running.as_ref().is_some_and(|running| running.task.id() == join.id())
                };
                (self.running.iter().position(of_task)?, Ended::panicked(join))
            }
        };
        let Running { started, span, .. } = self.take(slot)?;
        Some(EndedCall { slot, started, ended: ended.observed(&span) })
    }

    /// Ends a call from outside. A sync tool may go on; its cancellation token tells it.
    fn give_up(&mut self, slot: usize, say: impl FnOnce(&Running) -> Ended) -> Option<EndedCall> {
        let running = self.take(slot)?;
        running.task.abort();
        running.info.cancellation().cancel();
        let ended = say(&running).observed(&running.span);
        Some(EndedCall { slot, started: running.started, ended })
    }

    fn take(&mut self, slot: usize) -> Option<Running> {
        let running = self.running[slot].take()?;
        self.running_count -= 1;
        if let Some(deadline) = running.deadline {
            self.deadlines.pending.remove(&(deadline, slot));
        }
        Some(running)
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
