//! Gets the tools of one response going with as few tasks as can be.
//!
//! A task per call is what isolation needs and what most calls do not: a tool that answers from
//! memory is done at its first poll. So one task, the starter, polls every tool once, and only
//! those that are not done get a task of their own. A tool that does not yield holds up the starter
//! and nobody else: the [schedule](super::schedule) then sends another one for the rest.
//!
//! What the starter wakes, tokio puts where no other thread takes it from, to be run next on this
//! one. If the next tool never yields, that is never. So while a starter has tools to poll it wakes
//! nobody: ends are kept, and told when it is through, or when the schedule looks after it.

use std::{
    cell::Cell,
    collections::VecDeque,
    future::poll_fn,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::isolate::Ended;
use futures_util::{
    FutureExt,
    future::{AbortHandle, Abortable},
};

/// How long the starter may be held up by one tool before another one is sent.
pub(super) const PATIENCE: Duration = Duration::from_millis(1);

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The tools that wait for their first poll, and the way back for their ends.
pub(super) struct Starting {
    queue: Arc<Mutex<VecDeque<Job>>>,
    ends: Arc<Mutex<Ends>>,
}

/// The tools that have ended, until the schedule takes note.
#[derive(Default)]
struct Ends {
    /// The number of the start of each.
    ended: VecDeque<(usize, Ended)>,
    schedule: Option<Waker>,
    /// How many starters are under way.
    starters: usize,
}

thread_local! {
    /// Whether a starter polls a tool on this thread.
    static STARTS: Cell<bool> = const { Cell::new(false) };
}

impl Starting {
    pub(super) fn new() -> Self {
        Self { queue: Arc::default(), ends: Arc::default() }
    }

    /// The next tool that has ended.
    pub(super) fn poll_ended(&self, cx: &Context<'_>) -> Poll<(usize, Ended)> {
        let mut ends = lock(&self.ends);
        if let Some(ended) = ends.ended.pop_front() {
            return Poll::Ready(ended);
        }
        ends.schedule = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Puts a tool into the queue. Its end comes with the number of the start, unless it is aborted.
    pub(super) fn push(
        &self,
        start: usize,
        work: impl Future<Output = Ended> + Send + 'static,
    ) -> AbortHandle {
        let (abort, registration) = AbortHandle::new_pair();
        let end = End { start, ends: Arc::clone(&self.ends), ended: None };
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

    /// Whether a starter is under way, which wakes the schedule when it is through.
    pub(super) fn is_under_way(&self) -> bool {
        lock(&self.ends).starters > 0
    }

    /// Sends a starter through the queue.
    pub(super) fn spawn(&self) {
        lock(&self.ends).starters += 1;
        let queue = Arc::clone(&self.queue);
        let through = Through(Arc::clone(&self.ends));
        tokio::spawn(async move {
            let _through = through;
            loop {
                // Not in a `while let`: the lock would be held while the tool is polled.
                let job = lock(&queue).pop_front();
                let Some(mut job) = job else { break };
                let polled = poll_fn(|cx| {
                    let _quiet = Quiet::begin();
                    Poll::Ready(job.as_mut().poll(cx))
                });
                if polled.await.is_pending() {
                    tokio::spawn(job);
                    if !lock(&queue).is_empty() {
                        // It takes the place from which no other thread takes a task.
                        tokio::spawn(async {});
                    }
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
    ends: Arc<Mutex<Ends>>,
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
        lock(&self.ends).ended.push_back((self.start, ended));
        if !STARTS.get() {
            wake(&self.ends);
        }
    }
}

/// Tells the schedule what has ended, when a starter is through or has been torn down by a tool.
struct Through(Arc<Mutex<Ends>>);

impl Drop for Through {
    fn drop(&mut self) {
        lock(&self.0).starters -= 1;
        wake(&self.0);
    }
}

/// While it lives, ends on this thread wake nobody.
struct Quiet;

impl Quiet {
    fn begin() -> Self {
        STARTS.set(true);
        Self
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        STARTS.set(false);
    }
}

fn wake(ends: &Mutex<Ends>) {
    let schedule = lock(ends).schedule.take();
    if let Some(schedule) = schedule {
        schedule.wake();
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds the lock.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
