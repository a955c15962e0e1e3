//! Listening, connections, recording, shutdown.

use std::{
    collections::VecDeque,
    convert::Infallible,
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::Request;
use http_body_util::BodyExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{AbortHandle, JoinSet},
    time::Instant,
};

use super::{
    answer, check,
    fault::Fault,
    files::Files,
    line::{Breach, BreakPoint, Line, Manner, Orders},
    play,
    recorded::Recorded,
    reply::{Reply, Wire},
    responses::{self, Memory},
    route::{self, Endpoint},
    stream::StreamShape,
    wire::{CutOff, Response, WireBody},
};
use crate::provider::{Provider, Quirks};

/// An HTTP server on a free port of 127.0.0.1 that speaks chat completions and the Responses API,
/// the same replies over both.
///
/// Of the Responses API it remembers what it has answered (unless the request says `store: false`),
/// so that `previous_response_id` and the ids of items can be checked; the last 10,000 responses.
/// They can be retrieved, cancelled and deleted, their input listed and tokens counted, and so can
/// conversations and their items. A streamed background response can be taken up again behind any of
/// its events; each of its streams has the shape of the first, with its faults.
/// Files that are uploaded it keeps in memory, and gives them back.
///
/// It lives until it is dropped: dropping it closes the port and every connection. Bodies of over
/// 64 MB are answered with a 413.
///
/// # Errors of a script
///
/// Scripted replies are used in order, one for each request to `/chat/completions` or `/responses`
/// that passed the checks. A request after the last one gets a 400 with the code `script_ended`, whose message says
/// that the script is at its end: no client takes it for an outage and tries again.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: AbortHandle,
}

impl Server {
    /// Starts an automatic server.
    ///
    /// # Errors
    ///
    /// No port can be opened on loopback.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime with I/O and time enabled.
    ///
    /// # Cancel safety
    ///
    /// Dropping this future leaves nothing behind.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// A server with a script or other settings.
    pub fn builder() -> ServerBuilder {
        ServerBuilder {
            script: None,
            intercept: None,
            key: None,
            checks: true,
            kept: DEFAULT_KEPT,
            stream: StreamShape::new(),
            background_polls: 1,
            provider: None,
        }
    }

    /// What a client takes as its base URL: `http://127.0.0.1:PORT/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The provider that is played, at the address of this server.
    #[must_use]
    pub fn provider(&self) -> Option<Provider> {
        let mut provider = self.shared.provider.clone()?;
        provider.base_url = self.base_url();
        Some(provider)
    }

