use std::{env, fmt, num::NonZeroUsize, sync::Arc, time::Duration};

use http::{
    HeaderMap, HeaderName, HeaderValue, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT},
    uri::InvalidUri,
};
use secrecy::{ExposeSecret, SecretString};

use super::{
    Client, Inner,
    hook::{AttemptVerdict, FailedAttempt, Hook},
    http_stack::{Connections, Reqwest},
    limiter::Limiter,
    retry::RetryPolicy,
    time_limits::TimeLimits,
    transport::Transport,
};
use crate::{
    chat::Api,
    error::{Error, ErrorKind},
    provider::{Provider, Quirks},
};

/// What an error shows a base URL to be like.
const OPENAI: &str = "https://api.openai.com/v1";

/// Configures a [`Client`]; made by [`Client::builder`].
///
/// Its time limits, each with an [`ErrorKind`] of its own:
///
/// | limit | default | from | to | kind |
/// |---|---|---|---|---|
/// | [`connect_timeout`](Self::connect_timeout) | 5 s | the start of connecting | the connection, TLS included | [`ConnectTimeout`](ErrorKind::ConnectTimeout) |
/// | [`first_byte_timeout`](Self::first_byte_timeout) | 600 s | the start of the attempt | the first byte of the body; of a stream, its first event | [`FirstByteTimeout`](ErrorKind::FirstByteTimeout) |
/// | [`idle_timeout`](Self::idle_timeout) | 120 s | the last byte | the next byte | [`IdleTimeout`](ErrorKind::IdleTimeout) |
/// | [`timeout`](Self::timeout) | 600 s | the start of the attempt | the last byte; of a stream, its first event | [`Timeout`](ErrorKind::Timeout) |
/// | [`background_timeout`](Self::background_timeout) | 3,600 s | a background response was taken | it is whole | [`TotalTimeout`](ErrorKind::TotalTimeout) |
/// | [`RetryPolicy::with_total_time`] | none | the call of `send` or `stream` | the last byte of the last attempt | [`TotalTimeout`](ErrorKind::TotalTimeout) |
///
/// All but the last two are of one attempt, which may be followed by another. They do not include what a
/// request waits for the client's own limits ([`max_in_flight`](Self::max_in_flight),
/// [`pace_by_rate_limits`](Self::pace_by_rate_limits)); the last one does. Limits of tools and of
/// whole runs are those of [`RunLimits`](crate::run::RunLimits) and of the toolbox.
#[derive(Clone)]
pub struct ClientBuilder {
    api_key: Option<SecretString>,
    /// The provider's own when not set.
    base_url: Option<String>,
    provider: Provider,
    api: Api,
    organization: Option<String>,
    project: Option<String>,
    headers: Vec<(String, SecretString)>,
    time_limits: TimeLimits,
    connect_timeout: Duration,
    retry: RetryPolicy,
    hook: Option<Hook>,
    max_in_flight: Option<NonZeroUsize>,
    pace_by_rate_limits: bool,
    allow_plain_http: bool,
    max_response_bytes: usize,
    stream_snapshots: bool,
    transport: Option<Arc<dyn Transport>>,
}

impl ClientBuilder {
    pub(super) fn new() -> Self {
        Self {
            api_key: None,
            base_url: None,
            provider: Provider::openai(),
            api: Api::default(),
            organization: None,
            project: None,
            headers: Vec::new(),
            time_limits: TimeLimits {
                first_byte: Duration::from_secs(600),
                idle: Duration::from_secs(120),
                whole: Duration::from_secs(600),
                background: Duration::from_secs(3_600),
            },
            connect_timeout: Duration::from_secs(5),
            retry: RetryPolicy::new(),
            hook: None,
            max_in_flight: None,
            pace_by_rate_limits: false,
            allow_plain_http: false,
            max_response_bytes: 32 * 1024 * 1024,
            stream_snapshots: false,
            transport: None,
        }
    }

