//! The conversation of a request, and the checks of its items.

use std::collections::HashSet;

use serde_json::Value;

use super::memory::{Memory, conversation_id, sent_items, text};
use crate::{json::shorten, testing::fault::Fault};

/// All items: those that the server remembers, then those that were sent.
pub(super) fn items(request: &Value, memory: &Memory) -> Result<Vec<Value>, Fault> {
    let mut items = match request.get("previous_response_id") {
        Some(Value::String(_)) if conversation_id(request).is_some() => {
            return Err(Fault::invalid(
                "Mutually exclusive parameters: 'previous_response_id' and 'conversation'. Ensure \
                 you are only providing one of them.",
            )
            .with_code("mutually_exclusive_parameters"));
        }
        Some(Value::String(id)) => memory.conversation(id).ok_or_else(|| {
            Fault::invalid(format!("Previous response with id '{}' not found.", shorten(id, 100)))
                .with_param("previous_response_id")
                .with_code("previous_response_not_found")
        })?,
        None | Some(Value::Null) => match conversation_id(request) {
            None => Vec::new(),
            Some(id) => {
                let conversation = memory.conversations.get(id).ok_or_else(|| {
                    let why = format!("Conversation with id '{}' not found.", shorten(id, 100));
                    Fault::new(404, why).with_param("conversation")
                })?;
                conversation.items.clone()
            }
        },
        Some(other) => return Err(Fault::wrong_type("previous_response_id", "a string", other)),
    };
    items.extend(sent_items(request));
    Ok(items)
}

/// Checks what only this API has.
pub(super) fn check(request: &Value, items: &[Value], memory: &Memory) -> Result<(), Fault> {
    for field in ["messages", "response_format", "max_completion_tokens", "reasoning_effort"] {
        if request.get(field).is_some_and(|value| !value.is_null()) {
            return Err(moved(field));
        }
    }
    match request.get("input") {
        None | Some(Value::Null) if items.is_empty() => return Err(Fault::missing("input")),
        None | Some(Value::Null | Value::String(_) | Value::Array(_)) => {}
        Some(other) => {
            return Err(Fault::wrong_type("input", "a string or an array of items", other));
        }
    }
    if let Some(wrong) = items.iter().find(|item| !item.is_object()) {
        return Err(Fault::wrong_type("input", "an array of objects", wrong));
    }
    let is = |field: &str, value: bool| request.get(field) == Some(&Value::Bool(value));
    if is("background", true) && is("store", false) {
        let why = "Background mode requires 'store' to be true.";
        return Err(Fault::invalid(why).with_param("background"));
    }
    tools(request)?;
    belong_together(items, memory)?;
    // A conversation keeps what was sent even if the answer is lost: who tries again sends it again.
    answered(items, conversation_id(request).is_some())
}

fn moved(field: &str) -> Fault {
    let now = match field {
        "messages" => "input",
        "response_format" => "text.format",
        "max_completion_tokens" => "max_output_tokens",
        _ => "reasoning.effort",
    };
    Fault::invalid(format!(
        "Unsupported parameter: '{field}'. In the Responses API, this parameter has moved to \
         '{now}'."
    ))
    .with_param(field)
    .with_code("unsupported_parameter")
}

/// Tools are flat here, and can stand in namespaces.
fn tools(request: &Value) -> Result<(), Fault> {
    let tools = || request.get("tools").and_then(Value::as_array).into_iter().flatten();
    let can_search = tools().any(|tool| text(tool, "type") == "tool_search");
    for (index, tool) in tools().enumerate() {
        let at = format!("tools[{index}]");
        if text(tool, "type") != "namespace" {
            own_tool(tool, &at, can_search)?;
            continue;
        }
        for field in ["name", "description"] {
            if text(tool, field).is_empty() {
                return Err(Fault::missing(format!("{at}.{field}")));
            }
        }
        let members = tool.get("tools").and_then(Value::as_array).filter(|all| !all.is_empty());
        let members = members.ok_or_else(|| Fault::missing(format!("{at}.tools")))?;
        for (member, tool) in members.iter().enumerate() {
            own_tool(tool, &format!("{at}.tools[{member}]"), can_search)?;
        }
    }
    Ok(())
}

fn own_tool(tool: &Value, at: &str, can_search: bool) -> Result<(), Fault> {
    let is_own = ["function", "custom"].contains(&text(tool, "type"));
    if is_own && tool.get("name").is_none_or(Value::is_null) {
        return Err(Fault::missing(format!("{at}.name")));
    }
    if tool.get("defer_loading") == Some(&Value::Bool(true)) && !can_search {
        let why = "Deferred tools require a tool of type 'tool_search'.";
        return Err(Fault::invalid(why).with_param(format!("{at}.defer_loading")));
    }
    Ok(())
}

