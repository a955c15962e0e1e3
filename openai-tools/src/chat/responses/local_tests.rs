use serde_json::value::to_raw_value;

use super::*;
use crate::chat::{Response, responses::read_response};

fn response(items: &Value) -> Response {
    let body = json!({"status": "completed", "output": items}).to_string();
    read_response(&body.into()).expect("readable")
}

#[test]
fn what_the_application_has_to_do_is_a_call() {
    let items = json!([
        {"type": "shell_call", "id": "a", "call_id": "c1", "status": "completed",
            "environment": {"type": "local"},
            "action": {"commands": ["ls"], "timeout_ms": null, "max_output_length": 100}},
        {"type": "local_shell_call", "id": "b", "call_id": "c2", "status": "completed",
            "action": {"type": "exec", "command": ["ls"], "env": {}}},
        {"type": "apply_patch_call", "id": "c", "call_id": "c3", "status": "completed",
            "operation": {"type": "delete_file", "path": "a"}},
        {"type": "computer_call", "id": "d", "call_id": "c4", "status": "completed",
            "action": {"type": "wait"}, "pending_safety_checks": []},
        {"type": "mcp_approval_request", "id": "m5", "server_label": "wiki", "name": "edit",
            "arguments": "{\"page\":1}"},
        {"type": "tool_search_call", "id": "e", "call_id": "c6", "execution": "client",
            "arguments": {"query": "x"}, "status": "completed"},
        {"type": "function_call", "id": "f", "call_id": "c7", "name": "find", "arguments": "{}",
            "namespace": "crm", "caller": {"type": "program", "caller_id": "p"}},
    ]);
    let calls = response(&items).message.tool_calls;
    let told: Vec<_> =
        calls.iter().map(|call| (call.id.as_str(), call.kind().as_str(), &*call.name)).collect();
    assert_eq!(
        told,
        [
            ("c1", "shell", "shell"),
            ("c2", "local_shell", "local_shell"),
            ("c3", "apply_patch", "apply_patch"),
            ("c4", "computer", "computer"),
            ("m5", "mcp_approval", "edit"),
            ("c6", "tool_search", "tool_search"),
            ("c7", "function", "find"),
        ]
    );
    assert_eq!(calls[3].arguments, r#"{"actions":[{"type":"wait"}],"pending_safety_checks":[]}"#);
    assert_eq!((calls[4].namespace(), calls[4].arguments.as_str()), (Some("wiki"), "{\"page\":1}"));
    assert_eq!((calls[6].namespace(), calls[6].program()), (Some("crm"), Some("p")));
}

#[test]
fn what_the_server_does_by_itself_is_no_call() {
    let items = json!([
        {"type": "shell_call", "call_id": "c1", "action": {"commands": ["ls"]},
            "environment": {"type": "container_reference", "container_id": "x"}},
        {"type": "tool_search_call", "call_id": null, "execution": "server", "arguments": {}},
        {"type": "mcp_call", "id": "m", "name": "edit", "arguments": "{}"},
    ]);
    let response = response(&items);
    assert!(response.message.tool_calls.is_empty());
    assert_eq!(response.message.items.len(), 3);
}

#[test]
fn a_call_is_written_as_it_was_read() {
    let items = json!([
        {"type": "shell_call", "call_id": "c1", "status": "completed",
            "action": {"commands": ["ls"], "timeout_ms": null, "max_output_length": null}},
        {"type": "apply_patch_call", "call_id": "c3", "status": "completed",
            "operation": {"type": "delete_file", "path": "a"}},
        {"type": "mcp_approval_request", "id": "m5", "server_label": "wiki", "name": "edit",
            "arguments": "{}"},
        {"type": "custom_tool_call", "call_id": "c7", "name": "find", "input": "x",
            "namespace": "crm", "caller": {"type": "program", "caller_id": "p"}},
    ]);
    for (item, read) in
        items.as_array().expect("a list").iter().zip(response(&items).message.tool_calls)
    {
        assert_eq!(call(&read), *item);
        let raw = to_raw_value(item).expect("JSON");
        assert!(raw.get().starts_with('{'));
    }
}

fn made(kind: CallKind, arguments: &str) -> ToolCall {
    ToolCall::new("c", kind.as_str().to_owned(), arguments).with_kind(kind)
}

#[test]
fn an_approval_is_given_by_nothing_but_its_word() {
    let request = made(CallKind::McpApproval, "{}");
    let approved = output(&request, &ToolOutput::new("c", APPROVED));
    assert_eq!(
        approved,
        [json!({"type": "mcp_approval_response", "approval_request_id": "c", "approve": true})]
    );
    for other in
        [ToolOutput::new("c", "yes"), ToolOutput::failed("c", CallFailure::NotApproved, APPROVED)]
    {
        let denied = output(&request, &other);
        assert_eq!((&denied[0]["approve"], denied.len()), (&json!(false), 1));
        assert_eq!(denied[0]["reason"], other.text);
    }
}

#[test]
fn a_shell_output_is_a_list_whatever_it_says() {
    let shell = made(CallKind::Shell, r#"{"commands": [], "max_output_length": 9}"#);
    let told = r#"[{"stdout":"a","stderr":"","outcome":{"type":"exit","exit_code":0}}]"#;
    let written = output(&shell, &ToolOutput::new("c", told));
    assert_eq!(written[0]["output"], serde_json::from_str::<Value>(told).expect("JSON"));
    assert_eq!(written[0]["max_output_length"], 9);

    let late = output(&shell, &ToolOutput::failed("c", CallFailure::TimedOut, "late"));
    assert_eq!(late[0]["output"][0]["outcome"], json!({"type": "timeout"}));
    let by_hand = output(&shell, &ToolOutput::new("c", "fine"));
    assert_eq!(by_hand[0]["output"][0]["stdout"], "fine");
}

#[test]
fn a_computer_that_shows_nothing_says_why_in_a_message() {
    let computer = made(CallKind::Computer, "{}");
    let good = r#"{"image_url":"data:x","acknowledged_safety_checks":[{"id":"s"}]}"#;
    let written = output(&computer, &ToolOutput::new("c", good));
    assert_eq!(written.len(), 1);
    let screenshot = json!({"type": "computer_screenshot", "image_url": "data:x"});
    assert_eq!(written[0]["output"], screenshot);
    assert_eq!(written[0]["acknowledged_safety_checks"], json!([{"id": "s"}]));

    let denied = output(&computer, &ToolOutput::failed("c", CallFailure::NotApproved, "no"));
    assert_eq!(denied.len(), 2);
    assert!(denied[0]["output"]["image_url"].as_str().expect("a URL").starts_with("data:"));
    assert_eq!(denied[1]["role"], "developer");
}

#[test]
fn a_program_is_answered_by_its_id() {
    let call = ToolCall::new("c", "f", "{}").with_program("p");
    let written = output(&call, &ToolOutput::new("c", "1"));
    assert_eq!(
        written,
        [json!({"type": "function_call_output", "call_id": "c", "output": "1",
            "caller": {"type": "program", "caller_id": "p"}})]
    );
}
