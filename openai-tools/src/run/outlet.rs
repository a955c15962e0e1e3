//! The way of the events from the run's task to its reader: bounded, and woken in batches.
//!
//! The reader is often on another thread, where each wake costs more than the event itself. So the
//! task collects events until it has nothing else to do, and wakes the reader once.

use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use tokio::time::Instant;

use super::event::Event;

/// From so many events that wait for the reader on, the task reads no more of the response.
const EVENTS: usize = 512;

/// The same for the bytes of their texts.
const BYTES: usize = 256 * 1024;

/// So many events are told even if more is there already.
const BATCH: usize = 128;

/// The end of the run's task. One without a reader takes nothing.
pub(super) struct Outlet<T> {
    shared: Option<Arc<Mutex<Queue<T>>>>,
    unsent: Vec<Event<T>>,
    /// When the first event was told.
    pub(super) first: Option<Instant>,
    /// Whether there was no room when events were last sent.
    full: bool,
}

/// The end of the reader.
pub(super) struct Inlet<T> {
    shared: Arc<Mutex<Queue<T>>>,
    taken: VecDeque<Event<T>>,
}

struct Queue<T> {
    events: VecDeque<Event<T>>,
    bytes: usize,
    closed: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl<T> Outlet<T> {
    pub(super) fn silent() -> Self {
        Self { shared: None, unsent: Vec::new(), first: None, full: false }
    }

    pub(super) fn new() -> (Self, Inlet<T>) {
        let shared = Arc::new(Mutex::new(Queue {
            events: VecDeque::new(),
            bytes: 0,
            closed: false,
            reader: None,
            writer: None,
        }));
        let mut outlet = Self::silent();
        outlet.shared = Some(Arc::clone(&shared));
        (outlet, Inlet { shared, taken: VecDeque::new() })
    }

    /// Whether nobody reads.
    pub(super) fn is_silent(&self) -> bool {
        self.shared.is_none()
    }

    /// Keeps an event until it is sent.
    pub(super) fn tell(&mut self, event: impl FnOnce() -> Event<T>) {
        if self.shared.is_some() {
            self.first.get_or_insert_with(Instant::now);
            self.unsent.push(event());
            if self.unsent.len() >= BATCH {
                self.send();
            }
        }
    }

    pub(super) fn has_unsent(&self) -> bool {
        !self.unsent.is_empty()
    }

    /// Hands the events over and wakes the reader.
    pub(super) fn send(&mut self) {
        let Some(shared) = &self.shared else { return };
        if self.unsent.is_empty() {
            return;
        }
        let mut queue = lock(shared);
        queue.bytes += self.unsent.iter().map(bytes).sum::<usize>();
        queue.events.extend(self.unsent.drain(..));
        self.full = queue.is_full();
        let reader = queue.reader.take();
        drop(queue);
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    /// Ready when the reader has left room for more of the response.
    pub(super) fn poll_room(&mut self, cx: &Context<'_>) -> Poll<()> {
        let (true, Some(shared)) = (self.full, &self.shared) else { return Poll::Ready(()) };
        let mut queue = lock(shared);
        self.full = queue.is_full();
        if self.full {
            queue.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(())
    }
}

impl<T> Drop for Outlet<T> {
    fn drop(&mut self) {
        self.send();
        let Some(shared) = &self.shared else { return };
        let mut queue = lock(shared);
        queue.closed = true;
        let reader = queue.reader.take();
        drop(queue);
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

impl<T> Inlet<T> {
    /// The next event; `None` when the task has told all.
    pub(super) fn poll_next(&mut self, cx: &Context<'_>) -> Poll<Option<Event<T>>> {
        if let Some(event) = self.taken.pop_front() {
            return Poll::Ready(Some(event));
        }
        let mut queue = lock(&self.shared);
        if queue.events.is_empty() {
            if queue.closed {
                return Poll::Ready(None);
            }
            queue.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        mem::swap(&mut self.taken, &mut queue.events);
        queue.bytes = 0;
        let writer = queue.writer.take();
        drop(queue);
        if let Some(writer) = writer {
            writer.wake();
        }
        Poll::Ready(self.taken.pop_front())
    }
}

impl<T> Queue<T> {
    fn is_full(&self) -> bool {
        self.events.len() >= EVENTS || self.bytes >= BYTES
    }
}

/// The bytes that an event has of the response's text, ids and names.
fn bytes<T>(event: &Event<T>) -> usize {
    match event {
        Event::Arguments { text, .. }
        | Event::Reasoning(text)
        | Event::Refusal(text)
        | Event::Text(text) => text.len(),
        Event::CallBegan { id, name, .. } | Event::CallRenamed { id, name, .. } => {
            id.as_str().len() + name.len()
        }
        Event::Item(item) => item.as_json().len(),
        Event::ToolStarted(call) => call.id.as_str().len() + call.name.len() + call.arguments.len(),
        _ => 0,
    }
}

fn lock<T>(shared: &Mutex<Queue<T>>) -> MutexGuard<'_, Queue<T>> {
    // Nothing panics while it holds the lock.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        task::Wake,
    };

    use super::*;

    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn tell_text(outlet: &mut Outlet<String>, bytes: usize) {
        outlet.tell(|| Event::Text("x".repeat(bytes)));
    }

    #[test]
    fn the_reader_is_woken_once_for_a_batch() {
        let count = Arc::new(Wakes::default());
        let waker = Arc::clone(&count).into();
        let cx = Context::from_waker(&waker);
        let (mut outlet, mut inlet) = Outlet::new();
        assert!(inlet.poll_next(&cx).is_pending());
        for _ in 0..10 {
            tell_text(&mut outlet, 1);
        }
        assert_eq!(count.0.load(Ordering::SeqCst), 0);
        outlet.send();
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
        for _ in 0..10 {
            assert!(matches!(inlet.poll_next(&cx), Poll::Ready(Some(Event::Text(_)))));
        }
        drop(outlet);
        assert!(matches!(inlet.poll_next(&cx), Poll::Ready(None)));
    }

    #[test]
    fn there_is_no_room_from_the_bound_on_until_the_reader_takes_the_events() {
        let count = Arc::new(Wakes::default());
        let waker = Arc::clone(&count).into();
        let cx = Context::from_waker(&waker);
        for (events, bytes) in [(EVENTS, 1), (1, BYTES)] {
            let (mut outlet, mut inlet) = Outlet::new();
            for _ in 0..events - 1 {
                tell_text(&mut outlet, bytes);
            }
            outlet.send();
            assert!(outlet.poll_room(&cx).is_ready());
            tell_text(&mut outlet, bytes);
            outlet.send();
            assert!(outlet.poll_room(&cx).is_pending());
            let before = count.0.load(Ordering::SeqCst);
            assert!(inlet.poll_next(&cx).is_ready());
            assert_eq!(count.0.load(Ordering::SeqCst), before + 1);
            assert!(outlet.poll_room(&cx).is_ready());
        }
    }
}
