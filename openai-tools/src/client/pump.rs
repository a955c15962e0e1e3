//! Reads the body of a response in a task of its own, on a runtime with several threads.
//!
//! `block_on` polls what it is given on a thread that no task runs on. Each chunk that a connection
//! brings would wake that thread, which takes more CPU than all else that is done with the chunk
//! (benchmark `stream_pipeline`). In a task that does nothing else the body and its connection wake
//! each other on one thread, and the reader is woken once for all that has come. That pays for a
//! reader in a task, too: it is not gone through for every chunk.

use std::{
    collections::VecDeque,
    future::poll_fn,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::{AbortHandle, coop::consume_budget, yield_now},
};

use super::transport::{Body, PollBody, TransportError, TransportErrorKind};

/// From so many bytes that wait for the reader on, no more is read.
const ROOM: usize = 256 * 1024;

/// So many bytes are handed over even if more is there already.
const BATCH: usize = 64 * 1024;

impl Body {
    /// The same body, read ahead by a task if there are several threads.
    pub(super) fn read_ahead(self) -> Self {
        match Handle::try_current() {
            Ok(runtime) if runtime.runtime_flavor() != RuntimeFlavor::CurrentThread => {
                Self::polled(Pump::start(self, &runtime))
            }
            _ => self,
        }
    }
}

/// The reader's end.
struct Pump {
    queue: Arc<Mutex<Queue>>,
    taken: VecDeque<Bytes>,
    task: AbortHandle,
}

/// The task's end.
struct Feed {
    queue: Arc<Mutex<Queue>>,
    unsent: Vec<Bytes>,
    bytes: usize,
}

#[derive(Default)]
struct Queue {
    chunks: VecDeque<Bytes>,
    bytes: usize,
    /// How the body ended, until that is told.
    end: Option<Result<(), TransportError>>,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Pump {
    fn start(body: Body, runtime: &Handle) -> Self {
        let queue = Arc::<Mutex<Queue>>::default();
        let feed = Feed { queue: Arc::clone(&queue), unsent: Vec::new(), bytes: 0 };
        let task = runtime.spawn(feed.read(body)).abort_handle();
        Self { queue, taken: VecDeque::new(), task }
    }
}

impl PollBody for Pump {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>> {
        if let Some(chunk) = self.taken.pop_front() {
            return Poll::Ready(Ok(Some(chunk)));
        }
        let mut queue = lock(&self.queue);
        if queue.chunks.is_empty() {
            if let Some(end) = &mut queue.end {
                return Poll::Ready(mem::replace(end, Ok(())).map(|()| None));
            }
            queue.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        mem::swap(&mut self.taken, &mut queue.chunks);
        queue.bytes = 0;
        let writer = queue.writer.take();
        drop(queue);
        if let Some(writer) = writer {
            writer.wake();
        }
        Poll::Ready(Ok(self.taken.pop_front()))
    }
}

/// Releases the connection.
impl Drop for Pump {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Feed {
    async fn read(mut self, mut body: Body) {
        let mut patience = Patience::default();
        loop {
            let heard = poll_fn(|cx| match body.poll_chunk(cx) {
                Poll::Ready(chunk) => Poll::Ready(Some(chunk)),
                Poll::Pending if self.unsent.is_empty() => Poll::Pending,
                Poll::Pending => Poll::Ready(None),
            });
            match heard.await {
                Some(Ok(Some(chunk))) => {
                    self.bytes += chunk.len();
                    self.unsent.push(chunk);
                    if self.bytes >= BATCH {
                        self.send(None);
                    }
                    self.room().await;
                    patience = Patience::default();
                    consume_budget().await;
                }
                Some(Ok(None)) => return self.send(Some(Ok(()))),
                Some(Err(error)) => return self.send(Some(Err(error))),
                None if patience.wait().await => {}
                None => self.send(None),
            }
        }
    }

