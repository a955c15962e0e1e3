//! What ends the wait for more of a stream besides its time limits.

use std::time::Duration;

use tokio::time::Instant;

#[derive(Default)]
pub(super) struct Silence {
    whole_since: Option<Instant>,
    /// Until when a reader that came late looks again, and how often it has.
    look: Option<(Instant, u8)>,
}

impl Silence {
    /// Notes that something came. `true` if the response is whole and was waited on long enough.
    pub(super) fn ends(&mut self, now: Instant, whole: bool) -> bool {
        self.look = None;
        self.whole_since = whole.then(|| self.whole_since.unwrap_or(now));
        self.whole_since.is_some_and(|since| now >= since + BEHIND_THE_FINISH)
    }

    /// Until when to wait, where the time limits say `deadline`.
    pub(super) fn deadline(&self, deadline: Instant) -> Instant {
        let whole = self.whole_since.map(|since| since + BEHIND_THE_FINISH);
        let deadline = whole.map_or(deadline, |whole| deadline.min(whole));
        self.look.map_or(deadline, |(until, _)| deadline.max(until))
    }

    /// Until when to wait a little longer, if the reader was away when the deadline passed. If its
    /// thread was blocked, nobody else was asked either: the connection's task is to hand over what
    /// it has.
    pub(super) fn look_again(&mut self, deadline: Instant) -> Option<Instant> {
        let now = Instant::now();
        let looks = self.look.map_or(0, |(_, looks)| looks);
        if now < deadline + LOOK || looks >= MOST_LOOKS {
            return None;
        }
        self.look = Some((now + LOOK, looks + 1));
        Some(now + LOOK)
    }
}

/// How long a response that is whole is waited on, for its usage and `[DONE]`.
const BEHIND_THE_FINISH: Duration = Duration::from_secs(5);

const LOOK: Duration = Duration::from_millis(10);

/// How often a late reader looks again until something comes.
const MOST_LOOKS: u8 = 8;
