//! The server as another one: it takes what that one takes, refuses what that one does not know,
//! and answers with its accent.

use http::request::Parts;
use serde_json::{Map, Value};

use super::{
    fault::Fault,
    stream::{StreamQuirk, StreamShape},
    wire::{Payload, Response},
};
use crate::{
    json::shorten,
    provider::{Provider, Quirks},
};

/// The path as OpenAI has it, of a request with this provider's path, query and key.
pub(super) fn path(provider: &Provider, head: &Parts) -> Result<String, Fault> {
    let header = provider.key_header.as_deref().unwrap_or("authorization");
    let key = head.headers.get(header).and_then(|key| key.to_str().ok()).unwrap_or_default();
    let key = match &provider.key_header {
        Some(_) => key,
        None => key.strip_prefix("Bearer ").unwrap_or_default(),
    };
    if provider.needs_key && key.is_empty() {
        let message = format!("Access denied: the header '{header}' carries no key.");
        return Err(Fault::new(401, message).with_code("invalid_api_key"));
    }
    let query = head.uri.query().unwrap_or_default();
    for (name, value) in &provider.query {
        let given = query.split('&').filter_map(|pair| pair.split_once('='));
        if !given.into_iter().any(|given| given == (name.as_str(), value.as_str())) {
            return Err(Fault::new(404, format!("Resource not found: '{name}' is not '{value}'.")));
        }
    }
    let path = head.uri.path();
    let not_found = || Fault::new(404, format!("Resource not found: {}", shorten(path, 200)));
    let path = if provider.model_in_path && !path.starts_with("/v1/models") {
        let rest = path.strip_prefix("/v1/deployments/").and_then(|rest| rest.split_once('/'));
        format!("/v1/{}", rest.filter(|(model, _)| !model.is_empty()).ok_or_else(not_found)?.1)
    } else {
        path.to_owned()
    };
    if path == "/v1/responses" && !provider.quirks.responses {
        return Err(not_found());
    }
    Ok(path)
}

/// Refuses what the provider does not know, and puts the rest into OpenAI's words.
pub(super) fn request(quirks: &Quirks, request: &mut Value) -> Result<(), Fault> {
    let Some(fields) = request.as_object_mut() else { return Ok(()) };
    for name in quirks.fields.keys() {
        if fields.contains_key(name) {
            let message = format!("Unrecognized request argument supplied: {name}");
            return Err(Fault::invalid(message).with_param(name).with_code("unknown_parameter"));
        }
    }
    if !quirks.strict && tells_strict(fields) {
        return Err(unknown("strict"));
    }
    tool_choice(quirks, fields)?;
    let format = fields.get("response_format");
    let format = format.or_else(|| fields.get("text").and_then(|text| text.get("format")));
    match format.and_then(|format| format.get("type")).and_then(Value::as_str) {
        Some("json_schema") if !quirks.json_schema => return Err(unknown("json_schema")),
        Some("json_object") if !quirks.json_object => return Err(unknown("json_object")),
        _ => {}
    }
    for list in ["messages", "input"] {
        let list = fields.get_mut(list).and_then(Value::as_array_mut);
        messages(quirks, list.map(Vec::as_mut_slice).unwrap_or_default())?;
    }
    Ok(())
}

fn unknown(word: &str) -> Fault {
    Fault::invalid(format!("'{word}' is not supported here.")).with_code("unknown_parameter")
}

fn tells_strict(fields: &Map<String, Value>) -> bool {
    let tools = fields.get("tools").and_then(Value::as_array).into_iter().flatten();
    let format = fields.get("response_format").and_then(|format| format.get("json_schema"));
    let text = fields.get("text").and_then(|text| text.get("format"));
    let functions = tools.map(|tool| tool.get("function").unwrap_or(tool));
    functions.chain(format).chain(text).any(|of| of.get("strict").is_some())
}

