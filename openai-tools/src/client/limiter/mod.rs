//! What all runs of one client share: how many requests are in flight, and at what pace they go.

mod pace;

use std::{
    collections::HashMap,
    fmt,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::HeaderMap;
use tokio::{
    sync::{Mutex as Queue, Notify, OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

use self::pace::{Mark, Pace, Told};

/// Holds requests back: those beyond a number in flight, and those that the server's rate limits
/// have no room for, each model by its own. Clones share it.
#[derive(Clone)]
pub(crate) struct Limiter(Arc<Shared>);

struct Shared {
    slots: Option<Arc<Semaphore>>,
    paced: bool,
    lanes: Mutex<HashMap<Box<str>, Arc<Lane>>>,
}

/// The requests of one model, which go in the order in which they came.
#[derive(Default)]
struct Lane {
    /// Only the first of the queue looks at the pace and sleeps: a thousand that wait cost no more
    /// wake-ups than one.
    queue: Queue<()>,
    pace: Mutex<Pace>,
    /// The server said something: the first of the queue looks again.
    told: Notify,
}

impl Limiter {
    /// At most so many requests in flight, or as many as come; paced by the server's rate limits or
    /// not.
    pub(crate) fn new(in_flight: Option<NonZeroUsize>, paced: bool) -> Self {
        let slots =
            in_flight.map(|most| Arc::new(Semaphore::new(most.get().min(Semaphore::MAX_PERMITS))));
        Self(Arc::new(Shared { slots, paced, lanes: Mutex::default() }))
    }

    /// Waits until a request of about `tokens` tokens may go to `model`. The permit is held until
    /// the whole response is there, or the request is given up.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up its place in the queue; nothing is counted.
    pub(crate) async fn acquire(&self, model: &str, tokens: u64) -> Permit {
        if !self.0.paced {
            return Permit { booked: None, _slot: self.slot().await };
        }
        let lane = self.lane(model);
        let first = lane.queue.lock().await;
        let (mark, slot) = loop {
            lane.until_ready(tokens).await;
            let slot = self.slot().await;
            // While it waited for a slot, the server may have said that it wants to be left alone;
            // then other models can have the slot meanwhile.
            let now = Instant::now();
            let mut pace = lane.pace();
            if pace.ready(tokens, now) <= now {
                break (pace.book(tokens, now), slot);
            }
        };
        drop(first);
        Permit { booked: Some((lane, mark)), _slot: slot }
    }

    async fn slot(&self) -> Option<OwnedSemaphorePermit> {
        match &self.0.slots {
            // It is never closed.
            Some(slots) => Arc::clone(slots).acquire_owned().await.ok(),
            None => None,
        }
    }

    fn lane(&self, model: &str) -> Arc<Lane> {
        // A thread that panicked here left at most a lane too few.
        let mut lanes = self.0.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get(model) {
            return Arc::clone(lane);
        }
        if lanes.len() >= MOST_LANES {
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        // An application that makes up names by the hundred shares one lane for the rest of them.
        let name = if lanes.len() >= MOST_LANES { "" } else { model };
        Arc::clone(lanes.entry(name.into()).or_default())
    }
}

impl Lane {
    /// Waits until the pace lets a request of so many tokens go.
    async fn until_ready(&self, tokens: u64) {
        loop {
            let now = Instant::now();
            let ready = self.pace().ready(tokens, now);
            if ready <= now {
                return;
            }
            tokio::select! {
                () = sleep_until(ready) => {}
                () = self.told.notified() => {}
            }
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        // Nothing under the lock panics; were it to, the pace would be a little off.
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let free = self.0.slots.as_ref().map(|slots| slots.available_permits());
        f.debug_struct("Limiter").field("free_slots", &free).finish_non_exhaustive()
    }
}

/// One request may be in flight.
#[must_use = "dropping it lets the next request go"]
pub(crate) struct Permit {
    /// Where it is counted, if requests are paced.
    booked: Option<(Arc<Lane>, Mark)>,
    _slot: Option<OwnedSemaphorePermit>,
}

impl Permit {
    /// Tells what the head of the response says of rate limits; `retry_after` is how long the
    /// server asks to wait, in whatever form it said so.
    pub(crate) fn observe(&self, status: u16, headers: &HeaderMap, retry_after: Option<Duration>) {
        let Some((lane, mark)) = &self.booked else { return };
        let told = Told::of(status, headers, retry_after);
        lane.pace().observe(*mark, &told, Instant::now());
        lane.told.notify_one();
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = self.booked.as_ref().map(|(_, mark)| mark);
        f.debug_struct("Permit").field("mark", &mark).finish_non_exhaustive()
    }
}

/// For how many models the pace is kept.
const MOST_LANES: usize = 64;

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use tokio::{sync::mpsc, time::timeout};

    use super::*;

    const MODEL: &str = "gpt-5.2";
    const SECOND: Duration = Duration::from_secs(1);

    fn limiter(in_flight: usize) -> Limiter {
        Limiter::new(NonZeroUsize::new(in_flight), true)
    }

    fn headers(remaining: u64, limit: u64, reset: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-remaining-requests", remaining.into());
        headers.insert("x-ratelimit-limit-requests", limit.into());
        headers.insert("x-ratelimit-reset-requests", HeaderValue::from_static(reset));
        headers
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_given_number_is_in_flight() {
        let limiter = limiter(2);
        let one = limiter.acquire(MODEL, 0).await;
        let _two = limiter.acquire("another", 0).await;
        assert!(timeout(SECOND, limiter.acquire(MODEL, 0)).await.is_err());
        drop(one);
        assert!(timeout(SECOND, limiter.acquire(MODEL, 0)).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_number_and_a_word_of_the_server_nothing_waits() {
        let limiter = limiter(0);
        let start = Instant::now();
        let mut permits = Vec::new();
        for _ in 0..1_000 {
            permits.push(limiter.acquire(MODEL, 1_000_000).await);
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_go_at_the_servers_pace_in_the_order_in_which_they_came() {
        let limiter = limiter(0);
        let start = Instant::now();
        limiter.acquire(MODEL, 0).await.observe(200, &headers(0, 60, "60s"), None);
        let (done, mut ended) = mpsc::unbounded_channel();
        for number in 0..5 {
            let (limiter, done) = (limiter.clone(), done.clone());
            tokio::spawn(async move {
                let _permit = limiter.acquire(MODEL, 0).await;
                done.send((number, start.elapsed().as_secs_f64().round())).expect("a receiver");
            });
            tokio::task::yield_now().await;
        }
        for (number, seconds) in [(0, 1.0), (1, 2.0), (2, 3.0), (3, 4.0), (4, 5.0)] {
            assert_eq!(ended.recv().await, Some((number, seconds)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_models_limit_does_not_hold_up_another_model() {
        let limiter = limiter(3);
        limiter.acquire(MODEL, 0).await.observe(429, &HeaderMap::new(), Some(9 * SECOND));
        let start = Instant::now();
        let waiting = tokio::spawn({
            let limiter = limiter.clone();
            async move { drop(limiter.acquire(MODEL, 0).await) }
        });
        tokio::task::yield_now().await;
        drop(limiter.acquire("another", 0).await);
        assert_eq!(start.elapsed(), Duration::ZERO);
        waiting.await.expect("no panic");
        assert_eq!(start.elapsed().as_secs(), 9);
    }

    #[tokio::test(start_paused = true)]
    async fn a_better_word_of_the_server_ends_the_wait() {
        let limiter = limiter(0);
        let first = limiter.acquire(MODEL, 0).await;
        let second = limiter.acquire(MODEL, 0).await;
        first.observe(200, &headers(1, 2, "50s"), None);
        let start = Instant::now();
        let waiting = tokio::spawn({
            let limiter = limiter.clone();
            async move { drop(limiter.acquire(MODEL, 0).await) }
        });
        tokio::time::sleep(SECOND).await;
        second.observe(200, &headers(2, 2, "1s"), None);
        waiting.await.expect("no panic");
        assert_eq!(start.elapsed().as_secs(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_gives_up_waiting_takes_nothing_and_holds_up_nobody() {
        let limiter = limiter(1);
        limiter.acquire(MODEL, 0).await.observe(200, &headers(0, 60, "60s"), None);
        let start = Instant::now();
        assert!(timeout(SECOND / 2, limiter.acquire(MODEL, 0)).await.is_err());
        let held = limiter.acquire(MODEL, 0).await;
        assert_eq!(start.elapsed().as_millis(), 1_000, "the slot of the one that gave up");
        assert!(timeout(5 * SECOND, limiter.acquire(MODEL, 0)).await.is_err(), "none in flight");
        drop(held);
        assert!(timeout(SECOND, limiter.acquire(MODEL, 0)).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_server_says_while_one_waits_for_a_slot_is_heard() {
        let limiter = limiter(1);
        let held = limiter.acquire(MODEL, 0).await;
        let start = Instant::now();
        let waiting = tokio::spawn({
            let limiter = limiter.clone();
            async move { drop(limiter.acquire(MODEL, 0).await) }
        });
        tokio::task::yield_now().await;
        held.observe(429, &HeaderMap::new(), Some(9 * SECOND));
        drop(held);
        tokio::task::yield_now().await;
        drop(limiter.acquire("another", 0).await);
        assert_eq!(start.elapsed(), Duration::ZERO, "it holds no slot while it waits");
        waiting.await.expect("no panic");
        assert_eq!(start.elapsed().as_secs(), 9);
    }

    #[tokio::test(start_paused = true)]
    async fn where_the_pace_is_the_applications_own_no_word_of_the_server_holds_up() {
        let limiter = Limiter::new(NonZeroUsize::new(1), false);
        let start = Instant::now();
        limiter.acquire(MODEL, 0).await.observe(429, &headers(0, 60, "60s"), Some(9 * SECOND));
        let _held = limiter.acquire(MODEL, 0).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert!(timeout(SECOND, limiter.acquire("another", 0)).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_great_many_models_share_what_is_left() {
        let limiter = limiter(0);
        let mut permits = Vec::new();
        for number in 0..1_000 {
            permits.push(limiter.acquire(&format!("model-{number}"), 0).await);
        }
        let lanes = || limiter.0.lanes.lock().expect("no panic").len();
        assert_eq!(lanes(), MOST_LANES + 1);
        drop(permits);
        drop(limiter.acquire("another", 0).await);
        assert_eq!(lanes(), 1, "those that nobody uses are given up");
    }
}
