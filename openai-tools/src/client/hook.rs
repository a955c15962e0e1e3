//! What an application sees of failed attempts.

use std::{fmt, sync::Arc, time::Duration};

use crate::error::Error;

/// An attempt that failed, and what is to follow it; seen by the hook of
/// [`ClientBuilder::on_attempt`](super::ClientBuilder::on_attempt).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FailedAttempt<'a> {
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// What failed: as the caller would get it.
    pub error: &'a Error,
    /// How long it took, from its sending to its failure.
    pub duration: Duration,
    /// How long will be waited before the next attempt; `None` if there is none.
    pub wait: Option<Duration>,
}

/// What is to happen after a failed attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AttemptVerdict {
    /// What the retry policy decided.
    Follow,
    /// No further attempt: the error goes to the caller.
    Stop,
}

/// The hook of a client.
#[derive(Clone)]
pub(super) struct Hook(Arc<dyn Fn(&FailedAttempt<'_>) -> AttemptVerdict + Send + Sync>);

impl Hook {
    pub(super) fn new(
        hook: impl Fn(&FailedAttempt<'_>) -> AttemptVerdict + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(hook))
    }

    pub(super) fn judge(&self, attempt: &FailedAttempt<'_>) -> AttemptVerdict {
        (self.0)(attempt)
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}
