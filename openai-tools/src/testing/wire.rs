//! A response as bytes, with the ways in which it can end badly.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use hyper::body::{Body, Frame, SizeHint};
use serde_json::Value;
use tokio::time::{Sleep, sleep};

use super::{
    fault::Fault,
    line::{Breach, BreakPoint, Manner, Orders},
    recorded::Recorded,
    stream::{Events, Frames, StreamBody, StreamEnding},
};

/// What is sent: plain data, made by the pure part of the server.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Response {
    pub(super) delay: Duration,
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) payload: Payload,
    pub(super) chunked: bool,
    pub(super) breach: Option<Breach>,
    pub(super) slow: Option<Slow>,
    /// Bytes that go over the wire in place of all this.
    pub(super) instead: Option<Bytes>,
}

/// So many bytes of the body at a time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Slow {
    pub(super) bytes: usize,
    pub(super) pause: Duration,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Payload {
    Bytes(Bytes),
    /// `filling` times the letter x between two texts.
    Filled {
        before: Bytes,
        filling: u64,
        after: Bytes,
    },
    /// Server-sent events, which bring their own bad endings.
    Stream(Box<Frames>),
}

impl Response {
    pub(super) fn empty(status: u16) -> Self {
        Self {
            delay: Duration::ZERO,
            status,
            headers: Vec::new(),
            payload: Payload::Bytes(Bytes::new()),
            chunked: false,
            breach: None,
            slow: None,
            instead: None,
        }
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        let payload = Payload::Bytes(body.to_string().into());
        Self { payload, ..Self::empty(status).with_header("content-type", "application/json") }
    }

    pub(super) fn events(status: u16, events: Events) -> Self {
        let payload = Payload::Stream(Box::new(Frames::new(events)));
        Self { payload, ..Self::empty(status).with_header("content-type", "text/event-stream") }
    }

    pub(super) fn fault(fault: &Fault) -> Self {
        Self::json(fault.status, &fault.to_json())
    }

    pub(super) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn break_off(&mut self, breach: Breach) {
        match &mut self.payload {
            Payload::Stream(frames) if breach.point == BreakPoint::InBody => {
                frames.break_in_half(breach.manner);
            }
            _ => self.breach = Some(breach),
        }
    }

    /// The response as hyper sends it.
    ///
    /// A script can ask for a status or header that HTTP does not know: that is answered with a
    /// 500 that says so.
    pub(super) fn into_http(self, recorded: Recorded, orders: Orders) -> http::Response<WireBody> {
        let (status, headers) = match self.head(recorded.request_id()) {
            Ok(head) => head,
            Err(why) => {
                let fault = Fault::new(500, format!("The script's reply cannot be sent: {why}."));
                return Self::fault(&fault).into_http(recorded, orders);
            }
        };
        if self.instead.is_none() {
            recorded.set_status(status.as_u16());
        }
        let mut response = http::Response::new(WireBody::new(self, recorded, orders));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }

    fn head(&self, request_id: &str) -> Result<(StatusCode, HeaderMap), String> {
        // An informational status is no answer: the client would wait for another one.
        let status = StatusCode::from_u16(self.status)
            .ok()
            .filter(|status| !status.is_informational())
            .ok_or_else(|| format!("{} is no status", self.status))?;
        let processing = self.delay.as_millis().to_string();
        let own = [
            ("x-request-id", request_id),
            ("openai-processing-ms", &processing),
            ("openai-version", "2020-10-01"),
        ];
        let given = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut headers = HeaderMap::new();
        for (name, value) in own.into_iter().chain(given) {
            let key =
                HeaderName::try_from(name).map_err(|_| format!("{name:?} names no header"))?;
            let value =
                HeaderValue::try_from(value).map_err(|_| format!("header {name} is not legal"))?;
            headers.insert(key, value);
        }
        Ok((status, headers))
    }
}

/// A body that may break off, and that notes when it is through.
#[derive(Debug)]
pub(super) struct WireBody {
    content: Content,
    chunked: bool,
    yielded: bool,
    slow: Option<Slowed>,
    orders: Orders,
    /// Is marked as answered when the body is dropped, by whoever stops sending it.
    recorded: Recorded,
}

