//! Gets the tools of one response going with as few tasks as can be.
//!
//! A task per call is what isolation needs and what most calls do not: a tool that answers from
//! memory is done at its first poll. So one task, the starter, polls every tool once, and only
//! those that are not done get a task of their own. A tool that does not yield holds up the starter
//! and nobody else: the [schedule](super::schedule) then sends another one for the rest.

use std::{
    collections::VecDeque,
    future::poll_fn,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use futures_util::{
    FutureExt,
    future::{AbortHandle, Abortable},
};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::isolate::Ended;

/// How long the starter may be held up by one tool before another one is sent.
pub(super) const PATIENCE: Duration = Duration::from_millis(1);

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The tools that wait for their first poll, and the way back for their ends.
pub(super) struct Starting {
    queue: Arc<Mutex<VecDeque<Job>>>,
    ends: UnboundedSender<(usize, Ended)>,
}

impl Starting {
    pub(super) fn new() -> (Self, UnboundedReceiver<(usize, Ended)>) {
        let (ends, ended) = mpsc::unbounded_channel();
        (Self { queue: Arc::default(), ends }, ended)
    }

    /// Puts a tool into the queue. Its end comes by the channel with the number of the start, unless
    /// it is aborted.
    pub(super) fn push(
        &self,
        start: usize,
        work: impl Future<Output = Ended> + Send + 'static,
    ) -> AbortHandle {
        let (abort, registration) = AbortHandle::new_pair();
        let end = End { start, ends: self.ends.clone(), ended: None };
        let work = Abortable::new(AssertUnwindSafe(work).catch_unwind(), registration);
        let job: Job = Box::pin(async move {
            let mut end = end;
            let ended = work.await;
            end.settle(match ended {
                Ok(Ok(ended)) => Some(ended),
                Ok(Err(panic)) => Some(Ended::panicked(&*panic)),
                Err(_aborted) => None,
            });
        });
        self.queue().push_back(job);
        abort
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue().is_empty()
    }

    /// Sends a starter through the queue.
    pub(super) fn spawn(&self) {
        let queue = Arc::clone(&self.queue);
        tokio::spawn(async move {
            loop {
                // Not in a `while let`: the lock would be held while the tool is polled.
                let job = lock(&queue).pop_front();
                let Some(mut job) = job else { break };
                if poll_fn(|cx| Poll::Ready(job.as_mut().poll(cx))).await.is_pending() {
                    tokio::spawn(job);
                }
            }
        });
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<Job>> {
        lock(&self.queue)
    }
}

/// Reports the end of a tool when it is dropped, which is after the tool itself: one that panics
/// while it is dropped is reported, too.
struct End {
    start: usize,
    ends: UnboundedSender<(usize, Ended)>,
    ended: Option<Ended>,
}

impl End {
    fn settle(&mut self, ended: Option<Ended>) {
        self.ended = ended;
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let ended = match self.ended.take() {
            Some(ended) => ended,
            None if std::thread::panicking() => Ended::panicked(&"while it was dropped"),
            // Aborted: whoever did that knows.
            None => return,
        };
        // Nobody listens after a dispatch was dropped.
        let _ = self.ends.send((self.start, ended));
    }
}

fn lock(queue: &Mutex<VecDeque<Job>>) -> MutexGuard<'_, VecDeque<Job>> {
    // Nothing panics while it holds the lock.
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}
