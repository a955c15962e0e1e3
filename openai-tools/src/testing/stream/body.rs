//! A stream on its way: the one place here that knows the clock.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::frames::{Frames, Step};
use crate::testing::recorded::Recorded;

/// The steps of a stream, each at its time.
#[derive(Debug)]
pub(in super::super) struct StreamBody {
    frames: Box<Frames>,
    /// When the last event was handed over.
    last: Option<Instant>,
    waiting: Option<Pin<Box<Sleep>>>,
    ending: Option<StreamEnding>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in super::super) enum StreamEnding {
    Cut,
    Good,
    Reset,
}

impl StreamBody {
    pub(in super::super) fn new(frames: Box<Frames>) -> Self {
        Self { frames, last: None, waiting: None, ending: None }
    }

    /// How the stream has ended; `None` while it goes on. Known with the last piece: the client may
    /// be gone before anyone asks for another one.
    pub(in super::super) fn ending(&self) -> Option<StreamEnding> {
        self.ending.or_else(|| self.frames.are_over().then_some(StreamEnding::Good))
    }

    /// The next piece, noted as handed over; `None` where the stream has [ended](Self::ending).
    pub(in super::super) fn poll(
        &mut self,
        context: &mut Context<'_>,
        recorded: &Recorded,
    ) -> Poll<Option<Bytes>> {
        loop {
            if let Some(sleep) = &mut self.waiting {
                ready!(sleep.as_mut().poll(context));
                self.waiting = None;
            }
            match self.frames.next() {
                Step::Frame(frame) => {
                    let now = Instant::now();
                    if frame.events > 0 {
                        self.last = Some(now);
                        recorded.add_events(frame.events, &frame.closed, now.into_std());
                    }
                    return Poll::Ready(Some(frame.bytes));
                }
                Step::Wait => {
                    // Packed events are not handed over one by one: each is due after the other.
                    let due =
                        self.last.unwrap_or_else(Instant::now).checked_add(self.frames.pace());
                    self.last = due.or(self.last);
                    let sleep = due.map_or_else(|| sleep(Duration::MAX), sleep_until);
                    self.waiting = Some(Box::pin(sleep));
                }
                // Nobody wakes this task but the connection, when the client has gone.
                Step::Stall => return Poll::Pending,
                Step::End => {
                    self.ending = Some(StreamEnding::Good);
                    return Poll::Ready(None);
                }
                Step::Cut => {
                    self.ending = Some(StreamEnding::Cut);
                    return Poll::Ready(None);
                }
                Step::Reset => {
                    self.ending = Some(StreamEnding::Reset);
                    return Poll::Ready(None);
                }
            }
        }
    }
}