    /// Address and port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests so far, in the order in which they had arrived; the last 10,000 unless the
    /// builder was told otherwise.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.recorded().iter().cloned().collect()
    }

    /// How many requests have arrived, kept or not.
    #[must_use]
    pub fn request_count(&self) -> u64 {
        *self.shared.arrived.borrow()
    }

    /// Waits until `count` requests have arrived in all. For tests that act while a request is
    /// under way, such as dropping a run.
    ///
    /// # Cancel safety
    ///
    /// Dropping this future has no effect.
    pub async fn wait_for_requests(&self, count: u64) {
        let mut arrived = self.shared.arrived.subscribe();
        // The sender lives in `shared`, so this cannot end early.
        let _ = arrived.wait_for(|arrived| *arrived >= count).await;
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .field("request_count", &self.request_count())
            .finish_non_exhaustive()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// How a [`Server`] answers; made by [`Server::builder`].
#[must_use = "the server runs when it is started"]
pub struct ServerBuilder {
    script: Option<Script>,
    intercept: Option<Intercept>,
    key: Option<String>,
    checks: bool,
    kept: usize,
    stream: StreamShape,
    background_polls: u32,
    provider: Option<Provider>,
}

type Script = Box<dyn Iterator<Item = Reply> + Send>;
type Intercept = Box<dyn Fn(&Recorded) -> Option<Reply> + Send + Sync>;

impl ServerBuilder {
    /// Answers with these replies, in order. The iterator may be endless and is asked for one
    /// reply at a time: `std::iter::repeat(reply)`, or a few replies and then
    /// `.chain(std::iter::repeat(Reply::automatic()))`.
    pub fn script<I>(mut self, replies: I) -> Self
    where
        I: IntoIterator<Item = Reply>,
        I::IntoIter: Send + 'static,
    {
        self.script = Some(Box::new(replies.into_iter()));
        self
    }

    /// Asks `intercept` first, for each request to any endpoint: what it replies is the answer, and the
    /// server does nothing else with the request. So files, conversations and all that the script does
    /// not answer can fail, too.
    ///
    /// ```
    /// use openai_tools::testing::{BreakPoint, Reply, Server};
    ///
    /// let server = Server::builder().intercept(|request| {
    ///     let is_download = request.path().ends_with("/content");
    ///     let cut = || Reply::raw(200, "text/plain", "one two").closed_at(BreakPoint::InBody);
    ///     is_download.then(cut)
    /// });
    /// # drop(server);
    /// ```
    pub fn intercept(
        mut self,
        intercept: impl Fn(&Recorded) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        self.intercept = Some(Box::new(intercept));
        self
    }

    /// Answers a 401 unless `authorization` is `Bearer` and this key. By default any key will do,
    /// and none.
    pub fn require_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Takes a reply of the script for every request, without a look at its body.
    pub fn without_checks(mut self) -> Self {
        self.checks = false;
        self
    }

    /// Keeps the last `count` requests instead of 10,000.
    pub fn keep_requests(mut self, count: usize) -> Self {
        self.kept = count;
        self
    }

    /// How answers are streamed where a reply does not say it itself; as real servers do by
    /// default.
    pub fn stream(mut self, shape: StreamShape) -> Self {
        self.stream = shape;
        self
    }

    /// How often a background response is in progress still when it is asked for; what answers the
    /// request for it says that it is queued. `u32::MAX` for one that comes to no end. Default: 1.
    pub fn background_polls(mut self, count: u32) -> Self {
        self.background_polls = count;
        self
    }

    /// Plays another server: takes requests on its paths, with its query and its key's header,
    /// refuses with a 400 what its [quirks](crate::provider::Quirks) lack, whether the real one does
    /// or ignores it, and [answers](crate::provider::AnswerQuirks) as it does, over both APIs, whole
    /// and streamed. The base URL of the provider is then the server's own, on the path `/v1`; see
    /// [`Server::provider`]. A key that is [required](Self::require_key) is looked for in
    /// `authorization` all the same. Replies of raw bytes are sent as they stand.
    pub fn provider(mut self, provider: Provider) -> Self {
        self.provider = Some(provider);
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// No port can be opened on loopback.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime with I/O and time enabled.
    ///
    /// # Cancel safety
    ///
    /// Dropping this future leaves nothing behind.
    pub async fn start(self) -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            script: self.script.map(Mutex::new),
            intercept: self.intercept,
            key: self.key,
            checks: self.checks,
            kept: self.kept,
            stream: self.stream,
            quirks: self.provider.as_ref().map(|played| played.quirks.clone()).unwrap_or_default(),
            provider: self.provider,
            memory: Mutex::new(Memory::new(self.background_polls)),
            files: Mutex::default(),
            recorded: Mutex::default(),
            arrived: watch::Sender::new(0),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared))).abort_handle();
        Ok(Server { address, shared, accepting })
    }
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("scripted", &self.script.is_some())
            .field("intercepts", &self.intercept.is_some())
            .field("requires_key", &self.key.is_some())
            .field("checks", &self.checks)
            .field("keep_requests", &self.kept)
            .field("stream", &self.stream)
            .field("background_polls", &self.background_polls)
            .field("provider", &self.provider)
            .finish()
    }
}

