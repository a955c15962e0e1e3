//! A response while it arrives: every end that a stream can come to, and when it is tried again.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::StreamExt;
use openai_tools::{
    Client, Error, ErrorKind, Message,
    chat::{Delta, FinishReason, Request},
    client::{
        Body, Chunk, ReadBody, ResponseStream, RetryPolicy, Sending, Transport, TransportError,
        TransportErrorKind,
    },
    testing::{Reply, Server},
    tool::CallKind,
};
use serde_json::{Value, json};
use tests::{
    TestServer, is_chat,
    wire::{self, Stream, chunk},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::Instant,
};

fn request() -> Request {
    let mut request = Request::new("m");
    request.messages.push(Message::user("u"));
    request
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

/// More of a text.
fn text(piece: &str) -> String {
    Stream::default().text(piece)
}

/// A text and the end of the response, without what may come behind that.
fn said(words: &str) -> String {
    let mut stream = Stream::default();
    let begun = stream.text(words);
    begun + &stream.end("stop")[0]
}

const DONE: &str = "data: [DONE]\n\n";

fn events(events: &[String]) -> Reply {
    Reply::raw(200, "text/event-stream; charset=utf-8", events.concat())
}

async fn scripted<I>(replies: I) -> TestServer
where
    I: IntoIterator<Item = Reply>,
    I::IntoIter: Send + 'static,
{
    TestServer::start(Server::builder().script(replies).without_checks()).await
}

/// What `next` gives out until it ends, texts joined.
async fn read(stream: &mut ResponseStream) -> (String, Option<Error>) {
    let mut said = String::new();
    while let Some(delta) = stream.next().await {
        match delta {
            Ok(Delta::Text(text)) => said.push_str(&text),
            Ok(_) => {}
            Err(error) => {
                assert!(stream.next().await.is_none(), "nothing comes after an error");
                return (said, Some(error));
            }
        }
    }
    (said, None)
}

#[both_apis::test]
async fn a_stream_becomes_the_response_that_it_would_have_been() {
    let mut pieces = Stream::default();
    let mut list = vec![
        ": hello\r\n\r\n".to_owned(),
        pieces.text("Hé"),
        pieces.call(0, "a", "f"),
        pieces.arguments(0, "{\"x\"", false),
        pieces.arguments(0, ":1}", true),
    ];
    list.extend(pieces.end("tool_calls"));
    let reply = events(&list);
    let message = json!({"role": "assistant", "content": "Hé", "tool_calls": [
        {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}}]});
    let whole = Reply::json(200, &wire::whole(&message, "tool_calls"));
    let server = scripted([reply.chunked(), whole.clone(), whole]).await;
    let client = server.client();

    let mut stream = client.stream(&request()).await.expect("a head");
    let mut deltas = Vec::new();
    while let Some(delta) = stream.next().await {
        deltas.push(delta.expect("a good stream"));
    }
    // Only the Responses API says it.
    deltas.retain(|delta| *delta != Delta::ArgumentsComplete { slot: 0 });
    assert_eq!(
        deltas,
        [
            Delta::Text("Hé".to_owned()),
            Delta::CallBegan {
                slot: 0,
                id: "a".into(),
                kind: CallKind::Function,
                namespace: None,
                name: "f".to_owned(),
            },
            Delta::Arguments { slot: 0, text: "{\"x\"".to_owned() },
            Delta::Arguments { slot: 0, text: ":1}".to_owned() },
        ]
    );
    assert_eq!(stream.request_id(), Some("req_000001"));
    let streamed = stream.into_response().expect("a good end");
    let unstreamed = client.send(&request()).await.expect("an answer");
    assert!(streamed.message == unstreamed.message);
    assert_eq!(streamed.finish_reason, unstreamed.finish_reason);
    assert_eq!(streamed.usage, unstreamed.usage);
    assert_eq!((&streamed.id, &streamed.model), (&unstreamed.id, &unstreamed.model));
    let options = if is_chat() { json!({"include_usage": true}) } else { Value::Null };
    assert_eq!(server.sent(0)["stream_options"], options);
    assert_eq!(server.requests()[0].header("accept"), Some("text/event-stream"));
    assert_eq!(server.sent(1).get("stream"), None);

    // A server that does not stream is read as a whole.
    let stream = client.stream(&request()).await.expect("a head");
    let deltas: Vec<_> = stream.map(|delta| delta.expect("a good body")).collect().await;
    assert_eq!(
        deltas[1..],
        [
            Delta::CallBegan {
                slot: 0,
                id: "a".into(),
                kind: CallKind::Function,
                namespace: None,
                name: "f".to_owned(),
            },
            Delta::Arguments { slot: 0, text: "{\"x\":1}".to_owned() },
        ]
    );
}

