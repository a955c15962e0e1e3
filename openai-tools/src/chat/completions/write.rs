//! Neutral request → the bytes of a chat completions request.

use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap, SerializeSeq},
};
use serde_json::{Map, Value, json, value::RawValue};

use super::part::WirePart;
use crate::{
    chat::{
        AllowedTool, AssistantMessage, AudioOutput, Message, Part, ReasoningEffort, Request,
        ResponseFormat, Settings, ToolChoice, Verbosity,
        answer_tool::{Offer, appended},
        request::Common,
        setting::mark_breakpoint,
        wire::Delivery,
    },
    error::{Error, ErrorKind},
    ids::ToolName,
    tool::{CallKind, ToolCall, ToolDefinition, ToolOutput, Tools},
};

/// Writes the body of a request.
pub(crate) fn write_request(request: &Request, delivery: Delivery) -> Result<Vec<u8>, Error> {
    let settings = &request.settings;
    if let Some(key) = settings.extra.keys().find(|key| RESERVED.contains(&key.as_str())) {
        return Err(Error::new(
            ErrorKind::InvalidRequest,
            format!(
                "the extra field `{key}` has a method of its own or belongs to the run; use that"
            ),
        ));
    }
    let own = request.tools.as_ref().filter(|tools| !tools.is_empty());
    let Offer { answer, choice } = Offer::of(request);
    let with_answer = answer.map(|answer| appended(own.map(tools_json), &answer.to_chat()));
    let tools = with_answer.as_deref().or_else(|| own.map(tools_json));
    let wire = WireRequest {
        model: &request.model,
        messages: Messages(&request.messages, settings),
        tools,
        // Both are refused by the server where there are no tools.
        tool_choice: choice
            .as_deref()
            .filter(|_| tools.is_some())
            .map(|choice| WireToolChoice(choice, own)),
        parallel_tool_calls: settings.parallel_tool_calls.filter(|_| tools.is_some()),
        response_format: WireFormat::of(&request.format),
        temperature: settings.temperature,
        seed: settings.seed,
        modalities: settings.audio.is_some().then_some(["text", "audio"]),
        audio: settings.audio.as_ref(),
        max_completion_tokens: settings.max_tokens,
        reasoning_effort: settings.reasoning_effort.as_ref(),
        verbosity: settings.verbosity.as_ref(),
        top_p: settings.top_p,
        // Without it the server refuses the number of them.
        logprobs: settings.top_logprobs.map(|_| true),
        common: Common::of(settings),
        stream: (delivery == Delivery::Stream).then_some(true),
        stream_options: (delivery == Delivery::Stream)
            .then(|| stream_options(settings.extra.get(STREAM_OPTIONS)))
            .flatten(),
        extra: Extra(&settings.extra),
    };
    let mut body = Vec::with_capacity(roughly(request));
    serde_json::to_writer(&mut body, &wire).map_err(|e| {
        Error::new(ErrorKind::InvalidRequest, "it cannot be written as JSON").with_source(e)
    })?;
    Ok(body)
}

/// About how many bytes a request has, so that its buffer does not grow step by step.
fn roughly(request: &Request) -> usize {
    // What stands around a text on the wire, and the quotes in it that are escaped.
    let text = |text: &str| text.len() + text.len() / 8;
    let parts = |parts: &[Part]| {
        let parts = parts.iter().map(|part| match part {
            Part::Text(said) => 32 + text(said),
            part => 128 + part.size(),
        });
        parts.sum::<usize>()
    };
    let message = |message: &Message| match message {
        Message::Assistant(said) => {
            let texts = [&said.text, &said.refusal].into_iter().flatten().map(|said| text(said));
            let calls = said.tool_calls.iter().map(|call| {
                128 + call.name.len() + call.arguments.len() + call.arguments.len() / 4
            });
            texts.chain(calls).sum()
        }
        Message::Developer(said) | Message::System(said) => text(said),
        Message::Tool(output) => 32 + text(&output.text) + parts(&output.parts),
        Message::User(said) => parts(said),
    };
    let messages: usize = request.messages.iter().map(|said| 64 + message(said)).sum();
    let tools = request.tools.as_ref().filter(|tools| !tools.is_empty());
    512 + messages + tools.map_or(0, |tools| tools_json(tools).get().len())
}

/// Fields that are written from typed values: an extra field of the same name would be a second,
/// contradicting one. `n` and `stream` change the shape of the response.
const RESERVED: &[&str] = &[
    "audio",
    "max_completion_tokens",
    "messages",
    "metadata",
    "modalities",
    "model",
    "n",
    "parallel_tool_calls",
    "reasoning_effort",
    "response_format",
    "seed",
    "stream",
    "temperature",
    "tool_choice",
    "tools",
];

