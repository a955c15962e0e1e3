//! Until when the calls of one response may run: each of them, and all together.

use std::{
    collections::BTreeSet,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// In the deadlines: not a call, but the time to look after the starter.
pub(super) const STARTER: usize = usize::MAX;

/// In the deadlines: the end of the time of all calls together.
pub(super) const ALL: usize = usize::MAX - 1;

/// The timeouts of all calls on one timer: every timer that is set wakes the runtime's clock, and
/// calls mostly share one timeout.
#[derive(Default)]
pub(super) struct Deadlines {
    pending: BTreeSet<(Instant, usize)>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Deadlines {
    pub(super) fn insert(&mut self, at: Instant, slot: usize) {
        self.pending.insert((at, slot));
    }

    pub(super) fn remove(&mut self, at: Instant, slot: usize) {
        self.pending.remove(&(at, slot));
    }

    /// Ready with a call whose time is up; it stays pending until it is taken.
    pub(super) fn poll_overdue(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
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

/// The time of all calls together, which passes while one runs.
#[derive(Default)]
pub(super) struct Together {
    used: Duration,
    since: Option<Instant>,
    deadline: Option<Instant>,
    up: bool,
}

impl Together {
    /// Whether nothing may run any more.
    pub(super) fn is_up(&self) -> bool {
        self.up
    }

    /// Lets the time pass or stand, as a call runs or none.
    pub(super) fn pass(&mut self, runs: bool, total: Duration, deadlines: &mut Deadlines) {
        match (runs, self.since) {
            (true, None) if !self.up => {
                let now = Instant::now();
                self.since = Some(now);
                // A time too long for the clock has no end.
                self.deadline = now.checked_add(total.saturating_sub(self.used));
                if let Some(deadline) = self.deadline {
                    deadlines.insert(deadline, ALL);
                }
            }
            (false, Some(since)) => {
                self.used = self.used.saturating_add(since.elapsed());
                self.since = None;
                if let Some(deadline) = self.deadline.take() {
                    deadlines.remove(deadline, ALL);
                }
            }
            _ => {}
        }
    }

    /// The time is up.
    pub(super) fn end(&mut self, deadlines: &mut Deadlines) {
        self.up = true;
        if let Some(deadline) = self.deadline.take() {
            deadlines.remove(deadline, ALL);
        }
    }
}
