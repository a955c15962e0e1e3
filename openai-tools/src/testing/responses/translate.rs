//! A request for a response as one to chat completions that asks the same.

use serde_json::{Map, Value, json};

use super::memory::text;
use crate::testing::fault::Fault;

pub(super) fn request(request: &Value, items: &[Value]) -> Value {
    let mut translated = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        translated.extend(value.filter(|value| !value.is_null()).map(|v| (name.to_owned(), v)));
    };
    let field = |name: &str| request.get(name).cloned();
    for name in SAME {
        put(name, field(name));
    }
    put("max_completion_tokens", field("max_output_tokens"));
    put("reasoning_effort", request.pointer("/reasoning/effort").cloned());
    put("tools", field("tools").map(tools).filter(|tools| *tools != json!([])));
    put("tool_choice", field("tool_choice").map(|choice| tool_choice(&choice)));
    put("response_format", request.pointer("/text/format").map(format));
    let mut list = messages(items);
    if let Some(told) = request.get("instructions").and_then(Value::as_str) {
        list.insert(0, json!({"role": "developer", "content": told}));
    }
    put("messages", Some(list.into()));
    translated.into()
}

/// A fault in the words of this API.
pub(super) fn fault(fault: Fault) -> Fault {
    let words = |text: String| {
        NAMES.iter().fold(text, |text, (chat, responses)| text.replace(chat, responses))
    };
    let Fault { status, message, param, code } = fault;
    Fault { status, message: words(message), param: param.map(words), code }
}

fn messages(items: &[Value]) -> Vec<Value> {
    let mut messages: Vec<Value> = Vec::new();
    // What outputs show stands behind all of them: chat completions take texts as outputs.
    let mut shown: Vec<Value> = Vec::new();
    for item in items {
        match text(item, "type") {
            "function_call_output" | "custom_tool_call_output" => {
                let (said, more) = output(item);
                shown.extend(more);
                messages.push(json!({
                    "role": "tool",
                    "tool_call_id": item.get("call_id"),
                    "content": said,
                }));
                continue;
            }
            _ if !shown.is_empty() => {
                messages.push(json!({"role": "user", "content": std::mem::take(&mut shown)}));
            }
            _ => {}
        }
        match text(item, "type") {
            "function_call" | "custom_tool_call" => add_call(&mut messages, item),
            "" | "message" => messages.push(message(item)),
            _ => {}
        }
    }
    if !shown.is_empty() {
        messages.push(json!({"role": "user", "content": shown}));
    }
    messages
}

/// The texts of an output, and what else it shows.
fn output(item: &Value) -> (Value, Vec<Value>) {
    let Value::Array(parts) = content(item.get("output")) else {
        return (content(item.get("output")), Vec::new());
    };
    let (texts, others): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|part| text(part, "type") == "text");
    let said = if texts.is_empty() { "".into() } else { texts.into() };
    if others.is_empty() {
        return (said, others);
    }
    let of = format!("Shown by the tool call `{}`:", text(item, "call_id"));
    let of = json!({"type": "text", "text": of});
    (said, std::iter::once(of).chain(others).collect())
}

fn message(item: &Value) -> Value {
    let parts = item.get("content").and_then(Value::as_array).into_iter().flatten();
    let refusal: String = parts.map(|part| text(part, "refusal")).collect();
    let mut said = content(item.get("content"));
    // What a model said is one text in chat completions.
    if text(item, "role") == "assistant" {
        if let Some([only]) = said.as_array().map(Vec::as_slice) {
            said = only.get("text").cloned().unwrap_or(said);
        }
    }
    let mut message = json!({"role": item.get("role"), "content": said});
    if !refusal.is_empty() {
        message["refusal"] = refusal.into();
    }
    message
}

/// Calls in a row belong to one message, and to the words before them.
fn add_call(messages: &mut Vec<Value>, item: &Value) {
    let name = match (text(item, "namespace"), item.get("name")) {
        ("", name) => name.cloned().unwrap_or_default(),
        (namespace, _) => in_namespace(namespace, text(item, "name")).into(),
    };
    let call = if text(item, "type") == "custom_tool_call" {
        json!({"id": item.get("call_id"), "type": "custom",
            "custom": {"name": name, "input": item.get("input")}})
    } else {
        json!({"id": item.get("call_id"), "type": "function",
            "function": {"name": name, "arguments": item.get("arguments")}})
    };
    let last = messages.last_mut().filter(|last| last["role"] == "assistant");
    match last.and_then(Value::as_object_mut) {
        Some(last) => match last.entry("tool_calls").or_insert_with(|| json!([])) {
            Value::Array(calls) => calls.push(call),
            other => *other = json!([call]),
        },
        None => messages.push(json!({"role": "assistant", "content": null, "tool_calls": [call]})),
    }
}

fn content(content: Option<&Value>) -> Value {
    let Some(Value::Array(parts)) = content else {
        return content.cloned().unwrap_or_default();
    };
    let part = |part: &Value| match text(part, "type") {
        "input_text" | "output_text" => Some(json!({"type": "text", "text": part.get("text")})),
        "input_image" => {
            let url = part.get("image_url").filter(|url| url.is_string());
            let detail = part.get("detail").filter(|detail| *detail != "auto");
            url.map(|url| {
                let mut image = json!({"url": url});
                if let Some(detail) = detail {
                    image["detail"] = detail.clone();
                }
                json!({"type": "image_url", "image_url": image})
            })
        }
        // It was checked as it came, and is not looked into.
        "input_file" => Some(json!({"type": "file", "file": {"file_id": "shown"}})),
        "refusal" => None,
        _ => Some(part.clone()),
    };
    let parts: Vec<Value> = parts.iter().filter_map(part).collect();
    match parts.as_slice() {
        // Chat completions takes no empty list.
        [] => "".into(),
        _ => parts.into(),
    }
}

