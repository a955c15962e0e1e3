//! What servers send when they are broken: a clear error, and nothing of the run is lost.

use std::time::Duration;

use openai_tools::{
    Error, ErrorKind, Message, Outcome, Run, RunError, Toolbox, client::RetryPolicy, testing::Reply,
};
use serde_json::{Value, json};
use tests::{TestServer, echo, echo_call, is_chat, transcript_is_answered, wire::whole};

async fn ask(reply: Reply) -> Result<Run, RunError> {
    let server = TestServer::scripted([reply]).await;
    let once = server.client_builder().retry(RetryPolicy::new().with_max_retries(0));
    once.build().expect("good").run("m").user("hi").await
}

async fn error_of(reply: Reply) -> Error {
    let error = ask(reply).await.expect_err("unreadable");
    assert_eq!(error.error().request_id(), Some("req_000001"));
    assert_eq!(error.transcript(), [Message::user("hi")]);
    error.into_error()
}

async fn unreadable(body: impl Into<bytes::Bytes>) -> Error {
    let error = error_of(Reply::raw(200, "application/json", body)).await;
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert_eq!(error.status(), Some(200));
    assert!(!error.is_retryable(), "the model has answered, and would be paid twice");
    error
}

#[both_apis::test]
async fn malformed_json_is_an_unreadable_response_with_the_place() {
    let deep = "[".repeat(200_000);
    let of_api = if is_chat() {
        [
            ("{\"choices\": [", "ends early, after 13 bytes"),
            ("{\"choices\": [}]}", "not JSON at line 1, column 14"),
            (r#"{"choices":[{"message":{"content":"\ud800"}}]}"#, "not JSON at line 1"),
        ]
    } else {
        [
            ("{\"output\": [", "ends early, after 12 bytes"),
            ("{\"output\": [}]}", "not JSON at line 1, column 13"),
            (r#"{"output":[],"id":"\ud800"}"#, "not JSON at line 1"),
        ]
    };
    let of_both = [
        ("\u{feff}{}", "not JSON at line 1"),
        ("OK", "not JSON at line 1"),
        ("data: {\"choices\":[]}\n\n", "not JSON at line 1"),
        (deep.as_str(), "cannot be read"),
    ];
    for (body, why) in of_api.into_iter().chain(of_both) {
        let error = unreadable(body.to_owned()).await;
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(error.payload(), Some(body.as_bytes()));
    }
    unreadable(&b"{\"choices\": \"\xff\xfe\"}"[..]).await;
    unreadable(&b"\0\0\0"[..]).await;
}

/// Bodies of chat completions with a wrong type, and what is told of its place.
fn wrong_chat() -> Vec<(Value, &'static str)> {
    let around = |message: Value, finish_reason: Value| json!({"choices": [{"index": 0, "message": message, "finish_reason": finish_reason}]});
    let call = |call: Value| around(json!({"tool_calls": [call]}), json!("tool_calls"));
    vec![
        (json!({"choices": 7}), "`choices` has"),
        (json!({"choices": [7]}), "`choices[0]` has"),
        (json!({"choices": [{"message": "hi"}]}), "`choices[0].message` has"),
        (around(json!({"content": 7}), json!("stop")), "`choices[0].message.content` has"),
        (around(json!({"content": "x"}), json!(7)), "`choices[0].finish_reason` has"),
        (around(json!({"refusal": []}), json!("stop")), "`choices[0].message.refusal` has"),
        (around(json!({"tool_calls": {}}), json!("stop")), "`choices[0].message.tool_calls` has"),
        (call(json!({"id": "c", "custom": 7})), "`choices[0].message.tool_calls[0].custom` has"),
        (
            call(json!({"id": "c", "function": {"name": {}}})),
            "`choices[0].message.tool_calls[0].function.name` has",
        ),
        (
            call(json!({"id": "c", "function": {"name": "f", "arguments": 7}})),
            "`choices[0].message.tool_calls[0].function.arguments` has",
        ),
        (json!({"choices": [], "usage": {"prompt_tokens": -1}}), "`usage.prompt_tokens` has"),
        (json!({"choices": [], "usage": {"prompt_tokens": "many"}}), "`usage.prompt_tokens` has"),
    ]
}

/// The same of the Responses API. Items are read one by one, each as the JSON that is kept of it.
fn wrong_responses() -> Vec<(Value, &'static str)> {
    let item = |item: Value| json!({"status": "completed", "output": [item]});
    let call = |name: Value, arguments: Value| {
        item(json!({"type": "function_call", "call_id": "c", "name": name, "arguments": arguments}))
    };
    vec![
        (json!({"output": 7}), "`output` has"),
        (json!({"output": [7]}), "`output[0]` is no object"),
        (item(json!({"type": "message", "content": 7})), "`output[0]` has a field of"),
        (item(json!({"type": "reasoning", "summary": 7})), "`output[0]` has a field of"),
        (call(json!({}), json!("{}")), "`output[0]` has a field of"),
        (call(json!("f"), json!(7)), "`output[0]` has a field of"),
        (json!({"output": [], "status": 7}), "`status` has"),
        (json!({"output": [], "incomplete_details": 7}), "`incomplete_details` has"),
        (json!({"output": [], "usage": {"input_tokens": -1}}), "`usage.input_tokens` has"),
        (json!({"output": [], "usage": {"input_tokens": "many"}}), "`usage.input_tokens` has"),
    ]
}

#[both_apis::test]
async fn wrong_types_are_an_unreadable_response_with_the_field() {
    for (body, why) in if is_chat() { wrong_chat() } else { wrong_responses() } {
        let error = unreadable(body.to_string()).await;
        assert!(error.to_string().contains(why), "{error}, expected {why}");
        assert!(why.ends_with("object") || error.to_string().contains("the wrong type"), "{error}");
    }
    for body in ["[]", "7", "\"text\"", "null", "true"] {
        unreadable(body).await;
    }
}

#[both_apis::test]
async fn missing_fields_without_which_there_is_no_answer_are_an_unreadable_response() {
    let of_chat = [
        (json!({}), "`choices` is missing or empty"),
        (json!({"choices": []}), "`choices` is missing or empty"),
        (json!({"choices": null}), "`choices` is missing or empty"),
        (json!({"choices": [{}]}), "`choices[0].message` is missing"),
        (json!({"choices": [{"message": null}]}), "`choices[0].message` is missing"),
    ];
    let of_responses = [
        (json!({}), "`output` is missing"),
        (json!({"output": null}), "`output` is missing"),
        (json!({"output": []}), "neither an item nor a status"),
        (json!({"output": [], "status": "queued"}), "it is not finished"),
        (json!({"output": [], "status": "in_progress"}), "it is not finished"),
    ];
    for (body, why) in if is_chat() { of_chat } else { of_responses } {
        let error = unreadable(body.to_string()).await;
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[both_apis::test]
async fn missing_fields_that_can_be_done_without_are_done_without() {
    let body = if is_chat() {
        json!({"choices": [{"message": {"content": "hi"}}]})
    } else {
        json!({"output": [{"type": "message", "content": [{"text": "hi"}]}]})
    };
    let run = ask(Reply::json(200, &body)).await.expect("readable");
    assert_eq!(run.outcome(), &Outcome::Completed("hi".to_owned()));
    let response = &run.turns()[0].response;
    assert_eq!((&response.id, &response.model, response.usage), (&None, &None, None));
    assert_eq!(run.usage().total_tokens, 0);
}

#[both_apis::test]
async fn fields_and_words_that_nobody_knows_are_read_over() {
    let of_chat = json!({
        "id": "x", "object": "chat.completion.v2", "mood": {"a": [1, 2]},
        "choices": [{
            "index": 0, "finish_reason": "stop", "vibe": null,
            "message": {"role": "oracle", "content": "hi", "reasoning": "hm", "audio": {"x": 1}},
        }],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "credits": 9.5},
        "service_tier": "platinum",
    });
    let of_responses = json!({
        "id": "x", "object": "response.v2", "mood": {"a": [1, 2]}, "status": "completed",
        "output": [
            {"type": "telepathy", "thought": null},
            {"type": "message", "role": "oracle", "vibe": null, "content": [
                {"type": "hologram", "x": 1}, {"type": "output_text", "text": "hi", "glow": 1},
            ]},
        ],
        "usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3, "credits": 9.5},
        "service_tier": "platinum",
    });
    let body = if is_chat() { of_chat } else { of_responses };
    let run = ask(Reply::json(200, &body)).await.expect("readable");
    assert_eq!(run.text(), "hi");
    assert_eq!(run.usage().total_tokens, 3);
    let kept: Value = serde_json::from_slice(&run.turns()[0].response.body()).expect("JSON");
    assert_eq!(kept, body);
}

// Of chat completions: in the Responses API it is an item like others, which is kept.
#[tokio::test]
async fn a_call_of_a_type_that_nobody_knows_is_answered() {
    let message = json!({"tool_calls": [
        {"id": "c1", "type": "telepathy", "telepathy": {"thought": "x"}},
        {"id": "c2", "type": "function", "function": {"name": "echo", "arguments": "{\"n\":2}"}},
    ]});
    let script = [Reply::json(200, &whole(&message, "tool_calls")), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let tools = Toolbox::new().with(echo()).expect("one tool");
    let run = server.client().run("m").tools(tools).user("go").await.expect("readable");
    assert_eq!(run.text(), "done");
    let outputs: Vec<_> = run.calls().map(|record| record.output.is_ok()).collect();
    assert_eq!(outputs, [false, true]);
}

#[both_apis::test]
async fn an_empty_answer_is_an_empty_text() {
    for content in [json!(null), json!("")] {
        let body = whole(&json!({"role": "assistant", "content": content}), "stop");
        let run = ask(Reply::json(200, &body)).await.expect("readable");
        assert_eq!(run.outcome(), &Outcome::Completed(String::new()));
    }
}

#[both_apis::test]
async fn a_200_with_an_error_object_is_an_error_of_the_api() {
    for (body, message) in [
        (
            json!({"error": {"message": "no such model", "code": "model_not_found"}}),
            "no such model",
        ),
        (json!({"error": "no such model"}), "no such model"),
        (json!({"error": {"message": "x"}, "choices": null}), "x"),
    ] {
        let error = error_of(Reply::json(200, &body)).await;
        assert_eq!(error.kind(), ErrorKind::Api);
        assert_eq!(error.status(), Some(200));
        assert_eq!(error.api_error().expect("the object").message(), message);
        assert!(error.payload().is_some());
    }
}

#[both_apis::test]
async fn an_error_field_that_is_null_is_none() {
    let reply = Reply::text("hi").with_field("error", Value::Null);
    assert_eq!(ask(reply).await.expect("readable").text(), "hi");
}

#[both_apis::test]
async fn an_html_page_is_told_as_one() {
    const PAGE: &str = "<!DOCTYPE html><html><body>Bad gateway</body></html>";
    let error = error_of(Reply::raw(200, "text/html", PAGE)).await;
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("HTML page"), "{error}");
    assert_eq!(error.payload(), Some(PAGE.as_bytes()));

    let error = error_of(Reply::raw(502, "text/html", PAGE)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(502)));
    assert!(error.is_retryable());
    assert!(error.api_error().is_none());
    assert_eq!(error.payload(), Some(PAGE.as_bytes()));
    assert!(!error.to_string().contains("Bad gateway"));
}

#[both_apis::test]
async fn an_error_without_a_body_is_told_by_its_status() {
    let error = error_of(Reply::raw(500, "text/plain", "")).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(500)));
}