    /// Reads `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_ORG_ID` and `OPENAI_PROJECT_ID` by
    /// `read`; an empty text counts as not set.
    pub(crate) fn from_variables(read: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let set = |name: &str| {
            read(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let mut builder = Self::new();
        builder.base_url = set("OPENAI_BASE_URL");
        if let Some(name) = set("OPENAI_PROVIDER") {
            return builder.of_provider(&name, &set);
        }
        builder.api_key = set("OPENAI_API_KEY").map(SecretString::from);
        builder.organization = set("OPENAI_ORG_ID");
        builder.project = set("OPENAI_PROJECT_ID");
        if builder.base_url.is_none() && builder.api_key.is_none() {
            return Err(Error::new(
                ErrorKind::Config,
                "OPENAI_API_KEY is not set; set it, or set OPENAI_BASE_URL for a server that \
                 needs no key",
            ));
        }
        Ok(builder)
    }

    /// Takes what the environment says of the provider of this name.
    fn of_provider(
        mut self,
        name: &str,
        set: &impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let mut provider = Provider::named(name).ok_or_else(|| {
            let known: Vec<_> = Provider::presets().into_iter().map(|known| known.name).collect();
            let known = known.join(", ");
            config(format!("OPENAI_PROVIDER is `{}`; known are {known}", shown(name)))
        })?;
        self.api_key = provider.key_variable.as_deref().and_then(set).map(SecretString::from);
        if let (None, true, Some(variable)) =
            (&self.api_key, provider.needs_key, &provider.key_variable)
        {
            return Err(config(format!("{variable} is not set, which {} needs", provider.name)));
        }
        if let Some(endpoint) = provider.endpoint.clone() {
            for (parameter, variable) in &endpoint.query {
                if let Some(value) = set(variable) {
                    provider = provider.with_query(parameter, value);
                }
            }
            match set(&endpoint.variable) {
                Some(url) => {
                    provider.base_url = format!("{}/{}", url.trim_end_matches('/'), endpoint.path);
                }
                None if self.base_url.is_none() => {
                    let (variable, name) = (&endpoint.variable, &provider.name);
                    return Err(config(format!("{variable} is not set, which {name} needs")));
                }
                None => {}
            }
        }
        Ok(self.provider(provider))
    }

    /// Starts from the environment, as [`Client::from_env`] does, for a client that is to have other
    /// settings too.
    ///
    /// # Errors
    ///
    /// Kind [`Config`](ErrorKind::Config) if neither `OPENAI_API_KEY` nor `OPENAI_BASE_URL` is set.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| env::var(name).ok())
    }

    /// The key, sent as a bearer token, or in the header of the
    /// [provider](Self::provider). Default: none.
    #[must_use]
    pub fn api_key(mut self, api_key: impl Into<SecretString>) -> Self {
        self.api_key = Some(api_key.into());
        self
    }

    /// Where the API is, with its version: `http://localhost:11434/v1`. It has to be `https`, save on
    /// the same machine; see [`danger_allow_plain_http`](Self::danger_allow_plain_http).
    /// Default: `https://api.openai.com/v1`.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// The server, or the vendor's service, that is talked to: where it is, unless
    /// [`base_url`](Self::base_url) says otherwise, how it takes the key, and in what it differs.
    /// Default: [`Provider::openai`].
    #[must_use]
    pub fn provider(mut self, provider: Provider) -> Self {
        self.provider = provider;
        self
    }

    /// In what the server differs from OpenAI's own; those of its
    /// [provider](Self::provider) are replaced. Default: in nothing.
    #[must_use]
    pub fn quirks(mut self, quirks: Quirks) -> Self {
        self.provider.quirks = quirks;
        self
    }

    /// The API of requests and runs that do not name one themselves
    /// ([`RunBuilder::api`](crate::run::RunBuilder::api)). Default: chat completions.
    #[must_use]
    pub fn api(mut self, api: Api) -> Self {
        self.api = api;
        self
    }

    /// The organization that is billed (header `OpenAI-Organization`). Default: the key's.
    #[must_use]
    pub fn organization(mut self, organization: impl Into<String>) -> Self {
        self.organization = Some(organization.into());
        self
    }

    /// The project that is billed (header `OpenAI-Project`). Default: the key's.
    #[must_use]
    pub fn project(mut self, project: impl Into<String>) -> Self {
        self.project = Some(project.into());
        self
    }

    /// A header for every request, such as the key header of another vendor. Its value is treated
    /// as a secret. It replaces a header of the same name that the client would send.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<SecretString>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// How long one attempt may take, from its start to the last byte of its response; of a stream
    /// to its first event. A stream as a whole may take as long as it likes, within
    /// [`RetryPolicy::with_total_time`]. Default: 600 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.time_limits.whole = timeout;
        self
    }

    /// How long connecting may take, with TLS. Default: 5 s.
    #[must_use]
    pub fn connect_timeout(mut self, connect_timeout: Duration) -> Self {
        self.connect_timeout = connect_timeout;
        self
    }