/// What a request says of its tools.
#[cfg(feature = "client")]
pub(crate) fn tools_text(tools: &Tools) -> &str {
    tools_json(tools).get()
}

/// `tools`, written once per toolbox.
fn tools_json(tools: &Tools) -> &RawValue {
    tools.chat_json(|definitions| {
        let list: Vec<_> = definitions.map(WireTool).collect();
        // Names, texts and JSON values always serialise.
        serde_json::value::to_raw_value(&list).unwrap_or_else(|_| RawValue::NULL.to_owned())
    })
}

#[derive(Serialize)]
struct WireRequest<'a> {
    model: &'a str,
    messages: Messages<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<WireToolChoice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<WireFormat<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modalities: Option<[&'static str; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio: Option<&'a AudioOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'a ReasoningEffort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verbosity: Option<&'a Verbosity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<bool>,
    #[serde(flatten)]
    common: Common<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<Value>,
    #[serde(flatten)]
    extra: Extra<'a>,
}

/// The extra fields but the one that is written from both sides.
struct Extra<'a>(&'a serde_json::Map<String, Value>);

impl Serialize for Extra<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().filter(|(key, _)| *key != STREAM_OPTIONS))
    }
}

const STREAM_OPTIONS: &str = "stream_options";

/// The options that were given, and that usage is wanted unless they say otherwise. Null leaves
/// them out, for servers that refuse the field.
fn stream_options(given: Option<&Value>) -> Option<Value> {
    let mut options = json!({"include_usage": true});
    match (given, options.as_object_mut()) {
        (Some(Value::Null), _) => return None,
        (Some(Value::Object(given)), Some(options)) => options.extend(given.clone()),
        (Some(other), _) => return Some(other.clone()),
        (None, _) => {}
    }
    Some(options)
}

struct WireTool<'a>(&'a ToolDefinition);

impl Serialize for WireTool<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(definition) = self;
        let mut map = serializer.serialize_map(None)?;
        match definition.form().custom() {
            None => {
                map.serialize_entry("type", "function")?;
                map.serialize_entry("function", definition)?;
            }
            Some(format) => {
                let mut custom = Map::new();
                custom.insert("name".to_owned(), definition.name().as_str().into());
                let description = definition.description();
                custom.extend(description.map(|text| ("description".to_owned(), text.into())));
                let format = match format.grammar() {
                    None => json!({"type": "text"}),
                    Some((syntax, text)) => json!({
                        "type": "grammar",
                        "grammar": {"syntax": syntax, "definition": text},
                    }),
                };
                custom.insert("format".to_owned(), format);
                map.serialize_entry("type", "custom")?;
                map.serialize_entry("custom", &custom)?;
            }
        }
        map.end()
    }
}

struct Messages<'a>(&'a [Message], &'a Settings);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        // Where the outputs of one response begin.
        let mut outputs_from = None;
        for (at, message) in self.0.iter().enumerate() {
            if self.1.breaks_after(at) {
                let mut marked =
                    serde_json::to_value(WireMessage(message)).map_err(S::Error::custom)?;
                mark_breakpoint(&mut marked, "text");
                seq.serialize_element(&marked)?;
            } else {
                seq.serialize_element(&WireMessage(message))?;
            }
            if !matches!(message, Message::Tool(_)) {
                outputs_from = None;
                continue;
            }
            let from = *outputs_from.get_or_insert(at);
            if !matches!(self.0.get(at + 1), Some(Message::Tool(_))) {
                let outputs = &self.0[from..=at];
                if outputs.iter().any(|output| !shown_parts(output).is_empty()) {
                    seq.serialize_element(&ShownOutputs(outputs))?;
                }
            }
        }
        seq.end()
    }
}

/// What an output shows beside its text.
fn shown_parts(message: &Message) -> &[Part] {
    match message {
        Message::Tool(output) => &output.parts,
        _ => &[],
    }
}

/// What tools show, for which their own messages have no form: a message of the user behind all of
/// them.
struct ShownOutputs<'a>(&'a [Message]);

impl Serialize for ShownOutputs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Content<'a>(&'a [Message]);

        impl Serialize for Content<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut seq = serializer.serialize_seq(None)?;
                for message in self.0 {
                    let Message::Tool(output) = message else { continue };
                    if output.parts.is_empty() {
                        continue;
                    }
                    let of = format!("Shown by the tool call `{}`:", output.call_id.as_str());
                    seq.serialize_element(&WirePart::Text { text: &of })?;
                    for part in &output.parts {
                        seq.serialize_element(&WirePart::of(part))?;
                    }
                }
                seq.end()
            }
        }

        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("role", "user")?;
        map.serialize_entry("content", &Content(self.0))?;
        map.end()
    }
}