#[both_apis::test]
async fn a_body_of_100_mb_is_given_up_at_the_limit() {
    let error = error_of(Reply::huge(100_000_000)).await;
    assert_eq!(error.kind(), ErrorKind::ResponseTooLarge);
    assert_eq!(error.status(), Some(200));
    assert!(error.to_string().contains("33554432 bytes"), "{error}");
    assert!(!error.is_retryable());
}

#[both_apis::test]
async fn a_body_of_100_mb_is_given_up_with_an_error_status_too() {
    let error = error_of(Reply::huge(100_000_000).with_status(500)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(500)));
    assert!(error.payload().expect("its beginning").len() <= 64 * 1024);
}

#[both_apis::test]
async fn the_limit_of_a_body_can_be_set() {
    let text = "x".repeat(2_000);
    for reply in [Reply::text(text.clone()), Reply::text(text.clone()).chunked()] {
        let server = TestServer::scripted(std::iter::repeat(reply)).await;
        let client = |limit| server.client_builder().max_response_bytes(limit).build();
        let run = client(10_000).expect("good").run("m").user("hi").await.expect("small enough");
        assert_eq!(run.text(), text);
        let error = client(1_000).expect("good").run("m").user("hi").await.expect_err("too large");
        assert_eq!(error.error().kind(), ErrorKind::ResponseTooLarge);
        assert!(error.to_string().contains("1000 bytes"), "{error}");
    }
}