/// What was reasoned has to stand before its call, and has to be known or to be there.
fn belong_together(items: &[Value], memory: &Memory) -> Result<(), Fault> {
    let mut reasoned = HashSet::new();
    for (index, item) in items.iter().enumerate() {
        let id = text(item, "id");
        match text(item, "type") {
            "reasoning" => {
                let holds_it = !text(item, "encrypted_content").is_empty();
                if !holds_it && !memory.is_stored(id) {
                    return Err(Fault::new(
                        404,
                        format!(
                            "Item with id '{}' not found. Items are not persisted when `store` is \
                             set to false. Try again with `store` set to true, or remove this item \
                             from your input.",
                            shorten(id, 100)
                        ),
                    )
                    .with_param("input"));
                }
                let follows = items.get(index + 1).is_some_and(|next| next.get("id").is_some());
                if !follows {
                    return Err(Fault::invalid(format!(
                        "Item '{}' of type 'reasoning' was provided without its required following \
                         item.",
                        shorten(id, 100)
                    ))
                    .with_param("input"));
                }
                reasoned.insert(id);
            }
            kind @ ("function_call" | "custom_tool_call") => {
                let missing = memory.reasoning_of(id).filter(|needed| !reasoned.contains(needed));
                if let Some(needed) = missing {
                    return Err(Fault::invalid(format!(
                        "Item '{}' of type '{kind}' was provided without its required 'reasoning' \
                         item: '{needed}'.",
                        shorten(id, 100)
                    ))
                    .with_param("input"));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Each call has one output, each output a call of its kind. `again` says that an output may come
/// more than once.
fn answered(items: &[Value], again: bool) -> Result<(), Fault> {
    let mut open: Vec<&str> = Vec::new();
    let mut known = HashSet::new();
    for item in items {
        let kind = text(item, "type");
        let call = CALLS.iter().find(|(call, ..)| *call == kind);
        let output = CALLS.iter().find(|(_, output, _)| *output == kind);
        if let Some((call, ..)) = call.filter(|_| !runs_elsewhere(item)) {
            let id = text(item, if *call == APPROVAL { "id" } else { "call_id" });
            known.insert((*call, id));
            // One that nobody has answered is a question still.
            if *call != APPROVAL {
                open.push(id);
            }
        }
        if let Some((call, _, words)) = output {
            let field = if *call == APPROVAL { "approval_request_id" } else { "call_id" };
            let id = text(item, field);
            let is_known = known.contains(&(*call, id));
            if !is_known && !was_run_elsewhere(items, kind, id) {
                return Err(Fault::invalid(format!(
                    "No tool call found for {words} output with call_id {}.",
                    shorten(id, 100)
                ))
                .with_param("input"));
            }
            // An id may come again in a later response: this answers one of its calls.
            match open.iter().position(|open| *open == id) {
                Some(at) => drop(open.remove(at)),
                None if is_known && *call != APPROVAL && !again => {
                    return Err(Fault::invalid(format!(
                        "Duplicate {words} output found for call_id {}.",
                        shorten(id, 100)
                    ))
                    .with_param("input"));
                }
                None => {}
            }
        }
    }
    match open.first() {
        Some(id) => Err(Fault::invalid(format!(
            "No tool output found for function call {}.",
            shorten(id, 100)
        ))
        .with_param("input")),
        None => Ok(()),
    }
}

/// Whether the server itself answers a call.
fn runs_elsewhere(call: &Value) -> bool {
    match text(call, "type") {
        "shell_call" => {
            call.get("environment").is_some_and(|at| text(at, "type") == "container_reference")
        }
        "tool_search_call" => text(call, "execution") != "client",
        _ => false,
    }
}

/// Whether an output is one that the server has given.
fn was_run_elsewhere(items: &[Value], output: &str, id: &str) -> bool {
    let calls = items.iter().filter(|item| runs_elsewhere(item));
    let mut calls = calls.filter(|item| format!("{}_output", text(item, "type")) == output);
    calls.any(|item| text(item, "call_id") == id) || output == "tool_search_output"
}

const APPROVAL: &str = "mcp_approval_request";

/// Items that ask for something, those that answer them, and the words for it.
const CALLS: [(&str, &str, &str); 8] = [
    ("apply_patch_call", "apply_patch_call_output", "apply patch call"),
    ("computer_call", "computer_call_output", "computer call"),
    ("custom_tool_call", "custom_tool_call_output", "custom tool call"),
    ("function_call", "function_call_output", "function call"),
    ("local_shell_call", "local_shell_call_output", "local shell call"),
    (APPROVAL, "mcp_approval_response", "approval"),
    ("shell_call", "shell_call_output", "shell call"),
    ("tool_search_call", "tool_search_output", "tool search call"),
];
