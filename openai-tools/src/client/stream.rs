//! A response while it arrives.

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

use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use tokio::time::{Instant, Sleep};

use super::{
    Inner,
    attempt::{Failed, Head},
    transport::Body,
};
use crate::{
    chat::{
        AssistantMessage, Delta, Response,
        completions::{Accumulated, ChatAccumulator},
    },
    error::{Error, ErrorKind},
    observe::{Observe, Span},
    stream::{SseDecoder, SseEvent},
};

/// A response while it arrives; made by [`Client::stream`](super::Client::stream).
///
/// Read it with [`next`](Self::next), or as a [`Stream`], to its end: only then is there a
/// response ([`into_response`](Self::into_response)). A stream that breaks off, falls silent, holds
/// what is no chunk, or ends without a finish reason is an error, each of its own kind, and
/// [`arrived`](Self::arrived) keeps what had come. Dropping it releases the connection.
///
/// It reads only while it is asked: a slow reader slows the server.
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
    request: Bytes,
    state: State,
    attempt: Attempt,
    accumulator: ChatAccumulator,
    /// The answer of a server that did not stream.
    whole: Option<Accumulated>,
    /// Whether a delta was given out: after that there is no other attempt.
    given_out: bool,
    /// Deltas that were read and are still to be given out by `next`.
    ready: VecDeque<Delta>,
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
}

/// The attempt whose response is read.
struct Attempt {
    head: Head,
    span: Span,
    /// How many were made before it.
    retries: u32,
    began: Instant,
}

struct Reading {
    body: Body,
    form: Form,
    /// Until the first event came.
    waiting: bool,
    last_heard: Instant,
    /// One timer for the whole stream: it is moved when it fires too early, not with every chunk.
    timer: Option<Pin<Box<Sleep>>>,
}

enum Form {
    /// A response without streaming.
    Body(BytesMut),
    Events(Box<SseDecoder>),
    /// The content type does not say; the first byte will.
    Unknown,
}

