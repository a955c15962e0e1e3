//! The HTTP client: one request in, one response out, with retries in between.

mod attempt;
mod builder;
mod http_stack;
#[cfg_attr(not(test), expect(dead_code, reason = "used once the client holds requests back"))]
mod limiter;
mod retry;
mod stream;
mod transport;

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Uri};
use secrecy::SecretString;

use self::attempt::Failed;
pub use self::{
    builder::ClientBuilder,
    retry::RetryPolicy,
    stream::ResponseStream,
    transport::{Body, Chunk, ReadBody, Sending, Transport, TransportError, TransportErrorKind},
};
use crate::{
    chat::{
        Request, Response,
        completions::{self, Delivery},
    },
    error::Error,
    observe::{Observe, Span},
};

/// Talks to OpenAI's API, or to any server that speaks the same wire.
///
/// Make one and clone it: clones share connections. The API key is in no `Debug`, `Display`, log
/// or error, and is sent to the base URL only (redirects are not followed).
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Arc<dyn Transport>,
    base_url: String,
    /// Where chat completions are.
    completions: Uri,
    headers: HeaderMap,
    /// What servers may quote and no error shows: the key, and the words of given headers.
    secrets: Vec<SecretString>,
    timeout: Duration,
    idle_timeout: Duration,
    retry: RetryPolicy,
    max_response_bytes: usize,
}

impl Client {
    /// A client from the environment: `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_ORG_ID`,
    /// `OPENAI_PROJECT_ID`. The key may be left out where a base URL is given.
    ///
    /// # Errors
    ///
    /// Kind [`Config`](crate::ErrorKind::Config) if neither key nor base URL is set, or as for
    /// [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// Starts a client from nothing: OpenAI's base URL, no key.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Sends one request and reads its response, without running any tool.
    ///
    /// # Errors
    ///
    /// Any kind but those of definitions and tools. What the model does (a refusal, a cut answer)
    /// is in the response and no error.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the server may have done the work by then.
    pub async fn send(&self, request: &Request) -> Result<Response, Error> {
        request.check()?;
        let body = Bytes::from(completions::write_request(request, Delivery::Whole)?);
        let mut retries = 0;
        loop {
            let span = Span::attempt(retries + 1);
            let attempt = self.inner.attempt(body.clone()).observed(&span);
            let timeout = self.inner.timeout;
            let failed = match tokio::time::timeout(timeout, attempt).await {
                Ok(Ok(response)) => {
                    span.number("http.response.status_code", 200);
                    return Ok(Response { attempts: retries + 1, ..response });
                }
                Ok(Err(failed)) => failed,
                Err(_elapsed) => Failed::late(format!("no whole response within {timeout:?}")),
            };
            let wait = self.inner.wait_after(failed, &span, retries, false)?;
            tokio::time::sleep(wait).await;
            retries += 1;
        }
    }

    /// Sends one request and gives out the response while it arrives, without running any tool.
    ///
    /// It returns when the head of the response is there; the rest is read as the stream is. What
    /// fails before the first [`Delta`](crate::chat::Delta) is tried again as by
    /// [`send`](Self::send), by the stream itself too; what fails later is an error. A server that
    /// answers without streaming is read to its end and given out as deltas.
    ///
    /// Usage is asked for (`stream_options`); an extra field of that name is merged with it, and
    /// null leaves it out.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), until the head of the response is there.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the server may have begun the work by then.
    pub async fn stream(&self, request: &Request) -> Result<ResponseStream, Error> {
        request.check()?;
        let body = Bytes::from(completions::write_request(request, Delivery::Stream)?);
        ResponseStream::open(Arc::clone(&self.inner), body).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &builder::without_userinfo(&self.inner.base_url))
            .field("timeout", &self.inner.timeout)
            .field("retry", &self.inner.retry)
            .finish_non_exhaustive()
    }
}
