//! The wall time of a run.

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
    /// `None` if it is too far away for the clock.
    end: Option<(Pin<Box<Sleep>>, Limit)>,
}

impl Clock {
    pub(super) fn new(budget: &Budget) -> Self {
        let mut clock = Self { start: Instant::now(), end: None };
        clock.set(budget);
        clock
    }

    /// Sets it anew, after time has passed that does not count.
    pub(super) fn set(&mut self, budget: &Budget) {
        self.end = budget.deadline().map(|(end, limit)| (Box::pin(sleep_until(end)), limit));
    }

    pub(super) fn start(&self) -> Instant {
        self.start
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// The limit that is reached, if the time is up.
    pub(super) fn limit(&self) -> Option<Limit> {
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