    /// How long an attempt may take to the first byte of its response's body; of a stream, to its
    /// first event, since comments only say that the server lives. It includes the time in which the
    /// model thinks: a response that is not streamed often comes at once when it is whole.
    /// Default: 600 s, as long as the attempt.
    #[must_use]
    pub fn first_byte_timeout(mut self, first_byte_timeout: Duration) -> Self {
        self.time_limits.first_byte = first_byte_timeout;
        self
    }

    /// How long a response may be silent once it has begun, streamed or not; then it is an error of
    /// kind [`IdleTimeout`](ErrorKind::IdleTimeout). Anything that comes counts, comments too.
    /// Default: 120 s.
    #[must_use]
    pub fn idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.time_limits.idle = idle_timeout;
        self
    }

    /// How long a [background](crate::chat::Settings::background) response is asked for, from when
    /// the server has taken it. Then it is an error of kind
    /// [`TotalTimeout`](ErrorKind::TotalTimeout), and the response is left as it is:
    /// [`Error::response_id`] says by which id it can be taken up or cancelled. It does not hold for
    /// streams, which the server keeps alive. Default: 3,600 s.
    #[must_use]
    pub fn background_timeout(mut self, background_timeout: Duration) -> Self {
        self.time_limits.background = background_timeout;
        self
    }

    /// When failed requests are sent again. Default: [`RetryPolicy::new`], two retries.
    #[must_use]
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Shows each attempt that failed to `hook`, which can prevent the next one: it cannot bring about
    /// one that the retry policy rules out. Default: none. A later hook replaces an earlier one.
    ///
    /// It is called on the async thread before the wait: it must not block. A panic in it is the
    /// caller's.
    ///
    /// ```
    /// use openai_tools::{Client, client::AttemptVerdict};
    ///
    /// let client = Client::builder()
    ///     .api_key("sk-…")
    ///     .on_attempt(|attempt| {
    ///         eprintln!("attempt {} failed: {}", attempt.attempt, attempt.error.kind());
    ///         match attempt.error.status() {
    ///             // This application would rather ask another model.
    ///             Some(529) => AttemptVerdict::Stop,
    ///             _ => AttemptVerdict::Follow,
    ///         }
    ///     });
    /// # let _ = client;
    /// ```
    #[must_use]
    pub fn on_attempt(
        mut self,
        hook: impl Fn(&FailedAttempt<'_>) -> AttemptVerdict + Send + Sync + 'static,
    ) -> Self {
        self.hook = Some(Hook::new(hook));
        self
    }

    /// How many requests of this client and its clones are in flight at the same time, at the most;
    /// the others wait in the order in which they came. Default: as many as come.
    ///
    /// A request is in flight until the whole of its response is read or it is given up: a
    /// [`ResponseStream`](super::ResponseStream) that is neither read nor dropped keeps its place.
    /// Between two attempts it has none. The wait counts against
    /// [`RetryPolicy::with_total_time`] and the time of a run, and against no other limit.
    #[must_use]
    pub fn max_in_flight(mut self, max_in_flight: NonZeroUsize) -> Self {
        self.max_in_flight = Some(max_in_flight);
        self
    }

    /// Whether requests are held back while the server's rate limits have no room for them, as the
    /// headers `x-ratelimit-*` of earlier responses told, each model by its own; and, after a 429 or
    /// 503 with `Retry-After`, all requests of that model until then. Of this client and its clones
    /// the first to come goes first. A word of the server holds for 60 s at the most. Default: no.
    ///
    /// Without it a 429 is what says that there is no room, and the retry policy waits as long as
    /// the server asks. That is exact; the headers are a forecast, the tokens of a request an
    /// estimate, and vendors mean different things by them, so that a single request could be held
    /// back for nothing. Many runs at the same time, which would else use up their attempts, are
    /// better off with it.
    #[must_use]
    pub fn pace_by_rate_limits(mut self, pace_by_rate_limits: bool) -> Self {
        self.pace_by_rate_limits = pace_by_rate_limits;
        self
    }

    /// Takes a base URL with `http://` that is not on this machine: the key and the conversation then
    /// travel in the clear, for everyone on the way to read and to change. For servers in a network
    /// that you trust wholly, or behind a tunnel. Default: such a base URL is refused.
    ///
    /// On this machine are `localhost`, `127.0.0.0/8` and `[::1]`: these need no leave. A transport
    /// of your own sees to it itself.
    #[must_use]
    pub fn danger_allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// The most bytes of one response that are read; a larger one is an error of kind
    /// [`ResponseTooLarge`](ErrorKind::ResponseTooLarge). Of a stream what counts is what it comes
    /// to, not how it is cut and wrapped; one event may have 1 MiB more, since the last one of the
    /// Responses API holds all of the response. Default: 32 MiB.
    #[must_use]
    pub fn max_response_bytes(mut self, max_response_bytes: usize) -> Self {
        self.max_response_bytes = max_response_bytes;
        self
    }

    /// Says that the server sends in every piece of a stream the whole text so far, and the whole
    /// arguments so far, and not what is new. Deltas and events tell what is new all the same; a
    /// text that does not go on from the one before is an error of kind
    /// [`InvalidChunk`](ErrorKind::InvalidChunk), since what was given out cannot be taken back, and
    /// no tool starts early. Default: false; see
    /// [`ChatAccumulator::with_snapshots`](crate::stream::ChatAccumulator::with_snapshots) for what
    /// is recognised without it.
    #[must_use]
    pub fn stream_snapshots(mut self, stream_snapshots: bool) -> Self {
        self.stream_snapshots = stream_snapshots;
        self
    }

    /// Replaces the HTTP stack; the connect timeout and encryption are then the stack's own matter.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// Kind [`Config`](ErrorKind::Config): a base URL that is none, or that is not encrypted and not
    /// on this machine, a key or header that HTTP cannot carry, TLS that cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let base = self.base_url.as_ref().unwrap_or(&self.provider.base_url);
        if self.base_url.is_none() && base.is_empty() {
            let name = &self.provider.name;
            return Err(config(format!("`{name}` has no base URL of its own; give one")));
        }
        let base = base.trim_end_matches('/');
        let uri: Uri = base.parse().map_err(|e| {
            config(format!("`{}` is no URL; write it like `{OPENAI}`", shown(base))).with_source(e)
        })?;
        let (Some(scheme @ ("http" | "https")), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return Err(config(format!(
                "`{}` lacks `http://` or `https://`; write it like `{OPENAI}`",
                shown(base)
            )));
        };
        if uri.query().is_some() || base.contains('#') {
            return Err(config("the base URL has a query or fragment; give it without".to_owned()));
        }
        let loopback = is_loopback(host);
        let in_the_clear = scheme == "http" && !loopback && self.transport.is_none();
        if in_the_clear && !self.allow_plain_http {
            return Err(config(format!(
                "`{}` is not encrypted: whoever is on the way could read the key and the \
                 conversation; write `https://`, or allow it with \
                 `ClientBuilder::danger_allow_plain_http` (`--allow-plain-http` on the command line)",
                shown(base)
            )));
        }
        let uri_of = |path: &str| {
            let uri = format!("{base}/{}", self.provider.endpoint(path)).parse();
            uri.map_err(|e: InvalidUri| config("the base URL".to_owned()).with_source(e))
        };
        let headers = self.header_map()?;
        let secrets = self.secrets();
        let connections = Connections { connect_timeout: self.connect_timeout, loopback };
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(Reqwest::new(&connections)?),
        };
        let limiter = (self.max_in_flight.is_some() || self.pace_by_rate_limits)
            .then(|| Limiter::new(self.max_in_flight, self.pace_by_rate_limits));
        Ok(Client {
            inner: Arc::new(Inner {
                transport,
                base_url: base.to_owned(),
                api: self.api,
                responses: uri_of(Api::Responses.path())?,
                conversations: uri_of("conversations")?,
                files: uri_of("files")?,
                provider: self.provider,
                headers,
                secrets,
                time_limits: self.time_limits,
                retry: self.retry,
                hook: self.hook,
                limiter,
                max_response_bytes: self.max_response_bytes,
                stream_snapshots: self.stream_snapshots,
            }),
        })
    }

    /// The key, and the words of the given headers, which can hold the key of another vendor. Words
    /// of fewer than 8 bytes are too common to be taken out of every message.
    fn secrets(&self) -> Vec<SecretString> {
        let key = self.api_key.iter().map(|key| key.expose_secret().trim());
        let words =
            self.headers.iter().flat_map(|(_, text)| text.expose_secret().split_whitespace());
        let words = words.filter(|word| word.len() >= 8);
        key.filter(|key| !key.is_empty()).chain(words).map(SecretString::from).collect()
    }

    fn header_map(&self) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("openai-tools/", env!("CARGO_PKG_VERSION"))),
        );
        if let Some(key) = &self.api_key {
            let key = key.expose_secret().trim();
            match &self.provider.key_header {
                None => {
                    let value = value(&format!("Bearer {key}"), "the API key")?;
                    headers.insert(AUTHORIZATION, value);
                }
                Some(name) => {
                    headers.insert(header_name(name)?, value(key, "the API key")?);
                }
            }
        }
        for (name, text) in
            [("openai-organization", &self.organization), ("openai-project", &self.project)]
        {
            if let Some(text) = text {
                headers.insert(HeaderName::from_static(name), value(text, name)?);
            }
        }
        for (name, text) in &self.headers {
            headers.insert(header_name(name)?, value(text.expose_secret(), name)?);
        }
        Ok(headers)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url.as_deref().map(without_userinfo))
            .field("provider", &self.provider.name)
            .field("api", &self.api)
            .field("api_key", &self.api_key.as_ref().map(|_| "[redacted]"))
            .field("connect_timeout", &self.connect_timeout)
            .field("time_limits", &self.time_limits)
            .field("retry", &self.retry)
            .field("max_in_flight", &self.max_in_flight)
            .field("pace_by_rate_limits", &self.pace_by_rate_limits)
            .field("allow_plain_http", &self.allow_plain_http)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("stream_snapshots", &self.stream_snapshots)
            .finish_non_exhaustive()
    }
}

