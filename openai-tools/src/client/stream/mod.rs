//! A response while it arrives.

mod reading;
mod silence;

use std::{
    collections::VecDeque,
    fmt,
    future::{Future, poll_fn},
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::Stream;
use tokio::time::Instant;

use self::reading::{Reader, Reading, release};
use super::{
    Bounds, Inner,
    attempt::{Failed, Head},
    background::Resumption,
    course::{Course, Outgoing, Timing},
    exchange::{Begun, Form},
    limiter::Permit,
    transport::Body,
};
use crate::{
    chat::{
        Accumulator, Api, AssistantMessage, Delta, Response,
        wire::{Accumulated, Place},
    },
    error::{AttemptRecord, Error, ErrorKind},
    observe::Span,
};

/// A response while it arrives; made by [`Client::stream`](super::Client::stream).
///
/// Read it with [`next`](Self::next), or as a [`Stream`], to its end: only then is there a
/// response ([`into_response`](Self::into_response)). A stream that breaks off, falls silent, holds
/// what is no chunk, or ends without a finish reason is an error, each of its own kind, and
/// [`arrived`](Self::arrived) keeps what had come. Dropping it releases the connection.
///
/// With its finish reason a response is whole, unless more of the answer comes after it: then it
/// needs another one, or `[DONE]`. A whole one is waited on for 5 seconds more, whatever comes.
///
/// A slow reader slows the server: on a runtime of several threads up to 256 KiB are read ahead, so
/// that the reader need not be woken for every chunk; on one of a single thread it is read only
/// while it is asked.
///
/// ```
/// # #[cfg(feature = "testing")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), openai_tools::Error> {
/// use openai_tools::{
///     Client, Message,
///     chat::{Delta, Request},
///     testing::{Reply, Server},
/// };
///
/// let server = Server::builder().script([Reply::text("Hello")]).without_checks();
/// let server = server.start().await.unwrap();
/// let client = Client::builder().base_url(server.base_url()).build()?;
/// let mut request = Request::new("gpt-5.2");
/// request.messages.push(Message::user("Say hello."));
///
/// let mut stream = client.stream(&request).await?;
/// let mut said = String::new();
/// while let Some(delta) = stream.next().await {
///     if let Delta::Text(text) = delta? {
///         said.push_str(&text);
///     }
/// }
/// let response = stream.into_response()?;
/// assert_eq!(response.message.text, Some(said));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "testing"))]
/// # fn main() {}
/// ```
pub struct ResponseStream {
    client: Arc<Inner>,
    request: Outgoing,
    state: State,
    attempt: Attempt,
    accumulator: Accumulator,
    /// The answer of a server that did not stream.
    whole: Option<Accumulated>,
    /// Whether a delta was given out: after that there is no other attempt.
    given_out: bool,
    /// Only of a background response.
    resumption: Option<Resumption>,
    /// Deltas that were read and are still to be given out by `next`.
    ready: VecDeque<Delta>,
    /// How long the last attempt took, once it has come to its good end.
    took: Duration,
}

enum State {
    Ended,
    /// The error is still to be given out, or has been.
    Failed(Option<Error>),
    Opening(Opening),
    Reading(Box<Reading>),
}

type Opening = Pin<Box<dyn Future<Output = Result<Opened, Error>> + Send>>;

struct Opened {
    attempt: Attempt,
    body: Body,
    permit: Option<Permit>,
}

/// The attempt whose response is read.
struct Attempt {
    head: Head,
    span: Span,
    timing: Timing,
    /// Which it is, from 1.
    number: u32,
    /// Those before it, and itself once it has failed.
    course: Course,
}

impl ResponseStream {
    pub(super) async fn open(
        client: Arc<Inner>,
        request: Outgoing,
        bounds: Bounds,
        background: bool,
    ) -> Result<Self, Error> {
        let course = Course::new(&client, bounds);
        let Opened { attempt, body, permit } =
            open(Arc::clone(&client), request.clone(), course, Duration::ZERO).await?;
        let accumulator = accumulator(request.api, &client);
        Ok(Self {
            client,
            request,
            state: State::Reading(Box::new(Reading::new(&attempt, body, permit))),
            attempt,
            accumulator,
            whole: None,
            given_out: false,
            resumption: background.then(Resumption::new),
            ready: VecDeque::new(),
            took: Duration::ZERO,
        })
    }

    /// The next piece of the response; `None` after its good end, and after an error.
    ///
    /// # Errors
    ///
    /// [`StreamCut`](ErrorKind::StreamCut) if it broke off or ended without a finish reason,
    /// [`IdleTimeout`](ErrorKind::IdleTimeout) if it fell silent,
    /// [`InvalidChunk`](ErrorKind::InvalidChunk) if an event is no chunk,
    /// [`Api`](ErrorKind::Api) if it is an error object, and what
    /// [`Client::send`](super::Client::send) can fail with. Before the first piece they are tried
    /// again by the client's retry policy, and given out when that has stopped.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no piece is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<Delta, Error>> {
        poll_fn(|cx| self.poll_delta(cx)).await
    }

    fn poll_delta(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Delta, Error>>> {
        if self.ready.is_empty() {
            if matches!(self.state, State::Failed(None)) {
                return Poll::Ready(None);
            }
            // An empty queue turns into a list and back without a copy.
            let mut deltas = Vec::from(mem::take(&mut self.ready));
            let polled = self.poll_deltas(cx, &mut deltas);
            self.ready = deltas.into();
            if let Err(error) = ready!(polled) {
                return Poll::Ready(Some(Err(error)));
            }
        }
        Poll::Ready(self.ready.pop_front().map(Ok))
    }

    /// All that has arrived at once, appended to `deltas`. `true` if something was, `false` at the
    /// good end.
    pub(crate) fn poll_deltas(
        &mut self,
        cx: &mut Context<'_>,
        deltas: &mut Vec<Delta>,
    ) -> Poll<Result<bool, Error>> {
        let before = deltas.len();
        deltas.extend(self.ready.drain(..));
        if deltas.len() > before {
            return Poll::Ready(Ok(true));
        }
        loop {
            let failed = match &mut self.state {
                State::Ended => return Poll::Ready(Ok(false)),
                State::Failed(error) => {
                    let again = || Error::new(ErrorKind::StreamCut, "it has failed before");
                    return Poll::Ready(Err(error.take().unwrap_or_else(again)));
                }
                State::Opening(opening) => {
                    match ready!(opening.as_mut().poll(cx)) {
                        Ok(Opened { attempt, body, permit }) => {
                            let reading = Reading::new(&attempt, body, permit);
                            self.state = State::Reading(Box::new(reading));
                            self.attempt = attempt;
                        }
                        Err(error) => {
                            self.attempt.course.adopt(error.attempt_log());
                            self.state = State::Failed(None);
                            return Poll::Ready(Err(error));
                        }
                    }
                    continue;
                }
                State::Reading(_) => match self.poll_reading(cx, deltas) {
                    Poll::Pending if deltas.len() == before => return Poll::Pending,
                    Poll::Pending => None,
                    Poll::Ready(Ok(())) => {
                        self.end(cx);
                        None
                    }
                    Poll::Ready(Err(failed)) => Some(failed),
                },
            };
            let appended = deltas.len() > before;
            self.given_out |= appended;
            let Some(failed) = failed else {
                return Poll::Ready(Ok(appended));
            };
            let Attempt { span, timing, course, .. } = &mut self.attempt;
            // What the server itself says of the response is its end.
            let resumption =
                self.resumption.as_mut().filter(|_| failed.error.kind() != ErrorKind::Api);
            let resumed = resumption.and_then(|resumption| {
                if resumption.leave() {
                    course.has_brought();
                }
                resumption.request(&self.client)
            });
            let given_out = self.given_out && resumed.is_none();
            match course.wait_after(&self.client, failed, *timing, span, given_out) {
                Ok(wait) => {
                    if let Some(request) = resumed {
                        self.request = request;
                    } else {
                        self.accumulator = accumulator(self.request.api, &self.client);
                        // Another response, whose events are counted anew.
                        self.resumption = self.resumption.take().map(|_| Resumption::new());
                    }
                    let (client, request) = (Arc::clone(&self.client), self.request.clone());
                    let opening = open(client, request, course.clone(), wait);
                    self.state = State::Opening(Box::pin(opening));
                }
                Err(error) if appended => {
                    self.state = State::Failed(Some(error));
                    return Poll::Ready(Ok(true));
                }
                Err(error) => {
                    self.state = State::Failed(None);
                    return Poll::Ready(Err(error));
                }
            }
        }
    }

    /// Reads what is there. `Ready(Ok)` at the good end; deltas may be appended whatever it
    /// returns.
    fn poll_reading(
        &mut self,
        cx: &mut Context<'_>,
        deltas: &mut Vec<Delta>,
    ) -> Poll<Result<(), Failed>> {
        let State::Reading(reading) = &mut self.state else {
            return Poll::Ready(Ok(()));
        };
        let mut reader = Reader {
            client: &self.client,
            attempt: &self.attempt,
            accumulator: &mut self.accumulator,
            whole: &mut self.whole,
            deltas,
            resumption: self.resumption.as_mut(),
        };
        let before = reader.deltas.len();
        for _ in 0..CHUNKS_AT_ONCE {
            match reading.body.poll_chunk(cx) {
                Poll::Ready(Ok(Some(bytes))) => {
                    let events = reading.events;
                    reader.take(reading, bytes)?;
                    if reader.accumulator.is_done() {
                        return Poll::Ready(reader.end("`[DONE]` came without a finish reason"));
                    }
                    if reading.heard(events, reader.accumulator.is_whole()) {
                        return Poll::Ready(Ok(()));
                    }
                }
                Poll::Ready(Ok(None)) => return Poll::Ready(reader.finish(reading)),
                // All of the answer is there.
                Poll::Ready(Err(_)) if reader.accumulator.is_whole() => {
                    return Poll::Ready(Ok(()));
                }
                Poll::Ready(Err(error)) => {
                    let cut = Error::new(ErrorKind::StreamCut, "the connection broke");
                    return Poll::Ready(Err(reader.failed(cut.with_source(error), true)));
                }
                Poll::Pending if reader.deltas.len() > before => {
                    let end = reading.end(&self.client, &self.attempt);
                    if end.at <= Instant::now() && !reader.accumulator.is_whole() {
                        return Poll::Ready(Err(reader.failed(end.error(), true)));
                    }
                    return Poll::Pending;
                }
                Poll::Pending => {
                    let end = reading.end(&self.client, &self.attempt);
                    ready!(reading.poll_end(cx, end.at));
                    if reader.accumulator.is_whole() {
                        return Poll::Ready(Ok(()));
                    }
                    return Poll::Ready(Err(reader.failed(end.error(), true)));
                }
            }
        }
        // A server that never pauses is no reason to forget the time.
        let end = reading.end(&self.client, &self.attempt);
        if end.at <= Instant::now() {
            return Poll::Ready(Err(reader.failed(end.error(), true)));
        }
        // Others are to have a turn, too.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn end(&mut self, cx: &mut Context<'_>) {
        self.took = self.attempt.timing.began.elapsed();
        if let Some(resumption) = &mut self.resumption {
            resumption.forget();
        }
        if let State::Reading(reading) = mem::replace(&mut self.state, State::Ended) {
            let Reading { body, permit, .. } = *reading;
            release(body, permit, cx);
        }
        self.attempt.span.number("http.response.status_code", self.attempt.head.status.into());
    }

    /// Ends the response if it is whole, though more may come; `true` if it is.
    pub(crate) fn end_if_whole(&mut self, cx: &mut Context<'_>) -> bool {
        let whole = matches!(self.state, State::Reading(_)) && self.accumulator.is_whole();
        if whole {
            self.end(cx);
        }
        whole || matches!(self.state, State::Ended)
    }

    /// Whether arguments can be closed and grow nevertheless.
    pub(crate) fn tells_snapshots(&self) -> bool {
        self.client.stream_snapshots
    }

    /// Where in the order of the response the call of a slot began.
    pub(crate) fn place(&self, slot: usize) -> Place {
        // The calls of a response that came whole are in order.
        self.accumulator.place(slot).unwrap_or(Place::InOrder)
    }

    /// Whether the server says when the arguments of a call are whole.
    pub(crate) fn tells_complete_calls(&self) -> bool {
        self.request.api == Api::Responses
    }

    /// What has arrived so far, also after an error. It is copied.
    #[must_use]
    pub fn arrived(&self) -> AssistantMessage {
        match &self.whole {
            Some(whole) => whole.response.message.clone(),
            None => self.accumulator.message(),
        }
    }

    /// The server's id of the request (header `x-request-id`).
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.attempt.head.request_id.as_deref()
    }

    /// How often the request was sent so far; 1 if the first attempt succeeded.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match &self.state {
            State::Ended | State::Reading(_) => self.attempt.number,
            // Those that are written down have failed.
            State::Failed(_) | State::Opening(_) => self.attempt.course.number() - 1,
        }
    }

    /// The response, after the good end: equal to what the same answer would have been without
    /// streaming. Its [body](Response::body) is written anew when it is asked for.
    ///
    /// # Errors
    ///
    /// Kind [`StreamCut`](ErrorKind::StreamCut) if the stream was not read to its good end.
    pub fn into_response(self) -> Result<Response, Error> {
        Ok(self.into_accumulated()?.response)
    }

    pub(crate) fn into_accumulated(self) -> Result<Accumulated, Error> {
        let Attempt { head, course, number, timing, .. } = self.attempt;
        let record = timing.record(head.status, head.request_id.clone());
        if !matches!(self.state, State::Ended) {
            let error = Error::new(ErrorKind::StreamCut, "it was not read to a good end");
            let log = match self.state {
                State::Reading(_) => {
                    course.into_log(AttemptRecord { error: Some(error.kind()), ..record })
                }
                _ => course.into_failed(),
            };
            return Err(head.facts(error).with_attempt_log(log));
        }
        let mut accumulated = match self.whole {
            Some(whole) => whole,
            None => self.accumulator.into_accumulated()?,
        };
        let response = &mut accumulated.response;
        self.client.mask(response);
        response.attempt_log = course.into_log(AttemptRecord { duration: self.took, ..record });
        response.request_id = head.request_id;
        response.attempts = number;
        Ok(accumulated)
    }
}