/// What all connections look at.
struct Shared {
    /// `None` is the automatic mode.
    script: Option<Mutex<Script>>,
    intercept: Option<Intercept>,
    key: Option<String>,
    checks: bool,
    kept: usize,
    stream: StreamShape,
    provider: Option<Provider>,
    /// Of the provider, if one is played.
    quirks: Quirks,
    memory: Mutex<Memory>,
    files: Mutex<Files>,
    recorded: Mutex<VecDeque<Recorded>>,
    arrived: watch::Sender<u64>,
}

impl Shared {
    /// A panic in a script's iterator must not take the other connections down.
    fn recorded(&self) -> MutexGuard<'_, VecDeque<Recorded>> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, head: http::request::Parts, body: Bytes) -> Recorded {
        let mut recorded = self.recorded();
        let number = *self.arrived.borrow() + 1;
        let request = Recorded::new(head, body, number, Instant::now().into_std());
        recorded.push_back(request.clone());
        while recorded.len() > self.kept {
            recorded.pop_front();
        }
        // Told under the lock: whoever is woken finds the request in the list.
        self.arrived.send_replace(number);
        request
    }

    fn respond(
        &self,
        recorded: &Recorded,
        head: &http::request::Parts,
        body: &Body,
    ) -> Result<Response, Fault> {
        if let Some(reply) = self.intercept.as_ref().and_then(|intercept| intercept(recorded)) {
            let request = recorded.json();
            let hash = hash(&request, recorded.body());
            return Ok(reply.respond_with(&self.quirks, &request, &Wire::Chat, hash, &self.stream));
        }
        if let Some(key) = &self.key {
            route::authorize(&head.headers, key)?;
        }
        let endpoint = match &self.provider {
            None => Endpoint::find(&head.method, head.uri.path())?,
            Some(provider) => Endpoint::find(&head.method, &play::path(provider, head)?)?,
        };
        let Body::Whole(bytes) = body else {
            return Err(Fault::new(413, "The body is larger than 64 MB."));
        };
        match endpoint {
            Endpoint::ChatCompletions => self.chat_completions(bytes),
            Endpoint::Kept(kept) => {
                let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
                kept.respond(&mut memory, head.uri.query().unwrap_or_default(), bytes)
            }
            Endpoint::File(_) | Endpoint::FileContent(_) | Endpoint::Files => {
                self.files().respond(&endpoint, head, bytes)
            }
            Endpoint::Model(id) => Ok(route::model_named(&id)),
            Endpoint::Models => Ok(route::models()),
            Endpoint::Responses => self.responses(bytes),
        }
    }

    fn chat_completions(&self, body: &[u8]) -> Result<Response, Fault> {
        let request = if self.checks {
            let mut request = check::parse(body)?;
            play::request(&self.quirks, &mut request)?;
            check::chat_completions(&request)?;
            self.files().check(&request)?;
            request
        } else {
            serde_json::from_slice(body).unwrap_or_default()
        };
        let reply = self.next_reply()?;
        let hash = hash(&request, body);
        Ok(reply.respond_with(&self.quirks, &request, &Wire::Chat, hash, &self.stream))
    }

    fn responses(&self, body: &[u8]) -> Result<Response, Fault> {
        let request = if self.checks {
            let mut request = check::parse(body)?;
            play::request(&self.quirks, &mut request)?;
            request
        } else {
            serde_json::from_slice(body).unwrap_or_default()
        };
        let asked = {
            let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
            responses::read(&request, &memory, self.checks)?
        };
        if self.checks {
            self.files().check(&request)?;
        }
        let reply = self.next_reply()?;
        // The same input behind another response is another question.
        let hash = answer::hash(
            format!("{:016x}{}", hash(&request, body), Value::from(asked.items.clone())).as_bytes(),
        );
        let wire = Wire::Responses { asked: &asked, memory: &self.memory };
        Ok(reply.respond_with(&self.quirks, &request, &wire, hash, &self.stream))
    }

    fn next_reply(&self) -> Result<Reply, Fault> {
        let Some(script) = &self.script else { return Ok(Reply::automatic()) };
        let next = script.lock().unwrap_or_else(PoisonError::into_inner).next();
        next.ok_or_else(|| {
            Fault::invalid("The script is at its end: no reply is left for this request.")
                .with_code("script_ended")
        })
    }
}

