//! The events of a response that the server keeps, as they are.

use std::{fmt, future::Future, mem, pin::Pin, sync::Arc, time::Duration};

use futures_util::{Stream, stream::unfold};
use http::Method;
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    Inner,
    attempt::{Failed, Head},
    background::ENDS,
    course::{Bounds, Content, Course, Outgoing, Timing},
    endpoint::{Target, including},
    exchange::{Begun, Form},
    limiter::Permit,
    position::Position,
    transport::Body,
};
use crate::{
    error::{Error, ErrorKind},
    observe::Span,
    responses::{Include, StreamEvent},
    stream::SseDecoder,
};

/// The events of a background response; made by
/// [`Responses::retrieve_stream`](super::Responses::retrieve_stream). Nothing is sent before the first
/// [`next`](Self::next).
///
/// Where the connection is lost it is taken up again behind the last event, as often as the retry
/// policy allows without a new event in between: none comes twice, and none is lost. A server that
/// leaves one out is asked again, too. Events without a number, which OpenAI's servers do not send,
/// are given out as they come; a stream that is lost behind one of them is at its end, for nobody
/// could say what is missing. Dropping it does not cancel the response.
#[must_use = "nothing is sent before `next`"]
pub struct EventStream {
    client: Arc<Inner>,
    id: String,
    include: Vec<Include>,
    obfuscation: Option<bool>,
    position: Position,
    state: State,
}

enum State {
    Opening(Opening),
    Over,
    Reading(Box<Reading>),
    Unasked,
}

type Opening = Pin<Box<dyn Future<Output = Result<(Course, Begun), Error>> + Send>>;

struct Reading {
    head: Head,
    body: Body,
    /// Held until the body is read.
    _permit: Option<Permit>,
    course: Course,
    timing: Timing,
    span: Span,
    decoder: SseDecoder,
    last_heard: Instant,
}

impl EventStream {
    pub(super) fn new(client: Arc<Inner>, id: &str) -> Self {
        Self {
            client,
            id: id.to_owned(),
            include: Vec::new(),
            obfuscation: None,
            position: Position::default(),
            state: State::Unasked,
        }
    }

    /// Only the events behind the one whose
    /// [`sequence_number`](crate::responses::StreamEvent::sequence_number) this is. Default: all of
    /// them.
    pub fn starting_after(mut self, number: u64) -> Self {
        self.position = Position::behind(number);
        self
    }

    /// What else the events are to hold. Default: nothing.
    pub fn include(mut self, include: impl IntoIterator<Item = Include>) -> Self {
        self.include.extend(include);
        self
    }

    /// Whether deltas hold noise that hides from others on the way how long they are. Default: as the
    /// server likes it (OpenAI: yes).
    pub fn obfuscation(mut self, obfuscation: bool) -> Self {
        self.obfuscation = Some(obfuscation);
        self
    }

    /// The number of the last event that was given out: where to take it up again in another process.
    #[must_use]
    pub fn last_sequence_number(&self) -> Option<u64> {
        self.position.last()
    }

    /// The next event; `None` behind the last one, and after an error. The last one says that the
    /// response is completed, incomplete, failed or cancelled, or is an error.
    ///
    /// # Errors
    ///
    /// As [`Client::stream`](crate::Client::stream) and
    /// [`ResponseStream::next`](super::ResponseStream::next), when the retry policy has stopped. Kind
    /// [`InvalidRequest`](ErrorKind::InvalidRequest) if the id was none,
    /// [`InvalidChunk`](ErrorKind::InvalidChunk) if an event is missing however often the server is
    /// asked.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no event is lost when the future is dropped, and a connection that is being made
    /// is waited for by the next call.
    pub async fn next(&mut self) -> Option<Result<StreamEvent, Error>> {
        while !matches!(self.state, State::Over) {
            match self.advance().await {
                Ok(Some(event)) => return Some(Ok(event)),
                Ok(None) => {}
                Err(error) => {
                    self.state = State::Over;
                    return Some(Err(error));
                }
            }
        }
        None
    }

    /// The same as a [`Stream`].
    pub fn into_stream(self) -> impl Stream<Item = Result<StreamEvent, Error>> + Send {
        unfold(self, |mut rest| async { rest.next().await.map(|next| (next, rest)) })
    }

