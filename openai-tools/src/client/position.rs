//! Where a stream of numbered events stands, over all its connections: pure.

use std::mem;

use crate::error::{Error, ErrorKind};

/// What has come of a stream whose events are numbered one by one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Position {
    last: Option<u64>,
    /// Whether the last event has no number: what is behind it cannot be asked for.
    unnumbered: bool,
    /// Whether the number has grown on this connection.
    moved: bool,
    /// How many events of this connection had come before.
    repeated: u64,
}

impl Position {
    /// Behind an event.
    pub(super) fn behind(last: u64) -> Self {
        Self { last: Some(last), ..Self::default() }
    }

    /// The number of the last event.
    pub(super) fn last(&self) -> Option<u64> {
        self.last
    }

    /// Notes an event; `false` if it has come before.
    ///
    /// # Errors
    ///
    /// Kind [`InvalidChunk`](ErrorKind::InvalidChunk): one is missing before it, or all have come
    /// before, more than once.
    pub(super) fn note(&mut self, number: Option<u64>) -> Result<bool, Error> {
        let invalid = |why: String| Err(Error::new(ErrorKind::InvalidChunk, why));
        let Some(number) = number else {
            self.unnumbered = true;
            return Ok(true);
        };
        match self.last {
            Some(last) if number <= last => {
                self.repeated += 1;
                if self.repeated > last.min(MOST_REPEATED).saturating_add(1) {
                    return invalid("the same events come again and again".to_owned());
                }
                return Ok(false);
            }
            Some(last) if number - last > 1 => {
                return invalid(format!("event {number} came behind event {last}"));
            }
            _ => {}
        }
        self.last = Some(number);
        self.unnumbered = false;
        self.moved = true;
        Ok(true)
    }

    /// Whether the stream can be taken up again without an event that comes twice.
    pub(super) fn can_resume(&self) -> bool {
        !self.unnumbered
    }

    /// Leaves the connection; whether it has brought what need not come again.
    pub(super) fn leave(&mut self) -> bool {
        self.repeated = 0;
        mem::take(&mut self.moved)
    }
}

/// Far beyond the events of any response.
const MOST_REPEATED: u64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(position: &mut Position, numbers: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let new = |number: &u64| position.note(Some(*number)).expect("in order");
        numbers.into_iter().filter(new).collect()
    }

    #[test]
    fn a_connection_that_begins_anew_brings_nothing_twice() {
        let mut position = Position::default();
        assert_eq!(noted(&mut position, 1..5), [1, 2, 3, 4]);
        assert!(position.leave() && position.can_resume());
        assert_eq!(noted(&mut position, 0..7), [5, 6]);
        assert!(position.leave());
        assert!(noted(&mut position, 3..7).is_empty());
        assert!(!position.leave());
        assert_eq!(position.last(), Some(6));
    }

    #[test]
    fn a_missing_event_is_an_error_and_can_still_come() {
        let mut position = Position::behind(9);
        let error = position.note(Some(11)).expect_err("10 is missing");
        assert_eq!(error.kind(), ErrorKind::InvalidChunk);
        assert!(error.to_string().contains("event 11 came behind event 9"), "{error}");
        assert!(!position.leave());
        assert_eq!(noted(&mut position, [10, 11]), [10, 11]);
        let mut position = Position::default();
        // Who asks for all of them learns from the first where they begin.
        assert_eq!(noted(&mut position, [7, 8]), [7, 8]);
    }

    #[test]
    fn events_that_come_again_for_ever_are_an_error() {
        let mut position = Position::behind(2);
        assert!(noted(&mut position, [0, 1, 2]).is_empty());
        assert_eq!(position.note(Some(1)).expect_err("again").kind(), ErrorKind::InvalidChunk);
        let mut position = Position::behind(u64::MAX);
        let endless = (0..=MOST_REPEATED + 1).map(|number| position.note(Some(number)));
        assert!(endless.last().is_some_and(|last| last.is_err()));
    }

    #[test]
    fn behind_an_event_without_a_number_nothing_can_be_taken_up() {
        let mut position = Position::behind(2);
        assert!(position.note(None).expect("an event"));
        assert!(!position.can_resume() && !position.leave());
        assert_eq!(noted(&mut position, [3]), [3]);
        assert!(position.can_resume());
    }
}
