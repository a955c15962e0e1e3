//! The task that a run is.
//!
//! In a task of its own the run, its connection and its tools wake each other on one thread. Polled
//! by `block_on`, every chunk and every output would cross threads, which takes more CPU than all
//! the rest of a run (benchmark `run_overhead`).

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::JoinHandle,
};

/// A future in a task of its own; dropping this stops it.
pub(super) struct RunTask<T>(JoinHandle<T>);

impl<T: Send + 'static> RunTask<T> {
    pub(super) fn spawn(work: impl Future<Output = T> + Send + 'static) -> Self {
        // Tokio moves what is spawned about ten times, and the state of a run is several kilobytes.
        Self(tokio::spawn(Box::pin(work)))
    }
}

/// Waits for a run that nobody watches on its way. Where all tasks are polled on one thread one of
/// its own would spare no wake, so the run stays in the caller's.
pub(super) async fn run_apart<T: Send + 'static>(
    work: Pin<Box<dyn Future<Output = T> + Send>>,
) -> T {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::CurrentThread => work.await,
        _ => RunTask(tokio::spawn(work)).await,
    }
}

impl<T> Future for RunTask<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        match ready!(Pin::new(&mut self.0).poll(cx)) {
            Ok(done) => Poll::Ready(done),
            Err(join) => match join.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Only a runtime that shuts down cancels it, and then nobody waits any more.
                Err(_) => Poll::Pending,
            },
        }
    }
}

impl<T> Drop for RunTask<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
