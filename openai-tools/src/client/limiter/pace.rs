//! When the next request of a model may go: pure, by what the server told of its rate limits.
//!
//! OpenAI's limits are buckets: `x-ratelimit-remaining-*` is what is in one, `x-ratelimit-limit-*`
//! its size, and `x-ratelimit-reset-*` the time until it is full again. So a bucket that is empty
//! lets one request go after a part of that time, not after all of it. Where the size is not told,
//! the whole time is waited for.

use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;

/// The rate limits of one model.
#[derive(Debug, Default)]
pub(super) struct Pace {
    requests: Bucket,
    tokens: Bucket,
    /// A server that was asked too much said how long to leave it alone.
    not_before: Option<Instant>,
    sent: Mark,
    /// The request whose response was read last; an earlier one says nothing new.
    newest: u64,
}

/// What had been sent when a request went, itself included.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Mark {
    requests: u64,
    tokens: u64,
}

impl Pace {
    /// When a request of about so many tokens may go; `now` or earlier if at once. Never more than
    /// 60 s after the server last said something: what it says may be wrong.
    pub(super) fn ready(&self, tokens: u64, now: Instant) -> Instant {
        let requests = self.requests.ready(1).unwrap_or(now);
        let tokens = self.tokens.ready(tokens).unwrap_or(now);
        requests.max(tokens).max(self.not_before.unwrap_or(now))
    }

    /// A request goes.
    pub(super) fn book(&mut self, tokens: u64, now: Instant) -> Mark {
        self.requests.take(1, now);
        self.tokens.take(tokens, now);
        self.sent.requests = self.sent.requests.saturating_add(1);
        self.sent.tokens = self.sent.tokens.saturating_add(tokens);
        self.sent
    }

    /// The head of a response is there. `mark` is of its request: what the server tells, it counted
    /// when that request came, so that what was sent since is not in it.
    pub(super) fn observe(&mut self, mark: Mark, told: &Told, now: Instant) {
        if let Some(wait) = told.leave_alone {
            let end = now + wait.min(LONGEST_WAIT);
            self.not_before = Some(self.not_before.map_or(end, |before| before.max(end)));
        }
        if mark.requests < self.newest {
            return;
        }
        self.newest = mark.requests;
        let since = |sent: u64, mark: u64| sent.saturating_sub(mark);
        if let Some(rate) = told.requests {
            let taken = since(self.sent.requests, mark.requests);
            self.requests = Bucket(Some(Filling { rate, at: now, taken }));
        }
        if let Some(rate) = told.tokens {
            let taken = since(self.sent.tokens, mark.tokens);
            self.tokens = Bucket(Some(Filling { rate, at: now, taken }));
        }
    }
}

/// What the head of a response tells.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Told {
    requests: Option<Rate>,
    tokens: Option<Rate>,
    leave_alone: Option<Duration>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Rate {
    remaining: u64,
    limit: Option<u64>,
    reset: Duration,
}

impl Told {
    /// `retry_after` is how long the server asks to wait, if it does.
    pub(super) fn of(status: u16, headers: &HeaderMap, retry_after: Option<Duration>) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
        let number = |name: &str| text(name)?.parse::<u64>().ok();
        let rate = |remaining: &str, limit: &str, reset: &str| {
            let reset = read_duration(text(reset)?)?;
            Some(Rate { remaining: number(remaining)?, limit: number(limit), reset })
        };
        Self {
            requests: rate(
                "x-ratelimit-remaining-requests",
                "x-ratelimit-limit-requests",
                "x-ratelimit-reset-requests",
            ),
            tokens: rate(
                "x-ratelimit-remaining-tokens",
                "x-ratelimit-limit-tokens",
                "x-ratelimit-reset-tokens",
            ),
            leave_alone: retry_after.filter(|_| matches!(status, 429 | 503)),
        }
    }
}

/// What a server has left for this client, as far as it is known.
#[derive(Debug, Default)]
struct Bucket(Option<Filling>);

#[derive(Clone, Copy, Debug)]
struct Filling {
    rate: Rate,
    /// When the server told it.
    at: Instant,
    /// What was taken since.
    taken: u64,
}

