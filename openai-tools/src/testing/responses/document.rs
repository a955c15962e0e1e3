//! An answer as a response (schema `Response`).

use serde_json::{Map, Value, json};

use super::{
    Asked,
    memory::{conversation_id, text},
    translate::BETWEEN_NAMES,
};
use crate::testing::{
    answer::{Answer, Call, Usage, hash},
    completion::{created, prompt_tokens},
};

/// Writes the answer to a request. `request_hash` is the hash of what is asked, from which ids and
/// the time of creation are made: the same request gets the same bytes.
pub(in super::super) fn document(
    request: &Value,
    asked: &Asked,
    request_hash: u64,
    answer: &Answer,
) -> Value {
    let (status, incomplete) = status(answer.finish_reason());
    let created = created(request_hash);
    let given = |name: &str, otherwise: Value| {
        request.get(name).filter(|value| !value.is_null()).cloned().unwrap_or(otherwise)
    };
    let usage = answer.usage.unwrap_or_else(|| Usage {
        prompt: prompt_tokens(&asked.translated),
        completion: answer.tokens(),
    });
    let mut document = json!({
        "id": format!("resp_{request_hash:016x}"),
        "object": "response",
        "created_at": created,
        "status": status,
        "completed_at": if status == "completed" { json!(created + 1) } else { Value::Null },
        "background": given("background", json!(false)),
        "conversation": conversation_id(request).map(|id| json!({"id": id})),
        "error": null,
        "incomplete_details": incomplete,
        "instructions": given("instructions", Value::Null),
        "max_output_tokens": given("max_output_tokens", Value::Null),
        "model": request.get("model").filter(|model| model.is_string()).unwrap_or(&json!("unknown")),
        "output": output(request, request_hash, answer),
        "parallel_tool_calls": given("parallel_tool_calls", json!(true)),
        "previous_response_id": given("previous_response_id", Value::Null),
        "reasoning": given("reasoning", json!({"effort": null, "summary": null})),
        "service_tier": "default",
        "store": given("store", json!(true)),
        "temperature": given("temperature", json!(1)),
        "text": given("text", json!({"format": {"type": "text"}})),
        "tool_choice": given("tool_choice", json!("auto")),
        "tools": given("tools", json!([])),
        "top_p": given("top_p", json!(1)),
        "truncation": given("truncation", json!("disabled")),
        "usage": {
            "input_tokens": usage.prompt,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": usage.completion,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": usage.prompt.saturating_add(usage.completion),
        },
        "metadata": given("metadata", json!({})),
    });
    overlay(&mut document, &answer.fields);
    document
}

/// A document of a response that has not come to its end, or was cancelled before it.
pub(in super::super) fn unfinished(document: &Value, status: &str) -> Value {
    let mut unfinished = document.clone();
    unfinished["status"] = status.into();
    unfinished["output"] = json!([]);
    for unknown in ["completed_at", "error", "incomplete_details"] {
        unfinished[unknown] = Value::Null;
    }
    unfinished.as_object_mut().map(|fields| fields.shift_remove("usage"));
    unfinished
}

/// Status and why it is incomplete, by a finish reason of chat completions.
fn status(finish_reason: &str) -> (&'static str, Value) {
    match finish_reason {
        "stop" | "tool_calls" => ("completed", Value::Null),
        "length" => ("incomplete", json!({"reason": "max_output_tokens"})),
        other => ("incomplete", json!({"reason": other})),
    }
}

fn output(request: &Value, request_hash: u64, answer: &Answer) -> Vec<Value> {
    let mut output = Vec::new();
    let mut message_fields = answer.message_fields.clone();
    if let Some(Value::String(text)) = message_fields.shift_remove("reasoning_content") {
        output.push(reasoning(request, request_hash, &text));
    }
    let mut content = Vec::new();
    if let Some(text) = &answer.text {
        let part = json!({"type": "output_text", "annotations": [], "logprobs": [], "text": text});
        content.push(part);
    }
    if let Some(refusal) = &answer.refusal {
        content.push(json!({"type": "refusal", "refusal": refusal}));
    }
    // Where the tokens were up before anything was said, nothing is there.
    let status = if answer.finish_reason() == "length" { "incomplete" } else { "completed" };
    if !content.is_empty() || !message_fields.is_empty() {
        let mut message = json!({
            "id": format!("msg_{request_hash:016x}"),
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": content,
        });
        overlay(&mut message, &message_fields);
        output.push(message);
    }
    let calls = answer.calls.iter().enumerate();
    output.extend(calls.map(|(index, call)| item_of(request, request_hash, index, call)));
    output
}

/// What was reasoned comes in a form that can be sent back where the request asks for it.
fn reasoning(request: &Value, request_hash: u64, text: &str) -> Value {
    let include = request.get("include").and_then(Value::as_array);
    let asked =
        include.is_some_and(|words| words.iter().any(|w| w == "reasoning.encrypted_content"));
    let encrypted = asked.then(|| format!("gAAAAA{:016x}", hash(text.as_bytes())));
    json!({
        "id": format!("rs_{request_hash:016x}"),
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": text}],
        "encrypted_content": encrypted,
    })
}

fn item_of(request: &Value, request_hash: u64, index: usize, call: &Call) -> Value {
    let own = hash(format!("{request_hash:016x}/{index}").as_bytes());
    let call_id = call.id.clone().unwrap_or_else(|| format!("call_{own:016x}"));
    let Call { name, arguments, .. } = call;
    if let Some(item) = &call.item {
        return item_with_ids(item, &call_id, own);
    }
    // The automatic mode knows the tools of a namespace by both names.
    let found = call.namespace.clone().map(|namespace| (namespace, name.as_str()));
    let found = found.or_else(|| namespace_of(request, name));
    let name = found.as_ref().map_or(name.as_str(), |(_, name)| name);
    let mut item = if call.custom {
        json!({"id": format!("ctc_{own:016x}"), "type": "custom_tool_call", "call_id": call_id,
            "name": name, "input": arguments})
    } else {
        json!({"id": format!("fc_{own:016x}"), "type": "function_call", "status": "completed",
            "call_id": call_id, "name": name, "arguments": arguments})
    };
    if let Some((namespace, _)) = &found {
        item["namespace"] = namespace.as_str().into();
    }
    if let Some(program) = &call.program {
        item["caller"] = json!({"type": "program", "caller_id": program});
    }
    item
}

fn item_with_ids(item: &Value, call_id: &str, own: u64) -> Value {
    let mut item = item.clone();
    if item["type"] == "mcp_approval_request" {
        item["id"] = call_id.into();
    } else {
        item["id"] = format!("item_{own:016x}").into();
        item["call_id"] = call_id.into();
        item["status"] = "completed".into();
    }
    item
}

fn namespace_of<'a>(request: &Value, name: &'a str) -> Option<(String, &'a str)> {
    let tools = request.get("tools").and_then(Value::as_array)?;
    let namespaces = tools.iter().filter(|tool| text(tool, "type") == "namespace");
    namespaces.map(|namespace| text(namespace, "name")).find_map(|namespace| {
        let name = name.strip_prefix(namespace)?.strip_prefix(BETWEEN_NAMES)?;
        Some((namespace.to_owned(), name))
    })
}

fn overlay(target: &mut Value, fields: &Map<String, Value>) {
    for (name, value) in fields {
        target[name.as_str()] = value.clone();
    }
}