impl Stream for ResponseStream {
    type Item = Result<Delta, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_delta(cx)
    }
}

impl fmt::Debug for ResponseStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Ended => "ended",
            State::Failed(_) => "failed",
            State::Opening(_) => "opening",
            State::Reading(_) => "reading",
        };
        f.debug_struct("ResponseStream")
            .field("state", &state)
            .field("request_id", &self.request_id())
            .field("attempts", &self.attempts())
            .finish_non_exhaustive()
    }
}

fn accumulator(api: Api, client: &Inner) -> Accumulator {
    let done_is_end = client.provider.quirks.done_is_end;
    Accumulator::new(api, client.max_response_bytes, client.stream_snapshots, done_is_end)
}

/// Sends the request until the head of a good response is there, by the retry policy.
async fn open(
    client: Arc<Inner>,
    mut request: Outgoing,
    mut course: Course,
    wait: Duration,
) -> Result<Opened, Error> {
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    let begun = client.open(&mut request, &mut course, Form::Events).await?;
    let Begun { head, body, permit, timing, span } = begun;
    let attempt = Attempt { head, span, timing, number: course.number(), course };
    Ok(Opened { attempt, body: body.read_ahead(), permit })
}

/// How many chunks are read before other tasks have a turn.
const CHUNKS_AT_ONCE: usize = 64;
