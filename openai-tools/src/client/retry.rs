//! When a request is sent again: a pure function of what happened.

use std::time::{Duration, SystemTime};

use crate::error::ApiError;

/// How often, and after what wait, a failed request is sent again.
///
/// Retried are connection failures, timeouts, good responses with an empty body, the statuses 408,
/// 409, 429 and 5xx, and whatever the server marks with `x-should-retry: true`; never an exhausted
/// quota (`insufficient_quota`), an account that is not paid for (`billing_not_active`,
/// `billing_hard_limit_reached`) or one that is closed (`account_deactivated`): these do not pass.
/// The wait is what the server asks for (`retry-after-ms`, `Retry-After` in seconds or as a date),
/// else the official clients' formula: min(0.5 s · 2ⁿ, 8 s) · (1 − 0.25 · random). Full jitter
/// would spread clients wider, but goes down to no wait at all.
///
/// ```
/// use openai_tools::client::RetryPolicy;
///
/// let never = RetryPolicy::new().with_max_retries(0);
/// # let _ = never;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    max_retries: u32,
    base: Duration,
    cap: Duration,
    longest_wait: Duration,
    total_time: Option<Duration>,
}

impl RetryPolicy {
    /// The most retries that can be asked for.
    pub const MAX_RETRIES: u32 = 9;

    /// The defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_retries: 2,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(8),
            longest_wait: Duration::from_secs(60),
            total_time: None,
        }
    }

    /// How often a request is sent again after the first attempt. Default: 2; at most 9.
    #[must_use]
    pub const fn with_max_retries(mut self, max_retries: u32) -> Self {
        self.max_retries =
            if max_retries < Self::MAX_RETRIES { max_retries } else { Self::MAX_RETRIES };
        self
    }

    /// The first wait, and the longest that the doubling reaches. Default: 0.5 s and 8 s.
    #[must_use]
    pub const fn with_backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.base = first;
        self.cap = longest;
        self
    }

    /// The longest wait that a server may ask for; one that asks for more is not tried again, and
    /// [`Error::retry_after`](crate::Error::retry_after) says how long it asked for.
    /// Default: 60 s.
    #[must_use]
    pub const fn with_longest_wait(mut self, longest_wait: Duration) -> Self {
        self.longest_wait = longest_wait;
        self
    }

    /// What to do after a failed attempt. `retries` were made before it, `random` is from 0 to 1.
    pub(super) fn decide(&self, failure: &Failure, retries: u32, random: f64) -> Decision {
        if !failure.retryable || retries >= self.max_retries {
            return Decision::Stop;
        }
        match failure.retry_after {
            Some(wait) if wait > self.longest_wait => Decision::Stop,
            Some(wait) => Decision::RetryAfter(wait),
            None => {
                let doubled = self.base.saturating_mul(1 << retries.min(16)).min(self.cap);
                let seconds = doubled.as_secs_f64() * (1.0 - 0.25 * random.clamp(0.0, 1.0));
                // The longest durations are rounded up to what is none any more.
                Decision::RetryAfter(Duration::try_from_secs_f64(seconds).unwrap_or(doubled))
            }
        }
    }
}

/// What bounds all attempts together.
impl RetryPolicy {
    /// How long a request may take in all: its attempts, the waits between them, and the time that
    /// the client's own limits hold it back. No wait is begun that would end later, and what still
    /// runs by then is given up, with an error of kind
    /// [`TotalTimeout`](crate::ErrorKind::TotalTimeout); of a stream, too, however far it has
    /// come, and of a background response with all that is asked after it. Default: no limit but those on each attempt and on their number.
    #[must_use]
    pub const fn with_total_time(mut self, total_time: Duration) -> Self {
        self.total_time = Some(total_time);
        self
    }

    /// What is left of the total time; `None` if nothing limits it.
    pub(super) fn time_left(&self, elapsed: Duration) -> Option<Duration> {
        self.total_time.map(|total| total.saturating_sub(elapsed))
    }

    /// What to do after a failed attempt, all things considered.
    pub(super) fn decide_in(&self, failure: &Failure, situation: &Situation) -> Decision {
        // Another attempt would give out another response.
        if situation.given_out {
            return Decision::Stop;
        }
        let left = [self.time_left(situation.elapsed), situation.outer].into_iter().flatten().min();
        match (self.decide(failure, situation.retries, situation.random), left) {
            // At the very end of the time nothing could come of an attempt.
            (Decision::RetryAfter(wait), Some(left)) if wait >= left => Decision::Stop,
            (decision, _) => decision,
        }
    }
}

