//! Neutral messages → input items.

use std::collections::HashSet;

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

use super::read::Kept;
use crate::{
    chat::{AssistantMessage, ImageDetail, Message, OutputItem, Part},
    tool::{ToolCall, ToolOutput},
};

/// The input items that messages come to.
pub(super) struct Input<'a>(Vec<InputItem<'a>>);

enum InputItem<'a> {
    Call(&'a ToolCall),
    /// As the server sent it.
    Kept(&'a OutputItem),
    Output {
        output: &'a ToolOutput,
        custom: bool,
    },
    Parts(&'a [Part]),
    Text {
        role: &'static str,
        text: &'a str,
    },
}

impl<'a> Input<'a> {
    /// The items of the messages from `from` on; those before are only looked at.
    pub(super) fn of(messages: &'a [Message], from: usize) -> Self {
        let mut items = Vec::with_capacity(messages.len());
        // What answers the call of a custom tool is another kind of item.
        let mut custom: HashSet<&str> = HashSet::new();
        for (at, message) in messages.iter().enumerate() {
            if at == from {
                items.clear();
            }
            let text = |role, text| InputItem::Text { role, text };
            match message {
                Message::Assistant(said) => add_assistant(said, &mut items, &mut custom),
                Message::Developer(told) => items.push(text("developer", told)),
                Message::System(told) => items.push(text("system", told)),
                Message::Tool(output) => {
                    let custom = custom.contains(output.call_id.as_str());
                    items.push(InputItem::Output { output, custom });
                }
                Message::User(parts) => items.push(match parts.as_slice() {
                    [] => text("user", ""),
                    [Part::Text(told)] => text("user", told),
                    parts => InputItem::Parts(parts),
                }),
            }
        }
        Self(items)
    }
}

fn add_assistant<'a>(
    said: &'a AssistantMessage,
    items: &mut Vec<InputItem<'a>>,
    custom: &mut HashSet<&'a str>,
) {
    if let Some(kept) = Kept::of(said) {
        items.extend(kept.items.iter().map(InputItem::Kept));
        let ids = said.tool_calls.iter().map(|call| call.id.as_str()).zip(kept.custom);
        custom.extend(ids.filter(|(_, custom)| *custom).map(|(id, _)| id));
        return;
    }
    // A refusal has no form of its own in what is sent without an id.
    let told = said.text.iter().chain(&said.refusal);
    items.extend(told.map(|text| InputItem::Text { role: "assistant", text }));
    if said.text.is_none() && said.refusal.is_none() && said.tool_calls.is_empty() {
        items.push(InputItem::Text { role: "assistant", text: "" });
    }
    items.extend(said.tool_calls.iter().map(InputItem::Call));
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
            Self::Parts(parts) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("role", "user")?;
                map.serialize_entry("content", &Parts(parts))?;
                return map.end();
            }
            Self::Call(call) => &[
                ("type", "function_call"),
                ("call_id", call.id.as_str()),
                ("name", &call.name),
                ("arguments", &call.arguments),
            ],
            Self::Output { output, custom } => &[
                ("type", if *custom { "custom_tool_call_output" } else { "function_call_output" }),
                ("call_id", output.call_id.as_str()),
                ("output", &output.text),
            ],
            Self::Text { role, text } => &[("role", role), ("content", text)],
        };
        serializer.collect_map(fields.iter().copied())
    }
}

struct Parts<'a>(&'a [Part]);

impl Serialize for Parts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "snake_case", tag = "type")]
        enum WirePart<'a> {
            InputImage { image_url: &'a str, detail: &'a ImageDetail },
            InputText { text: &'a str },
        }
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for part in self.0 {
            match part {
                Part::Image(image) => seq.serialize_element(&WirePart::InputImage {
                    image_url: image.as_url(),
                    // The document requires it.
                    detail: image.detail().unwrap_or(&ImageDetail::Auto),
                })?,
                Part::Text(text) => seq.serialize_element(&WirePart::InputText { text })?,
            }
        }
        seq.end()
    }
}
