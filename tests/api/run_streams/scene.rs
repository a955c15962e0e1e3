//! Responses that arrive in pieces, at set times of a paused clock.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use openai_tools::{
    Client, DynTool, ToolContext, ToolError, ToolSettings, Toolbox,
    client::{
        Body, Chunk, ClientBuilder, ReadBody, RetryPolicy, Sending, Transport, TransportError,
        TransportErrorKind,
    },
    run::{Event, RunError, RunStream},
};
use serde_json::{Value, json};
use tests::{definition, document::check_body, wire::Stream};
use tokio::time::{Instant, Sleep, sleep};

/// A piece of a response.
#[derive(Clone)]
pub(super) enum Piece {
    /// More of the arguments of a call.
    Arguments {
        index: usize,
        piece: String,
    },
    /// The connection breaks.
    Break,
    /// Bytes, as one chunk of the body.
    Bytes(String),
    /// A call begins.
    Call {
        index: usize,
        id: String,
        name: String,
    },
    /// The end of the stream, with usage, in as many chunks as it has events.
    End(String),
    Refusal(String),
    Text(String),
    /// Nothing for so many milliseconds.
    Wait(u64),
}

pub(super) fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

pub(super) fn call(index: usize, id: &str, name: &str) -> Piece {
    Piece::Call { index, id: id.to_owned(), name: name.to_owned() }
}

pub(super) fn arguments(index: usize, piece: &str) -> Piece {
    Piece::Arguments { index, piece: piece.to_owned() }
}

pub(super) fn end(finish_reason: &str) -> [Piece; 1] {
    [Piece::End(finish_reason.to_owned())]
}

/// A response that says this and no more.
pub(super) fn says(words: &str) -> Vec<Piece> {
    [&[text(words)][..], &end("stop")].concat()
}

/// The pieces as bytes, breaks and waits, in the API of the test.
fn rendered(pieces: &[Piece]) -> VecDeque<Piece> {
    let mut stream = Stream::default();
    let mut rendered = VecDeque::new();
    for (at, piece) in pieces.iter().enumerate() {
        let bytes = match piece {
            Piece::Break | Piece::Bytes(_) | Piece::Wait(_) => {
                rendered.push_back(piece.clone());
                continue;
            }
            Piece::Arguments { index, piece } => {
                stream.arguments(*index, piece, is_last(&pieces[..=at], &pieces[at + 1..], *index))
            }
            Piece::Call { index, id, name } => stream.call(*index, id, name),
            Piece::End(reason) => {
                rendered.extend(stream.end(reason).into_iter().map(Piece::Bytes));
                continue;
            }
            Piece::Refusal(said) => stream.refusal(said),
            Piece::Text(said) => stream.text(said),
        };
        rendered.push_back(Piece::Bytes(bytes));
    }
    rendered
}

/// Whether nothing of the arguments of a call is missing: no more of them comes, and they are JSON or
/// the response has an end.
fn is_last(before: &[Piece], after: &[Piece], call: usize) -> bool {
    let of_call = |pieces: &[Piece]| -> String {
        let own = pieces.iter().filter_map(|piece| match piece {
            Piece::Arguments { index, piece } if *index == call => Some(piece.as_str()),
            _ => None,
        });
        own.collect()
    };
    let has_end = after.iter().any(|piece| matches!(piece, Piece::End(_)));
    let is_json = || serde_json::from_str::<Value>(&of_call(before)).is_ok();
    of_call(after).is_empty() && (has_end || is_json())
}

/// A model whose responses arrive in pieces.
pub(super) struct Scene {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    responses: Mutex<VecDeque<Response>>,
    requests: Mutex<Vec<Value>>,
    pieces_read: AtomicUsize,
    bodies_dropped: AtomicUsize,
}

enum Response {
    Pieces(VecDeque<Piece>),
    Whole(Value),
}