#[both_apis::test]
async fn good_ends_need_a_finish_reason_and_nothing_else() {
    for (label, reply) in [
        ("without done", events(&[said("hi")])),
        (
            "in the same chunk",
            events(&[said("hi"), DONE.into(), "event: error\ndata: rubbish\n\n".into()]),
        ),
        ("without the last blank line", events(&[said("hi").trim_end().to_owned()])),
        ("with carriage returns", events(&[said("hi").replace('\n', "\r")])),
        ("a byte order mark", events(&["\u{FEFF}".into(), said("hi")])),
        ("another type", Reply::raw(200, "text/plain", said("hi"))),
        ("named events", events(&["event: chunk\n".to_owned() + &said("hi")])),
    ] {
        let server = scripted([reply]).await;
        let mut stream = server.client().stream(&request()).await.expect("a head");
        let (said, error) = read(&mut stream).await;
        assert_eq!((said.as_str(), error.is_none()), ("hi", true), "{label}");
        let response = stream.into_response().expect(label);
        assert_eq!(response.finish_reason, FinishReason::Stop);
        assert_eq!(response.attempts, 1);
    }
}

/// Streams that go wrong after a first text, and the kind of error that says so.
fn bad_ends() -> Vec<(&'static str, Reply, ErrorKind)> {
    let error = event(&json!({"error": {"message": "sk-test-0123456789 boom", "code": 503}}));
    let empty = if is_chat() { chunk(&json!({}), Some("")) } else { String::new() };
    vec![
        ("no end", events(&[text("hi")]), ErrorKind::StreamCut),
        ("done without one", events(&[text("hi"), DONE.to_owned()]), ErrorKind::StreamCut),
        ("an empty one", events(&[text("hi"), empty, DONE.to_owned()]), ErrorKind::StreamCut),
        (
            "cut in the middle",
            events(&[text("hi"), text(&"x".repeat(500))]).cut_in_half(),
            ErrorKind::StreamCut,
        ),
        (
            "cut in a chunked body",
            events(&[text("hi"), text(&"x".repeat(500))]).chunked().cut_in_half(),
            ErrorKind::StreamCut,
        ),
        (
            "not JSON",
            events(&[text("hi"), "data: {\"cho\n\n".into(), said("")]),
            ErrorKind::InvalidChunk,
        ),
        ("an error object", events(&[text("hi"), error, said("")]), ErrorKind::Api),
        (
            "an error event",
            events(&[text("hi"), "event: error\ndata: {\"message\": \"boom\"}\n\n".into()]),
            ErrorKind::Api,
        ),
    ]
}

#[both_apis::test]
async fn bad_ends_are_errors_of_their_own_kind_that_keep_what_had_arrived() {
    for (label, reply, kind) in bad_ends() {
        let server = scripted([reply, Reply::text("another")]).await;
        let mut stream = server.client().stream(&request()).await.expect("a head");
        let (said, error) = read(&mut stream).await;
        let error = error.expect(label);
        assert_eq!(error.kind(), kind, "{label}");
        assert_eq!(said, "hi", "{label}");
        assert_eq!(error.request_id(), Some("req_000001"), "{label}");
        assert_eq!(error.status(), Some(200), "{label}");
        assert_eq!(error.attempts(), 1, "{label}");
        assert_eq!(stream.arrived().text.as_deref(), Some("hi"), "{label}");
        assert_eq!(server.request_count(), 1, "{label}: a text was given out");
        let shown = format!("{error:?} {error} {stream:?} {:?}", error.api_error());
        assert!(!shown.contains("hi\"") && !shown.contains(TestServer::KEY), "{shown}");
        let unfinished = stream.into_response().expect_err(label);
        assert_eq!(unfinished.kind(), ErrorKind::StreamCut);
    }
}

