//! Writes a run's journal off the async threads, one record after another.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::task::{JoinHandle, spawn_blocking};

use super::journal::{Journal, JournalError, Record};
use crate::{
    error::{Error, ErrorKind},
    tool::ToolOutput,
};

type Written = (Box<dyn Journal>, Result<(), JournalError>);

/// Without a journal it keeps nothing.
pub(super) struct Scribe {
    state: State,
    queue: VecDeque<Record>,
    /// The bytes of the outputs in the last record of the queue, if it holds some.
    ended_bytes: usize,
}

enum State {
    None,
    Idle(Box<dyn Journal>),
    Writing(JoinHandle<Written>),
    /// What went wrong, until somebody is told.
    Failed(Option<JournalError>),
}

impl Scribe {
    pub(super) fn new(journal: Option<Box<dyn Journal>>) -> Self {
        let state = journal.map_or(State::None, State::Idle);
        Self { state, queue: VecDeque::new(), ended_bytes: 0 }
    }

    /// Whether there is a journal.
    pub(super) fn keeps(&self) -> bool {
        !matches!(self.state, State::None)
    }

    /// Queues a record; `flush` says when it is kept.
    pub(super) fn write(&mut self, record: impl FnOnce() -> Record) {
        if !matches!(self.state, State::None) {
            self.queue.push_back(record());
        }
    }

    /// Queues the output of a call. Those that end while an earlier record is written share one, as
    /// far as they fit into it.
    pub(super) fn write_ended(&mut self, output: &ToolOutput) {
        let bytes = output.size();
        match self.queue.back_mut() {
            Some(Record::CallsEnded { outputs }) if self.ended_bytes + bytes <= SHARED_BYTES => {
                self.ended_bytes += bytes;
                outputs.push(output.clone());
            }
            _ => {
                self.ended_bytes = bytes;
                self.write(|| Record::CallsEnded { outputs: vec![output.clone()] });
            }
        }
    }

    pub(super) fn has_failed(&self) -> bool {
        matches!(self.state, State::Failed(_))
    }

    /// Goes on writing; ready when all is written, or nothing will be any more.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match &mut self.state {
                State::None | State::Failed(_) => return Poll::Ready(()),
                State::Idle(_) if self.queue.is_empty() => return Poll::Ready(()),
                State::Idle(_) => {
                    let state = mem::replace(&mut self.state, State::None);
                    let State::Idle(mut journal) = state else { continue };
                    let records = mem::take(&mut self.queue);
                    self.state = State::Writing(spawn_blocking(move || {
                        let written = records.iter().try_for_each(|record| journal.append(record));
                        (journal, written)
                    }));
                }
                State::Writing(writing) => {
                    self.state = match ready!(Pin::new(writing).poll(cx)) {
                        Ok((journal, Ok(()))) => State::Idle(journal),
                        Ok((_, Err(error))) => State::Failed(Some(error)),
                        Err(join) => match join.try_into_panic() {
                            Ok(panic) => std::panic::resume_unwind(panic),
                            // Only a runtime that shuts down cancels it.
                            Err(_) => State::Failed(None),
                        },
                    };
                }
            }
        }
    }

    /// Waits until all is written.
    pub(super) async fn flush(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.poll(cx)).await;
        match &mut self.state {
            State::Failed(error) => {
                let failed = Error::new(ErrorKind::Journal, "");
                Err(match error.take() {
                    Some(error) => failed.with_source(error),
                    None => failed,
                })
            }
            _ => Ok(()),
        }
    }
}

/// The most bytes of outputs that share a record. Written as JSON they can be six times as many, and
/// a record that is too large is none: calls that ran would be in doubt.
const SHARED_BYTES: usize = 4 * 1024 * 1024;

impl fmt::Debug for Scribe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scribe").field("queue", &self.queue.len()).finish_non_exhaustive()
    }
}
