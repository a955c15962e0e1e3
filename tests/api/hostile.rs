//! What a hostile server or model tried once, and what came of it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use openai_tools::{
    Client, ErrorKind, Outcome, ToolCall, Toolbox,
    client::{Body, Chunk, ReadBody, Sending, Transport},
    dispatch::Dispatcher,
    testing::Reply,
    tool,
    tool::CallFailure,
};
use serde_json::json;
use tests::{TestServer, wire};

/// Echo a number.
#[tool]
fn echo_number(a: i64) -> i64 {
    a
}

#[both_apis::test]
async fn an_error_object_beside_half_an_answer_is_an_error() {
    let mut body = wire::whole(&json!({"role": "assistant", "content": "half"}), "stop");
    body["error"] = json!({"message": "boom", "code": 400});
    let server = TestServer::scripted([Reply::json(200, &body)]).await;
    let error = server.client().run("m").user("u").await.expect_err("an error object");
    assert_eq!(error.error().kind(), ErrorKind::Api);
    assert!(error.turns().is_empty());
}

#[both_apis::test]
async fn an_empty_error_object_beside_a_good_answer_is_none() {
    let mut body = wire::whole(&json!({"role": "assistant", "content": "hi"}), "stop");
    body["error"] = json!({});
    let server = TestServer::scripted([Reply::json(200, &body)]).await;
    let run = server.client().run("m").user("u").await.expect("an answer");
    assert_eq!(*run.outcome(), Outcome::Completed("hi".to_owned()));
}

#[both_apis::test]
async fn a_status_that_promises_a_part_is_no_response() {
    let server = TestServer::scripted([Reply::text("half").with_status(206)]).await;
    let error = server.client().run("m").user("u").await.expect_err("206");
    assert_eq!(error.error().kind(), ErrorKind::InvalidResponse);
    assert_eq!(error.error().status(), Some(206));
}

#[both_apis::test]
async fn a_message_that_says_nothing_and_does_not_end_is_no_response() {
    let body = if tests::is_chat() {
        json!({"choices": [{"message": {"role": "assistant"}}]})
    } else {
        json!({"output": []})
    };
    let server = TestServer::scripted([Reply::json(200, &body)]).await;
    let error = server.client().run("m").user("u").await.expect_err("nothing");
    assert_eq!(error.error().kind(), ErrorKind::InvalidResponse);
}

/// JSON that `serde_json::Value` would parse again and again, each time with a fresh limit.
fn nested_in_texts(levels: usize) -> String {
    (0..levels).fold("1".to_owned(), |inner, _| {
        let quoted = serde_json::to_string(&inner).expect("text");
        let (open, close) = ("[".repeat(100), "]".repeat(100));
        format!("{open}{{\"$serde_json::private::RawValue\":{quoted}}}{close}")
    })
}

#[both_apis::test]
async fn json_hidden_in_texts_overflows_no_stack() {
    let hidden = nested_in_texts(9);
    let refused = Reply::raw(400, "application/json", format!("{{\"error\":{hidden}}}"));
    let server = TestServer::scripted([refused]).await;
    let error = server.client().run("m").user("u").await.expect_err("400");
    assert_eq!(error.error().status(), Some(400));

    let tools = Toolbox::new().with(echo_number).expect("sound");
    let call = ToolCall::new("c", "echo_number", hidden);
    let dispatched = Dispatcher::new(&tools).dispatch(&[call]).await;
    assert_eq!(dispatched.records[0].output.failure, Some(CallFailure::InvalidArguments));
}

#[tokio::test]
async fn a_key_that_stands_twice_is_told_and_nothing_runs() {
    let tools = Toolbox::new().with(echo_number).expect("sound");
    let call = ToolCall::new("c", "echo_number", r#"{"a": 1, "a": 2}"#);
    let dispatched = Dispatcher::new(&tools).dispatch(&[call]).await;
    let output = &dispatched.records[0].output;
    assert_eq!(output.failure, Some(CallFailure::InvalidJson));
    assert!(output.text.contains("the key `a` stands twice"), "{}", output.text);
}

#[tokio::test]
async fn arguments_with_huge_keys_cost_little() {
    let tools = Toolbox::new().with(echo_number).expect("sound");
    let key = "k".repeat(1 << 20);
    let call = ToolCall::new("c", "echo_number", json!({"a": 1, key: {"b": 1}}).to_string());
    let dispatched = Dispatcher::new(&tools).dispatch(&[call]).await;
    assert!(dispatched.records[0].output.text.len() < 2_000);
}

/// Answers with a status and half a body, and then nothing.
struct Stalls {
    status: u16,
    asked: Arc<AtomicUsize>,
}

struct HalfABody(Option<Bytes>);

impl Transport for Stalls {
    fn send(&self, _: http::Request<Bytes>) -> Sending<'_> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let half = Bytes::from_static(b"{\"error\":{\"message\":\"no\",\"code\":\"bad_key\"}}  ");
        let response = http::Response::builder()
            .status(self.status)
            .body(Body::new(HalfABody(Some(half))))
            .expect("a response");
        Box::pin(std::future::ready(Ok(response)))
    }
}

impl ReadBody for HalfABody {
    fn chunk(&mut self) -> Chunk<'_> {
        match self.0.take() {
            Some(half) => Box::pin(std::future::ready(Ok(Some(half)))),
            None => Box::pin(std::future::pending()),
        }
    }
}

#[both_apis::test(start_paused = true)]
async fn the_body_of_an_error_that_stalls_hides_neither_its_status_nor_its_words() {
    for (status, attempts) in [(401, 1), (503, 3)] {
        let asked = Arc::new(AtomicUsize::new(0));
        let transport = Stalls { status, asked: Arc::clone(&asked) };
        let client =
            Client::builder().api(tests::api()).transport(transport).build().expect("sound");
        let error = client.run("m").user("u").await.expect_err("an error status");
        assert_eq!(error.error().status(), Some(status));
        let code = error.error().api_error().and_then(|api| api.code().map(str::to_owned));
        assert_eq!(code.as_deref(), Some("bad_key"));
        assert_eq!(asked.load(Ordering::Relaxed), attempts);
    }
}
