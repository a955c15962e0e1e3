//! Neutral messages → input items.

use std::collections::HashMap;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use super::{local, read::Kept};
use crate::{
    chat::{
        AssistantMessage, ImageDetail, Message, OutputItem, Part, Request, setting::mark_breakpoint,
    },
    tool::{CallKind, ToolCall, ToolOutput},
};

/// The input items that messages come to.
pub(super) struct Input<'a>(Vec<InputItem<'a>>);

enum InputItem<'a> {
    Call(&'a ToolCall),
    /// As the server sent it.
    Kept(&'a OutputItem),
    Made(Value),
    Output(&'a ToolOutput),
    Parts(&'a [Part]),
    Text {
        role: &'static str,
        text: &'a str,
    },
}

impl<'a> Input<'a> {
    /// The items of the messages from `from` on; those before are only looked at.
    pub(super) fn of(request: &'a Request, from: usize) -> Self {
        let Request { messages, settings, .. } = request;
        let mut items = Vec::with_capacity(messages.len());
        // What answers the call of a custom tool is another kind of item.
        let mut others: HashMap<&str, &ToolCall> = HashMap::new();
        for (at, message) in messages.iter().enumerate() {
            if at == from {
                items.clear();
            }
            let text = |role, text| InputItem::Text { role, text };
            match message {
                Message::Assistant(said) => add_assistant(said, &mut items, &mut others),
                Message::Developer(told) => items.push(text("developer", told)),
                Message::System(told) => items.push(text("system", told)),
                Message::Tool(output) => match others.get(output.call_id.as_str()) {
                    Some(call) => {
                        items.extend(local::output(call, output).into_iter().map(InputItem::Made));
                    }
                    None => items.push(InputItem::Output(output)),
                },
                Message::User(parts) => items.push(match parts.as_slice() {
                    [] => text("user", ""),
                    [Part::Text(told)] => text("user", told),
                    parts => InputItem::Parts(parts),
                }),
            }
            if settings.breaks_after(at) {
                let last = items.pop().and_then(|item| serde_json::to_value(&item).ok());
                items.extend(last.map(|mut item| {
                    mark_breakpoint(&mut item, "input_text");
                    InputItem::Made(item)
                }));
            }
        }
        if from > 0 && from >= messages.len() {
            items.clear();
        }
        Self(items)
    }
}

fn add_assistant<'a>(
    said: &'a AssistantMessage,
    items: &mut Vec<InputItem<'a>>,
    others: &mut HashMap<&'a str, &'a ToolCall>,
) {
    let told = said.tool_calls.iter().filter(|call| !is_plain(call));
    others.extend(told.map(|call| (call.id.as_str(), call)));
    if let Some(kept) = Kept::of(said) {
        items.extend(kept.items.iter().map(InputItem::Kept));
        return;
    }
    // A refusal has no form of its own in what is sent without an id, and audio has none at all.
    let spoken = said.audio.iter().filter_map(|audio| audio.transcript.as_ref());
    let spoken = spoken.filter(|_| said.text.is_none());
    let before = items.len();
    let told = said.text.iter().chain(spoken).chain(&said.refusal);
    items.extend(told.map(|text| InputItem::Text { role: "assistant", text }));
    if items.len() == before && said.tool_calls.is_empty() {
        items.push(InputItem::Text { role: "assistant", text: "" });
    }
    items.extend(said.tool_calls.iter().map(|call| {
        let plain = is_plain(call) && call.namespace().is_none();
        if plain { InputItem::Call(call) } else { InputItem::Made(local::call(call)) }
    }));
}

/// Whether an output says all that there is to say of its call.
fn is_plain(call: &ToolCall) -> bool {
    *call.kind() == CallKind::Function && call.program().is_none()
}

impl Serialize for Input<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl Serialize for InputItem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields: &[(&str, &str)] = match self {
            Self::Kept(item) => return item.as_raw().serialize(serializer),
            Self::Made(item) => return item.serialize(serializer),
            Self::Parts(parts) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("role", "user")?;
                map.serialize_entry("content", &Parts(parts))?;
                return map.end();
            }
            Self::Output(output) if !output.parts.is_empty() => {
                let mut map = serializer.serialize_map(Some(3))?;
                map.serialize_entry("type", "function_call_output")?;
                map.serialize_entry("call_id", output.call_id.as_str())?;
                map.serialize_entry("output", &OutputParts(output))?;
                return map.end();
            }
            Self::Call(call) => &[
                ("type", "function_call"),
                ("call_id", call.id.as_str()),
                ("name", &call.name),
                ("arguments", &call.arguments),
            ],
            Self::Output(output) => &[
                ("type", "function_call_output"),
                ("call_id", output.call_id.as_str()),
                ("output", &output.text),
            ],
            Self::Text { role, text } => &[("role", role), ("content", text)],
        };
        serializer.collect_map(fields.iter().copied())
    }
}

/// What an output says, for an item that is made: a text, or a list of parts.
pub(super) fn said(output: &ToolOutput) -> Value {
    let parts = (!output.parts.is_empty()).then(|| serde_json::to_value(OutputParts(output)));
    // Texts always serialise.
    parts.and_then(Result::ok).unwrap_or_else(|| output.text.as_str().into())
}

struct Parts<'a>(&'a [Part]);

impl Serialize for Parts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(WirePart::of))
    }
}

/// An output that is more than a text.
struct OutputParts<'a>(&'a ToolOutput);

impl Serialize for OutputParts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ToolOutput { text, parts, .. } = self.0;
        let text = Some(WirePart::InputText { text }).filter(|_| !text.is_empty());
        serializer.collect_seq(text.into_iter().chain(parts.iter().map(WirePart::of)))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case", tag = "type")]
#[expect(clippy::enum_variant_names, reason = "the wire's words")]
enum WirePart<'a> {
    InputAudio {},
    InputFile {
        #[serde(skip_serializing_if = "Option::is_none")]
        file_id: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        file_url: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        filename: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        file_data: Option<&'a str>,
    },
    InputImage {
        #[serde(skip_serializing_if = "Option::is_none")]
        image_url: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        file_id: Option<&'a str>,
        detail: &'a ImageDetail,
    },
    InputText {
        text: &'a str,
    },
}

impl<'a> WirePart<'a> {
    fn of(part: &'a Part) -> Self {
        match part {
            // `foreign_part` has refused it.
            Part::Audio(_) => Self::InputAudio {},
            Part::File(file) => Self::InputFile {
                file_id: file.as_file_id(),
                file_url: file.as_url(),
                // Beside an id the server has a name of its own.
                filename: file.filename().filter(|_| file.as_file_id().is_none()),
                file_data: file.as_data_url(),
            },
            Part::Image(image) => Self::InputImage {
                image_url: image.as_url(),
                file_id: image.as_file_id(),
                // The document requires it.
                detail: image.detail().unwrap_or(&ImageDetail::Auto),
            },
            Part::Text(text) => Self::InputText { text },
        }
    }
}

/// What the messages hold that this API does not take.
pub(super) fn foreign_part(messages: &[Message]) -> Option<&'static str> {
    let of_audio = |parts: &[Part]| parts.iter().any(|part| matches!(part, Part::Audio(_)));
    let found = messages.iter().any(|message| match message {
        Message::Tool(output) => of_audio(&output.parts),
        Message::User(parts) => of_audio(parts),
        _ => false,
    });
    found.then_some("audio input")
}