#[both_apis::test]
async fn what_fails_before_the_first_delta_is_tried_again() {
    let role = || {
        if is_chat() {
            return chunk(&json!({"role": "assistant", "content": ""}), None);
        }
        event(&json!({"type": "response.created", "response": {"status": "in_progress"}}))
    };
    let error = || event(&json!({"error": {"message": "overloaded", "code": 503}}));
    for (label, reply) in [
        ("a bad status", Reply::error(503, "overloaded", "x")),
        ("no answer", Reply::closed()),
        ("an empty stream", events(&[])),
        ("only the role", events(&[role()])),
        ("done at once", events(&[DONE.to_owned()])),
        ("not JSON", events(&[role(), "data: <html>\n\n".to_owned()])),
        ("an error that passes", events(&[role(), error()])),
        ("cut off", events(&[role(), text(&"x".repeat(500))]).cut_in_half()),
        ("half a body", Reply::json(200, &json!({"choices": []})).cut_in_half()),
    ] {
        let server = scripted([reply, events(&[said("hi")])]).await;
        let mut stream = server.client().stream(&request()).await.expect(label);
        let (said, error) = read(&mut stream).await;
        assert!(error.is_none(), "{label}: {error:?}");
        assert_eq!(said, "hi", "{label}");
        assert_eq!(stream.attempts(), 2, "{label}");
        assert_eq!(stream.request_id(), Some("req_000002"), "{label}");
        assert_eq!(stream.into_response().expect(label).attempts, 2);
        let requests = server.requests();
        assert_eq!(requests[0].body(), requests[1].body());
    }
}

#[both_apis::test]
async fn what_will_not_pass_is_not_tried_again() {
    let error = event(&json!({"error": {"message": "no", "code": 400}}));
    let server = scripted([events(&[error]), events(&[said("hi")])]).await;
    let mut stream = server.client().stream(&request()).await.expect("a head");
    let error = read(&mut stream).await.1.expect("an error");
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Api, false));

    let server = scripted([Reply::error(401, "invalid_api_key", "no")]).await;
    let error = server.client().stream(&request()).await.expect_err("401");
    assert_eq!((error.status(), server.request_count()), (Some(401), 1));
}

#[both_apis::test]
async fn the_attempts_of_a_stream_end_and_are_counted_together() {
    let empty = || events(&[": nothing\n\n".to_owned()]);
    let busy = || Reply::error(503, "overloaded", "x");
    let server = scripted([busy(), empty(), empty(), empty()]).await;
    let mut stream = server.client().stream(&request()).await.expect("a head");
    let error = read(&mut stream).await.1.expect("it never passes");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::StreamCut, 3));
    assert!(error.is_retryable(), "it may pass later");
    assert_eq!(server.request_count(), 3);
}

#[both_apis::test]
async fn sizes_are_limited_by_what_a_stream_comes_to() {
    let mut stream = Stream::default();
    let ten = "0123456789".repeat(10);
    let mut pieces: Vec<_> = (0..100).map(|_| stream.text(&ten)).collect();
    pieces.extend(stream.end("stop"));
    for (limit, fits) in [(11_000, true), (9_000, false)] {
        let server = scripted([events(&pieces)]).await;
        let client = server.client_builder().max_response_bytes(limit).build().expect("good");
        let mut stream = client.stream(&request()).await.expect("a head");
        let (said, error) = read(&mut stream).await;
        assert_eq!(error.map(|error| error.kind()), (!fits).then_some(ErrorKind::ResponseTooLarge));
        assert!(said.len() >= 8_700);
    }
    let server = scripted([events(&[text("hi"), said(&"x".repeat(3 << 20))])]).await;
    let client = server.client_builder().max_response_bytes(1 << 20).build().expect("good");
    let mut stream = client.stream(&request()).await.expect("a head");
    let (said, error) = read(&mut stream).await;
    assert_eq!(said, "hi");
    assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::ResponseTooLarge));
}

/// A server that writes what it is told and then keeps the connection open.
async fn held_open(events: &str) -> (Client, TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base_url = format!("http://{}/v1", listener.local_addr().expect("bound"));
    let client = Client::builder()
        .base_url(base_url)
        .api(tests::api())
        .retry(RetryPolicy::new().with_max_retries(0))
        .build()
        .expect("good");
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let reply = format!("{head}{:x}\r\n{events}\r\n", events.len());
    (client, listener, reply)
}

