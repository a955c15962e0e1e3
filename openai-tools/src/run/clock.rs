//! The wall time of a run and of its turns.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

use super::{budget::Budget, limits::Limit};

pub(super) struct Clock {
    start: Instant,
    /// When the run's own time is up; `None` if that is too far away for the clock.
    run_end: Option<(Instant, Limit)>,
    turn_timeout: Duration,
    turn: Option<TurnTime>,
    /// The nearer end of the two, and its timer.
    end: Option<(Instant, Limit)>,
    timer: Option<Pin<Box<Sleep>>>,
}

/// The time of the turn that is under way.
#[derive(Clone, Copy)]
struct TurnTime {
    used: Duration,
    /// `None` while the run waits for the application.
    since: Option<Instant>,
}

impl Clock {
    pub(super) fn new(budget: &Budget, turn_timeout: Duration) -> Self {
        let mut clock = Self {
            start: Instant::now(),
            run_end: None,
            turn_timeout,
            turn: None,
            end: None,
            timer: None,
        };
        clock.go_on(budget);
        clock
    }

    /// Goes on after time has passed that does not count.
    pub(super) fn go_on(&mut self, budget: &Budget) {
        self.run_end = budget.deadline();
        if let Some(turn) = &mut self.turn {
            turn.since.get_or_insert_with(Instant::now);
        }
        self.set();
    }

    /// The time that passes now does not count.
    pub(super) fn stand(&mut self) {
        if let Some(TurnTime { used, since }) = &mut self.turn {
            *used += since.take().map_or(Duration::ZERO, |since| since.elapsed());
        }
    }

    /// The next turn begins.
    pub(super) fn begin_turn(&mut self) {
        self.turn = Some(TurnTime { used: Duration::ZERO, since: Some(Instant::now()) });
        self.set();
    }

    /// A turn is under way: one that was taken up begins now.
    pub(super) fn be_in_turn(&mut self) {
        if self.turn.is_none() {
            self.begin_turn();
        }
    }

    pub(super) fn end_turn(&mut self) {
        self.turn = None;
        self.set();
    }

    fn set(&mut self) {
        let turn_end = self.turn.and_then(|TurnTime { used, since }| {
            since?.checked_add(self.turn_timeout.saturating_sub(used))
        });
        let turn_end = turn_end.map(|end| (end, Limit::TurnTime(self.turn_timeout)));
        // The run's own limit says more, where both are reached at once.
        self.end = [self.run_end, turn_end].into_iter().flatten().min_by_key(|(end, _)| *end);
    }

    pub(super) fn start(&self) -> Instant {
        self.start
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Until when there is time.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.end.map(|(end, _)| end)
    }

    /// The limit that is reached, if the time is up.
    pub(super) fn limit(&self) -> Option<Limit> {
        self.end.filter(|(end, _)| *end <= Instant::now()).map(|(_, limit)| limit)
    }

    pub(super) async fn ring(&mut self) {
        poll_fn(|cx| self.poll_up(cx)).await;
    }

    /// Ready when the time is up.
    pub(super) fn poll_up(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some((end, _)) = self.end else { return Poll::Pending };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(end)));
        // Each turn begins one: where the run's time ends first, the timer stays as it is.
        if timer.deadline() != end {
            timer.as_mut().reset(end);
        }
        timer.as_mut().poll(cx)
    }
}
