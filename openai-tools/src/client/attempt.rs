//! One attempt: a request goes out, the head of its response comes in and is judged.

use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, timeout_at};

use super::{
    Inner,
    course::{Content, Outgoing, Timing},
    exchange::Form,
    limiter::Permit,
    retry::{Failure, retry_after},
    time_limits::End,
    transport::{Body, Sending, TransportError, TransportErrorKind},
};
use crate::{
    chat::{Api, FinishReason, Response},
    error::{ApiError, Error, ErrorKind},
    json::first_characters,
    stream::SseDecoder,
};

/// What the head of a good response tells.
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) request_id: Option<String>,
    headers: HeaderMap,
}

impl Head {
    /// Adds to an error what is known of the response.
    pub(super) fn facts(&self, error: Error) -> Error {
        error.with_status(self.status).with_request_id(self.request_id.clone())
    }

    pub(super) fn is_event_stream(&self) -> bool {
        let told = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = told.and_then(|told| told.split(';').next()).unwrap_or_default();
        media_type.trim().eq_ignore_ascii_case("text/event-stream")
    }

    /// How many bytes the body has, and what they are, as far as the server says.
    pub(super) fn content(&self) -> (Option<u64>, Option<String>) {
        let told = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        let length = told(CONTENT_LENGTH).and_then(|length| length.parse().ok());
        (length, told(CONTENT_TYPE).map(str::to_owned))
    }

    /// Whether the status promises all of a response, and not a part or nothing.
    fn is_whole(&self) -> bool {
        matches!(self.status, 200 | 201)
    }

    fn failure(&self, api: Option<&ApiError>) -> Failure {
        Failure::of_response(self.status, &self.headers, api, SystemTime::now())
    }

    fn no_response(&self) -> Error {
        let detail = "the status promises no whole response";
        self.facts(Error::new(ErrorKind::InvalidResponse, detail))
    }
}

/// How much more than a response an event may have that holds one.
const AROUND_A_RESPONSE: usize = 1024 * 1024;

impl Inner {
    /// What reads the events of a response. The last one of the Responses API holds all of it.
    pub(super) fn decoder(&self) -> SseDecoder {
        let most = self.max_response_bytes.saturating_add(AROUND_A_RESPONSE);
        SseDecoder::new().with_max_event_bytes(most)
    }

    /// Reads the body of a good response that has to hold something.
    pub(super) async fn whole(
        &self,
        head: &Head,
        body: &mut Body,
        timing: Timing,
    ) -> Result<Bytes, Failed> {
        let limit = self.max_response_bytes;
        let read = match told_length(&head.headers) {
            Some(told) if told > limit => Read::TooLarge(Bytes::new()),
            _ => {
                let until = |last_heard| match last_heard {
                    None => self.time_limits.of_first_byte(timing.began, timing.deadline),
                    Some(last) => self.time_limits.of_body(timing.began, last, timing.deadline),
                };
                read_body(body, &head.headers, limit, until).await
            }
        };
        match read {
            // Nothing of a response came, whatever the head said.
            Read::Whole(bytes) if head.is_whole() && bytes.trim_ascii().is_empty() => {
                let empty = Error::new(ErrorKind::InvalidResponse, "it is empty");
                Err(Failed::new(head.facts(empty.with_payload(bytes)), true))
            }
            Read::Whole(bytes) if head.is_whole() => Ok(bytes),
            Read::Whole(bytes) => Err(Failed::new(head.no_response().with_payload(bytes), false)),
            Read::TooLarge(_) => Err(self.too_large(head)),
            Read::Late(bytes, end) => {
                Err(Failed::new(head.facts(end.error().with_payload(bytes)), true))
            }
            Read::Broken(bytes, error) => {
                let Failed { error, failure } = Failed::of_transport(error, Some(&bytes));
                Err(Failed { error: head.facts(error), failure })
            }
        }
    }

