//! The HTTP client: one request in, one response out, with retries in between.

mod attempt;
mod background;
mod builder;
mod conversations;
mod course;
mod endpoint;
mod event_stream;
mod exchange;
mod files;
mod hook;
mod http_stack;
mod limiter;
mod list;
mod position;
mod pump;
mod responses;
mod retry;
mod stream;
mod time_limits;
mod transport;

use std::{fmt, sync::Arc};

use http::{HeaderMap, Uri, uri::InvalidUri};
use secrecy::SecretString;

use self::{
    attempt::Head, course::Outgoing, hook::Hook, limiter::Limiter, time_limits::TimeLimits,
};
pub use self::{
    builder::ClientBuilder,
    conversations::Conversations,
    event_stream::EventStream,
    files::{Download, ExpiresAfter, FilePurpose, Files, RequestBody, StoredFile, Upload},
    hook::{AttemptVerdict, FailedAttempt},
    list::{List, ListStream, Listed},
    responses::Responses,
    retry::RetryPolicy,
    stream::ResponseStream,
    transport::{Body, Chunk, ReadBody, Sending, Transport, TransportError, TransportErrorKind},
};
pub(crate) use self::{
    course::{Bounds, Leave},
    pump::Patience,
};
use crate::{
    chat::{Api, Request, Response, wire::Delivery},
    error::{Error, ErrorKind},
    provider::{Provider, Quirks},
};

/// Talks to OpenAI's API, or to any server that speaks the same wire.
///
/// Make one and clone it: clones share connections and the limits on requests in flight. The API key
/// is in no `Debug`, `Display`, log or error, and is sent to the base URL only (redirects are not
/// followed).
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Arc<dyn Transport>,
    base_url: String,
    /// The API of requests that do not say it themselves.
    api: Api,
    /// Where the responses are that a server keeps.
    responses: Uri,
    /// Where the conversations are that a server keeps.
    conversations: Uri,
    /// Where the files are that a server keeps.
    files: Uri,
    /// What is known of the server.
    provider: Provider,
    headers: HeaderMap,
    /// What servers may quote and no error shows: the key, and the words of given headers.
    secrets: Vec<SecretString>,
    time_limits: TimeLimits,
    retry: RetryPolicy,
    hook: Option<Hook>,
    /// `None` if nothing is held back.
    limiter: Option<Limiter>,
    max_response_bytes: usize,
    /// Whether each piece of a stream is the whole so far.
    stream_snapshots: bool,
}

impl Client {
    /// A client from the environment: `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_ORG_ID`,
    /// `OPENAI_PROJECT_ID`. The key may be left out where a base URL is given.
    ///
    /// `OPENAI_PROVIDER` names a [preset](Provider::presets), such as `ollama` or `groq`. The key is
    /// then that of the preset's own variable (`GROQ_API_KEY`), and never `OPENAI_API_KEY`, which is
    /// meant for another server; `OPENAI_BASE_URL` says where it is, if that is set.
    ///
    /// # Errors
    ///
    /// Kind [`Config`](crate::ErrorKind::Config) if neither key nor base URL is set, if the provider
    /// is not known or lacks what it needs, or as for [`ClientBuilder::build`].
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
    /// Dropping the future closes the connection; the server may have done the work by then. A
    /// [background](crate::chat::Settings::background) response is cancelled.
    pub async fn send(&self, request: &Request) -> Result<Response, Error> {
        self.send_within(request, Bounds::default()).await
    }

    /// As [`send`](Self::send), within what the caller has left.
    pub(crate) async fn send_within(
        &self,
        request: &Request,
        bounds: Bounds,
    ) -> Result<Response, Error> {
        request.check()?;
        let outgoing = self.write(request, Delivery::Whole)?;
        if request.settings.background {
            return background::send(&self.inner, outgoing, bounds).await;
        }
        let api = outgoing.api;
        let read = |head: &Head, bytes| self.inner.response(api, head, bytes);
        let (response, attempt_log) = self.inner.exchange(outgoing, bounds, read).await?;
        let attempts = u32::try_from(attempt_log.len()).unwrap_or(u32::MAX);
        Ok(Response { attempts, attempt_log, ..response })
    }

    /// Sends one request and gives out the response while it arrives, without running any tool.
    ///
    /// It returns when the head of the response is there; the rest is read as the stream is. What
    /// fails before the first [`Delta`](crate::chat::Delta) is tried again as by
    /// [`send`](Self::send), by the stream itself too; what fails later is an error. A server that
    /// answers without streaming is read to its end and given out as deltas.
    ///
    /// The stream of a [background](crate::chat::Settings::background) response whose connection is
    /// lost is taken up again behind the last event, as often as the retry policy allows without any
    /// event in between: nothing is given out twice, and nothing is lost.
    ///
    /// On chat completions usage is asked for (`stream_options`); an extra field of that name is
    /// merged with it, and null leaves it out.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), until the head of the response is there.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the server may have begun the work by then.
    pub async fn stream(&self, request: &Request) -> Result<ResponseStream, Error> {
        self.stream_within(request, Bounds::default()).await
    }

    /// As [`stream`](Self::stream), within what the caller has left; the deadline holds for the
    /// whole stream.
    pub(crate) async fn stream_within(
        &self,
        request: &Request,
        bounds: Bounds,
    ) -> Result<ResponseStream, Error> {
        request.check()?;
        let outgoing = self.write(request, Delivery::Stream)?;
        let background = request.settings.background;
        ResponseStream::open(Arc::clone(&self.inner), outgoing, bounds, background).await
    }

    /// The endpoints of responses that the server keeps.
    #[must_use]
    pub fn responses(&self) -> Responses {
        Responses::new(Arc::clone(&self.inner))
    }

    /// The endpoints of conversations that the server keeps.
    #[must_use]
    pub fn conversations(&self) -> Conversations {
        Conversations::new(Arc::clone(&self.inner))
    }

    /// The files that the server keeps.
    #[must_use]
    pub fn files(&self) -> Files {
        Files::new(Arc::clone(&self.inner))
    }

    fn write(&self, request: &Request, delivery: Delivery) -> Result<Outgoing, Error> {
        let api = request.api.unwrap_or(self.inner.api);
        let inner = &*self.inner;
        let uri = inner.uri(api.path(), Some(&request.model))?;
        Ok(Outgoing::new(request, api, uri, api.write(request, delivery, &inner.provider)?))
    }

    /// The API of requests that name none.
    pub(crate) fn api(&self) -> Api {
        self.inner.api
    }

    /// What the server differs in.
    pub(crate) fn quirks(&self) -> &Quirks {
        &self.inner.provider.quirks
    }
}

impl Inner {
    /// Where a path of the API is.
    fn uri(&self, path: &str, model: Option<&str>) -> Result<Uri, Error> {
        let uri = format!("{}/{}", self.base_url, self.provider.path(path, model)).parse();
        uri.map_err(|error: InvalidUri| {
            Error::new(ErrorKind::InvalidRequest, "it has no place in a URL").with_source(error)
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &builder::without_userinfo(&self.inner.base_url))
            .field("api", &self.inner.api)
            .field("time_limits", &self.inner.time_limits)
            .field("retry", &self.inner.retry)
            .finish_non_exhaustive()
    }
}
