//! The transport over reqwest: the only file that names it.

use std::{
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::Body as _;

use super::{
    files::RequestBody,
    transport::{Body, PollBody, Sending, Transport, TransportError, TransportErrorKind},
};
use crate::error::{Error, ErrorKind};

pub(super) struct Reqwest {
    client: reqwest::Client,
    /// The URL that was asked last. One client asks the same few all the time, and parsing a URL
    /// costs more than writing a small request.
    last_url: Mutex<Option<(http::Uri, reqwest::Url)>>,
}

/// What the builder knows of connections.
pub(super) struct Connections {
    pub(super) connect_timeout: Duration,
    /// Whether the server is on this machine.
    pub(super) loopback: bool,
}

impl Reqwest {
    pub(super) fn new(connections: &Connections) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(connections.connect_timeout)
            // An API does not redirect; a redirect could carry the key to another host.
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true);
        if connections.loopback {
            // A proxy of the environment would look for the server on its own machine.
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|e| {
            Error::new(ErrorKind::Config, "the HTTP stack cannot be set up").with_source(e)
        })?;
        Ok(Self { client, last_url: Mutex::default() })
    }

    fn url(&self, uri: &http::Uri) -> Result<reqwest::Url, TransportError> {
        // A panicking thread cannot leave half a pair behind.
        let mut last = self.last_url.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, url)) if known == uri => Ok(url.clone()),
            _ => {
                let url = reqwest::Url::parse(&uri.to_string())
                    .map_err(|e| TransportError::new(TransportErrorKind::Request, e))?;
                *last = Some((uri.clone(), url.clone()));
                Ok(url)
            }
        }
    }
}

impl Reqwest {
    async fn execute(
        &self,
        request: http::Request<reqwest::Body>,
    ) -> Result<http::Response<Body>, TransportError> {
        let (head, body) = request.into_parts();
        let mut request = reqwest::Request::new(head.method, self.url(&head.uri)?);
        *request.headers_mut() = head.headers;
        *request.body_mut() = Some(body);
        let response = self.client.execute(request).await.map_err(|e| {
            let kind = match (e.is_connect(), e.is_timeout()) {
                (true, true) => TransportErrorKind::ConnectTimeout,
                (true, false) => TransportErrorKind::Connect,
                _ if e.is_builder() => TransportErrorKind::Request,
                _ => TransportErrorKind::Broken,
            };
            failed(kind, e)
        })?;
        let response: http::Response<reqwest::Body> = response.into();
        Ok(response.map(|body| Body::polled(ReqwestBody(body))))
    }
}

impl Transport for Reqwest {
    fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
        Box::pin(self.execute(request.map(reqwest::Body::from)))
    }

    fn send_streamed(&self, request: http::Request<RequestBody>) -> Sending<'_> {
        let wrap = |body| reqwest::Body::wrap(StreamedBody(Mutex::new(body)));
        Box::pin(self.execute(request.map(wrap)))
    }
}

/// What is sent is read by one task at a time; the lock is for the type alone, and never waited for.
struct StreamedBody(Mutex<RequestBody>);

impl http_body::Body for StreamedBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        let body = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        let chunk = ready!(body.poll_chunk(cx)).transpose();
        Poll::Ready(chunk.map(|chunk| chunk.map(http_body::Frame::data)))
    }

    fn size_hint(&self) -> http_body::SizeHint {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        http_body::SizeHint::with_exact(body.left())
    }
}

struct ReqwestBody(reqwest::Body);

impl PollBody for ReqwestBody {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>> {
        loop {
            match ready!(Pin::new(&mut self.0).poll_frame(cx)) {
                None => return Poll::Ready(Ok(None)),
                Some(Err(e)) => return Poll::Ready(Err(failed(TransportErrorKind::Broken, e))),
                Some(Ok(frame)) => {
                    // What is no data is a trailer, of which none is known.
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Ok(Some(data)));
                    }
                }
            }
        }
    }
}

fn failed(kind: TransportErrorKind, error: reqwest::Error) -> TransportError {
    // The URL can hold a secret of the user's in its query.
    TransportError::new(kind, error.without_url())
}

#[cfg(test)]
mod tests {
    use super::{super::builder::is_loopback, *};

    #[test]
    fn no_host_is_this_machine_for_the_check_and_another_for_the_connection() {
        let connect_timeout = Duration::from_secs(1);
        let stack = Reqwest::new(&Connections { connect_timeout, loopback: true }).expect("good");
        for host in [
            "localhost",
            "LocalHost:80",
            "127.8.9.10",
            "[::1]:80",
            "localhost\\@example.org",
            "localhost\\.example.org",
            "127.0.0.1\t.example.org",
            "127.0.0.1%2eexample.org",
            "127.0.0.1%00.example.org",
            "a@127.0.0.1@example.org",
            "[::1]@example.org",
            "[::1].example.org",
            "localhost:80@example.org",
            "localhost;@example.org",
        ] {
            let Ok(uri) = format!("http://{host}/v1").parse::<http::Uri>() else { continue };
            if uri.host().is_some_and(is_loopback) {
                let Ok(url) = stack.url(&uri) else { continue };
                assert!(url.host_str().is_some_and(is_loopback), "{host} leads to {url}");
            }
        }
    }
}
