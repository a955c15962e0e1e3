//! The server as another one: it takes what that one takes, refuses what that one does not know,
//! and answers with its accent.

use http::request::Parts;
use serde_json::{Map, Value, json};

use super::{
    fault::Fault,
    stream::{StreamQuirk, StreamShape},
};
use crate::{
    json::shorten,
    provider::{FieldRule, Provider, Quirks, UsageTold},
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
    let Quirks { responses, keeps_responses, .. } = provider.quirks;
    let is_kept = path.starts_with("/v1/responses/") || path.starts_with("/v1/conversations");
    if path == "/v1/responses" && !responses || is_kept && !(responses && keeps_responses) {
        return Err(not_found());
    }
    Ok(path)
}

/// Refuses what the provider does not know, and puts the rest into OpenAI's words.
pub(super) fn request(quirks: &Quirks, request: &mut Value) -> Result<(), Fault> {
    let Some(fields) = request.as_object_mut() else { return Ok(()) };
    let is_streamed_chat = fields.contains_key("messages")
        && fields.get("stream").is_some_and(|stream| *stream == true);
    take_fields(quirks, fields)?;
    if !quirks.strict && tells_strict(fields) {
        return Err(unknown("strict"));
    }
    if !quirks.keeps_responses {
        let kept = ["background", "conversation", "previous_response_id"];
        let given = |name: &&str| fields.get(*name).is_some_and(|given| !given.is_null());
        if let Some(name) = kept.into_iter().find(given) {
            return Err(unknown(name).with_param(name));
        }
    }
    tools(quirks, fields)?;
    tool_choice(quirks, fields)?;
    let format = fields.get("response_format");
    let format = format.or_else(|| fields.get("text").and_then(|text| text.get("format")));
    match format.and_then(|format| format.get("type")).and_then(Value::as_str) {
        Some("json_schema") if !quirks.json_schema => return Err(unknown("json_schema")),
        Some("json_object") if !quirks.json_object => return Err(unknown("json_object")),
        _ => {}
    }
    let list = fields.get_mut("messages").and_then(Value::as_array_mut);
    messages(quirks, list.map(Vec::as_mut_slice).unwrap_or_default())?;
    let list = fields.get_mut("input").and_then(Value::as_array_mut);
    items(quirks, list.map(Vec::as_mut_slice).unwrap_or_default())?;
    match quirks.answers.usage {
        UsageTold::Always if is_streamed_chat => {
            fields.insert("stream_options".to_owned(), json!({"include_usage": true}));
        }
        UsageTold::Never => {
            fields.shift_remove("stream_options");
        }
        UsageTold::Always | UsageTold::Asked => {}
    }
    Ok(())
}