struct WireMessage<'a>(&'a Message);

impl Serialize for WireMessage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.0 {
            Message::Assistant(message) => assistant(&mut map, message)?,
            Message::Developer(text) => text_message(&mut map, "developer", text)?,
            Message::System(text) => text_message(&mut map, "system", text)?,
            Message::Tool(ToolOutput { call_id, text, parts, .. }) => {
                map.serialize_entry("role", "tool")?;
                map.serialize_entry("tool_call_id", call_id)?;
                match (parts.as_slice(), text.as_str()) {
                    ([], text) => map.serialize_entry("content", text)?,
                    (_, "") => map.serialize_entry("content", SHOWN_BELOW)?,
                    (_, text) => {
                        map.serialize_entry("content", &format!("{text}\n{SHOWN_BELOW}"))?;
                    }
                }
            }
            Message::User(parts) => {
                map.serialize_entry("role", "user")?;
                match parts.as_slice() {
                    [] => map.serialize_entry("content", "")?,
                    [Part::Text(text)] => map.serialize_entry("content", text)?,
                    parts => map.serialize_entry("content", &Parts(parts))?,
                }
            }
        }
        map.end()
    }
}

/// What a message of a tool says of what it shows.
const SHOWN_BELOW: &str = "[what it shows follows in the next message of the user]";

fn text_message<M: SerializeMap>(map: &mut M, role: &str, text: &str) -> Result<(), M::Error> {
    map.serialize_entry("role", role)?;
    map.serialize_entry("content", text)
}

fn assistant<M: SerializeMap>(map: &mut M, message: &AssistantMessage) -> Result<(), M::Error> {
    map.serialize_entry("role", "assistant")?;
    let spoken = message.audio.as_ref();
    // By its id alone: one without an id can go back as its words only.
    let audio_id = spoken.map(|audio| audio.id.as_str()).filter(|id| !id.is_empty());
    let transcript = spoken.and_then(|audio| audio.transcript.as_ref());
    let text = message.text.as_ref().or(transcript.filter(|_| audio_id.is_none()));
    match (text, &message.refusal) {
        (Some(text), _) => map.serialize_entry("content", text)?,
        // Content may be null only beside tool calls or a refusal.
        (None, None) if message.tool_calls.is_empty() && audio_id.is_none() => {
            map.serialize_entry("content", "")?;
        }
        (None, _) => map.serialize_entry("content", &())?,
    }
    if let Some(id) = audio_id {
        map.serialize_entry("audio", &json!({"id": id}))?;
    }
    if let Some(refusal) = &message.refusal {
        map.serialize_entry("refusal", refusal)?;
    }
    if !message.tool_calls.is_empty() {
        map.serialize_entry("tool_calls", &Calls(&message.tool_calls))?;
    }
    Ok(())
}

struct Calls<'a>(&'a [ToolCall]);

impl Serialize for Calls<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "snake_case", tag = "type")]
        enum Call<'a> {
            Custom { id: &'a str, custom: Custom<'a> },
            Function { id: &'a str, function: Function<'a> },
        }
        #[derive(Serialize)]
        struct Custom<'a> {
            name: &'a str,
            input: &'a str,
        }
        #[derive(Serialize)]
        struct Function<'a> {
            name: &'a str,
            arguments: &'a str,
        }
        serializer.collect_seq(self.0.iter().map(|call| {
            let (id, name, text) = (call.id.as_str(), call.name.as_str(), call.arguments.as_str());
            if *call.kind() == CallKind::Custom {
                Call::Custom { id, custom: Custom { name, input: text } }
            } else {
                Call::Function { id, function: Function { name, arguments: text } }
            }
        }))
    }
}

struct Parts<'a>(&'a [Part]);

impl Serialize for Parts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(WirePart::of))
    }
}

struct WireToolChoice<'a>(&'a ToolChoice, Option<&'a Tools>);

impl Serialize for WireToolChoice<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(choice, tools) = self;
        let named = |name: &ToolName| {
            let is_custom = tools.is_some_and(|tools| tools.is_custom(name));
            let kind = if is_custom { "custom" } else { "function" };
            json!({"type": kind, kind: {"name": name}})
        };
        match choice {
            ToolChoice::Allowed { mode, tools } => json!({
                "type": "allowed_tools",
                "allowed_tools": {
                    "mode": mode,
                    "tools": tools.iter().filter_map(AllowedTool::as_name).map(named).collect::<Vec<_>>(),
                },
            })
            .serialize(serializer),
            ToolChoice::Auto => serializer.serialize_str("auto"),
            ToolChoice::Hosted(_) | ToolChoice::Mcp { .. } => {
                Err(S::Error::custom("chat completions have no hosted tools"))
            }
            ToolChoice::Named(name) => named(name).serialize(serializer),
            ToolChoice::None => serializer.serialize_str("none"),
            ToolChoice::Required => serializer.serialize_str("required"),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case", tag = "type")]
enum WireFormat<'a> {
    JsonObject,
    JsonSchema { json_schema: JsonSchema<'a> },
}

#[derive(Serialize)]
struct JsonSchema<'a> {
    name: &'a str,
    schema: &'a Value,
    strict: bool,
}

