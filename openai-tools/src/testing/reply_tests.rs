use serde_json::json;

use super::*;

fn request() -> Value {
    json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]})
}

fn body(response: &Response) -> Value {
    match &response.payload {
        Payload::Bytes(bytes) => serde_json::from_slice(bytes).expect("JSON"),
        Payload::Filled { .. } | Payload::Stream(_) => panic!("the body is generated"),
    }
}

fn header<'a>(response: &'a Response, name: &str) -> Vec<&'a str> {
    response.headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect()
}

#[test]
fn a_text_is_a_200_with_the_document() {
    let response = Reply::text("hello").respond(&request(), &Wire::Chat, 1, &StreamShape::new());
    assert_eq!(response.status, 200);
    assert_eq!(header(&response, "content-type"), ["application/json"]);
    assert_eq!(body(&response)["choices"][0]["message"]["content"], "hello");
}

#[test]
fn arguments_of_calls_are_values_or_any_text() {
    let value = Reply::tool_calls([("c1", "add", json!({"a": 1}))]).respond(
        &request(),
        &Wire::Chat,
        1,
        &StreamShape::new(),
    );
    let call = &body(&value)["choices"][0]["message"]["tool_calls"][0];
    assert_eq!(
        *call,
        json!({"id": "c1", "type": "function",
               "function": {"name": "add", "arguments": "{\"a\":1}"}})
    );
    let broken = Reply::tool_calls([("c1", "add", "{\"a\":")]).respond(
        &request(),
        &Wire::Chat,
        1,
        &StreamShape::new(),
    );
    let call = &body(&broken)["choices"][0]["message"]["tool_calls"][0];
    assert_eq!(call["function"]["arguments"], "{\"a\":");
}

#[test]
fn everything_about_an_answer_can_be_set() {
    let reply = Reply::text("x")
        .with_finish_reason("length")
        .with_usage(7, 8)
        .with_message_field("reasoning", json!("hm"))
        .with_field("extra", json!(1))
        .with_header("x-extra", "2")
        .with_delay(Duration::from_secs(3))
        .with_status(203)
        .chunked()
        .cut_in_half();
    let response = reply.respond(&request(), &Wire::Chat, 1, &StreamShape::new());
    let document = body(&response);
    assert_eq!(document["choices"][0]["finish_reason"], "length");
    assert_eq!(document["usage"]["total_tokens"], 15);
    assert_eq!(document["choices"][0]["message"]["reasoning"], "hm");
    assert_eq!(document["extra"], 1);
    assert_eq!(header(&response, "x-extra"), ["2"]);
    assert_eq!(response.delay, Duration::from_secs(3));
    assert_eq!((response.status, response.chunked), (203, true));
    let breach = Breach { manner: Manner::Close, point: BreakPoint::InBody };
    assert_eq!(response.breach, Some(breach));
}

#[test]
fn errors_have_the_error_object_and_their_headers() {
    let reply =
        Reply::error(429, "rate_limit_exceeded", "slow down").with_header("retry-after-ms", "20");
    let response = reply.respond(&request(), &Wire::Chat, 1, &StreamShape::new());
    assert_eq!(response.status, 429);
    assert_eq!(header(&response, "retry-after-ms"), ["20"]);
    assert_eq!(
        body(&response),
        json!({"error": {"message": "slow down", "type": "requests", "param": null,
                         "code": "rate_limit_exceeded"}})
    );
}

#[test]
fn a_closure_sees_the_request_and_keeps_what_was_set_outside() {
    let reply = Reply::with(|request| Reply::text(request["model"].as_str().unwrap_or("?")))
        .with_delay(Duration::from_secs(1));
    let response = reply.respond(&request(), &Wire::Chat, 1, &StreamShape::new());
    assert_eq!(body(&response)["choices"][0]["message"]["content"], "m");
    assert_eq!(response.delay, Duration::from_secs(1));
}

#[test]
fn closures_without_an_end_are_an_error_of_the_server() {
    fn endless(_: &Value) -> Reply {
        Reply::with(endless)
    }
    assert_eq!(
        Reply::with(endless).respond(&request(), &Wire::Chat, 1, &StreamShape::new()).status,
        500
    );
}

#[test]
fn a_huge_answer_is_made_while_it_is_sent() {
    let response =
        Reply::huge(100_000_000).respond(&request(), &Wire::Chat, 1, &StreamShape::new());
    let Payload::Filled { before, filling, after } = &response.payload else {
        panic!("the body is kept");
    };
    assert_eq!(*filling, 100_000_000);
    let whole = [before, &b"xx"[..], after].concat();
    let document: Value = serde_json::from_slice(&whole).expect("JSON around the text");
    assert_eq!(document["choices"][0]["message"]["content"], "xx");
}

#[test]
fn nothing_of_a_script_is_in_debug() {
    assert!(!format!("{:?}", Reply::text("secret")).contains("secret"));
}
