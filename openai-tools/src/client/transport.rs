//! The seam between the client and HTTP.

use std::{fmt, future::Future, pin::Pin};

use bytes::Bytes;

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
}

/// The future of [`Transport::send`].
pub type Sending<'a> =
    Pin<Box<dyn Future<Output = Result<http::Response<Body>, TransportError>> + Send + 'a>>;

/// The body of a response as it arrives. Dropping it releases the connection.
pub struct Body(Box<dyn ReadBody>);

impl Body {
    /// A body from its source.
    pub fn new(source: impl ReadBody) -> Self {
        Self(Box::new(source))
    }

    /// A body that is there already.
    #[must_use]
    pub fn full(bytes: Bytes) -> Self {
        Self::new(Full(Some(bytes)))
    }

    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        self.0.chunk().await
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

struct Full(Option<Bytes>);

impl ReadBody for Full {
    fn chunk(&mut self) -> Chunk<'_> {
        Box::pin(std::future::ready(Ok(self.0.take())))
    }
}
