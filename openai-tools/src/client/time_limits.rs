//! Until when an attempt is waited for: pure.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, ErrorKind};

/// The time limits of one attempt, and the end of the request's time.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeLimits {
    pub(super) first_byte: Duration,
    pub(super) idle: Duration,
    pub(super) whole: Duration,
    /// Of a background response, from when the server has taken it.
    pub(super) background: Duration,
}

/// When waiting ends, and by which limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct End {
    pub(super) at: Instant,
    limit: Limit,
}

/// In the order of precedence where two pass at once: the one that says most.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Limit {
    FirstByte(Duration),
    Idle(Duration),
    Whole(Duration),
    Background(Duration),
    Total,
}

impl TimeLimits {
    /// Before the first byte of a response, or the first event of a stream.
    pub(super) fn of_first_byte(&self, began: Instant, deadline: Option<Instant>) -> End {
        End::after(began, self.first_byte, Limit::FirstByte(self.first_byte))
            .or(End::after(began, self.whole, Limit::Whole(self.whole)))
            .or_deadline(deadline)
    }

    /// Within a response that comes as a whole.
    pub(super) fn of_body(
        &self,
        began: Instant,
        last_heard: Instant,
        deadline: Option<Instant>,
    ) -> End {
        End::after(last_heard, self.idle, Limit::Idle(self.idle))
            .or(End::after(began, self.whole, Limit::Whole(self.whole)))
            .or_deadline(deadline)
    }

    /// Between the events of a stream, which may take as long as it likes.
    pub(super) fn of_stream(&self, last_heard: Instant, deadline: Option<Instant>) -> End {
        End::after(last_heard, self.idle, Limit::Idle(self.idle)).or_deadline(deadline)
    }

    /// Until a background response is whole.
    pub(super) fn of_background(&self, taken: Instant, deadline: Option<Instant>) -> End {
        let wait = self.background;
        End::after(taken, wait, Limit::Background(wait)).or_deadline(deadline)
    }
}

impl End {
    /// The end of the request's time.
    pub(super) fn of_deadline(at: Instant) -> Self {
        Self { at, limit: Limit::Total }
    }

    fn after(from: Instant, wait: Duration, limit: Limit) -> Self {
        Self { at: later(from, wait), limit }
    }

    fn or(self, other: Self) -> Self {
        if other.at < self.at { other } else { self }
    }

    pub(super) fn or_deadline(self, deadline: Option<Instant>) -> Self {
        deadline.map_or(self, |at| self.or(Self::of_deadline(at)))
    }

    /// What has happened once it has passed.
    pub(super) fn error(self) -> Error {
        match self.limit {
            Limit::FirstByte(wait) => {
                Error::new(ErrorKind::FirstByteTimeout, format!("nothing came within {wait:?}"))
            }
            Limit::Idle(wait) => {
                Error::new(ErrorKind::IdleTimeout, format!("nothing came for {wait:?}"))
            }
            Limit::Whole(wait) => {
                Error::new(ErrorKind::Timeout, format!("no whole response within {wait:?}"))
            }
            Limit::Background(wait) => Error::new(
                ErrorKind::TotalTimeout,
                format!("the background response is not whole after {wait:?}"),
            ),
            Limit::Total => Error::new(ErrorKind::TotalTimeout, ""),
        }
    }
}

/// The moment after a wait; for one beyond every clock, thirty years.
pub(super) fn later(from: Instant, wait: Duration) -> Instant {
    from.checked_add(wait).unwrap_or_else(|| from + FOR_EVER)
}

const FOR_EVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limits(first_byte: u32, idle: u32, whole: u32) -> TimeLimits {
        TimeLimits {
            first_byte: first_byte * SECOND,
            idle: idle * SECOND,
            whole: whole * SECOND,
            background: 20 * SECOND,
        }
    }

    fn told(end: End, began: Instant) -> (u64, ErrorKind) {
        ((end.at - began).as_secs(), end.error().kind())
    }

    #[test]
    fn before_anything_came_the_nearest_limit_holds() {
        let began = Instant::now();
        let first = |limits: TimeLimits, deadline: Option<u32>| {
            let deadline = deadline.map(|seconds| began + seconds * SECOND);
            told(limits.of_first_byte(began, deadline), began)
        };
        assert_eq!(first(limits(5, 1, 9), None), (5, ErrorKind::FirstByteTimeout));
        assert_eq!(first(limits(9, 1, 5), Some(6)), (5, ErrorKind::Timeout));
        assert_eq!(first(limits(9, 1, 5), Some(4)), (4, ErrorKind::TotalTimeout));
        assert_eq!(first(limits(5, 1, 5), Some(5)), (5, ErrorKind::FirstByteTimeout));
    }

    #[test]
    fn a_body_has_its_idle_limit_and_the_end_of_its_attempt() {
        let began = Instant::now();
        let heard = began + 4 * SECOND;
        let body = |limits: TimeLimits| told(limits.of_body(began, heard, None), began);
        assert_eq!(body(limits(1, 3, 9)), (7, ErrorKind::IdleTimeout));
        assert_eq!(body(limits(1, 6, 9)), (9, ErrorKind::Timeout));
    }

    #[test]
    fn a_stream_may_go_on_until_it_falls_silent_or_the_deadline_passes() {
        let began = Instant::now();
        let heard = began + 100 * SECOND;
        let limits = limits(1, 3, 9);
        assert_eq!(told(limits.of_stream(heard, None), began), (103, ErrorKind::IdleTimeout));
        let deadline = Some(began + 102 * SECOND);
        assert_eq!(told(limits.of_stream(heard, deadline), began), (102, ErrorKind::TotalTimeout));
    }

    #[test]
    fn a_background_response_is_waited_for_from_when_it_was_taken() {
        let taken = Instant::now();
        let of = |deadline: Option<u32>| {
            let deadline = deadline.map(|seconds| taken + seconds * SECOND);
            told(limits(1, 3, 9).of_background(taken, deadline), taken)
        };
        assert_eq!(of(None), (20, ErrorKind::TotalTimeout));
        assert_eq!(of(Some(7)), (7, ErrorKind::TotalTimeout));
    }

    #[test]
    fn a_limit_beyond_every_clock_is_none() {
        let began = Instant::now();
        let endless = TimeLimits {
            first_byte: Duration::MAX,
            idle: Duration::MAX,
            whole: Duration::MAX,
            background: Duration::MAX,
        };
        assert!(endless.of_first_byte(began, None).at > began + 1_000_000 * SECOND);
        assert!(endless.of_stream(began, None).at > began + 1_000_000 * SECOND);
    }
}
