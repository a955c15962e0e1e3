//! The built-in server to a client that is not ours: what it answers, refuses and records. Over chat
//! completions, as the Responses API of the server translates to them; its own is in `responses`.

use openai_tools::testing::Reply;
use serde_json::{Value, json};
use tests::{TestServer, document::check_response};

/// Status and body of the answer to a request.
async fn post(server: &TestServer, body: &Value) -> (u16, Value) {
    let url = format!("{}/chat/completions", server.base_url());
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let response = client.post(url).json(body).send().await.expect("an answer");
    let status = response.status().as_u16();
    assert!(response.headers().contains_key("x-request-id"));
    (status, response.json().await.expect("JSON"))
}

fn user(text: &str) -> Value {
    json!({"role": "user", "content": text})
}

pub(crate) fn weather() -> Value {
    json!({"type": "function", "function": {
        "name": "get_weather",
        "description": "Current weather in one city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "City, such as Hanoi."}},
            "required": ["city"],
            "additionalProperties": false,
        },
        "strict": true,
    }})
}

#[tokio::test]
async fn it_calls_the_tools_that_fit_and_then_answers_with_their_outputs() {
    let server = TestServer::automatic().await;
    let question = user("What is the weather in Hanoi and in Paris?");
    let mut request = json!({"model": "m", "messages": [question], "tools": [weather()]});
    let (status, first) = post(&server, &request).await;
    assert_eq!(status, 200);
    assert_eq!(check_response(&first), Ok(()));
    assert_eq!(first["choices"][0]["finish_reason"], "tool_calls");
    let message = &first["choices"][0]["message"];
    let calls = message["tool_calls"].as_array().expect("calls");
    let cities: Vec<Value> = calls
        .iter()
        .map(|call| {
            let arguments = call["function"]["arguments"].as_str().expect("a text");
            serde_json::from_str::<Value>(arguments).expect("JSON")["city"].clone()
        })
        .collect();
    assert_eq!(cities, ["Hanoi", "Paris"]);

    let messages = request["messages"].as_array_mut().expect("a list");
    messages.push(json!({"role": "assistant", "content": null, "tool_calls": calls}));
    for (call, degrees) in calls.iter().zip([31, 17]) {
        let output = format!("{{\"degrees\":{degrees}}}");
        messages.push(json!({"role": "tool", "tool_call_id": call["id"], "content": output}));
    }
    let (_, second) = post(&server, &request).await;
    assert_eq!(second["choices"][0]["finish_reason"], "stop");
    let text = second["choices"][0]["message"]["content"].as_str().expect("a text");
    assert!(text.contains("31") && text.contains("17"), "{text}");
}

#[tokio::test]
async fn it_answers_the_same_request_with_the_same_bytes() {
    let server = TestServer::automatic().await;
    let request = json!({"model": "m", "messages": [user("Hello!")], "tools": [weather()]});
    assert_eq!(post(&server, &request).await, post(&server, &request).await);
}

#[tokio::test]
async fn it_answers_a_schema_with_an_instance() {
    let server = TestServer::automatic().await;
    let schema = json!({
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            "days": {"type": "array", "items": {"type": "integer"}, "minItems": 2},
        },
        "required": ["city", "unit", "days"],
        "additionalProperties": false,
    });
    let format = json!({"type": "json_schema", "json_schema": {
        "name": "forecast", "schema": schema, "strict": true,
    }});
    let request = json!({
        "model": "m", "messages": [user("The forecast for Hanoi")], "response_format": format,
    });
    let (status, answer) = post(&server, &request).await;
    assert_eq!(status, 200);
    let text = answer["choices"][0]["message"]["content"].as_str().expect("a text");
    let instance: Value = serde_json::from_str(text).expect("JSON");
    assert!(jsonschema::is_valid(&schema, &instance), "{instance}");
}

#[tokio::test]
async fn it_refuses_what_a_real_server_refuses() {
    let server = TestServer::scripted([Reply::text("never")]).await.with_invalid_requests();
    let call = json!({"id": "c1", "type": "function",
        "function": {"name": "get_weather", "arguments": "{}"}});
    let asked = json!({"role": "assistant", "content": null, "tool_calls": [call]});
    let answered = json!({"role": "tool", "tool_call_id": "c2", "content": "x"});
    let mut named_wrong = weather();
    named_wrong["function"]["name"] = json!("get weather");
    let mut open = weather();
    open["function"]["parameters"]["additionalProperties"] = json!(true);
    let json_mode = json!({"type": "json_object"});
    for (why, messages, field, value) in [
        ("a call left unanswered", json!([user("hi"), asked, user("?")]), "n", json!(1)),
        ("an answer to no call", json!([user("hi"), answered]), "n", json!(1)),
        ("an answer to another id", json!([user("hi"), asked, answered]), "n", json!(1)),
        ("a bad name", json!([user("hi")]), "tools", json!([named_wrong])),
        ("a schema that is not strict", json!([user("hi")]), "tools", json!([open])),
        ("the word is missing", json!([user("hi")]), "response_format", json_mode),
        ("too many tools", json!([user("hi")]), "tools", json!(vec![weather(); 129])),
        ("no message", json!([]), "n", json!(1)),
        ("a wrong type", json!([user("hi")]), "temperature", json!("hot")),
    ] {
        let mut request = json!({"model": "m", "messages": messages});
        request[field] = value;
        let (status, answer) = post(&server, &request).await;
        assert_eq!(status, 400, "{why}: {answer}");
        let error = answer["error"].as_object().expect("the error object");
        assert_eq!(error["type"], "invalid_request_error", "{why}");
        assert!(!error["message"].as_str().expect("a text").is_empty());
        assert!(error.contains_key("param") && error.contains_key("code"), "{why}");
    }
    // None of these has taken the reply.
    let good = json!({"model": "m", "messages": [user("hi")]});
    assert_eq!(post(&server, &good).await.0, 200);
}

#[tokio::test]
async fn it_records_every_request() {
    let server = TestServer::automatic().await;
    for text in ["one", "two"] {
        post(&server, &json!({"model": "m", "messages": [user(text)]})).await;
    }
    let sent: Vec<Value> =
        (0..2).map(|n| server.sent(n)["messages"][0]["content"].clone()).collect();
    assert_eq!(sent, ["one", "two"]);
    assert_eq!(server.requests()[1].request_id(), "req_000002");
    assert_eq!(server.requests()[1].status(), Some(200));
}