impl Bucket {
    /// When so much is in it; `None` if nothing speaks against now.
    fn ready(&self, need: u64) -> Option<Instant> {
        let Filling { rate, at, taken } = self.0?;
        // More than fits never will be in it: the server shall say so itself.
        let need = need.min(rate.limit.unwrap_or(need));
        let short = need.saturating_add(taken).saturating_sub(rate.remaining);
        (short > 0).then(|| at + rate.time_of(short).min(LONGEST_WAIT))
    }

    fn take(&mut self, taken: u64, now: Instant) {
        let Some(filling) = &mut self.0 else { return };
        let age = now.saturating_duration_since(filling.at);
        if age >= filling.rate.reset {
            // It is full again, or the server has other things to say by now.
            self.0 = None;
        } else if age >= LONGEST_WAIT {
            // This one finds out whether the server still means it; the others wait for its word.
            filling.at = now;
            filling.rate.reset = filling.rate.reset.saturating_sub(age);
            filling.taken = filling.taken.saturating_add(taken);
        } else {
            filling.taken = filling.taken.saturating_add(taken);
        }
    }
}

impl Rate {
    /// In what time so much flows in.
    fn time_of(&self, short: u64) -> Duration {
        let missing = self.limit.map_or(0, |limit| limit.saturating_sub(self.remaining));
        if missing <= short {
            return self.reset;
        }
        let nanos = self.reset.as_nanos().saturating_mul(short.into()).div_ceil(missing.into());
        // Less than the whole, which is a `Duration`.
        u64::try_from(nanos).map_or(self.reset, Duration::from_nanos)
    }
}

/// Reads `1s`, `6m0s`, `20ms`, `1h2m`, `7.66s`, `1d`; a number alone is seconds.
fn read_duration(text: &str) -> Option<Duration> {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if text.is_empty() || text.len() > 64 {
        return None;
    }
    if plain(text) {
        return Duration::try_from_secs_f64(text.parse().ok()?).ok();
    }
    let mut rest = text;
    let mut sum = Duration::ZERO;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c: char| c != '.' && !c.is_ascii_digit())?);
        let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let seconds = match &after[..end] {
            "d" => 86_400.0,
            "h" => 3_600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" | "μs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        let number: f64 = number.parse().ok()?;
        sum = sum.checked_add(Duration::try_from_secs_f64(number * seconds).ok()?)?;
        rest = &after[end..];
    }
    Some(sum)
}