/// Accepts until it is aborted. The connections belong to it and end with it.
async fn accept(listener: TcpListener, shared: Arc<Shared>) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
            // Out of file handles, say: some may be free again soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // Without it small answers may wait for the other side's acknowledgement.
    let _ = stream.set_nodelay(true);
    let orders = Orders::default();
    let line = Line::new(stream, orders.clone());
    let service =
        service_fn(move |request| answer_request(Arc::clone(&shared), orders.clone(), request));
    // An error here is a client that went away, or a connection that the script breaks.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(line), service).await;
}

async fn answer_request(
    shared: Arc<Shared>,
    orders: Orders,
    request: Request<Incoming>,
) -> Result<http::Response<WireBody>, CutOff> {
    let (head, body) = request.into_parts();
    let body = read(body).await?;
    let kept = match &body {
        Body::Whole(bytes) => bytes.clone(),
        Body::TooLarge => Bytes::new(),
    };
    let recorded = shared.record(head.clone(), kept);
    let _unanswered = Unanswered(recorded.clone());
    let response = shared.respond(&recorded, &head, &body).unwrap_or_else(|fault| {
        let response = Response::fault(&fault);
        match fault.status {
            405 => response.with_header("allow", Endpoint::allowed(head.uri.path())),
            _ => response,
        }
    });
    if !response.delay.is_zero() {
        tokio::time::sleep(response.delay).await;
    }
    orders.pass();
    match response.breach {
        Some(Breach { manner, point: BreakPoint::BeforeHead }) => {
            match manner {
                Manner::Close => {}
                Manner::Reset => orders.reset_on_close(),
                // Until the connection ends, with the client or the server.
                Manner::Stall => std::future::pending().await,
            }
            recorded.set_answered(Instant::now().into_std());
            return Err(CutOff);
        }
        Some(Breach { manner, point: BreakPoint::InHead }) => {
            orders.break_head(manner, recorded.clone());
        }
        _ => {}
    }
    if let Some(bytes) = &response.instead {
        orders.say(bytes.clone(), recorded.clone());
    }
    Ok(response.into_http(recorded, orders))
}

/// The hash from which ids are made: of what is asked, not of how it is delivered, so that a
/// streamed answer is the same as an unstreamed one. White space does not count either.
fn hash(request: &Value, body: &[u8]) -> u64 {
    let Some(fields) = request.as_object() else {
        return answer::hash(body);
    };
    let asked = fields.iter().filter(|(name, _)| !["stream", "stream_options"].contains(&&***name));
    let asked: Vec<(&String, &Value)> = asked.collect();
    answer::hash(&serde_json::to_vec(&asked).unwrap_or_default())
}

/// A request that waits; dropped in the meantime, its client has gone.
struct Unanswered(Recorded);

impl Drop for Unanswered {
    fn drop(&mut self) {
        if self.0.status().is_none() {
            self.0.set_abandoned(Instant::now().into_std());
        }
    }
}

enum Body {
    TooLarge,
    Whole(Bytes),
}

/// Reads a body up to the limit. What is over it is read and thrown away: a client that still
/// sends could not read the answer otherwise.
async fn read(mut body: Incoming) -> Result<Body, CutOff> {
    let mut bytes = BytesMut::new();
    let mut too_large = false;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| CutOff)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        too_large |= bytes.len() + data.len() > MAX_BODY;
        if too_large {
            bytes = BytesMut::new();
        } else {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(if too_large { Body::TooLarge } else { Body::Whole(bytes.freeze()) })
}

const MAX_BODY: usize = 64 * 1024 * 1024;
const DEFAULT_KEPT: usize = 10_000;