impl Scene {
    pub(super) fn new(responses: impl IntoIterator<Item = Vec<Piece>>) -> Self {
        Self::of(responses.into_iter().map(|pieces| Response::Pieces(rendered(&pieces))))
    }

    /// Responses that are sent as a whole.
    pub(super) fn whole(bodies: impl IntoIterator<Item = Value>) -> Self {
        Self::of(bodies.into_iter().map(Response::Whole))
    }

    fn of(responses: impl Iterator<Item = Response>) -> Self {
        let shared = Shared { responses: Mutex::new(responses.collect()), ..Shared::default() };
        Self { shared: Arc::new(shared) }
    }

    pub(super) fn client(&self) -> Client {
        self.client_builder().build().expect("a good configuration")
    }

    pub(super) fn client_builder(&self) -> ClientBuilder {
        Client::builder()
            .base_url("http://localhost")
            .api(tests::api())
            .retry(RetryPolicy::new().with_max_retries(0))
            .transport(Served(Arc::clone(&self.shared)))
    }

    pub(super) fn requests(&self) -> Vec<Value> {
        self.shared.requests.lock().expect("no panic").clone()
    }

    /// How many pieces were taken from the bodies.
    pub(super) fn pieces_read(&self) -> usize {
        self.shared.pieces_read.load(Ordering::SeqCst)
    }

    /// How many bodies are gone, and with them their connections.
    pub(super) fn bodies_dropped(&self) -> usize {
        self.shared.bodies_dropped.load(Ordering::SeqCst)
    }
}

struct Served(Arc<Shared>);

impl Transport for Served {
    fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
        let body = serde_json::from_slice(request.body()).expect("JSON");
        check_body(request.uri().path(), &body).expect("valid against OpenAI's document");
        self.0.requests.lock().expect("no panic").push(body);
        let response = self.0.responses.lock().expect("no panic").pop_front();
        let (kind, body) = match response.expect("a further response") {
            Response::Whole(body) => {
                ("application/json", Body::full(Bytes::from(body.to_string())))
            }
            Response::Pieces(pieces) => {
                let shared = Arc::clone(&self.0);
                ("text/event-stream", Body::new(Arriving { left: pieces, shared, wait: None }))
            }
        };
        let response = http::Response::builder().header("content-type", kind).body(body);
        Box::pin(async move { Ok(response.expect("a response")) })
    }
}

struct Arriving {
    left: VecDeque<Piece>,
    shared: Arc<Shared>,
    wait: Option<Pin<Box<Sleep>>>,
}

impl Arriving {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>> {
        loop {
            if let Some(wait) = &mut self.wait {
                ready!(wait.as_mut().poll(cx));
                self.wait = None;
            }
            let Some(piece) = self.left.pop_front() else { return Poll::Ready(Ok(None)) };
            self.shared.pieces_read.fetch_add(1, Ordering::SeqCst);
            match piece {
                Piece::Break => {
                    let broken = TransportError::new(TransportErrorKind::Broken, "reset");
                    return Poll::Ready(Err(broken));
                }
                Piece::Bytes(bytes) => return Poll::Ready(Ok(Some(bytes.into()))),
                Piece::Wait(ms) => self.wait = Some(Box::pin(sleep(Duration::from_millis(ms)))),
                _ => unreachable!("what is said was made bytes of"),
            }
        }
    }
}

impl ReadBody for Arriving {
    fn chunk(&mut self) -> Chunk<'_> {
        Box::pin(poll_fn(|cx| self.poll_chunk(cx)))
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.shared.bodies_dropped.fetch_add(1, Ordering::SeqCst);
    }
}

/// A tool with one integer `n` that takes so long, and counts how often it was begun and dropped.
#[derive(Clone, Default)]
pub(super) struct Probe {
    pub(super) begun: Arc<Mutex<Vec<i64>>>,
    pub(super) ended: Arc<AtomicUsize>,
}