impl<'a> WireFormat<'a> {
    fn of(format: &'a ResponseFormat) -> Option<Self> {
        match format {
            ResponseFormat::JsonObject => Some(Self::JsonObject),
            ResponseFormat::JsonSchema { name, contract } => Some(Self::JsonSchema {
                json_schema: JsonSchema {
                    name: name.as_str(),
                    schema: contract.sent(),
                    strict: contract.is_strict(),
                },
            }),
            ResponseFormat::Text | ResponseFormat::Tool { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Toolbox,
        chat::{AudioFormat, PromptCache, PromptCacheRetention, ServiceTier, request::EITHER},
        tool::{DynTool, IntoTools, ToolError},
    };

    #[test]
    fn no_typed_field_can_be_sent_a_second_time_as_an_extra_one() {
        let definition = ToolDefinition::new("f", json!({"type": "object"})).build();
        let tool =
            DynTool::new(definition.expect("sound"), |_, _| async { Ok::<_, ToolError>(()) });
        let mut request = Request::new("m");
        request.messages.push(Message::user("u"));
        request.tools = Some(Toolbox::new().with(tool).expect("one tool").into_tools());
        request.format = ResponseFormat::JsonObject;
        request.settings.tool_choice = Some(ToolChoice::Auto);
        request.settings.parallel_tool_calls = Some(true);
        request.settings.temperature = Some(0.5);
        request.settings.seed = Some(1);
        request.settings.max_tokens = Some(1);
        request.settings.reasoning_effort = Some(ReasoningEffort::Low);
        request.settings.audio = Some(AudioOutput::new("alloy", AudioFormat::Mp3));
        request.settings.metadata.insert("k".to_owned(), "v".into());
        request.settings.top_p = Some(0.5);
        request.settings.top_logprobs = Some(2);
        request.settings.verbosity = Some(Verbosity::Low);
        request.settings.service_tier = Some(ServiceTier::Flex);
        request.settings.store = Some(true);
        request.settings.prompt_cache_key = Some("k".to_owned());
        request.settings.prompt_cache = Some(PromptCache::new().with_ttl("30m"));
        request.settings.prompt_cache_retention = Some(PromptCacheRetention::InMemory);
        request.settings.safety_identifier = Some("u".to_owned());

        let body = write_request(&request, Delivery::Whole).expect("written");
        let fields: serde_json::Map<String, Value> = serde_json::from_slice(&body).expect("JSON");
        let mut written: Vec<_> =
            fields.keys().map(String::as_str).chain(["n", "stream"]).collect();
        // Asked for by `top_logprobs`, and by itself without a number.
        written.retain(|name| *name != "logprobs");
        written.sort_unstable();
        let (either, own): (Vec<_>, Vec<_>) =
            written.into_iter().partition(|name| EITHER.contains(name));
        assert_eq!(either.len(), 9, "{either:?}");
        assert_eq!(own, RESERVED, "every setting is set above, and every field is reserved");

        for key in RESERVED {
            let mut request = Request::new("m");
            request.settings.extra.insert((*key).to_owned(), true.into());
            let error = write_request(&request, Delivery::Stream).expect_err(key);
            assert!(error.to_string().contains(key));
        }
    }

    #[test]
    fn a_stream_asks_for_usage_and_keeps_what_else_was_given() {
        let options = |given: Option<Value>| {
            let mut request = Request::new("m");
            request.settings.extra.extend(given.map(|given| (STREAM_OPTIONS.to_owned(), given)));
            let body = |delivery| write_request(&request, delivery).expect("written");
            let whole: Value = serde_json::from_slice(&body(Delivery::Whole)).expect("JSON");
            assert!(whole.get("stream").is_none() && whole.get(STREAM_OPTIONS).is_none());
            let mut stream: Value = serde_json::from_slice(&body(Delivery::Stream)).expect("JSON");
            assert_eq!(stream["stream"], true);
            stream[STREAM_OPTIONS].take()
        };
        assert_eq!(options(None), json!({"include_usage": true}));
        assert_eq!(
            options(Some(json!({"include_obfuscation": false}))),
            json!({"include_usage": true, "include_obfuscation": false})
        );
        assert_eq!(options(Some(json!({"include_usage": false}))), json!({"include_usage": false}));
        assert_eq!(options(Some(Value::Null)), Value::Null);
    }
}
