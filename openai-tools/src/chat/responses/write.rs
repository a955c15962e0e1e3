//! Neutral request → the bytes of a request for a response.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json, value::RawValue};

use super::{
    input::{Input, foreign_part},
    read::Kept,
    tools::{tool_choice, tools_json, with_hosted},
};
use crate::{
    chat::{
        ConversationState, Message, Request, ResponseFormat, Settings,
        answer_tool::{Offer, appended},
        request::Common,
        wire::Delivery,
    },
    error::{Error, ErrorKind},
    responses::Truncation,
    tool::Caller,
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
    check_reach(request)?;
    let own = request.tools.as_ref().and_then(tools_json);
    let hosted = &settings.hosted_tools;
    let with_hosted = (!hosted.is_empty()).then(|| with_hosted(own, hosted));
    let tools = with_hosted.as_deref().or(own);
    let Offer { answer, choice } = Offer::of(request);
    let with_answer = answer.map(|answer| appended(tools, &answer.to_responses()));
    let tools = with_answer.as_deref().or(tools);
    let has_tools = tools.is_some();
    let (conversation, from) = match &request.state {
        ConversationState::Conversation(id) => {
            (Some(id.as_str()), behind_last_response(&request.messages))
        }
        _ => (None, after.map_or(0, |(_, at)| at)),
    };
    let choice = choice.as_deref().filter(|_| has_tools);
    let wire = WireRequest {
        model: &request.model,
        background: settings.background.then_some(true),
        conversation,
        previous_response_id: after.map(|(id, _)| id),
        input: Input::of(request, from),
        tools,
        tool_choice: choice.map(|choice| tool_choice(choice, request.tools.as_ref())),
        parallel_tool_calls: settings.parallel_tool_calls.filter(|_| has_tools),
        max_tool_calls: settings.max_tool_calls,
        text: text(&request.format, settings)?,
        temperature: settings.temperature,
        top_p: settings.top_p,
        max_output_tokens: settings.max_tokens,
        reasoning: reasoning(settings)?,
        truncation: settings.truncation.as_ref(),
        context_management: settings
            .compact_threshold
            .map(|threshold| json!([{"type": "compaction", "compact_threshold": threshold}])),
        common: Common::of(settings),
        include: include(settings),
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
    max_tool_calls: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncation: Option<&'a Truncation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_management: Option<Value>,
    #[serde(flatten)]
    common: Common<'a>,
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

/// The form of the answer, and how many words it makes, which chat completions has at its top.
fn text(format: &ResponseFormat, settings: &Settings) -> Result<Option<Value>, Error> {
    let format = match format {
        ResponseFormat::JsonObject => Some(json!({"type": "json_object"})),
        ResponseFormat::JsonSchema { name, contract } => Some(json!({
            "type": "json_schema",
            "name": name,
            "schema": contract.sent(),
            "strict": contract.is_strict(),
        })),
        ResponseFormat::Text | ResponseFormat::Tool { .. } => None,
    };
    let typed = settings.verbosity.as_ref().map(|verbosity| json!(verbosity));
    let verbosity = typed.or_else(|| settings.extra.get("verbosity").cloned());
    with_fields("text", [("format", format), ("verbosity", verbosity)], &settings.extra)
}

/// How long the model thinks, and what it tells of that.
fn reasoning(settings: &Settings) -> Result<Option<Value>, Error> {
    let effort = settings.reasoning_effort.as_ref().map(|effort| json!(effort));
    let summary = settings.reasoning_summary.as_ref().map(|summary| json!(summary));
    with_fields("reasoning", [("effort", effort), ("summary", summary)], &settings.extra)
}

/// Finds tools that nobody could come to call.
fn check_reach(request: &Request) -> Result<(), Error> {
    let Some(tools) = &request.tools else { return Ok(()) };
    let hosted = |kind: &str| {
        let mut all = request.settings.hosted_tools.iter();
        all.any(|tool| tool.tool_type() == kind)
            || tools
                .definitions()
                .any(|tool| tool.as_builtin().is_some_and(|builtin| builtin.kind.as_str() == kind))
    };
    for definition in tools.definitions() {
        let form = definition.form();
        let by_programs_only = form.allowed_callers() == [Caller::Programmatic];
        let (what, needs, remedy) = if form.defer_loading() && !hosted("tool_search") {
            ("is loaded when it is looked for", "tool_search", "HostedTool::tool_search()")
        } else if by_programs_only && !hosted("programmatic_tool_calling") {
            (
                "is called by programs only",
                "programmatic_tool_calling",
                "HostedTool::programmatic_tool_calling()",
            )
        } else {
            continue;
        };
        return Err(refused(format!(
            "the tool `{}` {what}, and there is no `{needs}`; add `{remedy}`",
            definition.full_name()
        )));
    }
    Ok(())
}

/// The extra field `name` with those of these that are set.
fn with_fields<const N: usize>(
    name: &str,
    typed: [(&str, Option<Value>); N],
    extra: &Map<String, Value>,
) -> Result<Option<Value>, Error> {
    if typed.iter().all(|(_, value)| value.is_none()) {
        return Ok(extra.get(name).cloned());
    }
    let mut fields = match extra.get(name) {
        None => Map::new(),
        Some(Value::Object(fields)) => fields.clone(),
        Some(_) => return Err(refused(format!("the extra field `{name}` has to be an object"))),
    };
    for (key, value) in typed.into_iter().filter_map(|(key, value)| Some((key, value?))) {
        if fields.insert(key.to_owned(), value).is_some() {
            return Err(refused(format!(
                "`{key}` in the extra field `{name}` has a method of its own; use that"
            )));
        }
    }
    Ok(Some(fields.into()))
}

/// Where the server stores nothing, what the model reasoned has to come with the response, so that
/// it can go back with its calls. Null leaves the field out, for servers that refuse it.
fn include(settings: &Settings) -> Option<Value> {
    let stored = !settings.is_unstored();
    match settings.extra.get("include") {
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
