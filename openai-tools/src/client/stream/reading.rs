//! The bytes of one response on their way to deltas.

use std::{
    future::Future,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Buf, Bytes, BytesMut};
use tokio::time::{Instant, Sleep};

use super::{
    super::{
        Inner, attempt::Failed, background::Resumption, course::Timing, limiter::Permit,
        time_limits::End, transport::Body,
    },
    Attempt,
    silence::Silence,
};
use crate::{
    chat::{Accumulator, Delta, completions::ChatAccumulator, wire::Accumulated},
    error::{Error, ErrorKind},
    stream::{SseDecoder, SseEvent},
};

/// A response that is read.
pub(super) struct Reading {
    pub(super) body: Body,
    /// Held until the body is at its end, or given up.
    pub(super) permit: Option<Permit>,
    pub(super) form: Form,
    /// Until the first event came.
    pub(super) waiting: bool,
    pub(super) last_heard: Instant,
    /// How many events have come.
    pub(super) events: u64,
    pub(super) silence: Silence,
    /// One timer for the whole stream: it is moved when it fires too early, not with every chunk.
    pub(super) timer: Option<Pin<Box<Sleep>>>,
}

/// What a response turns out to be.
pub(super) enum Form {
    /// A response without streaming.
    Body(BytesMut),
    Events(Box<SseDecoder>),
    /// The first byte that is neither blank nor of a comment will tell: a whole response can come
    /// under either content type, and behind comments that keep the connection alive.
    Unknown(Opening),
}

/// What has come before the first byte that tells.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Opening {
    in_comment: bool,
}

impl Opening {
    /// Where the byte stands that tells, if it has come.
    fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        bytes.iter().position(|byte| {
            let is_break = matches!(byte, b'\n' | b'\r');
            if self.in_comment {
                self.in_comment = !is_break;
                return false;
            }
            self.in_comment = *byte == b':';
            // Blanks and byte order marks mean nothing in either form.
            !self.in_comment && !byte.is_ascii_whitespace() && !b"\xEF\xBB\xBF".contains(byte)
        })
    }
}

impl Reading {
    pub(super) fn new(attempt: &Attempt, body: Body, permit: Option<Permit>) -> Self {
        Self {
            body,
            permit,
            form: Form::Unknown(Opening::default()),
            waiting: true,
            last_heard: attempt.timing.began,
            events: 0,
            silence: Silence::default(),
            timer: None,
        }
    }

    /// Notes that something came, after the first `events` events. `true` if the response is whole
    /// and was waited on for long enough.
    pub(super) fn heard(&mut self, events: u64, whole: bool) -> bool {
        let now = Instant::now();
        // Comments only say that the connection is alive, which is nothing to a whole answer.
        if !whole || self.events > events {
            self.last_heard = now;
        }
        self.silence.ends(now, whole)
    }

    /// Until when the next bytes are waited for.
    pub(super) fn end(&self, client: &Inner, attempt: &Attempt) -> End {
        let Timing { began, deadline, .. } = attempt.timing;
        let limits = &client.time_limits;
        match &self.form {
            Form::Body(_) => limits.of_body(began, self.last_heard, deadline),
            _ if self.waiting => limits.of_first_byte(began, deadline),
            _ => limits.of_stream(self.last_heard, deadline),
        }
    }

    /// Ready when nothing more is waited for.
    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>, limit: Instant) -> Poll<()> {
        let mut end = self.silence.deadline(limit);
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(end)));
        if timer.deadline() > end {
            timer.as_mut().reset(end);
        }
        while timer.as_mut().poll(cx).is_ready() {
            if timer.deadline() >= end {
                match self.silence.look_again(limit) {
                    Some(later) => end = later,
                    None => return Poll::Ready(()),
                }
            }
            timer.as_mut().reset(end);
        }
        Poll::Pending
    }
}

/// What the bytes of a response are read into.
pub(super) struct Reader<'a> {
    pub(super) client: &'a Arc<Inner>,
    pub(super) attempt: &'a Attempt,
    pub(super) accumulator: &'a mut Accumulator,
    pub(super) whole: &'a mut Option<Accumulated>,
    pub(super) deltas: &'a mut Vec<Delta>,
    pub(super) resumption: Option<&'a mut Resumption>,
}

