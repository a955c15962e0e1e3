//! The loop around the calls of one response: starts them, and waits for whatever ends one.

use std::{
    collections::VecDeque,
    mem,
    num::NonZeroUsize,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::future::AbortHandle;
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    time::Instant,
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::{
    CallRecord, DispatchLimits,
    deadlines::{ALL, Deadlines, STARTER, Together},
    isolate::{Ended, OutputLimits, cut, work},
    order::{Order, Stage},
    plan::{Planned, Ready, Refused, plan_unasked},
    start::{PATIENCE, Starting},
};
use crate::{
    observe::{Observe, Span},
    tool::{CallFailure, CallInfo, ToolCall, ToolOutput, Tools},
};

/// The calls of one response on their way. Calls may be added while others run.
///
/// None is polled in the task that waits here, so that a tool that never yields, or panics, takes
/// neither its siblings nor the timer with it.
pub(super) struct Schedule {
    tools: Tools,
    limits: DispatchLimits,
    stop: CancellationToken,
    stopped: Pin<Box<WaitForCancellationFutureOwned>>,
    epoch: Instant,
    order: Order,
    /// By slot, as in the order.
    entries: Vec<Entry>,
    /// The slot of each start: a call that was taken back may start a second time, and the end of
    /// the first is not its end.
    starts: Vec<usize>,
    /// How many of the starts somebody has seen.
    seen: usize,
    /// Calls that were answered without running.
    refused: VecDeque<EndedCall>,
    /// After a stop: no call before this one runs.
    first: usize,
    starting: Starting,
    /// Whether all tasks share one thread: what holds up a starter holds up every timer, too.
    one_thread: bool,
    /// When to look after the starter.
    check: Option<Instant>,
    deadlines: Deadlines,
    together: Together,
    /// Calls whose turn has come, and which start once somebody knows of it.
    announced: Vec<usize>,
}

#[derive(Default)]
struct Entry {
    /// Once it is known, until it has ended.
    call: Option<ToolCall>,
    /// If it was planned before its turn, until it starts.
    planned: Option<Planned>,
    /// The arguments that it runs with, where they are not the model's own.
    arguments: Option<String>,
    /// Whether it may not be answered yet: if it cannot run, it is held on.
    early: bool,
    /// Whether somebody is to know of it before it starts.
    announce: bool,
    running: Option<Running>,
}

struct Running {
    abort: AbortHandle,
    info: Arc<CallInfo>,
    /// Its index among the starts.
    start: usize,
    started: Duration,
    timeout: Duration,
    deadline: Option<Instant>,
    span: Span,
}

/// Whether a call may start.
pub(crate) enum Gate {
    /// If it turns out well when its turn comes.
    Checked,
    /// Not before it is let go.
    #[cfg_attr(not(feature = "client"), expect(dead_code, reason = "runs hold calls"))]
    Held,
    /// It was planned.
    #[cfg_attr(not(feature = "client"), expect(dead_code, reason = "runs plan ahead"))]
    Planned(Box<Planned>),
    /// The same; when its turn has come, it is announced and waits for a word.
    #[cfg_attr(not(feature = "client"), expect(dead_code, reason = "runs keep journals"))]
    Announced(Box<Planned>),
}

/// A call that has ended.
pub(super) struct EndedCall {
    pub(super) slot: usize,
    pub(super) record: CallRecord,
}

impl Schedule {
    /// Times are told from the epoch.
    pub(super) fn new(
        tools: Tools,
        limits: DispatchLimits,
        stop: CancellationToken,
        epoch: Instant,
    ) -> Self {
        let stopped = Box::pin(stop.clone().cancelled_owned());
        Self {
            tools,
            limits,
            stop,
            stopped,
            epoch,
            order: Order::default(),
            entries: Vec::new(),
            starts: Vec::new(),
            seen: 0,
            refused: VecDeque::new(),
            first: 0,
            starting: Starting::new(),
            one_thread: Handle::try_current()
                .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::CurrentThread),
            check: None,
            deadlines: Deadlines::default(),
            together: Together::default(),
            announced: Vec::new(),
        }
    }

    /// Makes room for so many calls more.
    pub(super) fn reserve(&mut self, calls: usize) {
        self.entries.reserve(calls);
        self.starts.reserve(calls);
    }

    /// Adds a call that is not whole yet, and gives its slot.
    pub(super) fn hold(&mut self, sequential: bool) -> usize {
        self.entries.push(Entry::default());
        self.order.push(Stage::Held, sequential)
    }

    /// Tells whether a call is sequential.
    #[cfg(feature = "client")]
    pub(super) fn set_sequential(&mut self, slot: usize, sequential: bool) {
        self.order.set_sequential(slot, sequential);
    }

    /// Lets a call that is held run as soon as its turn comes, if its arguments are good.
    #[cfg(feature = "client")]
    pub(super) fn start_early(&mut self, slot: usize, call: ToolCall, planned: Option<Planned>) {
        let index = self.tools.find_call(&call).map(|(index, _)| index);
        self.entries[slot] = Entry { call: Some(call), planned, early: true, ..Entry::default() };
        self.order.set_group(slot, self.group_of(index));
        self.order.set_stage(slot, Stage::Waiting);
    }

    /// Takes an early call back. What is known of it, if it has started and not ended.
    pub(super) fn take_back(&mut self, slot: usize) -> Option<CallRecord> {
        let dropped = self.give_up(slot, |_| Ended::cancelled("while it ran"));
        self.entries[slot] = Entry::default();
        self.order.set_stage(slot, Stage::Held);
        dropped.map(|EndedCall { record, .. }| record)
    }

    /// The call that runs or waits in a slot.
    pub(super) fn call(&self, slot: usize) -> Option<&ToolCall> {
        self.entries[slot].call.as_ref()
    }

    /// Lets calls run that are held, in the order of the slots. Those left out stay held.
    pub(super) fn release(&mut self, calls: impl IntoIterator<Item = (usize, ToolCall, Gate)>) {
        let mut slots = Vec::new();
        for (slot, call, gate) in calls {
            slots.push(slot);
            self.let_go(slot, call, gate);
        }
        self.order.arrange(&slots);
    }

    /// Lets one call run, as far as its gate allows.
    pub(super) fn let_go(&mut self, slot: usize, call: ToolCall, gate: Gate) {
        let index = match &gate {
            Gate::Planned(planned) | Gate::Announced(planned) => {
                planned.tool.as_ref().ok().map(|ready| ready.index)
            }
            _ => self.tools.find_call(&call).map(|(index, _)| index),
        };
        let sequential = index.is_some_and(|index| self.tools.entry(index).settings.sequential());
        self.order.set_sequential(slot, sequential);
        self.order.set_group(slot, self.group_of(index));
        let entry = &mut self.entries[slot];
        entry.early = false;
        match (self.order.stage(slot), gate) {
            (Stage::Ended, _) | (Stage::Held, Gate::Held) => return,
            (Stage::Held, Gate::Checked) => self.order.set_stage(slot, Stage::Waiting),
            (Stage::Held, gate @ (Gate::Planned(_) | Gate::Announced(_))) => {
                entry.announce = matches!(gate, Gate::Announced(_));
                if let Gate::Planned(planned) | Gate::Announced(planned) = gate {
                    entry.planned = Some(*planned);
                }
                self.order.set_stage(slot, Stage::Waiting);
            }
            (Stage::Waiting | Stage::Running, _) => {}
        }
        entry.call = Some(call);
    }

    /// The group of calls that a tool's call is limited with.
    fn group_of(&self, index: Option<usize>) -> Option<(usize, NonZeroUsize)> {
        let index = index?;
        let entry = self.tools.entry(index);
        let of_run = self.limits.concurrency_of.get(entry.definition.name().as_str()).copied();
        let limit = of_run.or(entry.settings.concurrency())?;
        Some((index, limit))
    }

    /// The calls whose turn has come since the last time, and which are to be [begun](Self::begin).
    #[cfg(feature = "client")]
    pub(super) fn take_announced(&mut self) -> Vec<usize> {
        mem::take(&mut self.announced)
    }

    /// Starts a call that was announced.
    #[cfg(feature = "client")]
    pub(super) fn begin(&mut self, slot: usize) {
        match self.start(slot) {
            Some(ended) => self.refused.push_back(ended),
            None => self.send_starter(),
        }
    }

    /// Takes a call that is held out of the order: it is answered without running.
    #[cfg(feature = "client")]
    pub(super) fn leave_out(&mut self, slot: usize) {
        if self.order.stage(slot) == Stage::Held {
            self.order.set_stage(slot, Stage::Ended);
        }
    }

    /// The next call that has started since the last time.
    pub(super) fn next_started(&mut self) -> Option<usize> {
        let slot = *self.starts.get(self.seen)?;
        self.seen += 1;
        Some(slot)
    }

    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// The next call that has ended, whatever ended it; `None` while none runs or may start.
    pub(super) fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<Option<EndedCall>> {
        loop {
            let mut queued = false;
            while let Some(slot) = self.order.next(self.limits.concurrency) {
                if mem::take(&mut self.entries[slot].announce) && !self.is_over() {
                    // It has its place among those that run from now on.
                    self.order.set_stage(slot, Stage::Running);
                    self.announced.push(slot);
                    continue;
                }
                match self.start(slot) {
                    Some(ended) => self.refused.push_back(ended),
                    None => queued = true,
                }
            }
            if queued {
                self.send_starter();
            }
            let runs = self.order.running() > 0;
            self.together.pass(runs, self.limits.total_timeout, &mut self.deadlines);
            if let Some(ended) = self.refused.pop_front() {
                return Poll::Ready(Some(ended));
            }
            if self.order.running() == 0 {
                return Poll::Ready(None);
            }
            // What has ended by itself counts as such, even if its time is up by now.
            if let Poll::Ready((start, ended)) = self.starting.poll_ended(cx) {
                let slot = self.starts[start];
                let running = self.entries[slot].running.as_ref();
                if running.is_none_or(|running| running.start != start) {
                    // It was given up before.
                    continue;
                }
                return Poll::Ready(self.take(slot).map(
                    |(call, Running { started, span, .. })| {
                        self.end(slot, call, started, ended.observed(&span))
                    },
                ));
            }
            let stopped = self.stop.is_cancelled() || self.stopped.as_mut().poll(cx).is_ready();
            if stopped || self.together.is_up() {
                // Nothing starts any more, so none before the first that runs will run again.
                while self.entries.get(self.first).is_some_and(|entry| entry.running.is_none()) {
                    self.first += 1;
                }
                let ended = if stopped {
                    Ended::cancelled("while it ran")
                } else {
                    self.out_of_time("and this one was stopped")
                };
                return Poll::Ready(self.give_up(self.first, |_| ended));
            }
            // Most tools are done at their first poll, and no timer is set for them in vain.
            if self.is_starting() {
                return Poll::Pending;
            }
            let slot = ready!(self.deadlines.poll_overdue(cx));
            if slot == ALL {
                self.end_together();
                continue;
            }
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

    /// Starts a call that waits, or says at once how it ends. One that is early and cannot run is
    /// held instead.
    fn start(&mut self, slot: usize) -> Option<EndedCall> {
        let late = self.together.is_up().then(|| self.out_of_time("and this one was not started"));
        let entry = &mut self.entries[slot];
        let Some(call) = &entry.call else {
            self.order.set_stage(slot, Stage::Held);
            return None;
        };
        let started = self.epoch.elapsed();
        let planned = if self.stop.is_cancelled() {
            Err(Ended::cancelled("before it started"))
        } else if let Some(late) = late {
            Err(late)
        } else {
            let planned = match entry.planned.take() {
                Some(Planned { arguments, tool }) => {
                    entry.arguments = arguments;
                    tool
                }
                None => plan_unasked(call, &self.tools),
            };
            planned.map_err(|Refused { failure, text }| {
                // It quotes the model, who has no limit.
                Ended::failed(failure, cut(text, self.limits.output_bytes))
            })
        };
        if planned.is_err() && entry.early {
            entry.call = None;
            self.order.set_stage(slot, Stage::Held);
            return None;
        }
        let span = Span::tool_call(&call.name, call.id.as_str());
        let Ready { index, arguments, .. } = match planned {
            Ok(ready) => ready,
            Err(ended) => {
                let call = entry.call.take()?;
                self.order.set_stage(slot, Stage::Ended);
                return Some(self.end(slot, call, started, ended.observed(&span)));
            }
        };
        let tool = self.tools.entry(index);
        let info = Arc::new(CallInfo::new(
            call.id.clone(),
            tool.definition.name().clone(),
            self.stop.clone(),
        ));
        let most = OutputLimits {
            text_bytes: self.limits.output_bytes,
            media_bytes: self.limits.output_media_bytes,
        };
        let work = work(self.tools.clone(), index, arguments, Arc::clone(&info), most);
        let start = self.starts.len();
        let abort = self.starting.push(start, work.observed(&span));
        let timeout = tool.settings.timeout().unwrap_or(self.limits.timeout);
        // A timeout too long for the clock is none.
        let deadline = Instant::now().checked_add(timeout);
        if let Some(deadline) = deadline {
            self.deadlines.insert(deadline, slot);
        }
        entry.running = Some(Running { abort, info, start, started, timeout, deadline, span });
        self.order.set_stage(slot, Stage::Running);
        self.starts.push(slot);
        None
    }

    /// Whether a starter is under way on the thread that all tasks share.
    pub(super) fn is_starting(&self) -> bool {
        self.one_thread && self.starting.is_under_way()
    }

    /// Whether nothing starts any more.
    fn is_over(&self) -> bool {
        self.stop.is_cancelled() || self.together.is_up()
    }

    fn out_of_time(&self, and: &str) -> Ended {
        let most = self.limits.total_timeout;
        let text = format!("the calls of this turn took longer than {most:?} together, {and}");
        Ended::failed(CallFailure::TurnTimedOut, text)
    }

    fn end_together(&mut self) {
        self.together.end(&mut self.deadlines);
        for slot in mem::take(&mut self.announced) {
            let ended = self.start(slot);
            self.refused.extend(ended);
        }
    }

    /// Gets the queue going, now and again after a while if a tool holds it up.
    fn send_starter(&mut self) {
        if let Some(check) = self.check.take() {
            self.deadlines.remove(check, STARTER);
        }
        if !self.starting.is_empty() {
            self.starting.spawn();
            let check = Instant::now() + PATIENCE;
            self.check = Some(check);
            self.deadlines.insert(check, STARTER);
        }
    }

    /// Ends a call from outside. A sync tool may go on; its cancellation token tells it.
    fn give_up(&mut self, slot: usize, say: impl FnOnce(&Running) -> Ended) -> Option<EndedCall> {
        let (call, running) = self.take(slot)?;
        running.abort.abort();
        running.info.cancellation().cancel();
        let ended = say(&running).observed(&running.span);
        Some(self.end(slot, call, running.started, ended))
    }

    fn take(&mut self, slot: usize) -> Option<(ToolCall, Running)> {
        let entry = self.entries.get_mut(slot)?;
        let running = entry.running.take()?;
        let call = entry.call.take()?;
        self.order.set_stage(slot, Stage::Ended);
        if let Some(deadline) = running.deadline {
            self.deadlines.remove(deadline, slot);
        }
        Some((call, running))
    }

    fn end(&mut self, slot: usize, call: ToolCall, started: Duration, ended: Ended) -> EndedCall {
        let Ended { text, parts, failure, error } = ended;
        let output = ToolOutput { call_id: call.id.clone(), text, parts, failure };
        let finished = self.epoch.elapsed();
        let arguments = self.entries[slot].arguments.take();
        let record = CallRecord { call, arguments, output, started, finished, error };
        EndedCall { slot, record }
    }

    /// Whether calls of a tool run alone.
    #[cfg(feature = "client")]
    pub(super) fn is_sequential(&self, call: &ToolCall) -> bool {
        self.tools.find_call(call).is_some_and(|(_, tool)| tool.settings.sequential())
    }
}

/// A dispatch that is dropped takes its tools along.
impl Drop for Schedule {
    fn drop(&mut self) {
        for running in self.entries.iter().filter_map(|entry| entry.running.as_ref()) {
            running.abort.abort();
        }
    }
}