/// What the policy has to know besides the failure.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Situation {
    /// How many retries were made before the failed attempt.
    pub(super) retries: u32,
    /// From 0 to 1.
    pub(super) random: f64,
    /// Since the first attempt began.
    pub(super) elapsed: Duration,
    /// What an outer deadline leaves, such as that of a run.
    pub(super) outer: Option<Duration>,
    /// Whether a part of a response was given out.
    pub(super) given_out: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// What the policy has to know of a failed attempt.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Failure {
    pub(super) retryable: bool,
    pub(super) retry_after: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Decision {
    RetryAfter(Duration),
    Stop,
}

impl Failure {
    /// Judges a response that is not good: by its status, its headers and its error object.
    pub(super) fn of_response(
        status: u16,
        headers: &http::HeaderMap,
        api: Option<&ApiError>,
        now: SystemTime,
    ) -> Self {
        Self {
            retryable: retryable(status, header(headers, "x-should-retry"), api),
            retry_after: retry_after(headers, now),
        }
    }
}

fn retryable(status: u16, told: Option<&str>, api: Option<&ApiError>) -> bool {
    let lasting = |word: Option<&str>| word.is_some_and(|word| LASTING.contains(&word));
    if api.is_some_and(|api| lasting(api.code()) || lasting(api.error_type())) {
        return false;
    }
    match (told, status) {
        (Some(told), _) if told.eq_ignore_ascii_case("true") => true,
        (Some(told), _) if told.eq_ignore_ascii_case("false") => false,
        // An error object in a good response: its code is all there is to go by.
        (_, 200..=299) => api.is_some_and(|api| {
            matches!(
                api.code(),
                Some("408" | "409" | "429" | "rate_limit_exceeded" | "server_error")
            ) || api.code().is_some_and(|code| code.len() == 3 && code.starts_with('5'))
                || api.error_type() == Some("server_error")
        }),
        (_, status) => matches!(status, 408 | 409 | 429) || status >= 500,
    }
}

/// Codes and types of errors that come with a status which says "later" and do not pass.
const LASTING: [&str; 4] = [
    "account_deactivated",
    "billing_hard_limit_reached",
    "billing_not_active",
    "insufficient_quota",
];

