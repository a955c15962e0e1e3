//! The conversation: roles, contents, and that every tool call is answered exactly once.

use std::collections::HashSet;

use serde_json::Value;

use super::{Object, given, media};
use crate::testing::fault::Fault;

/// Checks the list of messages, in order.
pub(super) fn check(messages: &[Value]) -> Result<(), Fault> {
    if messages.is_empty() {
        return Err(Fault::invalid(
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an \
             empty array instead.",
        )
        .with_param("messages")
        .with_code("empty_array"));
    }
    let mut calls = OpenCalls::default();
    for (index, message) in messages.iter().enumerate() {
        let Value::Object(message) = message else {
            return Err(Fault::wrong_type(format!("messages[{index}]"), "an object", message));
        };
        let role = role(message, index)?;
        if role == "tool" {
            calls.answer(message, index)?;
        } else {
            calls.close()?;
        }
        match role {
            "assistant" => calls.open(message, index)?,
            "function" => text(message, index)?,
            _ => content(message, index, role)?,
        }
    }
    calls.close()
}

fn role(message: &Object, index: usize) -> Result<&str, Fault> {
    let param = format!("messages[{index}].role");
    match message.get("role") {
        None | Some(Value::Null) => Err(Fault::missing(param)),
        Some(Value::String(role)) if ROLES.contains(&role.as_str()) => Ok(role),
        Some(Value::String(role)) => Err(Fault::unsupported(
            param,
            role,
            "'system', 'assistant', 'user', 'function', 'tool', and 'developer'",
        )),
        Some(other) => Err(Fault::wrong_type(param, "a string", other)),
    }
}

/// The calls of the last assistant message that still want an answer.
#[derive(Default)]
struct OpenCalls<'a> {
    /// Where the message with the calls stands; `None` outside of such a group.
    at: Option<usize>,
    all: HashSet<&'a str>,
    /// In call order, for the message that names those without an answer.
    order: Vec<&'a str>,
    answered: HashSet<&'a str>,
}

impl<'a> OpenCalls<'a> {
    fn open(&mut self, message: &'a Object, index: usize) -> Result<(), Fault> {
        let Some(calls) = given(message, "tool_calls") else {
            let said = ["content", "refusal", "audio", "function_call"]
                .iter()
                .any(|field| given(message, field).is_some());
            if said {
                return content_if_given(message, index);
            }
            return Err(null_content(index));
        };
        content_if_given(message, index)?;
        let param = format!("messages[{index}].tool_calls");
        let Value::Array(calls) = calls else {
            return Err(Fault::wrong_type(param, "an array of objects", calls));
        };
        if calls.is_empty() {
            return Err(Fault::invalid(format!(
                "Invalid '{param}': empty array. Expected an array with minimum length 1, but got \
                 an empty array instead."
            ))
            .with_param(param)
            .with_code("empty_array"));
        }
        self.at = Some(index);
        for (position, call) in calls.iter().enumerate() {
            let id = call_id(call, &format!("{param}[{position}]"))?;
            if !self.all.insert(id) {
                return Err(Fault::invalid(format!(
                    "Duplicate value for 'tool_call_id' of '{id}' in message[{index}]."
                ))
                .with_param(format!("{param}[{position}].id")));
            }
            self.order.push(id);
        }
        Ok(())
    }

    fn answer(&mut self, message: &'a Object, index: usize) -> Result<(), Fault> {
        if self.at.is_none() {
            return Err(Fault::invalid(
                "Invalid parameter: messages with role 'tool' must be a response to a preceeding \
                 message with 'tool_calls'.",
            )
            .with_param(format!("messages.[{index}].role")));
        }
        let param = format!("messages.[{index}].tool_call_id");
        let id = match given(message, "tool_call_id") {
            None => return Err(Fault::missing(param)),
            Some(Value::String(id)) => id.as_str(),
            Some(other) => return Err(Fault::wrong_type(param, "a string", other)),
        };
        if !self.all.contains(id) {
            return Err(Fault::invalid(format!(
                "Invalid parameter: 'tool_call_id' of '{id}' not found in 'tool_calls' of \
                 previous message."
            ))
            .with_param(param));
        }
        if !self.answered.insert(id) {
            return Err(Fault::invalid(format!(
                "Invalid parameter: Duplicate value for 'tool_call_id' of '{id}': each tool call \
                 is answered by exactly one message with role 'tool'."
            ))
            .with_param(param));
        }
        Ok(())
    }

    /// Something other than an answer comes next: every call must have one by now.
    fn close(&mut self) -> Result<(), Fault> {
        let group = std::mem::take(self);
        let Some(at) = group.at else {
            return Ok(());
        };
        let open: Vec<&str> =
            group.order.into_iter().filter(|id| !group.answered.contains(id)).collect();
        if open.is_empty() {
            return Ok(());
        }
        Err(Fault::invalid(format!(
            "An assistant message with 'tool_calls' must be followed by tool messages responding \
             to each 'tool_call_id'. The following tool_call_ids did not have response messages: \
             {}",
            open.join(", ")
        ))
        .with_param(format!("messages.[{}].role", at + 1 + group.answered.len())))
    }
}