    /// Goes a step further: to an event, or to nothing yet.
    async fn advance(&mut self) -> Result<Option<StreamEvent>, Error> {
        let failed = match &mut self.state {
            State::Over => return Ok(None),
            State::Unasked => {
                let course = Course::new(&self.client, Bounds::default());
                self.state = State::Opening(self.open(course, Duration::ZERO)?);
                return Ok(None);
            }
            State::Opening(opening) => {
                let (course, begun) = opening.await?;
                let reading = Reading::new(&self.client, course, begun);
                self.state = State::Reading(Box::new(reading));
                return Ok(None);
            }
            State::Reading(reading) => match read(&self.client, reading).await {
                Ok(event) => match self.position.note(event.sequence_number()) {
                    Ok(false) => return Ok(None),
                    Ok(true) => {
                        if ends(&event) {
                            self.state = State::Over;
                        }
                        return Ok(Some(event));
                    }
                    Err(error) => Failed::new(reading.head.facts(error), true),
                },
                Err(failed) => failed,
            },
        };
        let State::Reading(reading) = mem::replace(&mut self.state, State::Over) else {
            return Ok(None);
        };
        let Reading { mut course, timing, span, .. } = *reading;
        if self.position.leave() {
            course.has_brought();
        }
        let is_lost = !self.position.can_resume();
        let wait = course.wait_after(&self.client, failed, timing, &span, is_lost)?;
        self.state = State::Opening(self.open(course, wait)?);
        Ok(None)
    }

    fn open(&self, mut course: Course, wait: Duration) -> Result<Opening, Error> {
        let mut query = vec![("stream", "true".to_owned())];
        query.extend(self.position.last().map(|last| ("starting_after", last.to_string())));
        query.extend(self.obfuscation.map(|wanted| ("include_obfuscation", wanted.to_string())));
        query.extend(including(self.include.iter().cloned()));
        let target = Target::new(Method::GET, &self.client.responses, &[&self.id], &query)?;
        let client = Arc::clone(&self.client);
        Ok(Box::pin(async move {
            if !wait.is_zero() {
                sleep(wait).await;
            }
            let mut outgoing = Outgoing::to(target, Content::Nothing);
            let begun = client.open(&mut outgoing, &mut course, Form::Events).await?;
            Ok((course, begun))
        }))
    }
}

impl Reading {
    fn new(client: &Inner, course: Course, begun: Begun) -> Self {
        let Begun { head, body, permit, timing, span } = begun;
        Self {
            head,
            body: body.read_ahead(),
            _permit: permit,
            course,
            timing,
            span,
            decoder: client.decoder(),
            last_heard: Instant::now(),
        }
    }
}

/// Reads one event.
async fn read(client: &Inner, reading: &mut Reading) -> Result<StreamEvent, Failed> {
    let Reading { head, body, timing, decoder, last_heard, .. } = reading;
    let failed = |error: Error| Failed::new(head.facts(error), true);
    loop {
        // What is read ahead is never waited for: a server that sends nothing but comments would keep
        // every timer of this task from being looked at.
        tokio::task::coop::consume_budget().await;
        let mut event = decoder.next_event().map_err(|error| too_large(head, error))?;
        if event.is_none() {
            let end = client.time_limits.of_stream(*last_heard, timing.deadline);
            match timeout_at(end.at, body.chunk()).await {
                Err(_elapsed) => return Err(failed(end.error())),
                Ok(Err(error)) => {
                    let cut = Error::new(ErrorKind::StreamCut, "the connection broke");
                    return Err(failed(cut.with_source(error)));
                }
                Ok(Ok(Some(bytes))) => {
                    *last_heard = Instant::now();
                    decoder.push(bytes);
                    continue;
                }
                Ok(Ok(None)) => {
                    event = decoder.finish().map_err(|error| too_large(head, error))?;
                    if event.is_none() {
                        let cut = "it ended without the event that ends the response";
                        return Err(failed(Error::new(ErrorKind::StreamCut, cut)));
                    }
                }
            }
        }
        let Some(event) = event else { continue };
        let data = event.data().trim_ascii();
        if data.is_empty() || data == b"[DONE]" {
            continue;
        }
        return serde_json::from_slice(data).map_err(|_| {
            let invalid = Error::new(ErrorKind::InvalidChunk, "an event is no JSON");
            failed(invalid.with_payload(data))
        });
    }
}

fn too_large(head: &Head, error: impl std::error::Error + Send + Sync + 'static) -> Failed {
    let too_large = Error::new(ErrorKind::ResponseTooLarge, "one event is too large");
    Failed::new(head.facts(too_large.with_source(error)), false)
}

/// Whether nothing follows an event.
fn ends(event: &StreamEvent) -> bool {
    event.kind().is_some_and(|kind| kind == "error" || ENDS.contains(&&*kind))
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("last_sequence_number", &self.last_sequence_number())
            .field("over", &matches!(self.state, State::Over))
            .finish_non_exhaustive()
    }
}