#[derive(Debug)]
enum Content {
    Payload {
        payload: Payload,
        /// Bytes until the connection breaks in the middle, and how; `None` for a good end.
        until_break: Option<(u64, Manner)>,
    },
    Stream(StreamBody),
}

/// What is on its way, a few bytes at a time.
#[derive(Debug)]
struct Slowed {
    slow: Slow,
    rest: Bytes,
    pause: Option<Pin<Box<Sleep>>>,
}

impl WireBody {
    fn new(response: Response, recorded: Recorded, orders: Orders) -> Self {
        let Response { payload, chunked, breach, slow, .. } = response;
        let is_stream = matches!(payload, Payload::Stream(_));
        let content = match (payload, breach.map(|breach| (breach.point, breach.manner))) {
            (payload, Some((BreakPoint::InBody, manner))) => {
                let half = payload.len() / 2;
                Content::Payload { payload, until_break: Some((half, manner)) }
            }
            (payload, Some((point, manner))) => {
                // The connection breaks in the head: what is left to the body is to wait for that.
                let manner = if point == BreakPoint::AfterHead { manner } else { Manner::Stall };
                Content::Payload { payload, until_break: Some((0, manner)) }
            }
            (Payload::Stream(frames), None) => Content::Stream(StreamBody::new(frames)),
            (payload, None) => Content::Payload { payload, until_break: None },
        };
        let slow = slow.map(|slow| Slowed { slow, rest: Bytes::new(), pause: None });
        Self { content, chunked: chunked || is_stream, yielded: false, slow, orders, recorded }
    }

    /// The next piece; `None` where there is no other, whatever comes then.
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        match &mut self.content {
            Content::Payload { payload, until_break } => {
                let most = until_break.map_or(u64::MAX, |(left, _)| left);
                let piece = payload.take(most.min(FRAME));
                if let (Some((left, _)), Some(piece)) = (until_break.as_mut(), &piece) {
                    *left -= piece.len() as u64;
                }
                Poll::Ready(piece)
            }
            Content::Stream(stream) => match stream.ending() {
                Some(_) => Poll::Ready(None),
                None => stream.poll(context, &self.recorded),
            },
        }
    }

    /// The same, in pieces that are as small as they are to be.
    fn poll_slowly(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(slowed) = &mut self.slow {
            if let Some(pause) = &mut slowed.pause {
                ready!(pause.as_mut().poll(context));
                slowed.pause = None;
            }
        }
        if self.slow.as_ref().is_none_or(|slowed| slowed.rest.is_empty()) {
            let piece = ready!(self.poll_piece(context));
            let (Some(slowed), Some(piece)) = (&mut self.slow, &piece) else {
                return Poll::Ready(piece);
            };
            slowed.rest = piece.clone();
        }
        Poll::Ready(self.slow.as_mut().map(|slowed| {
            slowed.pause = Some(Box::pin(sleep(slowed.slow.pause)));
            slowed.rest.split_to(slowed.slow.bytes.min(slowed.rest.len()))
        }))
    }

    fn has_rest(&self) -> bool {
        self.slow.as_ref().is_some_and(|slowed| !slowed.rest.is_empty())
    }

    /// How the connection is to break once there are no more pieces.
    fn manner(&self) -> Option<Manner> {
        match &self.content {
            Content::Payload { until_break, .. } => until_break.map(|(_, manner)| manner),
            Content::Stream(stream) => match stream.ending()? {
                StreamEnding::Cut => Some(Manner::Close),
                StreamEnding::Good => None,
                StreamEnding::Reset => Some(Manner::Reset),
            },
        }
    }
}

impl Drop for WireBody {
    fn drop(&mut self) {
        let is_through = match &self.content {
            Content::Payload { .. } => self.is_end_stream() || self.yielded,
            Content::Stream(stream) => stream.ending().is_some() && !self.has_rest(),
        };
        let now = tokio::time::Instant::now().into_std();
        if is_through {
            self.recorded.set_answered(now);
        } else {
            self.recorded.set_abandoned(now);
        }
    }
}

