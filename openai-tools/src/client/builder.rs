use std::{env, fmt, sync::Arc, time::Duration};

use http::{
    HeaderMap, HeaderName, HeaderValue, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT},
    uri::InvalidUri,
};
use secrecy::{ExposeSecret, SecretString};

use super::{
    Client, Inner,
    http_stack::{Connections, Reqwest},
    retry::RetryPolicy,
    transport::Transport,
};
use crate::{
    chat::completions,
    error::{Error, ErrorKind},
};

/// Where OpenAI's own API is.
const OPENAI: &str = "https://api.openai.com/v1";

/// Configures a [`Client`]; made by [`Client::builder`].
#[derive(Clone)]
pub struct ClientBuilder {
    api_key: Option<SecretString>,
    base_url: String,
    organization: Option<String>,
    project: Option<String>,
    headers: Vec<(String, SecretString)>,
    timeout: Duration,
    connect_timeout: Duration,
    idle_timeout: Duration,
    retry: RetryPolicy,
    max_response_bytes: usize,
    transport: Option<Arc<dyn Transport>>,
}

impl ClientBuilder {
    pub(super) fn new() -> Self {
        Self {
            api_key: None,
            base_url: OPENAI.to_owned(),
            organization: None,
            project: None,
            headers: Vec::new(),
            timeout: Duration::from_secs(600),
            connect_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(120),
            retry: RetryPolicy::new(),
            max_response_bytes: 32 * 1024 * 1024,
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
        builder.api_key = set("OPENAI_API_KEY").map(SecretString::from);
        builder.organization = set("OPENAI_ORG_ID");
        builder.project = set("OPENAI_PROJECT_ID");
        match set("OPENAI_BASE_URL") {
            Some(base_url) => builder.base_url = base_url,
            None if builder.api_key.is_none() => {
                return Err(Error::new(
                    ErrorKind::Config,
                    "OPENAI_API_KEY is not set; set it, or set OPENAI_BASE_URL for a server that \
                     needs no key",
                ));
            }
            None => {}
        }
        Ok(builder)
    }

    pub(super) fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| env::var(name).ok())
    }

    /// The key, sent as a bearer token. Default: none.
    #[must_use]
    pub fn api_key(mut self, api_key: impl Into<SecretString>) -> Self {
        self.api_key = Some(api_key.into());
        self
    }

    /// Where the API is, with its version: `http://localhost:11434/v1`.
    /// Default: `https://api.openai.com/v1`.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
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
    /// to its first event. A stream as a whole may take as long as it likes. Default: 600 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long connecting may take. Default: 5 s.
    #[must_use]
    pub fn connect_timeout(mut self, connect_timeout: Duration) -> Self {
        self.connect_timeout = connect_timeout;
        self
    }

    /// How long a stream may be silent after its first event; then it is an error of kind
    /// [`IdleTimeout`](ErrorKind::IdleTimeout). Anything that comes counts, comments too.
    /// Default: 120 s.
    #[must_use]
    pub fn idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.idle_timeout = idle_timeout;
        self
    }

    /// When failed requests are sent again. Default: [`RetryPolicy::new`], two retries.
    #[must_use]
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// The most bytes of one response that are read; a larger one is an error of kind
    /// [`ResponseTooLarge`](ErrorKind::ResponseTooLarge). Of a stream what counts is what it comes
    /// to, not how it is cut and wrapped, and one event may have 8 MiB. Default: 32 MiB.
    #[must_use]
    pub fn max_response_bytes(mut self, max_response_bytes: usize) -> Self {
        self.max_response_bytes = max_response_bytes;
        self
    }

    /// Replaces the HTTP stack; the connect timeout is then the stack's own matter.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// Kind [`Config`](ErrorKind::Config): a base URL that is none, a key or header that HTTP
    /// cannot carry, TLS that cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let base = self.base_url.trim_end_matches('/');
        let uri: Uri = base.parse().map_err(|e| {
            config(format!("`{}` is no URL; write it like `{OPENAI}`", shown(base))).with_source(e)
        })?;
        let (Some("http" | "https"), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return Err(config(format!(
                "`{}` lacks `http://` or `https://`; write it like `{OPENAI}`",
                shown(base)
            )));
        };
        if uri.query().is_some() {
            return Err(config("the base URL has a query; give it without".to_owned()));
        }
        let completions = format!("{base}/{}", completions::PATH)
            .parse()
            .map_err(|e: InvalidUri| config("the base URL".to_owned()).with_source(e))?;
        let headers = self.header_map()?;
        let secrets = self.secrets();
        let connections =
            Connections { connect_timeout: self.connect_timeout, loopback: is_loopback(host) };
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(Reqwest::new(&connections)?),
        };
        Ok(Client {
            inner: Arc::new(Inner {
                transport,
                base_url: base.to_owned(),
                completions,
                headers,
                secrets,
                timeout: self.timeout,
                idle_timeout: self.idle_timeout,
                retry: self.retry,
                max_response_bytes: self.max_response_bytes,
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
            let value = value(&format!("Bearer {key}"), "the API key")?;
            headers.insert(AUTHORIZATION, value);
        }
        for (name, text) in
            [("openai-organization", &self.organization), ("openai-project", &self.project)]
        {
            if let Some(text) = text {
                headers.insert(HeaderName::from_static(name), value(text, name)?);
            }
        }
        for (name, text) in &self.headers {
            let parsed = HeaderName::try_from(name.as_str())
                .map_err(|e| config(format!("header name `{}`", shown(name))).with_source(e))?;
            headers.insert(parsed, value(text.expose_secret(), name)?);
        }
        Ok(headers)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &without_userinfo(&self.base_url))
            .field("api_key", &self.api_key.as_ref().map(|_| "[redacted]"))
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("retry", &self.retry)
            .field("max_response_bytes", &self.max_response_bytes)
            .finish_non_exhaustive()
    }
}

fn config(detail: String) -> Error {
    Error::new(ErrorKind::Config, detail)
}

/// A header's value, kept out of `Debug`. The error names the header and never the value.
fn value(text: &str, of: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| config(format!("{of} holds characters that a header cannot carry")))?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_loopback(host: &str) -> bool {
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
    fn bad_base_urls_are_refused_with_an_example_and_without_their_password() {
        for bad in ["", "api.openai.com/v1", "ftp://host/v1", "http://", "https://h/v1?x=1", "::"] {
            let error = Client::builder().base_url(bad).build().expect_err(bad);
            assert_eq!(error.kind(), ErrorKind::Config, "{bad}");
        }
        let error = Client::builder().base_url("ftp://me:hush@host/v1").build().expect_err("ftp");
        assert!(!format!("{error:?} {error}").contains("hush"));
    }
}