impl ResponseStream {
    pub(super) async fn open(client: Arc<Inner>, request: Bytes) -> Result<Self, Error> {
        let opened = open(Arc::clone(&client), request.clone(), 0, Duration::ZERO).await?;
        let accumulator = ChatAccumulator::new().with_max_bytes(client.max_response_bytes);
        Ok(Self {
            client,
            request,
            state: State::Reading(Box::new(Reading::new(&opened.attempt, opened.body))),
            attempt: opened.attempt,
            accumulator,
            whole: None,
            given_out: false,
            ready: VecDeque::new(),
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
                        Ok(Opened { attempt, body }) => {
                            self.state = State::Reading(Box::new(Reading::new(&attempt, body)));
                            self.attempt = attempt;
                        }
                        Err(error) => {
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
            let Attempt { span, retries, .. } = &self.attempt;
            let retries = *retries;
            match self.client.wait_after(failed, span, retries, self.given_out) {
                Ok(wait) => {
                    let limit = self.client.max_response_bytes;
                    self.accumulator = ChatAccumulator::new().with_max_bytes(limit);
                    let (client, request) = (Arc::clone(&self.client), self.request.clone());
                    let opening = open(client, request, retries + 1, wait);
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
        };
        let before = reader.deltas.len();
        for _ in 0..CHUNKS_AT_ONCE {
            match reading.body.poll_chunk(cx) {
                Poll::Ready(Ok(Some(bytes))) => {
                    reading.last_heard = Instant::now();
                    reader.take(reading, bytes)?;
                    if reader.accumulator.is_done() {
                        return Poll::Ready(reader.end("`[DONE]` came without a finish reason"));
                    }
                }
                Poll::Ready(Ok(None)) => return Poll::Ready(reader.finish(reading)),
                // All of the answer is there.
                Poll::Ready(Err(_)) if reader.accumulator.finish_reason().is_some() => {
                    return Poll::Ready(Ok(()));
                }
                Poll::Ready(Err(error)) => {
                    let cut = Error::new(ErrorKind::StreamCut, "the connection broke");
                    return Poll::Ready(Err(reader.failed(cut.with_source(error), true)));
                }
                Poll::Pending if reader.deltas.len() > before => return Poll::Pending,
                Poll::Pending => {
                    ready!(reading.poll_deadline(cx, &self.client, &self.attempt));
                    if reader.accumulator.finish_reason().is_some() {
                        return Poll::Ready(Ok(()));
                    }
                    return Poll::Ready(Err(reader.late(reading)));
                }
            }
        }
        // Others are to have a turn, too.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn end(&mut self, cx: &mut Context<'_>) {
        if let State::Reading(reading) = mem::replace(&mut self.state, State::Ended) {
            release(reading.body, cx);
        }
        self.attempt.span.number("http.response.status_code", self.attempt.head.status.into());
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
        self.attempt.retries + 1
    }

    /// The response, after the good end: equal to what the same answer would have been without
    /// streaming. Its body is written anew, see
    /// [`ChatAccumulator::finish`](crate::stream::ChatAccumulator::finish).
    ///
    /// # Errors
    ///
    /// Kind [`StreamCut`](ErrorKind::StreamCut) if the stream was not read to its good end.
    pub fn into_response(self) -> Result<Response, Error> {
        Ok(self.into_accumulated()?.response)
    }

    pub(crate) fn into_accumulated(self) -> Result<Accumulated, Error> {
        let Attempt { head, retries, .. } = self.attempt;
        let attempts = retries + 1;
        if !matches!(self.state, State::Ended) {
            let error = Error::new(ErrorKind::StreamCut, "it was not read to a good end");
            return Err(head.facts(error).with_attempts(attempts));
        }
        let mut accumulated = match self.whole {
            Some(whole) => whole,
            None => self.accumulator.into_accumulated()?,
        };
        accumulated.response.request_id = head.request_id;
        accumulated.response.attempts = attempts;
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

/// Sends the request until the head of a good response is there, by the retry policy.
async fn open(
    client: Arc<Inner>,
    request: Bytes,
    mut retries: u32,
    mut wait: Duration,
) -> Result<Opened, Error> {
    loop {
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let span = Span::attempt(retries + 1);
        let began = Instant::now();
        let attempt = client.begin_stream(request.clone()).observed(&span);
        let failed = match tokio::time::timeout(client.timeout, attempt).await {
            Ok(Ok((head, body))) => {
                return Ok(Opened { attempt: Attempt { head, span, retries, began }, body });
            }
            Ok(Err(failed)) => failed,
            Err(_elapsed) => Failed::late(format!("no response within {:?}", client.timeout)),
        };
        wait = client.wait_after(failed, &span, retries, false)?;
        retries += 1;
    }
}

impl Reading {
    fn new(attempt: &Attempt, body: Body) -> Self {
        let form = if attempt.head.is_event_stream() {
            Form::Events(Box::default())
        } else {
            Form::Unknown
        };
        Self { body, form, waiting: true, last_heard: attempt.began, timer: None }
    }

    /// Ready when nothing more is waited for.
    fn poll_deadline(
        &mut self,
        cx: &mut Context<'_>,
        client: &Inner,
        attempt: &Attempt,
    ) -> Poll<()> {
        let (from, wait) = if self.waiting {
            (attempt.began, client.timeout)
        } else {
            (self.last_heard, client.idle_timeout)
        };
        let deadline = from.checked_add(wait).unwrap_or_else(|| from + FOR_EVER);
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
        }
        while timer.as_mut().poll(cx).is_ready() {
            if timer.deadline() >= deadline {
                return Poll::Ready(());
            }
            timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

/// What the bytes of a response are read into.
struct Reader<'a> {
    client: &'a Inner,
    attempt: &'a Attempt,
    accumulator: &'a mut ChatAccumulator,
    whole: &'a mut Option<Accumulated>,
    deltas: &'a mut Vec<Delta>,
}

impl Reader<'_> {
    fn take(&mut self, reading: &mut Reading, bytes: Bytes) -> Result<(), Failed> {
        if matches!(reading.form, Form::Unknown) {
            // Blanks and byte order marks mean nothing in either form.
            let tells = |byte: &&u8| !byte.is_ascii_whitespace() && !b"\xEF\xBB\xBF".contains(byte);
            reading.form = match bytes.iter().find(tells) {
                None => return Ok(()),
                Some(b'{' | b'[' | b'<') => Form::Body(BytesMut::new()),
                Some(_) => Form::Events(Box::default()),
            };
        }
        match &mut reading.form {
            Form::Body(body) => {
                if body.len() + bytes.len() > self.client.max_response_bytes {
                    return Err(self.client.too_large(&self.attempt.head));
                }
                body.extend_from_slice(&bytes);
            }
            Form::Events(decoder) => {
                decoder.push(bytes);
                while let Some(event) = decoder.next_event().map_err(|e| self.too_large(e))? {
                    reading.waiting = false;
                    self.take_event(&event)?;
                    if self.accumulator.is_done() {
                        break;
                    }
                }
            }
            Form::Unknown => {}
        }
        Ok(())
    }

    /// The body is at its end.
    fn finish(&mut self, reading: &mut Reading) -> Result<(), Failed> {
        match mem::replace(&mut reading.form, Form::Unknown) {
            Form::Body(body) => {
                let response = self.client.response(&self.attempt.head, body.freeze())?;
                *self.whole = Some(Accumulated::of_whole(response, self.deltas));
                Ok(())
            }
            Form::Events(mut decoder) => {
                while let Some(event) = decoder.finish().map_err(|e| self.too_large(e))? {
                    self.take_event(&event)?;
                }
                self.end("it ended without a finish reason")
            }
            Form::Unknown => self.end("it is empty"),
        }
    }

    fn take_event(&mut self, event: &SseEvent) -> Result<(), Failed> {
        let data = event.data();
        if event.event() == "error" {
            return Err(self.client.told(&self.attempt.head, ChatAccumulator::push_error(data)));
        }
        let Err(error) = self.accumulator.push(data, self.deltas) else { return Ok(()) };
        Err(match error.kind() {
            ErrorKind::Api => self.client.told(&self.attempt.head, error),
            kind => self.failed(error, kind == ErrorKind::InvalidChunk),
        })
    }

    fn end(&self, why_not: &str) -> Result<(), Failed> {
        match self.accumulator.finish_reason() {
            Some(_) => Ok(()),
            None => Err(self.failed(Error::new(ErrorKind::StreamCut, why_not), true)),
        }
    }

    fn late(&self, reading: &Reading) -> Failed {
        let Inner { timeout, idle_timeout, .. } = self.client;
        let error = match (&reading.form, reading.waiting) {
            (Form::Body(_), _) => {
                Error::new(ErrorKind::Timeout, format!("no whole response within {timeout:?}"))
            }
            (_, true) => Error::new(ErrorKind::Timeout, format!("no event within {timeout:?}")),
            (_, false) => {
                Error::new(ErrorKind::IdleTimeout, format!("nothing came for {idle_timeout:?}"))
            }
        };
        self.failed(error, true)
    }

    fn too_large(&self, error: impl std::error::Error + Send + Sync + 'static) -> Failed {
        let too_large = Error::new(ErrorKind::ResponseTooLarge, "one event is too large");
        self.failed(too_large.with_source(error), false)
    }

    fn failed(&self, error: Error, retryable: bool) -> Failed {
        Failed::new(self.attempt.head.facts(error), retryable)
    }
}

/// Reads on behind the end, so that the connection can be used again, without anybody waiting: the
/// last bytes of a body often come on their own.
fn release(mut body: Body, cx: &mut Context<'_>) {
    for _ in 0..CHUNKS_BEHIND_THE_END {
        match body.poll_chunk(cx) {
            Poll::Ready(Ok(Some(_))) => {}
            Poll::Ready(_) => return,
            Poll::Pending => break,
        }
    }
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        let rest = async move {
            for _ in 0..CHUNKS_BEHIND_THE_END {
                if !matches!(body.chunk().await, Ok(Some(_))) {
                    break;
                }
            }
        };
        runtime.spawn(async move { tokio::time::timeout(TIME_BEHIND_THE_END, rest).await.ok() });
    }
}

/// Thirty years.
const FOR_EVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// How many chunks are read before other tasks have a turn.
const CHUNKS_AT_ONCE: usize = 64;

/// How much is read behind the end of a response.
const CHUNKS_BEHIND_THE_END: usize = 8;

/// How long what is behind the end of a response is waited for.
const TIME_BEHIND_THE_END: Duration = Duration::from_secs(1);