fn tool_choice(quirks: &Quirks, fields: &mut Map<String, Value>) -> Result<(), Fault> {
    let words = &quirks.tool_choice;
    let Some(choice) = fields.get_mut("tool_choice") else { return Ok(()) };
    let kind = choice.get("type").and_then(Value::as_str);
    let known = match (choice.as_str(), kind) {
        (Some("auto"), _) => words.none || words.required.is_some(),
        (Some("none"), _) => words.none,
        (Some(word), _) if words.required.as_deref() == Some(word) => {
            *choice = "required".into();
            true
        }
        (None, Some("function")) => words.named,
        (None, Some("allowed_tools")) => words.allowed,
        _ => false,
    };
    if known { Ok(()) } else { Err(unknown("tool_choice").with_param("tool_choice")) }
}

fn messages(quirks: &Quirks, messages: &mut [Value]) -> Result<(), Fault> {
    let thoughtful = |message: &Value| {
        let field = quirks.reasoning_field.as_deref();
        field.is_some_and(|field| message.get(field).is_some())
    };
    let any_thoughtful = messages.iter().any(thoughtful);
    for (at, message) in messages.iter_mut().enumerate() {
        let role = message.get("role").and_then(Value::as_str).unwrap_or_default();
        if role == "developer" && !quirks.developer_role {
            let message = format!("messages[{at}].role: unknown variant `developer`");
            return Err(Fault::invalid(message).with_param(format!("messages[{at}].role")));
        }
        if role == "assistant" && any_thoughtful && !thoughtful(message) {
            return Err(Fault::invalid(format!(
                "Missing `{}` field in the assistant message at message index {at}.",
                quirks.reasoning_field.as_deref().unwrap_or_default()
            )));
        }
        let parts = message.get("content").and_then(Value::as_array).into_iter().flatten();
        let mut urls = parts.filter_map(|part| {
            let image = part.get("image_url")?;
            image.get("url").unwrap_or(image).as_str()
        });
        if !quirks.image_urls && urls.any(|url| !url.starts_with("data:")) {
            return Err(Fault::invalid("invalid image input"));
        }
        let calls = message.get_mut("tool_calls").and_then(Value::as_array_mut);
        for call in calls.into_iter().flatten() {
            let Some(arguments) = call.pointer_mut("/function/arguments") else { continue };
            if quirks.arguments_as_object != arguments.is_object() {
                return Err(Fault::invalid(format!("messages[{at}]: invalid tool call arguments")));
            }
            if arguments.is_object() {
                *arguments = arguments.to_string().into();
            }
        }
    }
    Ok(())
}

/// How the provider streams.
pub(super) fn shape(quirks: &Quirks, shape: &StreamShape) -> StreamShape {
    let mut shape = shape.clone();
    if quirks.done_is_end {
        shape = shape.with_quirk(StreamQuirk::NoFinishReason);
    }
    if quirks.arguments_as_object {
        shape = shape.with_quirk(StreamQuirk::ArgumentsAsObject);
    }
    // Few servers but OpenAI's tear a call into pieces.
    if !quirks.changes_nothing() {
        shape = shape.with_quirk(StreamQuirk::WholeCalls).with_quirk(StreamQuirk::IndexMissing);
    }
    shape
}

/// An answer that is not streamed, as the provider writes it.
pub(super) fn response(quirks: &Quirks, response: Response) -> Response {
    let Payload::Bytes(bytes) = &response.payload else { return response };
    let Ok(mut body) = serde_json::from_slice::<Value>(bytes) else { return response };
    let Some(choices) = body.get_mut("choices").and_then(Value::as_array_mut) else {
        return response;
    };
    for choice in choices {
        if quirks.done_is_end {
            choice["finish_reason"] = "".into();
        }
        let calls = choice.pointer_mut("/message/tool_calls").and_then(Value::as_array_mut);
        for call in calls.into_iter().flatten().filter(|_| quirks.arguments_as_object) {
            let Some(arguments) = call.pointer_mut("/function/arguments") else { continue };
            let read = arguments.as_str().map(serde_json::from_str::<Map<String, Value>>);
            if let Some(Ok(object)) = read {
                *arguments = object.into();
            }
        }
    }
    Response { payload: Payload::Bytes(body.to_string().into()), ..response }
}
