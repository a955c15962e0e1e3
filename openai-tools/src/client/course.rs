//! The attempts of one request: which were made, and whether and when there is another.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Uri};
use serde::Serialize;
use tokio::time::{Instant, timeout_at};

use super::{
    Inner,
    attempt::Failed,
    endpoint::Target,
    files::Prepared,
    hook::{AttemptVerdict, FailedAttempt},
    limiter::Permit,
    retry::{Decision, Situation},
    time_limits::{End, later},
};
use crate::{
    chat::{Api, Request, Written},
    error::{AttemptRecord, Error, ErrorKind},
    observe::Span,
};

/// A request as every attempt sends it.
#[derive(Clone)]
pub(super) struct Outgoing {
    pub(super) api: Api,
    pub(super) target: Target,
    pub(super) content: Content,
    /// What is sent to a server that has forgotten the conversation.
    all: Option<Bytes>,
    pub(super) model: Box<str>,
    /// About so many tokens, as rate limits count them.
    pub(super) tokens: u64,
}

/// What a request carries.
#[derive(Clone)]
pub(super) enum Content {
    Json(Bytes),
    Nothing,
    Upload(Arc<Prepared>),
}

impl Content {
    /// # Errors
    ///
    /// Kind [`InvalidRequest`](ErrorKind::InvalidRequest) if it cannot be written as JSON.
    pub(super) fn json(value: &impl Serialize) -> Result<Self, Error> {
        serde_json::to_vec(value).map(|bytes| Self::Json(bytes.into())).map_err(|error| {
            Error::new(ErrorKind::InvalidRequest, "it cannot be written as JSON").with_source(error)
        })
    }
}

impl Outgoing {
    pub(super) fn new(
        request: &Request,
        api: Api,
        uri: Uri,
        Written { body, all }: Written,
    ) -> Self {
        // Servers count a request by what it may ask for, or by a token for four characters.
        let whole = all.as_ref().unwrap_or(&body);
        let written = u64::try_from(whole.len() / 4).unwrap_or(u64::MAX);
        Self {
            api,
            target: Target { method: Method::POST, uri },
            content: Content::Json(body.into()),
            all: all.map(Bytes::from),
            model: request.model.as_str().into(),
            tokens: written.max(request.settings.max_tokens.unwrap_or(0)),
        }
    }

    /// A request to one of the endpoints that ask no model.
    pub(super) fn to(target: Target, content: Content) -> Self {
        let model = Box::default();
        Self { api: Api::Responses, target, content, all: None, model, tokens: 0 }
    }

    /// Whether it cannot be sent a second time.
    pub(super) fn is_consumed(&self) -> bool {
        matches!(&self.content, Content::Upload(upload) if upload.is_consumed())
    }

    /// Takes the whole conversation instead, if the server has forgotten what it was to keep.
    ///
    /// # Errors
    ///
    /// The error that the attempt came to, if it says something else.
    pub(super) fn resend_after(&mut self, error: Error) -> Result<(), Error> {
        match self.all.take() {
            Some(all) if is_forgotten(&error) => {
                self.content = Content::Json(all);
                Ok(())
            }
            _ => Err(error),
        }
    }
}

/// Whether the server does not know the response that it was to go on from.
fn is_forgotten(error: &Error) -> bool {
    error.api_error().is_some_and(|api| {
        api.code() == Some("previous_response_not_found")
            || matches!(error.status(), Some(400 | 404))
                && api.param() == Some("previous_response_id")
    })
}

/// What bounds a request besides the client's own settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bounds {
    /// When the caller's own time is up.
    pub(crate) deadline: Option<Instant>,
    /// Asked for each attempt after the first; `None` if the caller does not count them.
    pub(crate) leave: Option<Leave>,
}

/// Whether the caller has another attempt left, which it sets aside by saying so.
#[derive(Clone)]
pub(crate) struct Leave(Arc<dyn Fn() -> bool + Send + Sync>);

impl Leave {
    pub(crate) fn new(take: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }
}