async fn answer(listener: &TcpListener, reply: &str) -> TcpStream {
    let (mut socket, _) = listener.accept().await.expect("a connection");
    answer_again(&mut socket, reply).await;
    socket
}

async fn answer_again(socket: &mut TcpStream, reply: &str) {
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        assert_ne!(socket.read_buf(&mut request).await.expect("a request"), 0, "it was closed");
    }
    socket.write_all(reply.as_bytes()).await.expect("the client listens");
}

#[both_apis::test]
async fn dropping_a_stream_closes_its_connection() {
    let (client, listener, reply) = held_open(&text("hi")).await;
    let server = tokio::spawn(async move {
        let mut socket = answer(&listener, &reply).await;
        // Nothing more is sent: reading ends when the client closes.
        socket.read(&mut [0; 16]).await
    });
    let mut stream = client.stream(&request()).await.expect("a head");
    assert_eq!(stream.next().await.expect("a delta").expect("good"), Delta::Text("hi".to_owned()));
    drop(stream);
    let read = tokio::time::timeout(Duration::from_secs(10), server).await.expect("it is closed");
    assert_eq!(read.expect("no panic").unwrap_or(0), 0);
}

#[both_apis::test]
async fn nothing_is_waited_for_after_done_and_the_connection_serves_again() {
    let (client, listener, reply) = held_open(&(said("hi") + DONE)).await;
    let (ended, at_end) = tokio::sync::oneshot::channel();
    let server = tokio::spawn(async move {
        let mut first = answer(&listener, &reply).await;
        // The client has its response before the body ends.
        at_end.await.expect("the stream ends");
        first.write_all(b"0\r\n\r\n").await.expect("the client still reads");
        let whole = reply.clone() + "0\r\n\r\n";
        let another = whole.replacen("\r\n", "\r\nconnection: close\r\n", 1);
        // Until the first connection is back, the client makes others.
        loop {
            tokio::select! {
                () = answer_again(&mut first, &whole) => break,
                _ = answer(&listener, &another) => {}
            }
        }
    });
    let mut stream = client.stream(&request()).await.expect("a head");
    assert_eq!(read(&mut stream).await.0, "hi");
    stream.into_response().expect("a good end");
    ended.send(()).expect("the server waits");
    while !server.is_finished() {
        let mut stream = client.stream(&request()).await.expect("a head");
        assert_eq!(read(&mut stream).await.0, "hi");
    }
    server.await.expect("the first connection was used again");
}

#[both_apis::test]
async fn a_cancelled_next_loses_nothing() {
    let mut pieces = Stream::default();
    let list = [pieces.text("a"), pieces.text("b"), pieces.end("stop").concat()];
    let (client, listener, reply) = held_open(&list.concat()).await;
    let server = tokio::spawn(async move { answer(&listener, &reply).await });
    let mut stream = client.stream(&request()).await.expect("a head");
    let mut said = String::new();
    loop {
        // Polled once and dropped, over and over.
        let next = futures_util::FutureExt::now_or_never(stream.next());
        match next {
            Some(Some(Ok(Delta::Text(text)))) => said.push_str(&text),
            Some(None) => break,
            Some(other) => panic!("{other:?}"),
            None => tokio::task::yield_now().await,
        }
    }
    assert_eq!(said, "ab");
    drop(server.await);
}

/// What a scripted body does next.
#[derive(Clone)]
enum Step {
    Break,
    Send(String),
    Wait(Duration),
}

/// Answers each request with the next script; without a script it never does.
struct Script {
    bodies: Mutex<VecDeque<Vec<Step>>>,
    asked: Arc<AtomicUsize>,
}

struct ScriptedBody(VecDeque<Step>);

impl Transport for Script {
    fn send(&self, _: http::Request<Bytes>) -> Sending<'_> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let Some(steps) = self.bodies.lock().expect("no panic").pop_front() else {
            return Box::pin(std::future::pending());
        };
        let response = http::Response::builder()
            .header("content-type", "text/event-stream")
            .body(Body::new(ScriptedBody(steps.into())))
            .expect("a response");
        Box::pin(std::future::ready(Ok(response)))
    }
}