fn take_fields(quirks: &Quirks, fields: &mut Map<String, Value>) -> Result<(), Fault> {
    for (path, rule) in &quirks.fields {
        let (parent, name) = path
            .split_once('.')
            .map_or((None, path.as_str()), |(parent, name)| (Some(parent), name));
        let within = match parent {
            None => Some(&mut *fields),
            Some(parent) => fields.get_mut(parent).and_then(Value::as_object_mut),
        };
        let Some(within) = within else { continue };
        if within.contains_key(name) {
            let message = format!("Unrecognized request argument supplied: {path}");
            return Err(Fault::invalid(message).with_param(path).with_code("unknown_parameter"));
        }
        if let FieldRule::Renamed(other) = rule {
            let value = within.shift_remove(other);
            within.extend(value.map(|value| (name.to_owned(), value)));
        }
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

fn tools(quirks: &Quirks, fields: &Map<String, Value>) -> Result<(), Fault> {
    let tools = fields.get("tools").and_then(Value::as_array).into_iter().flatten();
    for (at, tool) in tools.enumerate() {
        let kind = tool.get("type").and_then(Value::as_str).unwrap_or_default();
        let known = match kind {
            "custom" => quirks.custom_tools,
            "function" => {
                let added = ["allowed_callers", "defer_loading", "output_schema"];
                quirks.hosted_tools || added.iter().all(|field| tool.get(field).is_none())
            }
            _ => quirks.hosted_tools,
        };
        if !known {
            return Err(unknown(kind).with_param(format!("tools[{at}]")));
        }
    }
    Ok(())
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
        (None, Some("allowed_tools")) => words.allowed,
        (None, Some(_)) => words.named,
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
        role(quirks, message, &format!("messages[{at}]"))?;
        parts(quirks, message.get("content"))?;
        let is_assistant = message.get("role").is_some_and(|role| role == "assistant");
        if is_assistant && any_thoughtful && !thoughtful(message) {
            return Err(Fault::invalid(format!(
                "Missing `{}` field in the assistant message at message index {at}.",
                quirks.reasoning_field.as_deref().unwrap_or_default()
            )));
        }
        let calls = message.get_mut("tool_calls").and_then(Value::as_array_mut);
        for call in calls.into_iter().flatten() {
            arguments(quirks, call.pointer_mut("/function/arguments"), &format!("messages[{at}]"))?;
        }
    }
    Ok(())
}

fn items(quirks: &Quirks, items: &mut [Value]) -> Result<(), Fault> {
    for (at, item) in items.iter_mut().enumerate() {
        role(quirks, item, &format!("input[{at}]"))?;
        parts(quirks, item.get("content"))?;
        parts(quirks, item.get("output"))?;
        let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
        let known = match kind {
            "reasoning" => quirks.reasoning_items,
            "custom_tool_call" | "custom_tool_call_output" => quirks.custom_tools,
            _ => true,
        };
        if !known {
            return Err(unknown(kind).with_param(format!("input[{at}]")));
        }
        if kind == "function_call" {
            arguments(quirks, item.get_mut("arguments"), &format!("input[{at}]"))?;
        }
    }
    Ok(())
}

fn role(quirks: &Quirks, message: &Value, param: &str) -> Result<(), Fault> {
    let is_developer = message.get("role").is_some_and(|role| role == "developer");
    if is_developer && !quirks.developer_role {
        let param = format!("{param}.role");
        let message = format!("{param}: unknown variant `developer`");
        return Err(Fault::invalid(message).with_param(param));
    }
    Ok(())
}

fn parts(quirks: &Quirks, content: Option<&Value>) -> Result<(), Fault> {
    let list = content.and_then(Value::as_array).map(Vec::as_slice);
    let alone = content.filter(|content| content.is_object()).map(std::slice::from_ref);
    for part in list.or(alone).unwrap_or_default() {
        let image = part.get("image_url");
        let has_bytes = || {
            let url = image.map(|image| image.get("url").unwrap_or(image));
            url.and_then(Value::as_str).is_some_and(|url| url.starts_with("data:"))
        };
        let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
        let taken = match kind {
            "input_audio" => quirks.audio_input,
            "file" | "input_file" => quirks.files,
            "computer_screenshot" | "image_url" | "input_image" => {
                quirks.images && (quirks.image_urls || has_bytes())
            }
            _ => true,
        };
        if !taken {
            return Err(Fault::invalid(format!("invalid input: a part of the type '{kind}'")));
        }
    }
    Ok(())
}

/// Arguments have to have this server's form; what is no object is a text everywhere.
fn arguments(quirks: &Quirks, arguments: Option<&mut Value>, place: &str) -> Result<(), Fault> {
    let Some(arguments) = arguments else { return Ok(()) };
    let text = arguments.as_str();
    let holds_object =
        text.is_some_and(|text| serde_json::from_str::<Map<String, Value>>(text).is_ok());
    let good = if quirks.arguments_as_object {
        arguments.is_object() || text.is_some() && !holds_object
    } else {
        // What it has written itself it takes back.
        text.is_some() || quirks.answers.arguments_as_object
    };
    if !good {
        return Err(Fault::invalid(format!("{place}: invalid tool call arguments")));
    }
    if arguments.is_object() {
        *arguments = arguments.to_string().into();
    }
    Ok(())
}

/// How the provider streams what a script or a server has this shape for.
pub(super) fn shape(quirks: &Quirks, shape: StreamShape, is_chat: bool) -> StreamShape {
    let answers = &quirks.answers;
    let played = [
        (StreamQuirk::ArgumentsAsObject, answers.arguments_as_object),
        (StreamQuirk::FinishReasonEmpty, answers.finish_reason_empty),
        (StreamQuirk::IdMissing, answers.id_missing),
        (StreamQuirk::IndexMissing, answers.index_missing),
        // What ends a stream of the Responses API is its last event, on every server.
        (StreamQuirk::NoFinishReason, quirks.done_is_end && is_chat),
        (StreamQuirk::WholeCalls, answers.whole_calls),
    ];
    let played = played.into_iter().filter(|(_, is_played)| *is_played);
    played.fold(shape, |shape, (quirk, _)| shape.with_quirk(quirk))
}

/// Takes out of an answer what the provider does not know at all.
pub(super) fn known(quirks: &Quirks, document: &mut Value) {
    let output = document.get_mut("output").and_then(Value::as_array_mut);
    if let Some(output) = output.filter(|_| !quirks.reasoning_items) {
        output.retain(|item| item.get("type").is_none_or(|kind| kind != "reasoning"));
    }
}

/// Writes an answer as the provider does. What a stream has in its own way is left to its
/// [`shape`].
pub(super) fn answer(quirks: &Quirks, document: &mut Value, is_streamed: bool) {
    let answers = &quirks.answers;
    if answers.usage == UsageTold::Never {
        let fields = document.as_object_mut();
        fields.map(|fields| fields.shift_remove("usage"));
    }
    let output = document.get_mut("output").and_then(Value::as_array_mut);
    for item in output.into_iter().flatten().filter(|_| answers.arguments_as_object) {
        to_object(item.get_mut("arguments"));
    }
    let choices = document.get_mut("choices").and_then(Value::as_array_mut);
    for choice in choices.into_iter().flatten() {
        if let (Some(field), Some(Value::Object(message))) =
            (&answers.reasoning_field, choice.get_mut("message"))
        {
            let thought = message.shift_remove("reasoning_content");
            message.extend(thought.map(|thought| (field.clone(), thought)));
        }
        if is_streamed {
            continue;
        }
        if quirks.done_is_end {
            choice["finish_reason"] = "".into();
        }
        let calls = choice.pointer_mut("/message/tool_calls").and_then(Value::as_array_mut);
        for call in calls.into_iter().flatten() {
            if answers.arguments_as_object {
                to_object(call.pointer_mut("/function/arguments"));
            }
            if let Some(call) = call.as_object_mut().filter(|_| answers.id_missing) {
                call.shift_remove("id");
            }
        }
    }
}

fn to_object(arguments: Option<&mut Value>) {
    let Some(arguments) = arguments else { return };
    let read = arguments.as_str().map(serde_json::from_str::<Map<String, Value>>);
    if let Some(Ok(object)) = read {
        *arguments = object.into();
    }
}
