//! The HTTP client: one request in, one response out, with retries in between.

mod builder;
mod http_stack;
mod retry;
mod transport;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Uri};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use self::retry::{Decision, Failure};
pub use self::{
    builder::ClientBuilder,
    retry::RetryPolicy,
    transport::{Body, Chunk, ReadBody, Sending, Transport, TransportError, TransportErrorKind},
};
use crate::{
    chat::{Request, Response, completions},
    error::{ApiError, Error, ErrorKind},
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
    retry: RetryPolicy,
    max_response_bytes: usize,
}

impl Client {
    /// A client from the environment: `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_ORG_ID`,
    /// `OPENAI_PROJECT_ID`. The key may be left out where a base URL is given.
    ///
    /// # Errors
    ///
    /// Kind [`Config`](ErrorKind::Config) if neither key nor base URL is set, or as for
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
        let body = Bytes::from(completions::write_request(request, completions::Delivery::Whole)?);
        let mut retries = 0;
        loop {
            let span = Span::attempt(retries + 1);
            let attempt = self.attempt(body.clone()).observed(&span);
            let Failed { error, failure } =
                match tokio::time::timeout(self.inner.timeout, attempt).await {
                    Ok(Ok(response)) => {
                        span.number("http.response.status_code", 200);
                        return Ok(Response { attempts: retries + 1, ..response });
                    }
                    Ok(Err(failed)) => failed,
                    Err(_elapsed) => {
                        let timeout = self.inner.timeout;
                        let error = Error::new(
                            ErrorKind::Timeout,
                            format!("no whole response within {timeout:?}"),
                        );
                        Failed::new(error, true)
                    }
                };
            span.word("error.type", error.kind().as_str());
            if let Some(status) = error.status() {
                span.number("http.response.status_code", status.into());
            }
            match self.inner.retry.decide(&failure, retries, fastrand::f64()) {
                Decision::RetryAfter(wait) => tokio::time::sleep(wait).await,
                Decision::Stop => {
                    return Err(error
                        .with_retryable(failure.retryable)
                        .with_retry_after(failure.retry_after)
                        .with_attempts(retries + 1));
                }
            }
            retries += 1;
        }
    }

    async fn attempt(&self, body: Bytes) -> Result<Response, Failed> {
        let inner = &*self.inner;
        let mut request = http::Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = inner.completions.clone();
        *request.headers_mut() = inner.headers.clone();

        let response =
            inner.transport.send(request).await.map_err(|e| Failed::of_transport(e, None))?;
        let (head, mut body) = response.into_parts();
        let status = head.status.as_u16();
        let request_id = head
            .headers
            .get("x-request-id")
            .and_then(|id| id.to_str().ok())
            .map(|id| inner.masked(id).chars().take(200).collect::<String>());
        let facts = |error: Error| error.with_status(status).with_request_id(request_id.clone());

        let good = head.status.is_success();
        // An error body is for reading by people; nobody reads more.
        let limit = if good { inner.max_response_bytes } else { ERROR_BODY_BYTES };
        let read = match told_length(&head.headers) {
            Some(told) if good && told > limit => Read::TooLarge(Bytes::new()),
            _ if good => read_body(&mut body, &head.headers, limit, None).await,
            // What a bad status means is known by now: a server that stalls here holds up no retry.
            _ => {
                let until = Instant::now() + ERROR_BODY_TIME;
                read_body(&mut body, &head.headers, limit, Some(until)).await
            }
        };
        if !good {
            // A good part of an error is better than none.
            let (Read::Whole(bytes)
            | Read::TooLarge(bytes)
            | Read::Stalled(bytes)
            | Read::Broken(bytes, _)) = read;
            let api = inner.api_error(&bytes);
            let failure =
                Failure::of_response(status, &head.headers, api.as_ref(), SystemTime::now());
            let error = Error::new(
                ErrorKind::Api,
                api.as_ref().map_or_else(String::new, ApiError::summary),
            );
            let error = facts(error.with_api_error(api).with_payload(bytes));
            return Err(Failed { error, failure });
        }
        let bytes = match read {
            Read::Whole(bytes) => bytes,
            Read::TooLarge(_) => {
                let detail = format!("it has more than {limit} bytes");
                let error = facts(Error::new(ErrorKind::ResponseTooLarge, detail));
                return Err(Failed::new(error, false));
            }
            Read::Stalled(bytes) => {
                let error = Error::new(ErrorKind::Timeout, "the body stalls").with_payload(bytes);
                return Err(Failed::new(facts(error), true));
            }
            Read::Broken(bytes, error) => {
                let Failed { error, failure } = Failed::of_transport(error, Some(&bytes));
                return Err(Failed { error: facts(error), failure });
            }
        };
        if !matches!(status, 200 | 201) {
            let detail = "the status promises no whole response";
            let error = Error::new(ErrorKind::InvalidResponse, detail).with_payload(bytes);
            return Err(Failed::new(facts(error), false));
        }
        match completions::read_response(&bytes) {
            Ok(response) => Ok(Response { request_id, ..response }),
            Err(error) => {
                let api = error.api_error().cloned().map(|api| inner.without_secret(api));
                let failure =
                    Failure::of_response(status, &head.headers, api.as_ref(), SystemTime::now());
                let error = facts(error.with_api_error(api).with_payload(bytes));
                Err(Failed { error, failure })
            }
        }
    }
}