    /// Hands over what has come and wakes the reader.
    fn send(&mut self, end: Option<Result<(), TransportError>>) {
        let mut queue = lock(&self.queue);
        queue.chunks.extend(self.unsent.drain(..));
        queue.bytes += mem::take(&mut self.bytes);
        if queue.end.is_none() {
            queue.end = end;
        }
        let reader = queue.reader.take();
        drop(queue);
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    /// Waits until the reader has left room for more.
    async fn room(&self) {
        poll_fn(|cx| {
            let mut queue = lock(&self.queue);
            if queue.bytes < ROOM {
                return Poll::Ready(());
            }
            queue.writer = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// The runtime shuts down, or the body panics: the reader is not to wait for ever.
impl Drop for Feed {
    fn drop(&mut self) {
        let stopped = "the task that reads it was stopped";
        self.send(Some(Err(TransportError::new(TransportErrorKind::Broken, stopped))));
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    // Nothing panics while it holds the lock.
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was done to let more arrive since something had, before the reader is woken: it is often
/// on another thread, and waking that costs more than a chunk.
#[derive(Clone, Copy, Default)]
pub(crate) enum Patience {
    #[default]
    Fresh,
    /// The task that reads the connection had its turn: a chunk that it holds already has come.
    SteppedAside,
    /// The runtime has looked at its sockets, too.
    Yielded,
}

impl Patience {
    /// Lets more arrive; false if all has been done for that.
    pub(crate) async fn wait(&mut self) -> bool {
        match self {
            Self::Fresh => {
                step_aside().await;
                *self = Self::SteppedAside;
            }
            Self::SteppedAside => {
                yield_now().await;
                *self = Self::Yielded;
            }
            Self::Yielded => return false,
        }
        true
    }
}

/// Lets the tasks run that are ready; unlike `yield_now` it does not look for further ones.
async fn step_aside() {
    let mut stepped = false;
    poll_fn(|cx| {
        if stepped {
            return Poll::Ready(());
        }
        stepped = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::mpsc;

    use super::*;
    use crate::client::{ReadBody, transport::Chunk};

    /// Gives what the channel holds, and counts.
    struct Source {
        chunks: mpsc::UnboundedReceiver<Result<Bytes, TransportError>>,
        read: Arc<AtomicUsize>,
    }

    impl ReadBody for Source {
        fn chunk(&mut self) -> Chunk<'_> {
            Box::pin(async {
                let chunk = self.chunks.recv().await.transpose();
                self.read.fetch_add(1, Ordering::SeqCst);
                chunk
            })
        }
    }

    type Sender = mpsc::UnboundedSender<Result<Bytes, TransportError>>;

    fn pumped() -> (Sender, Arc<AtomicUsize>, Body) {
        let (sender, chunks) = mpsc::unbounded_channel();
        let read = Arc::new(AtomicUsize::new(0));
        let body = Body::new(Source { chunks, read: Arc::clone(&read) });
        (sender, read, Body::polled(Pump::start(body, &Handle::current())))
    }

    fn broken() -> TransportError {
        TransportError::new(TransportErrorKind::Broken, "it broke")
    }

    #[tokio::test]
    async fn chunks_come_in_order_and_then_the_end() {
        let (sender, _, mut body) = pumped();
        for n in 0..10 {
            sender.send(Ok(vec![n].into())).expect("it is read");
        }
        drop(sender);
        for n in 0..10 {
            let chunk = body.chunk().await.expect("it is whole").expect("more");
            assert_eq!(chunk[..], [n]);
        }
        assert!(matches!(body.chunk().await, Ok(None)));
        assert!(matches!(body.chunk().await, Ok(None)));
    }

    #[tokio::test]
    async fn what_came_before_a_break_is_given_out() {
        let (sender, _, mut body) = pumped();
        sender.send(Ok("x".into())).expect("it is read");
        sender.send(Err(broken())).expect("it is read");
        assert_eq!(body.chunk().await.expect("a chunk").as_deref(), Some(&b"x"[..]));
        assert!(body.chunk().await.is_err());
    }

    #[tokio::test]
    async fn a_reader_that_is_slow_stops_the_reading() {
        let (sender, read, mut body) = pumped();
        let chunk = Bytes::from(vec![0; ROOM / 4]);
        for _ in 0..20 {
            sender.send(Ok(chunk.clone())).expect("it is read");
        }
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let ahead = read.load(Ordering::SeqCst);
        assert!((4..=5).contains(&ahead), "{ahead}");
        for _ in 0..20 {
            assert!(body.chunk().await.is_ok_and(|chunk| chunk.is_some()));
        }
    }

    #[tokio::test]
    async fn dropping_it_drops_the_body() {
        let (sender, _, body) = pumped();
        tokio::task::yield_now().await;
        assert!(!sender.is_closed());
        drop(body);
        let closed =
            tokio::time::timeout(std::time::Duration::from_secs(60), sender.closed()).await;
        assert!(closed.is_ok(), "the body is still read");
    }

    #[tokio::test]
    async fn a_body_that_panics_is_broken() {
        struct Panics;

        impl ReadBody for Panics {
            fn chunk(&mut self) -> Chunk<'_> {
                panic!("on purpose")
            }
        }

        let mut body = Body::polled(Pump::start(Body::new(Panics), &Handle::current()));
        assert!(body.chunk().await.is_err());
    }

    #[test]
    fn a_runtime_of_one_thread_reads_without_a_task_of_its_own() {
        let is_pumped = || {
            let full = Body::full(Bytes::from_static(b"x")).read_ahead();
            !full.is_full()
        };
        let several = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build();
        let several = several.expect("a runtime");
        assert!(several.block_on(async { is_pumped() }));
        let one = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        assert!(!one.block_on(async { is_pumped() }));
    }
}