#[both_apis::test]
async fn the_limit_of_a_body_can_be_raised() {
    let size = 34_000_000;
    let server = TestServer::scripted([Reply::huge(size)]).await;
    let client = server.client_builder().max_response_bytes(40_000_000).build().expect("good");
    let run = client.run("m").user("hi").await.expect("small enough");
    assert_eq!(run.text().len() as u64, size);
}

#[both_apis::test]
async fn an_error_in_a_later_turn_keeps_the_transcript_to_go_on_with() {
    for broken in [
        Reply::raw(200, "application/json", "{\"choices\":"),
        Reply::raw(200, "text/html", "<html>"),
        Reply::text("x").with_field(if is_chat() { "choices" } else { "output" }, Value::Null),
        Reply::json(200, &json!({"error": {"message": "no"}})),
        Reply::error(400, "invalid_value", "no"),
        Reply::huge(100_000_000),
        Reply::closed(),
        Reply::text("late").with_delay(Duration::MAX),
    ] {
        let shown = format!("{broken:?}");
        let script = [
            Reply::tool_calls([echo_call(1), echo_call(2)]).with_usage(5, 6),
            broken,
            Reply::text("went on"),
        ];
        let server = TestServer::scripted(script).await;
        let client = server
            .client_builder()
            .retry(RetryPolicy::new().with_max_retries(0))
            .timeout(Duration::from_secs(1))
            .build()
            .expect("good");
        let tools = Toolbox::new().with(echo()).expect("one tool");
        let error = client.run("m").tools(&tools).user("go").await.expect_err(&shown);
        assert_eq!(error.turns().len(), 1, "{shown}");
        assert_eq!(error.usage().total_tokens, 11);
        assert_eq!(error.calls().count(), 2);
        let outputs: Vec<_> = error.calls().map(|record| record.output.text.clone()).collect();
        assert_eq!(outputs, ["echo 1", "echo 2"]);
        assert_eq!(error.transcript().len(), 4);
        assert!(transcript_is_answered(error.transcript()));

        let run = client.run("m").tools(&tools).messages(error.into_transcript()).await;
        assert_eq!(run.expect("the server takes the transcript").text(), "went on", "{shown}");
    }
}