impl Body for WireBody {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        let body = &mut *self;
        if let Some(piece) = ready!(body.poll_slowly(context)) {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        let Some(manner) = body.manner() else {
            return Poll::Ready(None);
        };
        if manner == Manner::Stall {
            return Poll::Pending;
        }
        // hyper drops what it has buffered when a body fails: let it flush first.
        if !std::mem::replace(&mut body.yielded, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if manner == Manner::Reset {
            body.orders.reset_on_close();
        }
        Poll::Ready(Some(Err(CutOff)))
    }

    fn is_end_stream(&self) -> bool {
        if self.has_rest() {
            return false;
        }
        match &self.content {
            Content::Payload { payload, until_break } => {
                until_break.is_none() && payload.len() == 0
            }
            Content::Stream(stream) => stream.ending() == Some(StreamEnding::Good),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Payload { payload, .. } if !self.chunked => {
                let rest = self.slow.as_ref().map_or(0, |slowed| slowed.rest.len() as u64);
                SizeHint::with_exact(payload.len() + rest)
            }
            Content::Payload { .. } | Content::Stream(_) => SizeHint::default(),
        }
    }
}

impl Payload {
    fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Filled { before, filling, after } => {
                (before.len() as u64 + after.len() as u64).saturating_add(*filling)
            }
            // Made while it is sent, by another way.
            Self::Stream(_) => 0,
        }
    }

    /// The next piece of at most `limit` bytes; `None` if there is none or the limit is 0.
    fn take(&mut self, limit: u64) -> Option<Bytes> {
        let split = |bytes: &mut Bytes| {
            let end = usize::try_from(limit).map_or(bytes.len(), |limit| limit.min(bytes.len()));
            Some(bytes.split_to(end)).filter(|piece| !piece.is_empty())
        };
        match self {
            Self::Bytes(bytes) => split(bytes),
            Self::Filled { before, filling, after } => {
                if !before.is_empty() {
                    return split(before);
                }
                if *filling == 0 {
                    return split(after);
                }
                let length = usize::try_from((*filling).min(limit).min(FRAME)).ok()?;
                *filling -= length as u64;
                Some(Bytes::from_static(&FILLING[..length])).filter(|piece| !piece.is_empty())
            }
            Self::Stream(_) => None,
        }
    }
}

/// The server broke off, as it was told to.
#[derive(Clone, Copy, Debug)]
pub(super) struct CutOff;

impl std::fmt::Display for CutOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the script closes the connection here")
    }
}

impl std::error::Error for CutOff {}

const FRAME: u64 = 65_536;
static FILLING: [u8; 65_536] = [b'x'; 65_536];

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(mut payload: Payload, limit: u64) -> Vec<u8> {
        let mut all = Vec::new();
        while let Some(piece) = payload.take(limit) {
            assert!(piece.len() as u64 <= limit);
            all.extend_from_slice(&piece);
        }
        all
    }

    #[test]
    fn a_payload_comes_out_whole_in_pieces_of_any_size() {
        let filled = Payload::Filled {
            before: Bytes::from_static(b"ab"),
            filling: 200_000,
            after: Bytes::from_static(b"cd"),
        };
        let expected = [&b"ab"[..], &vec![b'x'; 200_000], b"cd"].concat();
        assert_eq!(filled.len(), expected.len() as u64);
        for limit in [7, FRAME] {
            assert_eq!(drain(filled.clone(), limit), expected);
        }
        assert_eq!(drain(Payload::Bytes(Bytes::from_static(b"hello")), 2), b"hello");
        assert_eq!(drain(filled, 0), b"");
    }

    #[test]
    fn a_header_that_is_given_replaces_the_own_one() {
        let response = Response::empty(200).with_header("X-Request-Id", "mine");
        let (_, headers) = response.head("req_1").expect("legal");
        assert_eq!(headers["x-request-id"], "mine");
        assert_eq!(headers["openai-processing-ms"], "0");
    }

    #[test]
    fn what_http_does_not_know_is_refused() {
        assert!(Response::empty(99).head("r").is_err());
        assert!(Response::empty(100).head("r").is_err());
        assert!(Response::empty(200).with_header("a b", "x").head("r").is_err());
        assert!(Response::empty(200).with_header("a", "x\ny").head("r").is_err());
    }
}