impl Reader<'_> {
    pub(super) fn take(&mut self, reading: &mut Reading, mut bytes: Bytes) -> Result<(), Failed> {
        if let Form::Unknown(opening) = &mut reading.form {
            let Some(at) = opening.find(&bytes) else { return Ok(()) };
            bytes.advance(at);
            reading.form = match bytes.first() {
                Some(b'{' | b'[') => Form::Body(BytesMut::new()),
                Some(b'<') if !self.attempt.head.is_event_stream() => Form::Body(BytesMut::new()),
                _ => Form::Events(Box::new(self.client.decoder())),
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
                    reading.events += 1;
                    self.take_event(&event)?;
                    if self.accumulator.is_done() {
                        break;
                    }
                }
            }
            Form::Unknown(_) => {}
        }
        Ok(())
    }

    /// The body is at its end.
    pub(super) fn finish(&mut self, reading: &mut Reading) -> Result<(), Failed> {
        match mem::replace(&mut reading.form, Form::Unknown(Opening::default())) {
            Form::Body(_) if self.resumption.as_ref().is_some_and(|taken| taken.has_begun()) => {
                let why = "the rest of the stream came as a whole response";
                Err(self.failed(Error::new(ErrorKind::InvalidResponse, why), false))
            }
            Form::Body(body) => {
                let api = self.accumulator.api();
                let response = self.client.response(api, &self.attempt.head, body.freeze())?;
                *self.whole = Some(Accumulated::of_whole(response, self.deltas));
                Ok(())
            }
            Form::Events(mut decoder) => {
                while let Some(event) = decoder.finish().map_err(|e| self.too_large(e))? {
                    self.take_event(&event)?;
                }
                self.end("it ended without a finish reason")
            }
            Form::Unknown(_) => self.end("it is empty"),
        }
    }

    fn take_event(&mut self, event: &SseEvent) -> Result<(), Failed> {
        let data = event.data();
        if let Some(resumption) = &mut self.resumption {
            match resumption.note(self.client, data) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => return Err(self.failed(error, true)),
            }
        }
        if event.is_error() {
            return Err(self.client.told(&self.attempt.head, ChatAccumulator::push_error(data)));
        }
        let Err(error) = self.accumulator.push(data, self.deltas) else { return Ok(()) };
        Err(match error.kind() {
            ErrorKind::Api => self.client.told(&self.attempt.head, error),
            kind => self.failed(error, kind == ErrorKind::InvalidChunk),
        })
    }

    pub(super) fn end(&self, why_not: &str) -> Result<(), Failed> {
        if self.accumulator.is_whole() {
            return Ok(());
        }
        let why_not = match self.accumulator.finish_reason() {
            Some(_) => "more came after the finish reason, and then no end",
            None => why_not,
        };
        Err(self.failed(Error::new(ErrorKind::StreamCut, why_not), true))
    }

    fn too_large(&self, error: impl std::error::Error + Send + Sync + 'static) -> Failed {
        let too_large = Error::new(ErrorKind::ResponseTooLarge, "one event is too large");
        self.failed(too_large.with_source(error), false)
    }

    pub(super) fn failed(&self, error: Error, retryable: bool) -> Failed {
        Failed::new(self.attempt.head.facts(error), retryable)
    }
}

/// Reads on behind the end, so that the connection can be used again, without anybody waiting: the
/// last bytes of a body often come on their own.
pub(super) fn release(mut body: Body, permit: Option<Permit>, cx: &mut Context<'_>) {
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
        runtime.spawn(async move {
            tokio::time::timeout(TIME_BEHIND_THE_END, rest).await.ok();
            drop(permit);
        });
    }
}

/// How much is read behind the end of a response.
const CHUNKS_BEHIND_THE_END: usize = 8;

/// How long what is behind the end of a response is waited for.
const TIME_BEHIND_THE_END: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_the_form_is_found_behind_comments_however_they_are_cut() {
        let text = b"\xEF\xBB\xBF: keep\n\r\n:{\r \n: alive\n{\"a\": 1}";
        let told = text.len() - 8;
        for cut in 0..told {
            let mut opening = Opening::default();
            assert_eq!(opening.find(&text[..cut]), None, "{cut}");
            assert_eq!(opening.find(&text[cut..]), Some(told - cut), "{cut}");
        }
        assert_eq!(Opening::default().find(b": a\ndata: {}\n\n"), Some(4));
    }
}