impl ReadBody for ScriptedBody {
    fn chunk(&mut self) -> Chunk<'_> {
        Box::pin(async {
            loop {
                match self.0.pop_front() {
                    None => return Ok(None),
                    Some(Step::Break) => {
                        return Err(TransportError::new(TransportErrorKind::Broken, "scripted"));
                    }
                    Some(Step::Send(text)) => return Ok(Some(text.into())),
                    Some(Step::Wait(wait)) => tokio::time::sleep(wait).await,
                }
            }
        })
    }
}

fn script(bodies: &[&[Step]]) -> (Client, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let bodies = Mutex::new(bodies.iter().map(|steps| steps.to_vec()).collect());
    let client = Client::builder()
        .base_url("http://scripted/v1")
        .api(tests::api())
        .transport(Script { bodies, asked: Arc::clone(&asked) })
        .build()
        .expect("good");
    (client, asked)
}

fn seconds(seconds: u64) -> Step {
    Step::Wait(Duration::from_secs(seconds))
}

#[both_apis::test(start_paused = true)]
async fn silence_between_events_is_an_error_after_the_idle_timeout() {
    let (client, asked) = script(&[&[Step::Send(text("hi")), seconds(1_000)]]);
    let began = Instant::now();
    let mut stream = client.stream(&request()).await.expect("a head");
    let (said, error) = read(&mut stream).await;
    assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::IdleTimeout));
    assert_eq!(began.elapsed().as_secs(), 120);
    assert_eq!(said, "hi");
    assert_eq!(stream.arrived().text.as_deref(), Some("hi"));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[both_apis::test(start_paused = true)]
async fn comments_and_parts_of_events_are_signs_of_life() {
    let mut pieces = Stream::default();
    let (first, event) = (pieces.text("a"), pieces.text("hi"));
    let (left, right) = event.split_at(9);
    let steps = [
        Step::Send(first),
        seconds(119),
        Step::Send(": still there\n".to_owned()),
        seconds(119),
        Step::Send(left.to_owned()),
        seconds(119),
        Step::Send(right.to_owned()),
        seconds(119),
        Step::Send(pieces.end("stop").concat()),
    ];
    let (client, _) = script(&[&steps]);
    let mut stream = client.stream(&request()).await.expect("a head");
    assert_eq!(read(&mut stream).await.0, "ahi");
    stream.into_response().expect("a good end");
}

#[both_apis::test(start_paused = true)]
async fn the_first_event_may_take_the_timeout_of_an_attempt_and_is_waited_for_again() {
    let silent = [Step::Send(": wait\n\n".to_owned()), seconds(1_000)];
    let slow = [seconds(599), Step::Send(said("hi"))];
    let (client, asked) = script(&[&silent, &slow]);
    let began = Instant::now();
    let mut stream = client.stream(&request()).await.expect("a head");
    assert_eq!(read(&mut stream).await.0, "hi");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    assert_eq!(began.elapsed().as_secs(), 600 + 599);

    let (client, asked) = script(&[&silent, &silent, &silent]);
    let mut stream = client.stream(&request()).await.expect("a head");
    let error = read(&mut stream).await.1.expect("silence");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::FirstByteTimeout, 3));
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

#[both_apis::test(start_paused = true)]
async fn what_breaks_after_the_finish_reason_takes_nothing_away() {
    for last in [Step::Break, seconds(1_000)] {
        let (client, _) = script(&[&[Step::Send(said("hi")), last]]);
        let mut stream = client.stream(&request()).await.expect("a head");
        let (said, error) = read(&mut stream).await;
        assert_eq!((said.as_str(), error.is_none()), ("hi", true));
        stream.into_response().expect("a good end");
    }
}

#[both_apis::test(start_paused = true)]
async fn an_attempt_after_a_broken_stream_waits_as_the_policy_says() {
    let good = [Step::Send(said("hi"))];
    let (client, _) = script(&[&[Step::Break], &[Step::Break], &good]);
    let began = Instant::now();
    let mut stream = client.stream(&request()).await.expect("a head");
    assert_eq!(read(&mut stream).await.0, "hi");
    let waited = began.elapsed();
    assert!(waited > Duration::from_millis(1_100) && waited < Duration::from_millis(1_510));
}

#[both_apis::test(start_paused = true)]
async fn a_silent_attempt_is_not_waited_for_longer_than_its_timeout() {
    let (client, asked) = script(&[]);
    let error = client.stream(&request()).await.expect_err("no answer at all");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::FirstByteTimeout, 3));
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}