fn config(detail: String) -> Error {
    Error::new(ErrorKind::Config, detail)
}

fn header_name(name: &str) -> Result<HeaderName, Error> {
    HeaderName::try_from(name)
        .map_err(|e| config(format!("header name `{}`", shown(name))).with_source(e))
}

/// A header's value, kept out of `Debug`. The error names the header and never the value.
fn value(text: &str, of: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| config(format!("{of} holds characters that a header cannot carry")))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether a host is this machine, for sure: what else may lead here is not.
pub(super) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `user:password@` in a URL is a secret too.
pub(super) fn without_userinfo(url: &str) -> String {
    match (url.split_once("://"), url.rfind('@')) {
        (Some((scheme, _)), Some(at)) => format!("{scheme}://[redacted]@{}", &url[at + 1..]),
        (None, Some(at)) => format!("[redacted]@{}", &url[at + 1..]),
        _ => url.to_owned(),
    }
}

fn shown(text: &str) -> String {
    without_userinfo(text).chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<ClientBuilder, Error> {
        ClientBuilder::from_variables(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn without_key_and_base_url_the_error_says_what_to_set() {
        let error = from(&[("OPENAI_API_KEY", " ")]).expect_err("nothing is set");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("OPENAI_API_KEY is not set"));
    }

    #[test]
    fn a_server_without_key_needs_a_base_url_only() {
        let client = from(&[("OPENAI_BASE_URL", "http://localhost:8000/v1/")])
            .and_then(ClientBuilder::build)
            .expect("enough");
        assert_eq!(client.inner.base_url, "http://localhost:8000/v1");
        assert!(!client.inner.headers.contains_key(AUTHORIZATION));
    }

    #[test]
    fn a_provider_is_chosen_by_its_name_and_never_gets_the_key_of_openai() {
        let groq = from(&[
            ("OPENAI_PROVIDER", "Groq"),
            ("GROQ_API_KEY", "gsk-1"),
            ("OPENAI_API_KEY", "sk-secret"),
            ("OPENAI_ORG_ID", "org-1"),
        ]);
        let client = groq.and_then(ClientBuilder::build).expect("enough");
        assert_eq!(client.inner.base_url, "https://api.groq.com/openai/v1");
        assert_eq!(client.inner.headers[AUTHORIZATION], "Bearer gsk-1");
        assert!(!client.inner.headers.contains_key("openai-organization"));
        let azure = from(&[
            ("OPENAI_PROVIDER", "azure"),
            ("AZURE_OPENAI_API_KEY", "k"),
            ("AZURE_OPENAI_ENDPOINT", "https://r.openai.azure.com/"),
            ("OPENAI_API_VERSION", "2025-01-01-preview"),
        ]);
        let client = azure.and_then(ClientBuilder::build).expect("enough");
        assert_eq!(client.inner.headers["api-key"], "k");
        assert!(!client.inner.headers.contains_key(AUTHORIZATION));
        let uri = client.inner.uri("chat/completions", Some("d")).expect("a URL");
        let expected = "https://r.openai.azure.com/openai/deployments/d/chat/completions\
                        ?api-version=2025-01-01-preview";
        assert_eq!(uri.to_string(), expected);
        let ollama = from(&[("OPENAI_PROVIDER", "ollama"), ("OPENAI_API_KEY", "sk-secret")]);
        let client = ollama.and_then(ClientBuilder::build).expect("enough");
        assert_eq!(client.inner.base_url, "http://localhost:11434/v1");
        assert!(!client.inner.headers.contains_key(AUTHORIZATION));
    }

    #[test]
    fn a_provider_that_is_not_known_or_lacks_something_is_refused() {
        for (variables, named) in [
            (
                &[("OPENAI_PROVIDER", "nobody"), ("OPENAI_API_KEY", "k")][..],
                "known are openai, azure",
            ),
            (
                &[("OPENAI_PROVIDER", "groq"), ("OPENAI_API_KEY", "k")][..],
                "GROQ_API_KEY is not set",
            ),
            (
                &[("OPENAI_PROVIDER", "azure-v1"), ("AZURE_OPENAI_API_KEY", "k")][..],
                "AZURE_OPENAI_ENDPOINT is not set",
            ),
        ] {
            let error = from(variables).expect_err(named);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(named), "{error}");
        }
    }

    #[test]
    fn all_variables_are_read_and_no_debug_shows_the_key() {
        let builder = from(&[
            ("OPENAI_API_KEY", "sk-secret\n"),
            ("OPENAI_ORG_ID", "org-1"),
            ("OPENAI_PROJECT_ID", "proj-1"),
        ])
        .expect("enough");
        let builder = builder.header("x-other-key", "hush");
        let client = builder.clone().build().expect("good");
        let headers = &client.inner.headers;
        assert_eq!(headers[AUTHORIZATION], "Bearer sk-secret");
        assert_eq!(headers["openai-organization"], "org-1");
        assert_eq!(headers["openai-project"], "proj-1");
        let shown = format!("{builder:?} {client:?} {headers:?}");
        assert!(!shown.contains("sk-secret") && !shown.contains("hush"), "{shown}");
    }

    #[test]
    fn a_key_that_no_header_can_carry_is_refused_without_being_shown() {
        let error = Client::builder().api_key("sk\u{7}bell").build().expect_err("a control char");
        assert!(!format!("{error:?} {error}").contains("bell"));
    }

    #[test]
    fn plain_http_is_for_this_machine_unless_asked_for() {
        let build = |url: &str| from(&[("OPENAI_BASE_URL", url)]).and_then(ClientBuilder::build);
        for good in [
            "http://localhost/v1",
            "http://LOCALHOST:8000/v1",
            "http://127.0.0.1:8000/v1",
            "http://127.255.255.254/v1",
            "http://[::1]:8000/v1",
            "https://example.org/v1",
        ] {
            build(good).expect(good);
        }
        for bad in [
            "http://example.org/v1",
            "HTTP://example.org/v1",
            "http://localhost.example.org/v1",
            "http://localhost@example.org/v1",
            "http://127.0.0.1:hush@example.org/v1",
            "http://0.0.0.0/v1",
            "http://10.0.0.1:8000/v1",
            "http://[2001:db8::1]/v1",
        ] {
            let error = build(bad).expect_err(bad);
            assert_eq!(error.kind(), ErrorKind::Config, "{bad}");
            let shown = error.to_string();
            assert!(shown.contains("`ClientBuilder::danger_allow_plain_http`"), "{shown}");
            assert!(!shown.contains("hush"), "{shown}");
            let allowed = from(&[("OPENAI_BASE_URL", bad)]).expect("enough");
            allowed.danger_allow_plain_http().build().expect(bad);
        }
    }

    #[test]
    fn bad_base_urls_are_refused_with_an_example_and_without_their_password() {
        for bad in [
            "",
            "api.openai.com/v1",
            "ftp://host/v1",
            "http://",
            "https://h/v1?x=1",
            "https://h/#a",
            "::",
        ] {
            let error = Client::builder().base_url(bad).build().expect_err(bad);
            assert_eq!(error.kind(), ErrorKind::Config, "{bad}");
        }
        let error = Client::builder().base_url("ftp://me:hush@host/v1").build().expect_err("ftp");
        assert!(!format!("{error:?} {error}").contains("hush"));
    }
}
