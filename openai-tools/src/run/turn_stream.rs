use std::{
    fmt,
    future::poll_fn,
    task::{Context, Poll, ready},
};

use super::{
    event::Event,
    outcome::RunError,
    outlet::Inlet,
    partials::Partials,
    pending::PendingTurn,
    started::{StartedRun, Step},
};
use crate::structured::Typed;

/// The events of one step of a run that goes on turn by turn; made by
/// [`StartedRun::stream_turn`].
///
/// They are those of a [`RunStream`](super::RunStream): first what becomes of the calls of the last
/// turn, then the next response while it arrives. [`Event::Ended`] is not among them, and no call
/// starts before the application has seen its turn, [read-only](crate::ToolSettings::with_read_only)
/// ones neither. A slow reader slows the response down as there.
///
/// # Cancel safety
///
/// When it is dropped, the step goes on: the next one made gives the rest of its events, and
/// [`StartedRun::next_turn`] waits for its end without them.
#[must_use = "a step does nothing until its events are read or it is finished"]
pub struct TurnStream<'a, T = String> {
    run: &'a mut StartedRun<T>,
    begun: bool,
    /// Why the step could not begin.
    error: Option<RunError>,
}

impl<'a, T: Send + 'static> TurnStream<'a, T> {
    pub(super) fn new(run: &'a mut StartedRun<T>) -> Self {
        Self { run, begun: false, error: None }
    }

    /// The next event; `None` when the step is done or could not begin, which
    /// [`finish`](Self::finish) tells.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with its timer enabled.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no event is lost when the future is dropped, and the step goes on.
    pub async fn next(&mut self) -> Option<Event<T>> {
        if !self.begun {
            self.begun = true;
            self.error = self.run.set_off(Step::Turn, true).err();
        }
        poll_fn(|cx| self.run.poll_told(cx)).await
    }

    /// Waits for the end of the step, without the rest of its events, and gives what
    /// [`StartedRun::next_turn`] would have given.
    ///
    /// # Errors
    ///
    /// As for [`StartedRun::next_turn`].
    ///
    /// # Panics
    ///
    /// As for [`StartedRun::next_turn`].
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: when the future is dropped the step goes on.
    pub async fn finish(self) -> Result<Option<&'a mut PendingTurn>, RunError> {
        match self.error {
            Some(error) => Err(error),
            None => self.run.next_turn().await,
        }
    }
}

impl<T> fmt::Debug for TurnStream<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnStream").field("run", &self.run).finish_non_exhaustive()
    }
}

/// The reader's end of the events of a step.
pub(super) struct Told<T> {
    events: Inlet<T>,
    partials: Partials<T>,
}

impl<T> Told<T> {
    pub(super) fn new(events: Inlet<T>, typed: Option<Typed>) -> Self {
        Self { events, partials: Partials::new(typed) }
    }

    /// The next event; `None` when the step has told all.
    pub(super) fn poll_next(&mut self, cx: &Context<'_>) -> Poll<Option<Event<T>>> {
        if let Some(partial) = self.partials.take() {
            return Poll::Ready(Some(partial));
        }
        let event = ready!(self.events.poll_next(cx));
        if let Some(event) = &event {
            self.partials.note(event);
        }
        Poll::Ready(event)
    }

    /// Lets go of what nobody reads: it must not hold up the step.
    pub(super) fn discard(&mut self, cx: &Context<'_>) {
        while let Poll::Ready(Some(_)) = self.events.poll_next(cx) {}
    }
}