impl Probe {
    pub(super) fn tool(&self, name: &str, takes_ms: u64, settings: ToolSettings) -> DynTool {
        let probe = self.clone();
        let definition = definition(name, json!({"n": {"type": "integer"}}));
        let call = move |arguments: Value, _: ToolContext| {
            let probe = probe.clone();
            async move {
                let n = arguments["n"].as_i64().expect("an integer");
                probe.begun.lock().expect("no panic").push(n);
                let ended = CountDrop(probe.ended);
                sleep(Duration::from_millis(takes_ms)).await;
                drop(ended);
                Ok::<_, ToolError>(n)
            }
        };
        DynTool::new(definition, call).with_settings(settings)
    }

    pub(super) fn begun(&self) -> Vec<i64> {
        self.begun.lock().expect("no panic").clone()
    }

    /// How many calls are gone, whether they ended or were dropped.
    pub(super) fn ended(&self) -> usize {
        self.ended.load(Ordering::SeqCst)
    }
}

struct CountDrop(Arc<AtomicUsize>);

impl Drop for CountDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// `look` is read-only, `act` is not.
pub(super) fn look_and_act(probe: &Probe, takes_ms: u64) -> Toolbox {
    let tools = Toolbox::new().with(probe.tool("look", takes_ms, READ_ONLY));
    let act = probe.tool("act", takes_ms, ToolSettings::new());
    tools.and_then(|tools| tools.with(act)).expect("distinct")
}

pub(super) const READ_ONLY: ToolSettings = ToolSettings::new().with_read_only(true);

/// What a stream told, and how many milliseconds after the start.
pub(super) struct Told {
    pub(super) events: Vec<(u64, Event)>,
    pub(super) error: Option<RunError>,
}

pub(super) async fn read(mut stream: RunStream) -> Told {
    let start = Instant::now();
    let mut told = Told { events: Vec::new(), error: None };
    while let Some(event) = stream.next().await {
        let at = u64::try_from(start.elapsed().as_millis()).expect("small");
        match event {
            Ok(event) => told.events.push((at, event)),
            Err(error) => told.error = Some(error),
        }
    }
    told
}

impl Told {
    /// The events as words, with the milliseconds where they are not 0.
    pub(super) fn words(&self) -> Vec<String> {
        self.events.iter().map(|(at, event)| format!("{at} {}", word(event))).collect()
    }

    /// When an event was first told.
    pub(super) fn at(&self, wanted: &str) -> Option<u64> {
        self.events.iter().find(|(_, event)| word(event) == wanted).map(|(at, _)| *at)
    }

    pub(super) fn run(self) -> openai_tools::Run {
        match self.events.into_iter().next_back() {
            Some((_, Event::Ended(run))) => *run,
            other => panic!("no end: {other:?}, {:?}", self.error),
        }
    }
}

pub(super) fn word(event: &Event) -> String {
    match event {
        Event::Arguments { slot, text } => format!("arguments {slot} {text}"),
        Event::ArgumentsComplete { slot, .. } => format!("complete {slot}"),
        Event::ArgumentsReset { slot } => format!("reset {slot}"),
        Event::CallBegan { slot, id, name, .. } => format!("began {slot} {id} {name}"),
        Event::CallRenamed { slot, id, name } => format!("renamed {slot} {id} {name}"),
        Event::EarlyOutputDropped(record) => format!("dropped {}", record.call.id),
        Event::Ended(run) => format!("ended {}", run.outcome().as_str()),
        Event::Text(text) => format!("text {text}"),
        Event::ToolFinished(record) => {
            let failure = record.output.failure.as_ref();
            format!("finished {} {}", record.call.id, failure.map_or("ok", |f| f.as_str()))
        }
        Event::ToolStarted(call) => format!("started {}", call.id),
        Event::Turn(turn) => format!("turn {}", turn.calls.len()),
        other => format!("{other:?}"),
    }
}
