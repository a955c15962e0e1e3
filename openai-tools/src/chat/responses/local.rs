//! Calls that are no plain functions: how they are read, and how they and their outputs go back.

use serde::Deserialize;
use serde_json::value::RawValue;
#[cfg(feature = "client")]
use serde_json::{Value, json};

#[cfg(feature = "client")]
use super::input::said;
use super::wire::CallItem;
#[cfg(feature = "client")]
use crate::tool::{APPROVED, CallFailure, ToolCall, ToolOutput};
use crate::{
    chat::wire::{Arguments, CallId, Loose, Text},
    tool::CallKind,
};

#[derive(Deserialize)]
struct WireLocal<'a> {
    #[serde(borrow, default)]
    id: Loose<'a>,
    #[serde(borrow, default)]
    call_id: CallId<'a>,
    #[serde(borrow, default)]
    name: Loose<'a>,
    #[serde(borrow, default)]
    server_label: Loose<'a>,
    #[serde(borrow, default)]
    execution: Loose<'a>,
    #[serde(borrow, default)]
    arguments: Arguments<'a>,
    #[serde(borrow)]
    action: Option<&'a RawValue>,
    #[serde(borrow)]
    actions: Option<&'a RawValue>,
    #[serde(borrow)]
    operation: Option<&'a RawValue>,
    #[serde(borrow)]
    pending_safety_checks: Option<&'a RawValue>,
    #[serde(borrow)]
    environment: Option<&'a RawValue>,
    #[serde(borrow)]
    caller: Option<&'a RawValue>,
}

/// Reads an item that asks the application for something; `None` if the server does it by itself,
/// or if it is another one.
pub(super) fn read<'a>(
    word: &str,
    json: &'a str,
) -> Result<Option<CallItem<'a>>, serde_json::Error> {
    let kind = match word {
        "apply_patch_call" => CallKind::ApplyPatch,
        "computer_call" => CallKind::Computer,
        "local_shell_call" => CallKind::LocalShell,
        "mcp_approval_request" => CallKind::McpApproval,
        "shell_call" => CallKind::Shell,
        "tool_search_call" => CallKind::ToolSearch,
        _ => return Ok(None),
    };
    let wire: WireLocal<'_> = serde_json::from_str(json)?;
    let elsewhere = match kind {
        CallKind::Shell => wire.environment.and_then(type_of).is_some_and(|of| of != "local"),
        CallKind::ToolSearch => wire.execution.as_str() != "client",
        _ => false,
    };
    if elsewhere {
        return Ok(None);
    }
    let raw = |part: Option<&'a RawValue>| part.map_or(Text::default(), |part| part.get().into());
    let arguments = match kind {
        CallKind::ApplyPatch => raw(wire.operation),
        CallKind::Computer => computer(&wire).into(),
        CallKind::LocalShell | CallKind::Shell => raw(wire.action),
        _ => wire.arguments.0,
    };
    let (name, namespace) = match kind {
        CallKind::McpApproval => (wire.name.0.unwrap_or_default(), wire.server_label.0),
        _ => (kind.as_str().to_owned().into(), None),
    };
    Ok(Some(CallItem {
        item_id: wire.id.0,
        // The answer to a question names its item.
        named: kind == CallKind::McpApproval || wire.call_id.is_as_told(),
        call_id: wire.call_id.into_text(),
        name: name.cut_to_name(),
        arguments,
        kind,
        namespace: namespace.map(Text::cut_to_name),
        program: wire.caller.and_then(program_of),
    }))
}

/// The call whose output an item is, if it is one of those that a server can run by itself.
pub(super) fn answered(json: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct WireOutput<'a> {
        #[serde(borrow, default, rename = "type")]
        word: Loose<'a>,
        #[serde(borrow, default)]
        call_id: CallId<'a>,
    }
    let wire: WireOutput<'_> = serde_json::from_str(json).ok()?;
    let is_output = matches!(
        wire.word.as_str(),
        "apply_patch_call_output"
            | "computer_call_output"
            | "local_shell_call_output"
            | "shell_call_output"
            | "tool_search_output"
    );
    Some(String::from(&*wire.call_id.into_text())).filter(|id| is_output && !id.is_empty())
}

