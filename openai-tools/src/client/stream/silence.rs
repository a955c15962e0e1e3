//! What ends the wait for more of a stream besides its time limits.

use std::time::Duration;

use tokio::time::Instant;

#[derive(Default)]
pub(super) struct Silence {
    whole_since: Option<Instant>,
    look: Option<Look>,
}

/// A reader that came late looks again.
#[derive(Clone, Copy)]
struct Look {
    /// The deadline that had passed. What comes without moving it is no reason to look more often.
    past: Instant,
    until: Instant,
    looks: u8,
}

impl Silence {
    /// Notes that something came. `true` if the response is whole and was waited on long enough.
    pub(super) fn ends(&mut self, now: Instant, whole: bool) -> bool {
        self.whole_since = whole.then(|| self.whole_since.unwrap_or(now));
        self.whole_since.is_some_and(|since| now >= since + BEHIND_THE_FINISH)
    }

    /// Until when to wait, where the time limits say `limit`.
    pub(super) fn deadline(&self, limit: Instant) -> Instant {
        let deadline = self.own_deadline(limit);
        self.look.filter(|look| look.past == deadline).map_or(deadline, |look| look.until)
    }

    fn own_deadline(&self, limit: Instant) -> Instant {
        let whole = self.whole_since.map(|since| since + BEHIND_THE_FINISH);
        whole.map_or(limit, |whole| limit.min(whole))
    }

    /// Until when to wait a little longer, if the reader was away when the deadline passed. If its
    /// thread was blocked, nobody else was asked either: the connection's task is to hand over what
    /// it has.
    pub(super) fn look_again(&mut self, limit: Instant) -> Option<Instant> {
        let now = Instant::now();
        let past = self.own_deadline(limit);
        let looks = self.look.filter(|look| look.past == past).map_or(0, |look| look.looks);
        if now < self.deadline(limit) + LOOK || looks >= MOST_LOOKS {
            return None;
        }
        let until = now + LOOK;
        self.look = Some(Look { past, until, looks: looks + 1 });
        Some(until)
    }
}

/// How long a response that is whole is waited on, for its usage and `[DONE]`.
const BEHIND_THE_FINISH: Duration = Duration::from_secs(5);

const LOOK: Duration = Duration::from_millis(10);

/// How often a late reader looks again.
const MOST_LOOKS: u8 = 8;
