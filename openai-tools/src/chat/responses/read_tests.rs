use serde_json::{Value, json};

use super::*;
use crate::tool::{CallKind, ToolCall};

fn read(body: &Value) -> Result<Response, Error> {
    read_response(&Bytes::from(body.to_string()))
}

fn of(output: &Value) -> Response {
    read(&json!({"status": "completed", "output": output})).expect("readable")
}

fn text(text: &str) -> Value {
    json!({"type": "output_text", "text": text, "annotations": []})
}

#[test]
fn a_whole_response_is_read() {
    let body = json!({
        "id": "resp_1", "object": "response", "model": "m-2026", "status": "completed",
        "error": null, "incomplete_details": null, "mood": "good",
        "output": [
            {"type": "reasoning", "id": "r", "summary": [
                {"type": "summary_text", "text": "First."}, {"type": "summary_text", "text": "Second."},
            ], "content": [{"type": "reasoning_text", "text": "Third."}]},
            {"type": "message", "id": "m", "role": "assistant", "status": "completed",
                "content": [text("Hel"), text("lo")]},
            {"type": "function_call", "id": "i1", "call_id": "c1", "name": "f", "arguments": "{}"},
            {"type": "custom_tool_call", "id": "i2", "call_id": "c2", "name": "g", "input": "free"},
            {"type": "web_search_call", "id": "w", "status": "completed", "name": 7, "content": {}},
        ],
        "usage": {"input_tokens": 5, "output_tokens": 7, "total_tokens": 12,
            "input_tokens_details": {"cached_tokens": 2, "cache_write_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 3}},
    });
    let response = read(&body).expect("readable");
    let message = &response.message;
    assert_eq!(message.text.as_deref(), Some("Hello"));
    assert_eq!(message.reasoning.as_deref(), Some("First.\n\nSecond.\n\nThird."));
    assert_eq!(
        message.tool_calls,
        [
            ToolCall::new("c1", "f", "{}"),
            ToolCall::new("c2", "g", "free").with_kind(CallKind::Custom),
        ]
    );
    assert_eq!(message.refusal, None);
    let kinds: Vec<_> = message.items.iter().filter_map(OutputItem::item_type).collect();
    let expected = ["reasoning", "message", "function_call", "custom_tool_call", "web_search_call"];
    assert_eq!(kinds, expected);
    assert_eq!(response.finish_reason, FinishReason::ToolCalls);
    assert!(response.is_whole());
    assert_eq!(
        (response.id.as_deref(), response.model.as_deref()),
        (Some("resp_1"), Some("m-2026"))
    );
    let usage = response.usage.expect("told");
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.total_tokens), (5, 7, 12));
    assert_eq!((usage.cached_tokens, usage.reasoning_tokens), (2, 3));
    assert_eq!(serde_json::from_slice::<Value>(&response.body()).expect("JSON"), body);
}

#[test]
fn a_call_that_has_its_output_already_was_run_by_the_server() {
    let shell = |id: &str| {
        json!({"type": "shell_call", "id": format!("i_{id}"), "call_id": id, "status": "completed",
            "environment": null, "action": {"commands": ["ls"]}})
    };
    let output = |id: &str| {
        json!({"type": "shell_call_output", "id": format!("o_{id}"), "call_id": id,
            "status": "completed", "max_output_length": null, "output": []})
    };
    let function =
        json!({"type": "function_call", "call_id": "c3", "name": "f", "arguments": "{}"});
    let of_function = json!({"type": "function_call_output", "call_id": "c3", "output": "o"});
    let response =
        of(&json!([shell("c1"), output("c1"), shell("c2"), function, of_function, output("c9")]));
    let ids: Vec<_> = response.message.tool_calls.iter().map(|call| call.id.as_str()).collect();
    assert_eq!(ids, ["c2", "c3"], "a function never runs there");
    assert_eq!(response.finish_reason, FinishReason::ToolCalls);
    #[cfg(feature = "client")]
    assert_eq!(Kept::of(&response.message).map(|kept| kept.items.len()), Some(6));
    let response = of(&json!([shell("c1"), output("c1")]));
    assert_eq!(response.finish_reason, FinishReason::Stop);
}

#[test]
fn a_refusal_is_no_text() {
    let refusal = json!({"type": "refusal", "refusal": "no"});
    let response = of(&json!([{"type": "message", "content": [refusal]}]));
    assert_eq!(response.message.refusal.as_deref(), Some("no"));
    assert_eq!(response.message.text, None);
    assert_eq!(response.finish_reason, FinishReason::Stop);
}