/// One action or many, and what is to be acknowledged.
fn computer(wire: &WireLocal<'_>) -> String {
    let actions = match (wire.actions, wire.action) {
        (Some(actions), _) => actions.get().to_owned(),
        (None, Some(action)) => format!("[{}]", action.get()),
        (None, None) => "[]".to_owned(),
    };
    let checks = wire.pending_safety_checks.map_or("[]", RawValue::get);
    format!("{{\"actions\":{actions},\"pending_safety_checks\":{checks}}}")
}

/// The program that made a call, if one did.
pub(super) fn program_of(caller: &RawValue) -> Option<Text<'_>> {
    #[derive(Deserialize)]
    struct WireCaller<'a> {
        #[serde(borrow, default)]
        caller_id: Loose<'a>,
    }
    let of_program = type_of(caller)? == "program";
    let caller: WireCaller<'_> = serde_json::from_str(caller.get()).ok()?;
    caller.caller_id.0.filter(|id| of_program && !id.is_empty()).map(Text::cut_to_name)
}

fn type_of(json: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Typed<'a> {
        #[serde(borrow, default, rename = "type")]
        kind: Loose<'a>,
    }
    let typed: Typed<'_> = serde_json::from_str(json.get()).ok()?;
    Some(typed.kind.as_str().to_owned())
}

/// A call as an item, where the item itself is not there any more.
#[cfg(feature = "client")]
pub(super) fn call(call: &ToolCall) -> Value {
    let ToolCall { id, name, arguments, .. } = call;
    let parsed = || serde_json::from_str::<Value>(arguments).unwrap_or_else(|_| json!({}));
    let mut item = match call.kind() {
        CallKind::ApplyPatch => json!({
            "type": "apply_patch_call", "call_id": id, "operation": parsed(), "status": "completed",
        }),
        CallKind::Computer => {
            let mut item = json!({"type": "computer_call", "id": id, "call_id": id});
            if let (Some(item), Value::Object(fields)) = (item.as_object_mut(), parsed()) {
                item.extend(fields);
                item.insert("status".to_owned(), "completed".into());
            }
            item
        }
        CallKind::Custom => json!({
            "type": "custom_tool_call", "call_id": id, "name": name, "input": arguments,
        }),
        CallKind::LocalShell => json!({
            "type": "local_shell_call", "id": id, "call_id": id, "action": parsed(),
            "status": "completed",
        }),
        CallKind::McpApproval => json!({
            "type": "mcp_approval_request", "id": id, "server_label": call.namespace(),
            "name": name, "arguments": arguments,
        }),
        CallKind::Shell => json!({
            "type": "shell_call", "call_id": id, "action": parsed(), "status": "completed",
        }),
        CallKind::ToolSearch => json!({
            "type": "tool_search_call", "call_id": id, "execution": "client",
            "arguments": parsed(), "status": "completed",
        }),
        CallKind::Function | CallKind::Other(_) => json!({
            "type": "function_call", "call_id": id, "name": name, "arguments": arguments,
        }),
    };
    if matches!(call.kind(), CallKind::Custom | CallKind::Function) {
        if let Some(namespace) = call.namespace() {
            item["namespace"] = namespace.into();
        }
    }
    add_caller(&mut item, call);
    item
}