/// The id of one call in the history, if the call is whole.
fn call_id<'a>(call: &'a Value, param: &str) -> Result<&'a str, Fault> {
    let text = |value: Option<&'a Value>, field: &str| match value {
        None | Some(Value::Null) => Err(Fault::missing(format!("{param}.{field}"))),
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(other) => Err(Fault::wrong_type(format!("{param}.{field}"), "a string", other)),
    };
    let Value::Object(fields) = call else {
        return Err(Fault::wrong_type(param, "an object", call));
    };
    let id = text(fields.get("id"), "id")?;
    let (body, rest) = match text(fields.get("type"), "type")? {
        "function" => ("function", ["name", "arguments"]),
        "custom" => ("custom", ["name", "input"]),
        other => {
            let param = format!("{param}.type");
            return Err(Fault::unsupported(param, other, "'function' and 'custom'"));
        }
    };
    let object = fields.get(body).ok_or_else(|| Fault::missing(format!("{param}.{body}")))?;
    for field in rest {
        text(object.get(field), &format!("{body}.{field}"))?;
    }
    Ok(id)
}

fn content_if_given(message: &Object, index: usize) -> Result<(), Fault> {
    if given(message, "content").is_some() { content(message, index, "assistant") } else { Ok(()) }
}

/// A function message may have a null content, nothing else may.
fn text(message: &Object, index: usize) -> Result<(), Fault> {
    match message.get("content") {
        None => Err(Fault::missing(format!("messages[{index}].content"))),
        Some(Value::Null | Value::String(_)) => Ok(()),
        Some(other) => {
            Err(Fault::wrong_type(format!("messages[{index}].content"), "a string", other))
        }
    }
}

fn null_content(index: usize) -> Fault {
    Fault::invalid("Invalid value for 'content': expected a string, got null.")
        .with_param(format!("messages.[{index}].content"))
}

fn content(message: &Object, index: usize, role: &str) -> Result<(), Fault> {
    let param = format!("messages[{index}].content");
    let parts = match message.get("content") {
        None => return Err(Fault::missing(param)),
        Some(Value::Null) => return Err(null_content(index)),
        Some(Value::String(_)) => return Ok(()),
        Some(Value::Array(parts)) => parts,
        Some(other) => {
            let expected = "one of a string or array of objects";
            return Err(Fault::wrong_type(param, expected, other));
        }
    };
    if parts.is_empty() {
        return Err(Fault::invalid(format!(
            "Invalid '{param}': empty array. Expected an array with minimum length 1, but got an \
             empty array instead."
        ))
        .with_param(param)
        .with_code("empty_array"));
    }
    for (position, part) in parts.iter().enumerate() {
        content_part(part, role, &format!("{param}[{position}]"))?;
    }
    Ok(())
}

fn content_part(part: &Value, role: &str, param: &str) -> Result<(), Fault> {
    let Value::Object(fields) = part else {
        return Err(Fault::wrong_type(param, "an object", part));
    };
    let kind = match fields.get("type") {
        None | Some(Value::Null) => return Err(Fault::missing(format!("{param}.type"))),
        Some(Value::String(kind)) => kind.as_str(),
        Some(other) => return Err(Fault::wrong_type(format!("{param}.type"), "a string", other)),
    };
    let (legal, supported): (&[&str], &str) = match role {
        "user" => (
            &["text", "image_url", "input_audio", "file"],
            "'text', 'image_url', 'input_audio', and 'file'",
        ),
        "assistant" => (&["text", "refusal"], "'text' and 'refusal'"),
        _ => (&["text"], "'text'"),
    };
    if !legal.contains(&kind) {
        return Err(Fault::unsupported(format!("{param}.type"), kind, supported));
    }
    match (kind, fields.get(kind)) {
        (_, None | Some(Value::Null)) => Err(Fault::missing(format!("{param}.{kind}"))),
        ("text" | "refusal", Some(Value::String(_))) => Ok(()),
        ("text" | "refusal", Some(other)) => {
            Err(Fault::wrong_type(format!("{param}.{kind}"), "a string", other))
        }
        ("image_url", Some(image)) => image_url(image, &format!("{param}.image_url")),
        ("input_audio", Some(audio)) => media::input_audio(audio, &format!("{param}.input_audio")),
        ("file", Some(file)) => media::file(file, &format!("{param}.file")),
        (_, Some(Value::Object(_))) => Ok(()),
        (_, Some(other)) => Err(Fault::wrong_type(format!("{param}.{kind}"), "an object", other)),
    }
}

fn image_url(image: &Value, param: &str) -> Result<(), Fault> {
    let Value::Object(fields) = image else {
        return Err(Fault::wrong_type(param, "an object", image));
    };
    let url = match fields.get("url") {
        None | Some(Value::Null) => return Err(Fault::missing(format!("{param}.url"))),
        Some(Value::String(url)) => url,
        Some(other) => return Err(Fault::wrong_type(format!("{param}.url"), "a string", other)),
    };
    if let Some(detail) = given(fields, "detail") {
        let param = format!("{param}.detail");
        match detail.as_str() {
            Some("auto" | "low" | "high" | "original") => {}
            Some(other) => {
                let supported = "'auto', 'low', 'high', and 'original'";
                return Err(Fault::unsupported(param, other, supported));
            }
            None => return Err(Fault::wrong_type(param, "a string", detail)),
        }
    }
    let web = ["https://", "http://"]
        .iter()
        .any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    let data = url
        .strip_prefix("data:image/")
        .and_then(|rest| rest.split_once(";base64,"))
        .is_some_and(|(kind, data)| !kind.is_empty() && !data.is_empty());
    if web || data {
        return Ok(());
    }
    Err(Fault::invalid(format!(
        "Invalid '{param}.url'. Expected an 'http(s)' URL or a base64-encoded data URL with an \
         image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got a value \
         with an invalid format."
    ))
    .with_param(format!("{param}.url"))
    .with_code("invalid_image_url"))
}

const ROLES: [&str; 6] = ["system", "assistant", "user", "function", "tool", "developer"];

#[cfg(test)]
#[path = "messages_tests.rs"]
mod tests;