#[test]
fn commentary_is_reasoning_and_no_part_of_the_answer() {
    let message = |phase: &str, said: &str| json!({"type": "message", "phase": phase, "content": [text(said)]});
    let response = of(&json!([message("commentary", "I look."), message("final_answer", "{}")]));
    assert_eq!(response.message.text.as_deref(), Some("{}"));
    assert_eq!(response.message.reasoning.as_deref(), Some("I look."));
}

#[test]
fn what_cut_a_response_is_its_finish_reason() {
    for (status, reason, finish_reason) in [
        ("completed", Value::Null, FinishReason::Stop),
        ("incomplete", json!("max_output_tokens"), FinishReason::Length),
        ("incomplete", json!("content_filter"), FinishReason::ContentFilter),
        ("incomplete", json!("tired"), FinishReason::Other("tired".to_owned())),
        ("incomplete", Value::Null, FinishReason::Other("incomplete".to_owned())),
        ("cancelled", Value::Null, FinishReason::Other("cancelled".to_owned())),
        ("new", Value::Null, FinishReason::Other("new".to_owned())),
    ] {
        let details = json!({"reason": reason});
        let response = read(&json!({
            "status": status, "incomplete_details": details, "output": [],
        }));
        assert_eq!(response.expect("readable").finish_reason, finish_reason, "{status}");
    }
    let cut = json!({
        "status": "incomplete", "incomplete_details": null,
        "output": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{"}],
    });
    assert!(!read(&cut).expect("readable").is_whole());
}

#[test]
fn a_failed_response_is_an_api_error() {
    let error = read(&json!({
        "status": "failed", "output": [], "error": {"code": "server_error", "message": "sorry"},
    }));
    let error = error.expect_err("failed");
    assert_eq!(error.kind(), ErrorKind::Api);
    assert_eq!(error.api_error().and_then(ApiError::code), Some("server_error"));
    let error = read(&json!({"status": "failed", "output": [], "error": null}));
    assert_eq!(error.expect_err("failed").kind(), ErrorKind::Api);
    let error = read(&json!({"error": {"message": "overloaded", "code": 503}}));
    assert_eq!(error.expect_err("an error").kind(), ErrorKind::Api);
}

#[test]
fn each_unreadable_body_names_its_place() {
    let detail = |body: &str| {
        let error =
            read_response(&Bytes::copy_from_slice(body.as_bytes())).expect_err("unreadable");
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{body}");
        error.to_string()
    };
    assert!(detail("{\"output\": [").contains("ends early"));
    assert!(detail("<html>").contains("HTML page"));
    assert!(detail("[]").contains("not an object with `output`"));
    assert!(detail("{}").contains("`output` is missing"));
    assert!(detail("{\"output\": []}").contains("neither an item nor a status"));
    assert!(detail("{\"output\": {}}").contains("`output` has the wrong type"));
    assert!(detail("{\"output\": [], \"status\": \"queued\"}").contains("`queued`"));
    assert!(detail("{\"output\": [1]}").contains("`output[0]` is no object"));
    let wrong = "{\"output\": [{\"type\": \"function_call\", \"name\": 7}]}";
    assert!(detail(wrong).contains("`output[0]` has a field of the wrong type"));
}

#[test]
fn what_compatible_servers_leave_out_is_no_error() {
    let response = read(&json!({
        "output": [
            {"type": "message", "content": "plain"},
            {"type": "function_call", "id": "i", "name": "f", "arguments": {"x": 1}},
        ],
        "usage": {"input_tokens": 1, "output_tokens": null},
    }));
    let response = response.expect("readable");
    assert_eq!(response.message.text.as_deref(), Some("plain"));
    assert_eq!(response.message.tool_calls, [ToolCall::new("i", "f", r#"{"x":1}"#)]);
    assert_eq!(response.usage.expect("told").total_tokens, 1);
}

#[test]
fn there_are_not_more_items_than_memory_allows() {
    let body = format!("{{\"output\": [{}{{}}]}}", "{},".repeat(MOST_ITEMS));
    let error = read_response(&Bytes::from(body)).expect_err("too many");
    assert_eq!(error.kind(), ErrorKind::ResponseTooLarge);
}
