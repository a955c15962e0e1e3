//! The seam between the client and HTTP.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;

use super::files::RequestBody;
use crate::error::Source;

/// Sends one HTTP request and gives back the head of its response. The client's own is reqwest;
/// another one can serve tests, tunnels, or a different stack.
///
/// It does not retry, follow redirects or judge statuses: the client does.
pub trait Transport: Send + Sync + 'static {
    /// Sends a request.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] when no response came.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes or returns the connection.
    fn send(&self, request: http::Request<Bytes>) -> Sending<'_>;

    /// Sends a request whose body is read while it is sent, such as the upload of a large file.
    /// By default that is refused; what fits into memory goes through [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    ///
    /// # Cancel safety
    ///
    /// As [`send`](Self::send).
    fn send_streamed(&self, request: http::Request<RequestBody>) -> Sending<'_> {
        drop(request);
        let refused = "this transport sends no streams";
        let error = TransportError::new(TransportErrorKind::Request, refused);
        Box::pin(std::future::ready(Err(error)))
    }
}

/// The future of [`Transport::send`].
pub type Sending<'a> =
    Pin<Box<dyn Future<Output = Result<http::Response<Body>, TransportError>> + Send + 'a>>;

/// The body of a response as it arrives. Dropping it releases the connection.
pub struct Body(Inner);

enum Inner {
    Full(Option<Bytes>),
    /// The client's own HTTP stack: it is polled as it is, without a future per chunk.
    Polled(Box<dyn PollBody>),
    /// While it is read, the source is in the future, which lives until it is done: what wakes the
    /// task may be in it.
    Read {
        idle: Option<Box<dyn ReadBody>>,
        reading: Option<Reading>,
    },
}

type Reading = Pin<
    Box<dyn Future<Output = (Box<dyn ReadBody>, Result<Option<Bytes>, TransportError>)> + Send>,
>;

/// A source that can be polled.
pub(super) trait PollBody: Send + 'static {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>>;
}

impl Body {
    /// A body from its source.
    pub fn new(source: impl ReadBody) -> Self {
        Self(Inner::Read { idle: Some(Box::new(source)), reading: None })
    }

    pub(super) fn polled(source: impl PollBody) -> Self {
        Self(Inner::Polled(Box::new(source)))
    }

    /// A body that is there already.
    #[must_use]
    pub fn full(bytes: Bytes) -> Self {
        Self(Inner::Full(Some(bytes)))
    }

    #[cfg(test)]
    pub(super) fn is_full(&self) -> bool {
        matches!(self.0, Inner::Full(_))
    }

    /// The next bytes. Cancel safe.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    pub(super) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Bytes>, TransportError>> {
        match &mut self.0 {
            Inner::Full(bytes) => Poll::Ready(Ok(bytes.take())),
            Inner::Polled(source) => source.poll_chunk(cx),
            Inner::Read { idle, reading } => {
                if let Some(mut source) = idle.take() {
                    *reading = Some(Box::pin(async move {
                        let chunk = source.chunk().await;
                        (source, chunk)
                    }));
                }
                let Some(future) = reading else { return Poll::Ready(Ok(None)) };
                let (source, chunk) = ready!(future.as_mut().poll(cx));
                *reading = None;
                *idle = Some(source);
                Poll::Ready(chunk)
            }
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body")
    }
}

/// A source of a [`Body`].
pub trait ReadBody: Send + 'static {
    /// The next bytes; `None` at the end of a whole body.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] when the body broke off.
    ///
    /// # Cancel safety
    ///
    /// Must be cancel safe: no bytes may be lost when the future is dropped.
    fn chunk(&mut self) -> Chunk<'_>;
}

/// The future of [`ReadBody::chunk`].
pub type Chunk<'a> =
    Pin<Box<dyn Future<Output = Result<Option<Bytes>, TransportError>> + Send + 'a>>;

/// Why no response came, or not the whole of it.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Source,
}

impl TransportError {
    /// An error of a kind, with its cause.
    pub fn new(
        kind: TransportErrorKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
    ) -> Self {
        Self { kind, source: source.into() }
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TransportErrorKind::Broken => "the connection broke",
            TransportErrorKind::Connect => "no connection could be made",
            TransportErrorKind::ConnectTimeout => "connecting took too long",
            TransportErrorKind::Request => "the request cannot be sent",
        })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

/// What a [`TransportError`] is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// It broke while the request was sent or the response read. Retried.
    Broken,
    /// None could be made. Retried.
    Connect,
    /// None could be made in time. Retried.
    ConnectTimeout,
    /// The request itself is at fault. Not retried.
    Request,
}