impl Inner {
    fn api_error(&self, body: &[u8]) -> Option<ApiError> {
        ApiError::from_body(body).map(|api| self.without_secret(api))
    }

    /// Servers quote what they were sent.
    fn without_secret(&self, api: ApiError) -> ApiError {
        let take_out =
            |api: ApiError, secret: &SecretString| api.without_secret(secret.expose_secret());
        self.secrets.iter().fold(api, take_out).shortened()
    }

    fn masked(&self, text: &str) -> String {
        self.secrets
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret.expose_secret(), "[key]"))
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

/// The most bytes that are read of the body of an error.
const ERROR_BODY_BYTES: usize = 64 * 1024;

/// How long the body of an error is waited for.
const ERROR_BODY_TIME: Duration = Duration::from_secs(5);

enum Read {
    Broken(Bytes, TransportError),
    Stalled(Bytes),
    TooLarge(Bytes),
    Whole(Bytes),
}

fn told_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn read_body(
    body: &mut Body,
    headers: &HeaderMap,
    limit: usize,
    until: Option<Instant>,
) -> Read {
    let told = told_length(headers);
    // One chunk is the common case: it needs no copy.
    let first = match chunk(body, until).await {
        Some(Ok(Some(first))) => first,
        Some(Ok(None)) => return Read::Whole(Bytes::new()),
        Some(Err(error)) => return Read::Broken(Bytes::new(), error),
        None => return Read::Stalled(Bytes::new()),
    };
    if told == Some(first.len()) && first.len() <= limit {
        return Read::Whole(first);
    }
    // What the server claims may reserve a little memory, not much.
    let mut whole = BytesMut::with_capacity(told.unwrap_or(0).min(limit).min(256 * 1024));
    let mut next = first;
    loop {
        if whole.len() + next.len() > limit {
            whole.extend_from_slice(&next[..limit - whole.len()]);
            return Read::TooLarge(whole.freeze());
        }
        whole.extend_from_slice(&next);
        next = match chunk(body, until).await {
            Some(Ok(Some(next))) => next,
            Some(Ok(None)) => return Read::Whole(whole.freeze()),
            Some(Err(error)) => return Read::Broken(whole.freeze(), error),
            None => return Read::Stalled(whole.freeze()),
        };
    }
}

/// The next chunk; `None` if it did not come in time.
async fn chunk(
    body: &mut Body,
    until: Option<Instant>,
) -> Option<Result<Option<Bytes>, TransportError>> {
    match until {
        Some(until) => tokio::time::timeout_at(until, body.chunk()).await.ok(),
        None => Some(body.chunk().await),
    }
}

/// An attempt that did not bring a response, and what the retry policy has to know of it.
struct Failed {
    error: Error,
    failure: Failure,
}

impl Failed {
    fn new(error: Error, retryable: bool) -> Self {
        Self { error, failure: Failure { retryable, retry_after: None } }
    }

    /// `payload` is what had been read of the response, if it had begun.
    fn of_transport(error: TransportError, payload: Option<&Bytes>) -> Self {
        use TransportErrorKind::{Broken, Connect, ConnectTimeout, Request};

        let (kind, detail, retryable) = match (error.kind(), payload) {
            (Broken, Some(_)) => (ErrorKind::Connection, "the response broke off", true),
            (Broken, None) => (ErrorKind::Connection, "no response came", true),
            (Connect, _) => (ErrorKind::Connection, "the server is not reached", true),
            (ConnectTimeout, _) => (ErrorKind::Timeout, "connecting took too long", true),
            (Request, _) => (ErrorKind::InvalidRequest, "it cannot be sent", false),
        };
        let failed = Error::new(kind, detail).with_source(error);
        Self::new(
            match payload {
                Some(payload) => failed.with_payload(payload.to_vec()),
                None => failed,
            },
            retryable,
        )
    }
}