/// Our own tools; the hosted ones run elsewhere.
fn tools(tools: Value) -> Value {
    let Value::Array(list) = tools else { return tools };
    list.iter().flat_map(offered).collect()
}

/// One tool, or those of a namespace.
fn offered(listed: &Value) -> Vec<Value> {
    if text(listed, "type") != "namespace" {
        return tool(listed).into_iter().collect();
    }
    let members = listed.get("tools").and_then(Value::as_array).into_iter().flatten();
    let named = members.map(|member| {
        let mut member = member.clone();
        if member.get("name").is_some_and(Value::is_string) {
            member["name"] = in_namespace(text(listed, "name"), text(&member, "name")).into();
        }
        member
    });
    named.filter_map(|member| tool(&member)).collect()
}

/// Chat completions has one name for both.
fn in_namespace(namespace: &str, name: &str) -> String {
    [namespace, BETWEEN_NAMES, name].concat()
}

pub(super) const BETWEEN_NAMES: &str = "__";

fn tool(tool: &Value) -> Option<Value> {
    let kind = text(tool, "type");
    let nested = |name: &str| {
        let mut fields = tool.as_object().cloned().unwrap_or_default();
        for extra in ["type", "output_schema", "defer_loading", "allowed_callers"] {
            fields.shift_remove(extra);
        }
        // A grammar has one more level there.
        if let Some(format) = fields.get_mut("format").filter(|format| format["type"] == "grammar")
        {
            let (syntax, definition) = (format["syntax"].take(), format["definition"].take());
            let grammar = json!({"syntax": syntax, "definition": definition});
            *format = json!({"type": "grammar", "grammar": grammar});
        }
        json!({"type": name, name: fields})
    };
    match kind {
        "function" | "custom" => Some(nested(kind)),
        // A namespace and the like, or what the check is to complain of.
        "" => Some(tool.clone()),
        _ => None,
    }
}

/// What the server runs by itself is nothing of what is translated: a choice of that alone is none.
fn tool_choice(choice: &Value) -> Value {
    match text(choice, "type") {
        "allowed_tools" => {
            let listed = choice.get("tools").and_then(Value::as_array).map(Vec::as_slice);
            let listed = listed.unwrap_or_default();
            let own: Vec<Value> = listed.iter().filter_map(chosen).collect();
            if own.is_empty() && !listed.is_empty() {
                return "auto".into();
            }
            json!({"type": "allowed_tools", "allowed_tools": {
                "mode": choice.get("mode"),
                "tools": choice.get("tools").filter(|tools| !tools.is_array()).cloned()
                    .unwrap_or_else(|| own.into()),
            }})
        }
        _ if choice.is_object() => chosen(choice).unwrap_or_else(|| "auto".into()),
        _ => choice.clone(),
    }
}

/// A tool in a choice, by the one name that chat completions has.
fn chosen(choice: &Value) -> Option<Value> {
    let mut choice = choice.clone();
    if let Some(namespace) = choice.as_object_mut().and_then(|of| of.shift_remove("namespace")) {
        let namespace = namespace.as_str().unwrap_or_default();
        choice["name"] = in_namespace(namespace, text(&choice, "name")).into();
    }
    tool(&choice)
}

/// Checks that a choice names only tools of the server that are there.
pub(super) fn check_choice(request: &Value) -> Result<(), Fault> {
    let Some(choice) = request.get("tool_choice").filter(|choice| choice.is_object()) else {
        return Ok(());
    };
    let listed = choice.get("tools").and_then(Value::as_array);
    let of_one = std::slice::from_ref(choice);
    let tools = request.get("tools").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for chosen in listed.map_or(of_one, Vec::as_slice) {
        let kind = text(chosen, "type");
        if matches!(kind, "" | "allowed_tools" | "custom" | "function") {
            continue;
        }
        let label = |tool: &Value| tool.get("server_label").cloned();
        let is_it = |tool: &Value| {
            text(tool, "type") == kind && (kind != "mcp" || label(tool) == label(chosen))
        };
        if !tools.iter().any(is_it) {
            let message = format!("Tool choice '{kind}' not found in 'tools' parameter.");
            return Err(Fault::invalid(message).with_param("tool_choice"));
        }
    }
    Ok(())
}

fn format(format: &Value) -> Value {
    if text(format, "type") != "json_schema" {
        return format.clone();
    }
    let mut fields = format.as_object().cloned().unwrap_or_default();
    fields.shift_remove("type");
    json!({"type": "json_schema", "json_schema": fields})
}

/// Fields that both APIs have.
const SAME: [&str; 6] =
    ["metadata", "model", "parallel_tool_calls", "stream", "temperature", "top_p"];

/// What is called otherwise.
const NAMES: [(&str, &str); 6] = [
    ("response_format.json_schema.", "text.format."),
    ("response_format", "text.format"),
    (".function.", "."),
    (".custom.", "."),
    ("max_completion_tokens", "max_output_tokens"),
    ("messages", "input"),
];