    /// Sends a request. A bad status is an error, and its body is read.
    pub(super) async fn begin(
        &self,
        outgoing: &Outgoing,
        form: Form,
        timing: Timing,
        permit: Option<&Permit>,
    ) -> Result<(Head, Body), Failed> {
        let mut request = http::Request::new(());
        *request.method_mut() = outgoing.target.method.clone();
        *request.uri_mut() = outgoing.target.uri.clone();
        *request.headers_mut() = self.headers.clone();
        if form == Form::Events {
            let accepted = HeaderValue::from_static("text/event-stream");
            request.headers_mut().entry(ACCEPT).or_insert(accepted);
        }
        let sending = self.sending(request, &outgoing.content).await;
        let sending = sending.map_err(|error| Failed::new(error, false))?;
        let (head, body) = self.head_of(sending, timing, permit).await?;
        // What is read as a whole is looked at when it is there.
        if form == Form::Whole || head.is_whole() {
            return Ok((head, body));
        }
        Err(Failed::new(head.no_response(), false))
    }

    async fn sending(
        &self,
        mut head: http::Request<()>,
        content: &Content,
    ) -> Result<Sending<'_>, Error> {
        let bytes = match content {
            Content::Json(bytes) => bytes.clone(),
            Content::Nothing => {
                head.headers_mut().remove(CONTENT_TYPE);
                Bytes::new()
            }
            Content::Upload(upload) => {
                head.headers_mut().insert(CONTENT_TYPE, upload.media_type()?);
                let Some(bytes) = upload.whole() else {
                    let body = upload.body().await?;
                    return Ok(self.transport.send_streamed(head.map(|()| body)));
                };
                bytes
            }
        };
        Ok(self.transport.send(head.map(|()| bytes)))
    }

    /// Waits for the head of a response. A bad status is an error, and its body is read.
    async fn head_of(
        &self,
        sending: Sending<'_>,
        timing: Timing,
        permit: Option<&Permit>,
    ) -> Result<(Head, Body), Failed> {
        let end = self.time_limits.of_first_byte(timing.began, timing.deadline);
        let response = match timeout_at(end.at, sending).await {
            Ok(sent) => sent.map_err(|e| Failed::of_transport(e, None))?,
            Err(_elapsed) => return Err(Failed::new(end.error(), true)),
        };
        let (head, mut body) = response.into_parts();
        let request_id = head
            .headers
            .get("x-request-id")
            .and_then(|id| id.to_str().ok())
            .map(|id| first_characters(&self.masked(id), 200).to_owned());
        let good = head.status.is_success();
        let head = Head { status: head.status.as_u16(), request_id, headers: head.headers };
        if let Some(permit) = permit {
            let wait = retry_after(&head.headers, SystemTime::now());
            permit.observe(head.status, &head.headers, wait);
        }
        if good {
            return Ok((head, body));
        }
        // What the status means is known by now: a server that stalls here holds up no retry. An
        // error body is for reading by people; nobody reads more.
        let end = End::of_deadline(Instant::now() + ERROR_BODY_TIME).or_deadline(timing.deadline);
        // A good part of an error is better than none.
        let (Read::Whole(bytes)
        | Read::TooLarge(bytes)
        | Read::Late(bytes, _)
        | Read::Broken(bytes, _)) =
            read_body(&mut body, &head.headers, ERROR_BODY_BYTES, |_| end).await;
        let api = self.api_error(&bytes);
        let failure = head.failure(api.as_ref());
        let summary = api.as_ref().map_or_else(String::new, ApiError::summary);
        let error = Error::new(ErrorKind::Api, summary).with_api_error(api).with_payload(bytes);
        Err(Failed { error: head.facts(error), failure })
    }

    /// Reads a body that is whole.
    pub(super) fn response(&self, api: Api, head: &Head, bytes: Bytes) -> Result<Response, Failed> {
        match api.read(&bytes) {
            Ok(mut response) => {
                self.mask(&mut response);
                Ok(Response { request_id: head.request_id.clone(), ..response })
            }
            Err(error) => Err(self.told(head, error.with_payload(bytes))),
        }
    }

    /// Takes the key out of the words of a response that are shown, and what no honest server sends:
    /// the rest of a long one.
    pub(super) fn mask(&self, response: &mut Response) {
        const LONGEST: usize = 256;
        let Response { id, model, finish_reason, message, .. } = response;
        let reason = match finish_reason {
            FinishReason::Other(word) => Some(word),
            _ => None,
        };
        let take_out = |word: &mut String| {
            for secret in self.secrets.iter().map(ExposeSecret::expose_secret) {
                // What local servers take for a key is often a word that names them.
                if secret.len() >= SHORTEST_KEY && word.contains(secret) {
                    *word = word.replace(secret, "[key]");
                }
            }
        };
        // It goes back to the server, some of which make long ones.
        message.response_id.iter_mut().for_each(take_out);
        for word in id.iter_mut().chain(model).chain(reason) {
            take_out(word);
            if word.len() > LONGEST {
                *word = word.chars().take(LONGEST).collect();
            }
        }
    }

    /// An error that the body of a good response came to: an error object in it says whether to
    /// try again.
    pub(super) fn told(&self, head: &Head, error: Error) -> Failed {
        let api = error.api_error().cloned().map(|api| self.without_secret(api));
        let failure = head.failure(api.as_ref());
        Failed { error: head.facts(error.with_api_error(api)), failure }
    }

    pub(super) fn too_large(&self, head: &Head) -> Failed {
        let detail = format!("it has more than {} bytes", self.max_response_bytes);
        Failed::new(head.facts(Error::new(ErrorKind::ResponseTooLarge, detail)), false)
    }

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
            .filter(|secret| text.contains(secret.expose_secret()))
            .fold(text.to_owned(), |text, secret| text.replace(secret.expose_secret(), "[key]"))
    }
}

