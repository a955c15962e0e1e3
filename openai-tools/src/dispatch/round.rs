//! The calls of one response, from the first that is known until the last has ended.

use std::{
    future::poll_fn,
    task::{Context, Poll},
};

use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

#[cfg(feature = "client")]
use super::plan::Planned;
use super::{
    CallRecord, DispatchLimits, Dispatched, Fatal,
    schedule::{EndedCall, Gate, Schedule},
};
use crate::tool::{CallFailure, ToolCall, Tools};

/// The calls of one response: first those that start while it arrives, then all of them.
///
/// Each has a slot, in the order in which they were told. Dropping it stops what runs.
pub(crate) struct Round {
    schedule: Schedule,
    stop: CancellationToken,
    /// Sync tools outlive a dropped future; this tells them.
    guard: DropGuard,
    /// By slot.
    records: Vec<Option<CallRecord>>,
    /// The slots of the response's calls, in call order, once it has ended well.
    released: Option<Vec<usize>>,
    fatal: Option<Fatal>,
    next_ended: Option<EndedCall>,
}

/// What happened to a call, by its slot.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Happened {
    Started(usize),
    Ended(usize),
}

impl Round {
    /// Times are told from the epoch.
    pub(super) fn new(
        tools: Tools,
        limits: DispatchLimits,
        stop: CancellationToken,
        epoch: Instant,
    ) -> Self {
        Self {
            schedule: Schedule::new(tools, limits, stop.clone(), epoch),
            guard: stop.clone().drop_guard(),
            stop,
            records: Vec::new(),
            released: None,
            fatal: None,
            next_ended: None,
        }
    }

    /// Adds a call of which no more is known than its name, and gives its slot. One without a name
    /// may come to be sequential: until it has one, no call overtakes it.
    #[cfg(feature = "client")]
    pub(crate) fn hold(&mut self, call: &ToolCall) -> usize {
        let sequential = self.may_be_sequential(call);
        self.add(sequential)
    }

    /// Tells the name of a call.
    #[cfg(feature = "client")]
    pub(crate) fn rename(&mut self, slot: usize, call: &ToolCall) {
        let sequential = self.may_be_sequential(call);
        self.schedule.set_sequential(slot, sequential);
    }

    /// One whose tool is not known yet may be.
    #[cfg(feature = "client")]
    fn may_be_sequential(&self, call: &ToolCall) -> bool {
        (call.kind().is_named() && call.name.is_empty()) || self.schedule.is_sequential(call)
    }

    fn add(&mut self, sequential: bool) -> usize {
        self.records.push(None);
        self.schedule.hold(sequential)
    }

    /// Lets a call start while the response arrives, if its arguments are good.
    #[cfg(feature = "client")]
    pub(crate) fn start_early(&mut self, slot: usize, call: ToolCall, planned: Option<Planned>) {
        self.schedule.start_early(slot, call, planned);
    }

    /// Takes an early call back, and what came of it.
    pub(crate) fn take_back(&mut self, slot: usize) -> Option<CallRecord> {
        if self.next_ended.as_ref().is_some_and(|ended| ended.slot == slot) {
            self.records[slot] = self.next_ended.take().map(|ended| ended.record);
        }
        let running = self.schedule.take_back(slot);
        self.records[slot].take().or(running)
    }

    /// Takes all early calls back, and what came of them.
    #[cfg(feature = "client")]
    pub(crate) fn take_all_back(&mut self) -> Vec<CallRecord> {
        (0..self.schedule.len()).filter_map(|slot| self.take_back(slot)).collect()
    }

    /// Lets all calls of a response run. `slots` are those of the calls as far as they have one.
    ///
    /// An early call that is what was asked for in the end goes on; all others are taken back, and
    /// what came of them is returned.
    pub(crate) fn release(&mut self, calls: &[ToolCall], slots: &[usize]) -> Vec<CallRecord> {
        self.release_gated(calls.iter().map(|call| (call.clone(), Gate::Checked)).collect(), slots)
    }

    /// The same, each call as far as its gate allows.
    pub(crate) fn release_gated(
        &mut self,
        calls: Vec<(ToolCall, Gate)>,
        slots: &[usize],
    ) -> Vec<CallRecord> {
        let mut unused = vec![true; self.schedule.len()];
        self.records.reserve(calls.len());
        self.schedule.reserve(calls.len());
        let mut released = Vec::with_capacity(calls.len());
        for index in 0..calls.len() {
            let own = slots.get(index).copied().filter(|slot| unused.get(*slot) == Some(&true));
            let slot = own.unwrap_or_else(|| self.add(false));
            if let Some(unused) = unused.get_mut(slot) {
                *unused = false;
            }
            released.push(slot);
        }
        let mut dropped: Vec<CallRecord> = Vec::new();
        for slot in (0..unused.len()).filter(|slot| unused[*slot]) {
            dropped.extend(self.take_back(slot));
        }
        for ((call, _), slot) in calls.iter().zip(&released) {
            if self.call(*slot).is_some_and(|ran| !is_same(ran, call)) {
                dropped.extend(self.take_back(*slot));
            } else if let Some(record) = &mut self.records[*slot] {
                record.call = call.clone();
                note_fatal(&mut self.fatal, &self.stop, record);
            }
        }
        let gated = released.iter().zip(calls).map(|(slot, (call, gate))| (*slot, call, gate));
        self.schedule.release(gated);
        self.released = Some(released);
        dropped
    }

