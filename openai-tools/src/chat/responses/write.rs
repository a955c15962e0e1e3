//! Neutral request → the bytes of a request for a response.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json, value::RawValue};

use super::{
    input::{Input, foreign_part},
    read::Kept,
};
use crate::{
    chat::{
        ConversationState, HostedTool, Message, Request, ResponseFormat, ToolChoice, wire::Delivery,
    },
    error::{Error, ErrorKind},
    ids::ToolName,
    tool::{ToolDefinition, Tools},
};

/// Writes the body of a request. `after` is the response that the server is to go on from, and where
/// the messages behind it begin.
pub(crate) fn write_request(
    request: &Request,
    delivery: Delivery,
    after: Option<(&str, usize)>,
) -> Result<Vec<u8>, Error> {
    let settings = &request.settings;
    let extra = &settings.extra;
    if settings.seed.is_some() {
        return Err(lacks("seed"));
    }
    if settings.audio.is_some() {
        return Err(lacks("audio output"));
    }
    if let Some(part) = foreign_part(&request.messages) {
        return Err(lacks(part));
    }
    for key in extra.keys().map(String::as_str) {
        if RESERVED.contains(&key) {
            return Err(refused(format!(
                "the extra field `{key}` has a method of its own or belongs to the run; use that"
            )));
        }
        if FOREIGN.contains(&key) {
            return Err(lacks(key));
        }
    }
    let own = request.tools.as_ref().filter(|tools| !tools.is_empty());
    let has_tools = own.is_some() || !settings.hosted_tools.is_empty();
    let hosted;
    let tools = match own.map(tools_json) {
        own if settings.hosted_tools.is_empty() => own,
        own => {
            hosted = with_hosted(own, &settings.hosted_tools);
            Some(&*hosted)
        }
    };
    let (conversation, from) = match &request.state {
        ConversationState::Conversation(id) => {
            (Some(id.as_str()), behind_last_response(&request.messages))
        }
        _ => (None, after.map_or(0, |(_, at)| at)),
    };
    let wire = WireRequest {
        model: &request.model,
        background: settings.background.then_some(true),
        conversation,
        previous_response_id: after.map(|(id, _)| id),
        input: Input::of(&request.messages, from),
        tools,
        tool_choice: settings.tool_choice.as_ref().filter(|_| has_tools).map(tool_choice),
        parallel_tool_calls: settings.parallel_tool_calls.filter(|_| has_tools),
        text: text(&request.format, extra)?,
        temperature: settings.temperature,
        max_output_tokens: settings.max_tokens,
        reasoning: with_field(
            "reasoning",
            "effort",
            settings.reasoning_effort.as_ref().map(|effort| json!(effort)),
            extra,
        )?,
        metadata: &settings.metadata,
        include: include(extra),
        stream: (delivery == Delivery::Stream).then_some(true),
        stream_options: stream_options(extra.get("stream_options"))
            .filter(|_| delivery == Delivery::Stream),
        extra: Extra(extra),
    };
    let mut body = Vec::with_capacity(1024);
    serde_json::to_writer(&mut body, &wire)
        .map_err(|error| refused("it cannot be written as JSON".to_owned()).with_source(error))?;
    Ok(body)
}

fn refused(why: String) -> Error {
    Error::new(ErrorKind::InvalidRequest, why)
}

fn lacks(field: &str) -> Error {
    refused(format!(
        "the Responses API has no `{field}`; leave it out, or use chat completions \
         (`Api::ChatCompletions`)"
    ))
}

/// The last response of a conversation that a server may still know as it is here, and where the
/// messages behind it begin.
pub(crate) fn last_response(messages: &[Message]) -> Option<(&str, usize)> {
    let (at, said) = messages.iter().enumerate().rev().find_map(|(at, message)| match message {
        Message::Assistant(said) => Some((at, said)),
        _ => None,
    })?;
    let id = said.response_id.as_deref()?;
    (at + 1 < messages.len() && Kept::of(said).is_some()).then_some((id, at + 1))
}

/// Where the messages begin that a conversation at the server does not have yet. It has a response as
/// it came, whatever was changed in it here.
fn behind_last_response(messages: &[Message]) -> usize {
    let is_response = |message: &Message| matches!(message, Message::Assistant(said) if said.response_id.is_some());
    messages.iter().rposition(is_response).map_or(0, |at| at + 1)
}

/// Fields that are written from typed values: an extra field of the same name would be a second,
/// contradicting one. The others of them change what is sent or what comes back.
const RESERVED: &[&str] = &[
    "background",
    "conversation",
    "input",
    "max_output_tokens",
    "metadata",
    "model",
    "parallel_tool_calls",
    "previous_response_id",
    "stream",
    "temperature",
    "tool_choice",
    "tools",
];

/// Fields that only chat completions has.
const FOREIGN: &[&str] = &[
    "audio",
    "frequency_penalty",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "modalities",
    "n",
    "prediction",
    "presence_penalty",
    "reasoning_effort",
    "response_format",
    "seed",
    "stop",
    "web_search_options",
];

/// Extra fields that are written together with what else is known of them.
const MERGED: [&str; 5] = ["include", "reasoning", "stream_options", "text", "verbosity"];