/// A key that is shorter is no secret: nobody could keep it from being guessed.
const SHORTEST_KEY: usize = 16;

/// The most bytes that are read of the body of an error.
const ERROR_BODY_BYTES: usize = 64 * 1024;

/// How long the body of an error is waited for.
const ERROR_BODY_TIME: Duration = Duration::from_secs(5);

enum Read {
    Broken(Bytes, TransportError),
    Late(Bytes, End),
    TooLarge(Bytes),
    Whole(Bytes),
}

fn told_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads a body to its end. `until` says how long the next chunk is waited for, by when the last
/// one came, if one did.
async fn read_body(
    body: &mut Body,
    headers: &HeaderMap,
    limit: usize,
    until: impl Fn(Option<Instant>) -> End,
) -> Read {
    let told = told_length(headers);
    // One chunk is the common case: it needs no copy.
    let first = match chunk(body, until(None)).await {
        Ok(Ok(Some(first))) => first,
        Ok(Ok(None)) => return Read::Whole(Bytes::new()),
        Ok(Err(error)) => return Read::Broken(Bytes::new(), error),
        Err(end) => return Read::Late(Bytes::new(), end),
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
        next = match chunk(body, until(Some(Instant::now()))).await {
            Ok(Ok(Some(next))) => next,
            Ok(Ok(None)) => return Read::Whole(whole.freeze()),
            Ok(Err(error)) => return Read::Broken(whole.freeze(), error),
            Err(end) => return Read::Late(whole.freeze(), end),
        };
    }
}

/// The next chunk, or the end that came before it.
async fn chunk(body: &mut Body, end: End) -> Result<Result<Option<Bytes>, TransportError>, End> {
    timeout_at(end.at, body.chunk()).await.map_err(|_elapsed| end)
}

/// An attempt that did not bring a response, and what the retry policy has to know of it.
pub(super) struct Failed {
    pub(super) error: Error,
    pub(super) failure: Failure,
}

impl Failed {
    pub(super) fn new(error: Error, retryable: bool) -> Self {
        Self { error, failure: Failure { retryable, retry_after: None } }
    }

    /// `payload` is what had been read of the response, if it had begun.
    pub(super) fn of_transport(error: TransportError, payload: Option<&Bytes>) -> Self {
        use TransportErrorKind::{Broken, Connect, ConnectTimeout, Request};

        let (kind, detail, retryable) = match (error.kind(), payload) {
            (Broken, Some(_)) => (ErrorKind::Connection, "the response broke off", true),
            (Broken, None) => (ErrorKind::Connection, "no response came", true),
            (Connect, _) => (ErrorKind::Connection, "the server is not reached", true),
            (ConnectTimeout, _) => (ErrorKind::ConnectTimeout, "", true),
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