/// The output of a call as items: one, and what it has no place for as a message behind it.
#[cfg(feature = "client")]
pub(super) fn output(call: &ToolCall, output: &ToolOutput) -> Vec<Value> {
    let ToolOutput { call_id: id, text, .. } = output;
    let mut behind = None;
    let mut item = match call.kind() {
        CallKind::ApplyPatch => json!({
            "type": "apply_patch_call_output", "call_id": id, "output": text,
            "status": if output.is_ok() { "completed" } else { "failed" },
        }),
        CallKind::Computer => {
            let (screenshot, acknowledged) = screenshot(text).unwrap_or_else(|| {
                behind = Some(text);
                (json!({"image_url": NOTHING_TO_SEE}), json!([]))
            });
            let mut shown = json!({"type": "computer_screenshot"});
            if let (Some(shown), Value::Object(fields)) = (shown.as_object_mut(), screenshot) {
                shown.extend(fields);
            }
            json!({
                "type": "computer_call_output", "call_id": id, "output": shown,
                "acknowledged_safety_checks": acknowledged,
            })
        }
        CallKind::Custom => json!({
            "type": "custom_tool_call_output", "call_id": id, "output": said(output),
        }),
        CallKind::LocalShell => json!({
            "type": "local_shell_call_output", "id": id, "call_id": id, "output": text,
        }),
        CallKind::McpApproval => {
            let approve = output.is_ok() && text == APPROVED;
            let mut item = json!({
                "type": "mcp_approval_response", "approval_request_id": id, "approve": approve,
            });
            if !approve {
                item["reason"] = text.as_str().into();
            }
            item
        }
        CallKind::Shell => {
            let mut item = json!({
                "type": "shell_call_output", "call_id": id, "output": shell_output(output),
            });
            let action: Option<Value> = serde_json::from_str(&call.arguments).ok();
            let most = action.as_ref().and_then(|action| action.get("max_output_length"));
            if let Some(most) = most.filter(|most| most.is_u64()) {
                item["max_output_length"] = most.clone();
            }
            item
        }
        CallKind::ToolSearch => {
            let found = serde_json::from_str(text).ok().filter(Value::is_array);
            let found = found.unwrap_or_else(|| {
                behind = Some(text);
                json!([])
            });
            json!({
                "type": "tool_search_output", "call_id": id, "execution": "client",
                "tools": found, "status": "completed",
            })
        }
        CallKind::Function | CallKind::Other(_) => json!({
            "type": "function_call_output", "call_id": id, "output": said(output),
        }),
    };
    add_caller(&mut item, call);
    let mut items = vec![item];
    items.extend(behind.map(|text| {
        let text = format!("The call {id} of the tool `{}` came to nothing: {text}", call.name);
        json!({"role": "developer", "content": text})
    }));
    items
}

/// The document has no `caller` in these.
#[cfg(feature = "client")]
fn add_caller(item: &mut Value, call: &ToolCall) {
    let has_caller = !matches!(
        call.kind(),
        CallKind::Computer | CallKind::LocalShell | CallKind::McpApproval | CallKind::ToolSearch
    );
    if let Some(program) = call.program().filter(|_| has_caller) {
        item["caller"] = json!({"type": "program", "caller_id": program});
    }
}

/// What a computer's output holds: the image, and the checks that the application acknowledged.
#[cfg(feature = "client")]
fn screenshot(text: &str) -> Option<(Value, Value)> {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(text) else { return None };
    let acknowledged = fields.shift_remove("acknowledged_safety_checks");
    let shows = |name: &str| fields.get(name).is_some_and(Value::is_string);
    (shows("image_url") || shows("file_id"))
        .then(|| (fields.clone().into(), acknowledged.unwrap_or_else(|| json!([]))))
}

/// The list that the API asks for, whatever the output says.
#[cfg(feature = "client")]
fn shell_output(output: &ToolOutput) -> Value {
    let told: Option<Vec<Value>> = serde_json::from_str(&output.text).ok();
    let is_one = |told: &Value| {
        ["stdout", "stderr"].iter().all(|name| told.get(name).is_some_and(Value::is_string))
            && told.pointer("/outcome/type").is_some()
    };
    if let Some(told) = told.filter(|told| told.iter().all(is_one)) {
        return told.into();
    }
    let text = output.text.as_str();
    let (stdout, stderr, outcome) = match &output.failure {
        None => (text, "", json!({"type": "exit", "exit_code": 0})),
        Some(CallFailure::TimedOut | CallFailure::TurnTimedOut) => {
            ("", text, json!({"type": "timeout"}))
        }
        Some(_) => ("", text, json!({"type": "exit", "exit_code": 1})),
    };
    json!([{"stdout": stdout, "stderr": stderr, "outcome": outcome}])
}

/// A transparent pixel: the output of a computer has to be an image.
#[cfg(feature = "client")]
const NOTHING_TO_SEE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

#[cfg(all(test, feature = "client"))]
#[path = "local_tests.rs"]
mod tests;
