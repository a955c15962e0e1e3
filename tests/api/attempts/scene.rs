//! A transport that plays what it is told, and notes when it was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use openai_tools::{
    Client, Message,
    chat::{Request, Response},
    client::{
        Body, Chunk, ClientBuilder, ReadBody, ResponseStream, Sending, Transport, TransportError,
        TransportErrorKind,
    },
};
use serde_json::json;
pub(super) use tests::wire::said;
use tests::{document::check_body, wire};
use tokio::time::Instant;

pub(super) fn request() -> Request {
    let mut request = Request::new("m");
    request.messages.push(Message::user("u"));
    request
}

/// What comes of one attempt.
#[derive(Clone, Default)]
pub(super) struct Take {
    before_head: Duration,
    failure: Option<TransportErrorKind>,
    status: u16,
    headers: Vec<(&'static str, String)>,
    steps: Vec<Step>,
}

#[derive(Clone)]
pub(super) enum Step {
    Break,
    Send(Bytes),
    Wait(Duration),
}

impl Step {
    pub(super) fn send(bytes: impl Into<Bytes>) -> Self {
        Self::Send(bytes.into())
    }

    pub(super) fn seconds(seconds: u64) -> Self {
        Self::Wait(Duration::from_secs(seconds))
    }
}

impl Take {
    /// A response of a status with an error object.
    pub(super) fn error(status: u16) -> Self {
        let body = json!({"error": {"message": "m", "type": "t"}}).to_string();
        Self { status, steps: vec![Step::send(body)], ..Self::default() }
    }

    /// A good response that was not streamed.
    pub(super) fn good() -> Self {
        Self::body(vec![Step::send(good_body())])
    }

    /// A good head, and a body in these steps.
    pub(super) fn body(steps: Vec<Step>) -> Self {
        Self { status: 200, steps, ..Self::default() }.header("content-type", "application/json")
    }

    /// A good head of a stream, and its bytes in these steps.
    pub(super) fn stream(steps: Vec<Step>) -> Self {
        Self { status: 200, steps, ..Self::default() }.header("content-type", "text/event-stream")
    }

    /// No response.
    pub(super) fn broken(failure: TransportErrorKind) -> Self {
        Self { failure: Some(failure), ..Self::default() }
    }

    /// Neither response nor failure.
    pub(super) fn silence() -> Self {
        Self::good().after(Duration::from_secs(1_000_000))
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn with_body(mut self, steps: Vec<Step>) -> Self {
        self.steps = steps;
        self
    }

    pub(super) fn after(mut self, before_head: Duration) -> Self {
        self.before_head = before_head;
        self
    }
}

pub(super) fn good_body() -> String {
    wire::whole(&json!({"role": "assistant", "content": "hi"}), "stop").to_string()
}

/// Plays takes one after the other; after the last it is silent.
#[derive(Clone)]
pub(super) struct Script {
    takes: Arc<Mutex<VecDeque<Take>>>,
    asked: Arc<Mutex<Vec<Instant>>>,
    start: Instant,
}

impl Script {
    pub(super) fn new(takes: impl IntoIterator<Item = Take>) -> Self {
        let takes = Arc::new(Mutex::new(takes.into_iter().collect()));
        Self { takes, asked: Arc::default(), start: Instant::now() }
    }

    pub(super) fn builder(&self) -> ClientBuilder {
        let client = Client::builder().base_url("http://scripted/v1").api(tests::api());
        client.transport(self.clone())
    }

    /// When each attempt was sent, since the script was made.
    pub(super) fn asked(&self) -> Vec<Duration> {
        let asked = self.asked.lock().expect("no panic");
        asked.iter().map(|at| *at - self.start).collect()
    }

    /// The same in whole milliseconds.
    pub(super) fn asked_ms(&self) -> Vec<u128> {
        self.asked().iter().map(Duration::as_millis).collect()
    }

    /// How long was waited before each attempt but the first.
    pub(super) fn waits(&self) -> Vec<Duration> {
        let asked = self.asked.lock().expect("no panic");
        asked.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

impl Transport for Script {
    fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
        let body = serde_json::from_slice(request.body()).expect("JSON");
        check_body(request.uri().path(), &body).expect("valid against OpenAI's document");
        self.asked.lock().expect("no panic").push(Instant::now());
        let take = self.takes.lock().expect("no panic").pop_front().unwrap_or_else(Take::silence);
        Box::pin(async move {
            tokio::time::sleep(take.before_head).await;
            if let Some(kind) = take.failure {
                return Err(TransportError::new(kind, "scripted"));
            }
            let mut response = http::Response::builder().status(take.status);
            for (name, value) in take.headers {
                response = response.header(name, value);
            }
            Ok(response.body(Body::new(ScriptedBody(take.steps.into()))).expect("a response"))
        })
    }
}

struct ScriptedBody(VecDeque<Step>);

impl ReadBody for ScriptedBody {
    fn chunk(&mut self) -> Chunk<'_> {
        Box::pin(async {
            loop {
                match self.0.pop_front() {
                    None => return Ok(None),
                    Some(Step::Break) => {
                        return Err(TransportError::new(TransportErrorKind::Broken, "scripted"));
                    }
                    Some(Step::Send(bytes)) => return Ok(Some(bytes)),
                    Some(Step::Wait(wait)) => tokio::time::sleep(wait).await,
                }
            }
        })
    }
}

/// Reads a stream to its end.
pub(super) async fn read(mut stream: ResponseStream) -> Result<Response, openai_tools::Error> {
    while let Some(delta) = stream.next().await {
        delta?;
    }
    stream.into_response()
}
