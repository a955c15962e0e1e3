//! The events of a response that the server keeps, as they are.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use futures_util::{Stream, stream::unfold};
use http::Method;
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    Inner,
    attempt::{Failed, Head},
    background::ENDS,
    course::{Bounds, Course, Outgoing, Timing},
    endpoint::Target,
    limiter::Permit,
    transport::Body,
};
use crate::{
    error::{Error, ErrorKind},
    observe::{Observe, Span},
    responses::StreamEvent,
    stream::SseDecoder,
};

/// The events of a background response; made by
/// [`Responses::retrieve_stream`](super::Responses::retrieve_stream).
///
/// Where the connection is lost it is taken up again behind the last event, as often as the retry
/// policy allows without any event in between: none comes twice, and none is lost. Dropping it does
/// not cancel the response.
pub struct EventStream {
    client: Arc<Inner>,
    id: String,
    last: Option<u64>,
    course: Course,
    reading: Option<Reading>,
    over: bool,
}

struct Reading {
    head: Head,
    body: Body,
    /// Held until the body is read.
    _permit: Option<Permit>,
    timing: Timing,
    span: Span,
    decoder: SseDecoder,
    last_heard: Instant,
}

impl EventStream {
    pub(super) fn new(
        client: Arc<Inner>,
        id: &str,
        starting_after: Option<u64>,
    ) -> Result<Self, Error> {
        // Refuses what is no id.
        Target::new(Method::GET, &client.responses, &[id], &[])?;
        let course = Course::new(&client, Bounds::default());
        let id = id.to_owned();
        Ok(Self { client, id, last: starting_after, course, reading: None, over: false })
    }

    /// The number of the last event that was given out: where to take it up again in another process.
    #[must_use]
    pub fn last_sequence_number(&self) -> Option<u64> {
        self.last
    }

    /// The next event; `None` behind the last one, and after an error. The last one says that the
    /// response is completed, incomplete, failed or cancelled, or is an error.
    ///
    /// # Errors
    ///
    /// As [`Client::stream`](crate::Client::stream) and
    /// [`ResponseStream::next`](super::ResponseStream::next), when the retry policy has stopped.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no event is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<StreamEvent, Error>> {
        while !self.over {
            match self.advance().await {
                Ok(Some(event)) => return Some(Ok(event)),
                Ok(None) => {}
                Err(error) => {
                    self.over = true;
                    self.reading = None;
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
        let (failed, timing, span) = match &mut self.reading {
            None => match self.open().await? {
                Ok(reading) => {
                    self.reading = Some(reading);
                    return Ok(None);
                }
                Err(failed) => failed,
            },
            Some(reading) => match read(&self.client, reading).await {
                Ok(event) => {
                    let number = event.sequence_number();
                    if number.is_some() && number <= self.last {
                        return Ok(None);
                    }
                    self.course.has_brought();
                    self.last = number.or(self.last);
                    self.over = ends(&event);
                    return Ok(Some(event));
                }
                Err(failed) => (failed, reading.timing, reading.span.clone()),
            },
        };
        self.reading = None;
        let wait = self.course.wait_after(&self.client, failed, timing, &span, false)?;
        sleep(wait).await;
        Ok(None)
    }

    /// Of `&mut self`, so that what awaits it can be sent to another thread: a body is not shared.
    async fn open(&mut self) -> Result<Result<Reading, (Failed, Timing, Span)>, Error> {
        let last = self.last.map(|last| last.to_string());
        let mut query = vec![("stream", "true")];
        query.extend(last.as_deref().map(|last| ("starting_after", last)));
        let target = Target::new(Method::GET, &self.client.responses, &[&self.id], &query)?;
        let outgoing = Outgoing::to(target, Bytes::new());
        let (timing, permit) = self.course.admit(&self.client, &outgoing).await?;
        let span = Span::attempt(self.course.number());
        let begun = self.client.begin_stream(&outgoing, timing, permit.as_ref());
        Ok(match begun.observed(&span).await {
            Ok((head, body)) => Ok(Reading {
                head,
                body: body.read_ahead(),
                _permit: permit,
                timing,
                span,
                decoder: SseDecoder::default(),
                last_heard: Instant::now(),
            }),
            Err(failed) => Err((failed, timing, span)),
        })
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
            .field("last_sequence_number", &self.last)
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}
