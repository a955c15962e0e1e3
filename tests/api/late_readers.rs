//! What a stream makes of a reader that was away, and of a body under the wrong content type.

use std::time::Duration;

use bytes::Bytes;
use openai_tools::{
    Client, ErrorKind, Message,
    chat::{Delta, Request},
    client::{Body, Chunk, ReadBody, Sending, Transport},
    testing::Reply,
};
use serde_json::json;
use tests::{
    TestServer,
    wire::{self, Stream},
};
use tokio::sync::{Mutex, mpsc};

fn request() -> Request {
    let mut request = Request::new("m");
    request.messages.push(Message::user("u"));
    request
}

fn text(piece: &str) -> Bytes {
    Stream::default().text(piece).into()
}

/// Serves one response, whose bytes another task hands over.
struct Handed(Mutex<Option<mpsc::Receiver<Bytes>>>);

struct HandedBody(mpsc::Receiver<Bytes>);

impl Transport for Handed {
    fn send(&self, _: http::Request<Bytes>) -> Sending<'_> {
        Box::pin(async {
            let bytes = self.0.lock().await.take().expect("one request");
            let head = http::Response::builder().header("content-type", "text/event-stream");
            Ok(head.body(Body::new(HandedBody(bytes))).expect("a response"))
        })
    }
}

impl ReadBody for HandedBody {
    fn chunk(&mut self) -> Chunk<'_> {
        Box::pin(async { Ok(self.0.recv().await) })
    }
}

#[both_apis::test(start_paused = true)]
async fn what_came_while_the_thread_was_blocked_is_no_silence() {
    let (sender, receiver) = mpsc::channel(4);
    let client = Client::builder()
        .base_url("http://handed/v1")
        .api(tests::api())
        .transport(Handed(Mutex::new(Some(receiver))))
        .idle_timeout(Duration::from_secs(1))
        .build()
        .expect("good");
    let mut stream = client.stream(&request()).await.expect("a head");
    sender.send(text("one")).await.expect("it is read");
    let first = stream.next().await.expect("a delta").expect("good");
    assert_eq!(first, Delta::Text("one".to_owned()));

    tokio::time::advance(Duration::from_secs(60)).await;
    // It cannot run before the reader waits.
    let two = text("two");
    let handing = tokio::spawn(async move {
        tokio::task::yield_now().await;
        sender.send(two).await.expect("it is read");
        sender
    });
    let second = stream.next().await.expect("a delta").expect("no silence");
    assert_eq!(second, Delta::Text("two".to_owned()));

    let _open = handing.await.expect("no panic");
    tokio::time::advance(Duration::from_secs(60)).await;
    let error = stream.next().await.expect("an end").expect_err("silence");
    assert_eq!(error.kind(), ErrorKind::IdleTimeout);
}

#[both_apis::test]
async fn json_that_is_called_an_event_stream_is_read_as_what_it_is() {
    let answer = wire::whole(&json!({"role": "assistant", "content": "hello"}), "stop");
    let reply =
        |body: &serde_json::Value| Reply::raw(200, "text/event-stream", format!("\n {body}"));
    let server = TestServer::scripted([reply(&answer)]).await;
    let mut stream = server.client().stream(&request()).await.expect("a head");
    let delta = stream.next().await.expect("a delta").expect("good");
    assert_eq!(delta, Delta::Text("hello".to_owned()));
    assert!(stream.next().await.is_none());
    assert_eq!(stream.into_response().expect("whole").attempts, 1);

    let error = json!({"error": {"message": "no such model", "code": "model_not_found"}});
    let server = TestServer::scripted([reply(&error)]).await;
    let mut stream = server.client().stream(&request()).await.expect("a head");
    let error = stream.next().await.expect("an end").expect_err("an error object");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Api, 1));
    assert_eq!(error.api_error().and_then(|api| api.code()), Some("model_not_found"));
}