/// How long the server asks to wait.
pub(super) fn retry_after(headers: &http::HeaderMap, now: SystemTime) -> Option<Duration> {
    let millis = header(headers, "retry-after-ms").and_then(|text| text.parse().ok());
    if let Some(wait) = millis.and_then(|millis| seconds(millis, 1_000.0)) {
        return Some(wait);
    }
    let text = header(headers, "retry-after")?;
    if let Ok(whole) = text.parse() {
        return seconds(whole, 1.0);
    }
    // A date in the past is now.
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// What is too long for a `Duration` is still a wait; what is negative or no number is none.
fn seconds(number: f64, unit: f64) -> Option<Duration> {
    (number >= 0.0).then(|| Duration::try_from_secs_f64(number / unit).unwrap_or(Duration::MAX))
}

fn header<'a>(headers: &'a http::HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (HeaderName::from_static(name), HeaderValue::from_str(value).expect("legal"))
            })
            .collect()
    }

    fn failure(status: u16, pairs: &[(&'static str, &str)], body: &str) -> Failure {
        let api = ApiError::from_body(body.as_bytes());
        let now = httpdate::parse_http_date("Wed, 21 Oct 2015 07:28:00 GMT").expect("a date");
        Failure::of_response(status, &headers(pairs), api.as_ref(), now)
    }

    #[test]
    fn statuses_that_may_pass_are_retried_and_no_others() {
        for status in [408, 409, 429, 500, 502, 503, 504, 529, 599] {
            assert!(failure(status, &[], "").retryable, "{status}");
        }
        for status in [301, 400, 401, 403, 404, 413, 422] {
            assert!(!failure(status, &[], "").retryable, "{status}");
        }
    }

    #[test]
    fn the_server_can_say_whether_to_retry() {
        assert!(failure(400, &[("x-should-retry", "true")], "").retryable);
        assert!(!failure(503, &[("x-should-retry", "false")], "").retryable);
        assert!(!failure(503, &[("x-should-retry", " False")], "").retryable);
        assert!(failure(503, &[("x-should-retry", "maybe")], "").retryable, "no word at all");
    }

    #[test]
    fn an_exhausted_quota_is_not_retried() {
        let quota = r#"{"error":{"message":"m","code":"insufficient_quota"}}"#;
        assert!(!failure(429, &[], quota).retryable);
        assert!(!failure(429, &[("x-should-retry", "true")], quota).retryable);
        let unpaid = r#"{"error":{"message":"m","type":"billing_not_active"}}"#;
        assert!(!failure(429, &[], unpaid).retryable);
    }

    #[test]
    fn an_error_object_in_a_good_response_is_judged_by_its_code() {
        assert!(failure(200, &[], r#"{"error":{"code":503}}"#).retryable);
        assert!(failure(200, &[], r#"{"error":{"type":"server_error"}}"#).retryable);
        assert!(!failure(200, &[], r#"{"error":{"code":400}}"#).retryable);
    }

    #[test]
    fn all_forms_of_retry_after_are_read() {
        let wait = |pairs: &[(&'static str, &str)]| failure(429, pairs, "").retry_after;
        assert_eq!(wait(&[("retry-after", "2")]), Some(Duration::from_secs(2)));
        assert_eq!(wait(&[("retry-after", " 0.25 ")]), Some(Duration::from_millis(250)));
        assert_eq!(
            wait(&[("retry-after", "Wed, 21 Oct 2015 07:28:07 GMT")]),
            Some(Duration::from_secs(7))
        );
        assert_eq!(wait(&[("retry-after", "Wed, 21 Oct 2015 07:27:00 GMT")]), Some(Duration::ZERO));
        assert_eq!(
            wait(&[("retry-after-ms", "1500"), ("retry-after", "9")]),
            Some(Duration::from_millis(1500))
        );
        assert_eq!(wait(&[("retry-after", "1e300")]), Some(Duration::MAX));
        assert_eq!(
            wait(&[("retry-after-ms", "-1"), ("retry-after", "9")]),
            Some(Duration::from_secs(9))
        );
        for useless in ["soon", "-1", "NaN", ""] {
            assert_eq!(wait(&[("retry-after", useless)]), None, "{useless}");
        }
    }

    #[test]
    fn the_wait_is_never_shorter_than_the_server_asked_for() {
        let policy = RetryPolicy::new();
        let asked = failure(429, &[("retry-after", "3")], "");
        assert_eq!(policy.decide(&asked, 0, 1.0), Decision::RetryAfter(Duration::from_secs(3)));
        let too_long = failure(429, &[("retry-after", "61")], "");
        assert_eq!(policy.decide(&too_long, 0, 0.0), Decision::Stop);
        let patient = RetryPolicy::new().with_longest_wait(Duration::from_secs(90));
        let waits = Decision::RetryAfter(Duration::from_secs(61));
        assert_eq!(patient.decide(&too_long, 0, 0.0), waits);
    }

    #[test]
    fn the_wait_doubles_up_to_the_cap_and_the_retries_end() {
        let policy = RetryPolicy::new().with_max_retries(9);
        let failed = failure(500, &[], "");
        let waits: Vec<_> = (0..10)
            .map(|retries| match policy.decide(&failed, retries, 0.0) {
                Decision::RetryAfter(wait) => wait.as_millis(),
                Decision::Stop => 0,
            })
            .collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000, 0]);
        assert_eq!(
            policy.decide(&failed, 0, 1.0),
            Decision::RetryAfter(Duration::from_millis(375))
        );
        assert_eq!(RetryPolicy::new().with_max_retries(1_000), policy);
    }

    #[test]
    fn a_stream_is_tried_again_only_before_anything_was_given_out() {
        let policy = RetryPolicy::new();
        let failed = failure(500, &[], "");
        let decide = |retries, given_out| {
            policy.decide_in(&failed, &Situation { retries, given_out, ..Situation::default() })
        };
        assert_eq!(decide(0, true), Decision::Stop);
        assert_eq!(decide(1, false), policy.decide(&failed, 1, 0.0));
        assert_eq!(decide(2, false), Decision::Stop);
    }

    #[test]
    fn no_backoff_is_too_long_for_a_duration() {
        let policy = RetryPolicy::new().with_backoff(Duration::MAX, Duration::MAX);
        let failed = failure(500, &[], "");
        for random in [0.0, 1.0, f64::NAN] {
            assert!(matches!(policy.decide(&failed, 1, random), Decision::RetryAfter(_)));
        }
    }

    #[test]
    fn no_wait_goes_beyond_the_total_time() {
        let policy = RetryPolicy::new().with_total_time(Duration::from_secs(10));
        let asked = failure(429, &[("retry-after", "3")], "");
        let wait = Decision::RetryAfter(Duration::from_secs(3));
        let at = |seconds| {
            let elapsed = Duration::from_secs(seconds);
            policy.decide_in(&asked, &Situation { elapsed, ..Situation::default() })
        };
        assert_eq!([at(0), at(6), at(7), at(11)], [wait, wait, Decision::Stop, Decision::Stop]);
        let outer = |left| {
            let outer = Some(Duration::from_secs(left));
            policy.decide_in(&asked, &Situation { outer, ..Situation::default() })
        };
        assert_eq!([outer(4), outer(3)], [wait, Decision::Stop], "the nearer end holds");
        let unlimited = RetryPolicy::new();
        let late = Situation { elapsed: Duration::MAX, ..Situation::default() };
        assert_eq!(unlimited.decide_in(&asked, &late), wait);
        assert_eq!(unlimited.time_left(Duration::ZERO), None);
    }
}