/// `tools`, written once per toolbox.
fn tools_json(tools: &Tools) -> &RawValue {
    #[derive(Serialize)]
    struct WireTool<'a> {
        #[serde(rename = "type")]
        kind: &'static str,
        #[serde(flatten)]
        function: &'a ToolDefinition,
    }
    tools.responses_json(|definitions| {
        let list: Vec<_> =
            definitions.map(|function| WireTool { kind: "function", function }).collect();
        // Names, texts and JSON values always serialise.
        serde_json::value::to_raw_value(&list).unwrap_or_else(|_| RawValue::NULL.to_owned())
    })
}

/// The list of our own tools with those behind them that the server runs.
fn with_hosted(own: Option<&RawValue>, hosted: &[HostedTool]) -> Box<RawValue> {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Listed<'a> {
        Hosted(&'a HostedTool),
        Own(&'a RawValue),
    }
    let own: Vec<&RawValue> =
        own.and_then(|own| serde_json::from_str(own.get()).ok()).unwrap_or_default();
    let own = own.into_iter().map(Listed::Own);
    let all: Vec<_> = own.chain(hosted.iter().map(Listed::Hosted)).collect();
    // JSON values always serialise.
    serde_json::value::to_raw_value(&all).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[derive(Serialize)]
struct WireRequest<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_response_id: Option<&'a str>,
    input: Input<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    metadata: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<Value>,
    #[serde(flatten)]
    extra: Extra<'a>,
}

struct Extra<'a>(&'a Map<String, Value>);

impl Serialize for Extra<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().filter(|(key, _)| !MERGED.contains(&key.as_str())))
    }
}

fn tool_choice(choice: &ToolChoice) -> Value {
    let function = |name: &ToolName| json!({"type": "function", "name": name});
    match choice {
        ToolChoice::Allowed { mode, tools } => json!({
            "type": "allowed_tools",
            "mode": mode,
            "tools": tools.iter().map(function).collect::<Vec<_>>(),
        }),
        ToolChoice::Auto => "auto".into(),
        ToolChoice::Named(name) => function(name),
        ToolChoice::None => "none".into(),
        ToolChoice::Required => "required".into(),
    }
}

/// The form of the answer, and how many words it makes, which chat completions has at its top.
fn text(format: &ResponseFormat, extra: &Map<String, Value>) -> Result<Option<Value>, Error> {
    let format = match format {
        ResponseFormat::JsonObject => Some(json!({"type": "json_object"})),
        ResponseFormat::JsonSchema { name, contract } => Some(json!({
            "type": "json_schema",
            "name": name,
            "schema": contract.sent(),
            "strict": contract.is_strict(),
        })),
        ResponseFormat::Text => None,
    };
    let mut text = with_field("text", "format", format, extra)?;
    if let Some(verbosity) = extra.get("verbosity") {
        match text.get_or_insert_with(|| json!({})) {
            Value::Object(fields) if !fields.contains_key("verbosity") => {
                fields.insert("verbosity".to_owned(), verbosity.clone());
            }
            _ => {
                let why = "`verbosity` stands beside a field `text` that cannot take it";
                return Err(refused(why.to_owned()));
            }
        }
    }
    Ok(text)
}

/// The extra field `name` with `value` as its field `key`.
fn with_field(
    name: &str,
    key: &str,
    value: Option<Value>,
    extra: &Map<String, Value>,
) -> Result<Option<Value>, Error> {
    let Some(value) = value else { return Ok(extra.get(name).cloned()) };
    let mut fields = match extra.get(name) {
        None => Map::new(),
        Some(Value::Object(fields)) if !fields.contains_key(key) => fields.clone(),
        Some(Value::Object(_)) => {
            return Err(refused(format!(
                "`{key}` in the extra field `{name}` has a method of its own; use that"
            )));
        }
        Some(_) => return Err(refused(format!("the extra field `{name}` has to be an object"))),
    };
    fields.insert(key.to_owned(), value);
    Ok(Some(fields.into()))
}

/// Where the server stores nothing, what the model reasoned has to come with the response, so that
/// it can go back with its calls. Null leaves the field out, for servers that refuse it.
fn include(extra: &Map<String, Value>) -> Option<Value> {
    let stored = extra.get("store") != Some(&Value::Bool(false));
    match extra.get("include") {
        Some(Value::Null) => None,
        Some(Value::Array(given)) if !stored && !given.iter().any(|word| word == ENCRYPTED) => {
            Some([given.as_slice(), &[ENCRYPTED.into()]].concat().into())
        }
        Some(given) => Some(given.clone()),
        None => (!stored).then(|| json!([ENCRYPTED])),
    }
}

const ENCRYPTED: &str = "reasoning.encrypted_content";

/// The options that were given, but for the one of chat completions: usage always comes here.
fn stream_options(given: Option<&Value>) -> Option<Value> {
    match given? {
        Value::Null => None,
        Value::Object(given) => {
            let mut options = given.clone();
            options.shift_remove("include_usage");
            (!options.is_empty()).then(|| options.into())
        }
        other => Some(other.clone()),
    }
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