    /// The slots of the calls that were released, in their order.
    #[cfg(feature = "client")]
    pub(crate) fn slots(&self) -> &[usize] {
        self.released.as_deref().unwrap_or_default()
    }

    /// Whether an early call is what is asked for in the end, so that it goes on.
    #[cfg(feature = "client")]
    pub(crate) fn goes_on(&self, slot: usize, call: &ToolCall) -> bool {
        slot < self.records.len() && self.call(slot).is_some_and(|early| is_same(early, call))
    }

    /// Lets a call go that was held at its release.
    #[cfg(feature = "client")]
    pub(crate) fn let_go(&mut self, slot: usize, call: ToolCall, gate: Gate) {
        self.schedule.let_go(slot, call, gate);
    }

    /// The calls whose turn has come since the last time, and which start once they are
    /// [begun](Self::begin).
    #[cfg(feature = "client")]
    pub(crate) fn take_announced(&mut self) -> Vec<usize> {
        self.schedule.take_announced()
    }

    /// Starts a call that was announced.
    #[cfg(feature = "client")]
    pub(crate) fn begin(&mut self, slot: usize) {
        self.schedule.begin(slot);
    }

    /// Takes out a call that was held at its release: it is answered without running.
    #[cfg(feature = "client")]
    pub(crate) fn leave_out(&mut self, slot: usize) {
        self.schedule.leave_out(slot);
    }

    /// What became of the call in a slot, once it was told to have ended.
    #[cfg(feature = "client")]
    pub(crate) fn record_mut(&mut self, slot: usize) -> Option<&mut CallRecord> {
        self.records.get_mut(slot)?.as_mut()
    }

    /// The same by value; for a call that was released.
    #[cfg(feature = "client")]
    pub(crate) fn take_record(&mut self, slot: usize) -> Option<CallRecord> {
        self.records.get_mut(slot)?.take()
    }

    /// The call in a slot, if it has started or may start.
    pub(crate) fn call(&self, slot: usize) -> Option<&ToolCall> {
        self.record(slot).map(|record| &record.call).or_else(|| self.schedule.call(slot))
    }

    /// What became of the call in a slot, if it has ended.
    pub(crate) fn record(&self, slot: usize) -> Option<&CallRecord> {
        match &self.next_ended {
            Some(ended) if ended.slot == slot => Some(&ended.record),
            _ => self.records[slot].as_ref(),
        }
    }

    /// The next thing that happens; `None` while nothing runs or may start.
    pub(crate) fn poll_happened(&mut self, cx: &mut Context<'_>) -> Poll<Option<Happened>> {
        if self.next_ended.is_none() {
            let polled = self.schedule.poll_ended(cx);
            if let Some(slot) = self.schedule.next_started() {
                if let Poll::Ready(ended) = polled {
                    self.next_ended = ended;
                }
                return Poll::Ready(Some(Happened::Started(slot)));
            }
            match polled {
                Poll::Ready(ended) => self.next_ended = ended,
                Poll::Pending => return Poll::Pending,
            }
        } else if let Some(slot) = self.schedule.next_started() {
            return Poll::Ready(Some(Happened::Started(slot)));
        }
        let Some(EndedCall { slot, record }) = self.next_ended.take() else {
            return Poll::Ready(None);
        };
        if self.released.is_some() {
            note_fatal(&mut self.fatal, &self.stop, &record);
        }
        self.records[slot] = Some(record);
        Poll::Ready(Some(Happened::Ended(slot)))
    }

    /// Waits until nothing runs any more, and tells what happens meanwhile.
    pub(crate) async fn ended(&mut self, mut tell: impl FnMut(&Self, Happened)) {
        while let Some(happened) = poll_fn(|cx| self.poll_happened(cx)).await {
            tell(self, happened);
        }
    }

    /// Whether calls are polled for the first time, on the thread that all tasks share: the round is
    /// woken when that is over, and until then no timer could ring.
    #[cfg(feature = "client")]
    pub(crate) fn is_starting(&self) -> bool {
        self.schedule.is_starting()
    }

    /// What became of the calls, in call order, after all have ended.
    pub(crate) fn finish(mut self) -> Dispatched {
        self.guard.disarm();
        let released = self.released.unwrap_or_default();
        // The schedule ends each slot once, so that none is left empty.
        let records = released.into_iter().filter_map(|slot| self.records[slot].take()).collect();
        Dispatched { records, fatal: self.fatal }
    }
}

/// Whether a call that was started early is what the response asks for in the end.
fn is_same(early: &ToolCall, last: &ToolCall) -> bool {
    // White space after the arguments came too late to be part of the early call, and is nothing.
    early.id == last.id
        && early.namespace() == last.namespace()
        && last.kind().is_named()
        && early.name == last.name
        && early.arguments.trim_ascii_end() == last.arguments.trim_ascii_end()
}

/// Stops the others when a tool has ended the run.
fn note_fatal(fatal: &mut Option<Fatal>, stop: &CancellationToken, record: &CallRecord) {
    if record.output.failure == Some(CallFailure::Fatal) {
        fatal.get_or_insert_with(|| Fatal {
            tool: record.call.name.clone(),
            source: record.error.clone(),
        });
        stop.cancel();
    }
}

#[cfg(all(test, feature = "client"))]
#[path = "round_tests.rs"]
mod tests;