impl fmt::Debug for Leave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Leave")
    }
}

/// The attempts of one request so far.
#[derive(Clone)]
pub(super) struct Course {
    bounds: Bounds,
    began: Instant,
    deadline: Option<Instant>,
    log: Vec<AttemptRecord>,
    /// So many of them brought something that is not lost.
    brought: usize,
}

/// When one attempt was made.
#[derive(Clone, Copy)]
pub(super) struct Timing {
    pub(super) began: Instant,
    pub(super) held_back: Duration,
    pub(super) deadline: Option<Instant>,
}

impl Course {
    pub(super) fn new(client: &Inner, bounds: Bounds) -> Self {
        let began = Instant::now();
        let own = client.retry.time_left(Duration::ZERO).map(|total| later(began, total));
        let deadline = [own, bounds.deadline].into_iter().flatten().min();
        Self { bounds, began, deadline, log: Vec::new(), brought: 0 }
    }

    /// The attempt that is made now, from 1.
    pub(super) fn number(&self) -> u32 {
        u32::try_from(self.log.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Notes that this attempt has brought something that is not lost: those after it are retries of
    /// it alone.
    pub(super) fn has_brought(&mut self) {
        self.brought = self.log.len();
    }

    /// Waits until an attempt may be made, which may then begin.
    ///
    /// # Errors
    ///
    /// The time for the request is up.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: its place in the queue is given up.
    pub(super) async fn admit(
        &self,
        client: &Inner,
        request: &Outgoing,
    ) -> Result<(Timing, Option<Permit>), Error> {
        let asked = Instant::now();
        if let Some(deadline) = self.deadline.filter(|deadline| *deadline <= asked) {
            return Err(self.too_late(deadline));
        }
        let Some(limiter) = &client.limiter else {
            let timing =
                Timing { began: asked, held_back: Duration::ZERO, deadline: self.deadline };
            return Ok((timing, None));
        };
        let acquire = limiter.acquire(&request.model, request.tokens);
        let permit = match self.deadline {
            None => acquire.await,
            Some(deadline) => {
                let in_time = timeout_at(deadline, acquire).await;
                in_time.map_err(|_elapsed| self.too_late(deadline))?
            }
        };
        let began = Instant::now();
        let timing = Timing { began, held_back: began - asked, deadline: self.deadline };
        Ok((timing, Some(permit)))
    }

    fn too_late(&self, deadline: Instant) -> Error {
        let error = End::of_deadline(deadline).error();
        error.with_retryable(true).with_attempt_log(self.log.clone())
    }

    /// Writes down an attempt that failed, and gives how long to wait before the next one.
    ///
    /// # Errors
    ///
    /// What the failed attempt came to, if there is to be no other.
    pub(super) fn wait_after(
        &mut self,
        client: &Inner,
        failed: Failed,
        timing: Timing,
        span: &Span,
        given_out: bool,
    ) -> Result<Duration, Error> {
        let Failed { error, failure } = failed;
        let (number, duration) = (self.number(), timing.began.elapsed());
        span.word("error.type", error.kind().as_str());
        if let Some(status) = error.status() {
            span.number("http.response.status_code", status.into());
        }
        self.log.push(AttemptRecord {
            poll: false,
            status: error.status(),
            error: Some(error.kind()),
            request_id: error.request_id().map(str::to_owned),
            held_back: timing.held_back,
            duration,
            wait: None,
        });
        let error = error
            .with_retryable(failure.retryable)
            .with_retry_after(failure.retry_after)
            .with_attempt_log(self.log.clone());

        let situation = Situation {
            retries: number - 1 - u32::try_from(self.brought).unwrap_or(0),
            random: fastrand::f64(),
            elapsed: self.began.elapsed(),
            outer: self.bounds.deadline.map(|end| end.saturating_duration_since(Instant::now())),
            given_out,
        };
        let wait = match client.retry.decide_in(&failure, &situation) {
            Decision::RetryAfter(wait) => {
                let leave = self.bounds.leave.as_ref();
                leave.is_none_or(|Leave(take)| take()).then_some(wait)
            }
            Decision::Stop => None,
        };
        let verdict = client.hook.as_ref().map_or(AttemptVerdict::Follow, |hook| {
            hook.judge(&FailedAttempt { attempt: number, error: &error, duration, wait })
        });
        match (wait, verdict) {
            (Some(wait), AttemptVerdict::Follow) => {
                if let Some(last) = self.log.last_mut() {
                    last.wait = Some(wait);
                }
                Ok(wait)
            }
            _ => Err(error),
        }
    }

    /// All attempts, with the last one.
    pub(super) fn into_log(mut self, last: AttemptRecord) -> Vec<AttemptRecord> {
        self.log.push(last);
        self.log
    }

    /// Takes over what the attempts have come to elsewhere.
    pub(super) fn adopt(&mut self, log: &[AttemptRecord]) {
        log.clone_into(&mut self.log);
    }

    /// The attempts that failed.
    pub(super) fn into_failed(self) -> Vec<AttemptRecord> {
        self.log
    }
}

impl Timing {
    /// The record of an attempt that brought a response.
    pub(super) fn record(&self, status: u16, request_id: Option<String>) -> AttemptRecord {
        AttemptRecord {
            poll: false,
            status: Some(status),
            error: None,
            request_id,
            held_back: self.held_back,
            duration: self.began.elapsed(),
            wait: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use super::*;
    use crate::{
        chat::Message,
        client::{Body, Client, RetryPolicy, Sending, Transport},
    };

    /// Always asks to come back in 4 s.
    struct Busy;

    impl Transport for Busy {
        fn send(&self, _: http::Request<Bytes>) -> Sending<'_> {
            let response = http::Response::builder().status(429).header("retry-after", "4");
            let response = response.body(Body::full(Bytes::new())).expect("a response");
            Box::pin(std::future::ready(Ok(response)))
        }
    }

    /// How often is tried within these bounds, and for how many seconds.
    async fn tried(bounds: Bounds, streamed: bool) -> (u32, ErrorKind, u64) {
        let policy = RetryPolicy::new().with_max_retries(5);
        let client = Client::builder().transport(Busy).retry(policy).build().expect("good");
        let mut request = Request::new("m");
        request.messages.push(Message::user("u"));
        let began = Instant::now();
        let error = if streamed {
            client.stream_within(&request, bounds).await.expect_err("busy")
        } else {
            client.send_within(&request, bounds).await.expect_err("busy")
        };
        (error.attempts(), error.kind(), began.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn the_callers_deadline_and_number_of_attempts_bound_those_of_the_client() {
        for streamed in [false, true] {
            let end = tried(Bounds::default(), streamed).await;
            assert_eq!(end, (6, ErrorKind::Api, 20));
            let deadline = Some(Instant::now() + Duration::from_secs(9));
            let end = tried(Bounds { deadline, ..Bounds::default() }, streamed).await;
            assert_eq!(end, (3, ErrorKind::Api, 8));
            let left = AtomicU32::new(1);
            let leave = Some(Leave::new(move || left.fetch_sub(1, SeqCst) == 1));
            let end = tried(Bounds { leave, ..Bounds::default() }, streamed).await;
            assert_eq!(end, (2, ErrorKind::Api, 4));
            let deadline = Some(Instant::now());
            let end = tried(Bounds { deadline, ..Bounds::default() }, streamed).await;
            assert_eq!(end, (0, ErrorKind::TotalTimeout, 0));
        }
    }

    #[test]
    fn a_request_counts_as_what_it_may_ask_for_or_by_its_length() {
        let tokens = |request: &Request| {
            let written = Written { body: vec![b'x'; 4_000], all: None };
            Outgoing::new(request, Api::default(), Uri::default(), written).tokens
        };
        let mut request = Request::new("m");
        assert_eq!(tokens(&request), 1_000);
        request.settings.max_tokens = Some(5_000);
        assert_eq!(tokens(&request), 5_000);
    }
}