#[both_apis::test]
async fn a_name_of_a_megabyte_costs_little_and_is_told_in_short() {
    let name = "x".repeat(1 << 20);
    let message = json!({"tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": name, "arguments": "{}"}},
    ]});
    let script = [Reply::json(200, &whole(&message, "tool_calls")), Reply::text("done")];
    // Such a name in the second request is the model's own; servers take it back or refuse it.
    let server =
        TestServer::start(openai_tools::testing::Server::builder().script(script).without_checks())
            .await;
    let tools = Toolbox::new().with(echo()).expect("one tool");
    let run = server.client().run("m").tools(tools).user("go").await.expect("readable");
    assert!(run.calls().next().expect("a call").output.text.len() < 500);
}

#[both_apis::test]
async fn a_thousand_calls_in_one_response_are_over_the_limit_and_all_answered() {
    let calls: Vec<_> = (0..1_000).map(echo_call).collect();
    let server = TestServer::scripted([Reply::tool_calls(calls)]).await;
    let tools = Toolbox::new().with(echo()).expect("one tool");
    let run = server.client().run("m").tools(tools).user("go").await.expect("an outcome");
    assert_eq!(run.outcome().as_str(), "limit");
    assert_eq!(run.calls().count(), 1_000);
    assert!(transcript_is_answered(run.transcript()));
}