/// How long a word of the server holds up a request.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn told(pairs: &[(&'static str, &str)]) -> Told {
        let headers = pairs.iter().map(|(name, value)| {
            let value = HeaderValue::from_str(value).expect("legal");
            (HeaderName::from_static(name), value)
        });
        Told::of(200, &headers.collect(), None)
    }

    fn requests(remaining: &str, limit: &str, reset: &str) -> Told {
        told(&[
            ("x-ratelimit-remaining-requests", remaining),
            ("x-ratelimit-limit-requests", limit),
            ("x-ratelimit-reset-requests", reset),
        ])
    }

    /// A pace after one request whose response told this.
    fn pace(told: &Told, now: Instant) -> Pace {
        let mut pace = Pace::default();
        let mark = pace.book(0, now);
        pace.observe(mark, told, now);
        pace
    }

    #[test]
    fn all_forms_of_a_reset_are_read() {
        let millis = |text: &str| read_duration(text).map(|duration| duration.as_millis());
        let forms = [
            ("1s", 1_000),
            ("6m0s", 360_000),
            ("20ms", 20),
            ("1h2m", 3_720_000),
            ("1h2m3.5s", 3_723_500),
            ("7.66s", 7_660),
            ("1d", 86_400_000),
            ("1m30.5s250ms", 90_750),
            ("0s", 0),
            ("0.25", 250),
            ("60", 60_000),
            ("1500µs", 1),
        ];
        for (text, expected) in forms {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
        let long = "1".repeat(65);
        for useless in
            ["", "s", "soon", "1x", "-1s", "1 s", "1s2", "1.2.3s", ".", "2015-10-21", &long]
        {
            assert_eq!(millis(useless), None, "{useless}");
        }
    }

    #[test]
    fn nothing_waits_while_nothing_is_told_or_something_is_left() {
        let now = Instant::now();
        assert!(Pace::default().ready(1_000, now) <= now);
        assert!(pace(&requests("1", "60", "59s"), now).ready(0, now) <= now);
        let useless = told(&[("x-ratelimit-remaining-requests", "0")]);
        assert!(pace(&useless, now).ready(0, now) <= now, "no time is told");
    }

    #[test]
    fn an_empty_bucket_lets_one_go_after_its_part_of_the_reset() {
        let now = Instant::now();
        let mut pace = pace(&requests("0", "60", "30s"), now);
        assert_eq!(pace.ready(0, now), now + SECOND / 2);
        pace.book(0, now + SECOND / 2);
        assert_eq!(
            pace.ready(0, now + SECOND / 2),
            now + SECOND,
            "the next one after the next part"
        );
        pace.book(0, now + 30 * SECOND);
        assert!(pace.ready(0, now + 30 * SECOND) <= now + 30 * SECOND, "it is full again");
    }

    #[test]
    fn without_a_size_the_whole_reset_is_waited_for() {
        let now = Instant::now();
        let empty =
            told(&[("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "6s")]);
        assert_eq!(pace(&empty, now).ready(0, now), now + 6 * SECOND);
    }

    #[test]
    fn tokens_are_waited_for_as_many_as_the_request_has() {
        let now = Instant::now();
        let pace = pace(
            &told(&[
                ("x-ratelimit-remaining-tokens", "100"),
                ("x-ratelimit-limit-tokens", "1100"),
                ("x-ratelimit-reset-tokens", "10s"),
            ]),
            now,
        );
        assert!(pace.ready(100, now) <= now);
        assert_eq!(pace.ready(200, now), now + SECOND);
        assert_eq!(pace.ready(u64::MAX, now), now + 10 * SECOND, "more than ever fits");
    }

    #[test]
    fn what_was_sent_since_is_not_in_the_servers_count() {
        let now = Instant::now();
        let mut pace = Pace::default();
        let first = pace.book(0, now);
        let second = pace.book(0, now);
        pace.book(0, now);
        pace.observe(first, &requests("2", "10", "8s"), now);
        assert_eq!(pace.ready(0, now), now + SECOND, "two of the two are on their way");
        pace.observe(second, &requests("9", "10", "1s"), now);
        assert!(pace.ready(0, now) <= now);
        pace.observe(first, &requests("0", "10", "9s"), now);
        assert!(pace.ready(0, now) <= now, "an older word says nothing new");
    }

    #[test]
    fn a_server_that_was_asked_too_much_is_left_alone() {
        let now = Instant::now();
        let mut pace = Pace::default();
        let mark = pace.book(0, now);
        let wait = Some(5 * SECOND);
        pace.observe(mark, &Told::of(500, &HeaderMap::new(), wait), now);
        assert!(pace.ready(0, now) <= now, "another failure is the retry policy's matter");
        pace.observe(mark, &Told::of(429, &HeaderMap::new(), wait), now);
        assert_eq!(pace.ready(0, now), now + 5 * SECOND);
        let wait = Some(Duration::MAX);
        pace.observe(mark, &Told::of(429, &HeaderMap::new(), wait), now);
        assert_eq!(pace.ready(0, now), now + LONGEST_WAIT);
    }

    #[test]
    fn a_long_reset_is_asked_about_once_a_minute() {
        let now = Instant::now();
        let mut pace = pace(&requests("0", "1", "24h"), now);
        let first = pace.ready(0, now);
        assert_eq!(first, now + LONGEST_WAIT);
        pace.book(0, first);
        assert_eq!(pace.ready(0, first), first + LONGEST_WAIT, "the others wait for its answer");
    }

    proptest! {
        #[test]
        fn no_header_makes_a_pace_panic_or_wait_for_over_a_minute(
            texts in prop::collection::vec("[0-9]{0,20}(d|h|m|s|ms|us|x|\\.)?[0-9]{0,3}s?", 6),
            tokens: u64,
            later in 0..200_000_u64,
        ) {
            let names = [
                "x-ratelimit-remaining-requests",
                "x-ratelimit-limit-requests",
                "x-ratelimit-reset-requests",
                "x-ratelimit-remaining-tokens",
                "x-ratelimit-limit-tokens",
                "x-ratelimit-reset-tokens",
            ];
            let pairs: Vec<_> = names.into_iter().zip(texts.iter().map(String::as_str)).collect();
            let start = Instant::now();
            let mut pace = pace(&told(&pairs), start);
            for now in [start, start + Duration::from_millis(later)] {
                prop_assert!(pace.ready(tokens, now) <= now + LONGEST_WAIT);
                pace.book(tokens, now);
            }
        }
    }
}
