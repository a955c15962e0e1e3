//! The body that the server would have sent without streaming, as far as the chunks tell.

use std::iter::repeat;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

use crate::{
    chat::{AssistantMessage, Response, SpokenAudio},
    json::Untrusted,
    tool::ToolCall,
};

/// What is kept of the chunks as it came: the first one, and the last one that told the usage.
/// Both hold fields that this crate does not know.
#[derive(Debug, Default)]
pub(crate) struct Envelope {
    first: Option<Vec<u8>>,
    usage: Option<Vec<u8>>,
    /// Whether each call is of a custom tool.
    custom: Vec<bool>,
}

impl Envelope {
    pub(super) fn keep(&mut self, chunk: &[u8], tells_usage: bool) {
        let small = chunk.len() <= LARGEST;
        if self.first.is_none() {
            self.first = Some(if small { chunk.to_vec() } else { Vec::new() });
        }
        if tells_usage && small {
            let usage = self.usage.get_or_insert_with(Vec::new);
            usage.clear();
            usage.extend_from_slice(chunk);
        }
    }

    fn fields(chunk: Option<&Vec<u8>>) -> Map<String, Value> {
        let read = chunk.and_then(|chunk| serde_json::from_slice(chunk).ok());
        match read {
            Some(Untrusted(Value::Object(fields))) => fields,
            _ => Map::new(),
        }
    }

    pub(super) fn with_custom(mut self, custom: Vec<bool>) -> Self {
        self.custom = custom;
        self
    }

    /// Writes the body of a response.
    pub(in crate::chat) fn body(&self, response: &Response) -> Bytes {
        let mut last = Self::fields(self.usage.as_ref());
        let usage = last.remove("usage");
        let mut extra = Self::fields(self.first.as_ref());
        extra.extend(last);
        for key in ["choices", "error", "id", "model", "object", "usage"] {
            extra.remove(key);
        }
        let wire = WireBody {
            id: response.id.as_deref(),
            object: "chat.completion",
            model: response.model.as_deref(),
            extra: &extra,
            choices: [WireChoice {
                index: 0,
                message: WireMessage { message: &response.message, custom: &self.custom },
                finish_reason: response.finish_reason.as_str(),
            }],
            usage,
        };
        // Texts, numbers and JSON values always serialise.
        serde_json::to_vec(&wire).map(Bytes::from).unwrap_or_default()
    }
}

/// Chunks of more bytes than this are not kept.
const LARGEST: usize = 64 * 1024;

#[derive(Serialize)]
struct WireBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    object: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    #[serde(flatten)]
    extra: &'a Map<String, Value>,
    choices: [WireChoice<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Value>,
}

#[derive(Serialize)]
struct WireChoice<'a> {
    index: u32,
    message: WireMessage<'a>,
    finish_reason: &'a str,
}

struct WireMessage<'a> {
    message: &'a AssistantMessage,
    custom: &'a [bool],
}

impl Serialize for WireMessage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("role", "assistant")?;
        map.serialize_entry("content", &self.message.text)?;
        map.serialize_entry("refusal", &self.message.refusal)?;
        if let Some(SpokenAudio { id, data, transcript, expires_at }) =
            self.message.audio.as_deref()
        {
            let data = STANDARD.encode(data);
            map.serialize_entry("audio", &WireAudio { id, data, transcript, expires_at })?;
        }
        if let Some(reasoning) = &self.message.reasoning {
            map.serialize_entry("reasoning_content", reasoning)?;
        }
        if !self.message.tool_calls.is_empty() {
            let custom = self.custom.iter().copied().chain(repeat(false));
            let calls = self.message.tool_calls.iter().zip(custom);
            let calls: Vec<_> = calls.map(|(call, custom)| WireCall::of(call, custom)).collect();
            map.serialize_entry("tool_calls", &calls)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct WireAudio<'a> {
    id: &'a str,
    data: String,
    transcript: &'a Option<String>,
    expires_at: &'a Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case", tag = "type")]
enum WireCall<'a> {
    Custom { id: &'a str, custom: WireCustom<'a> },
    Function { id: &'a str, function: WireFunction<'a> },
}

#[derive(Serialize)]
struct WireCustom<'a> {
    name: &'a str,
    input: &'a str,
}

#[derive(Serialize)]
struct WireFunction<'a> {
    name: &'a str,
    arguments: &'a str,
}

impl<'a> WireCall<'a> {
    fn of(call: &'a ToolCall, custom: bool) -> Self {
        let (id, name, text) = (call.id.as_str(), call.name.as_str(), call.arguments.as_str());
        if custom {
            Self::Custom { id, custom: WireCustom { name, input: text } }
        } else {
            Self::Function { id, function: WireFunction { name, arguments: text } }
        }
    }
}
