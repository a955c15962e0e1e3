//! The fields of a response, of its items and of the events of a stream, borrowed from the bytes.
//! An item is kept as it stands and read for what the neutral message holds of it.

use std::fmt;

use memchr::memmem;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::local::{self, program_of};
use crate::{
    chat::{
        Usage,
        wire::{
            Arguments, CallId, Index, InputDetails, Loose, MOST_CALLS, OutputDetails, Text, Tokens,
        },
    },
    ids::ToolCallId,
    tool::{CallKind, ToolCall},
};

#[derive(Deserialize)]
pub(super) struct WireResponse<'a> {
    #[serde(borrow, default)]
    pub(super) output: Option<Items<'a>>,
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) model: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) status: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) incomplete_details: Option<IncompleteDetails<'a>>,
    pub(super) usage: Option<WireUsage>,
    pub(super) error: Option<IgnoredAny>,
}

impl WireResponse<'_> {
    /// Whether it neither failed nor goes on in the background.
    pub(super) fn is_good(&self) -> bool {
        let failed = self.error.is_some() || self.status.as_deref() == Some("failed");
        !failed && self.unfinished().is_none()
    }

    /// Its status, if it is still at work.
    pub(super) fn unfinished(&self) -> Option<&str> {
        self.status.as_deref().filter(|status| ["in_progress", "queued"].contains(status))
    }
}

#[derive(Deserialize)]
pub(super) struct IncompleteDetails<'a> {
    #[serde(borrow)]
    pub(super) reason: Option<Text<'a>>,
}

/// The output, item by item, each as its JSON.
pub(super) struct Items<'a> {
    pub(super) list: Vec<&'a RawValue>,
    /// Whether there were more than are kept.
    pub(super) too_many: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemsVisitor;

        impl<'de> Visitor<'de> for ItemsVisitor {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of items")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Items { list: Vec::new(), too_many: false };
                while items.list.len() < MOST_ITEMS {
                    match seq.next_element()? {
                        Some(item) => items.list.push(item),
                        None => return Ok(items),
                    }
                }
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    items.too_many = true;
                }
                Ok(items)
            }
        }

        deserializer.deserialize_seq(ItemsVisitor)
    }
}

/// The most items of one response.
pub(super) const MOST_ITEMS: usize = MOST_CALLS;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireUsage {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    total_tokens: Option<u64>,
    input_tokens_details: Option<InputDetails>,
    output_tokens_details: Option<OutputDetails>,
}

impl WireUsage {
    pub(super) fn into_usage(self) -> Usage {
        Usage::from(Tokens {
            input: self.input_tokens,
            output: self.output_tokens,
            total: self.total_tokens,
            input_details: self.input_tokens_details,
            output_details: self.output_tokens_details,
        })
    }
}

/// What the neutral message holds of an item.
pub(super) enum Item<'a> {
    Call(CallItem<'a>),
    /// Words of the model on its way to the answer, which are not the answer.
    Commentary(Said),
    Message(Said),
    Reasoning(Said),
    /// One that is only kept.
    Other,
}

pub(super) struct CallItem<'a> {
    pub(super) item_id: Option<Text<'a>>,
    pub(super) call_id: Text<'a>,
    pub(super) name: Text<'a>,
    pub(super) arguments: Text<'a>,
    pub(super) kind: CallKind,
    pub(super) namespace: Option<Text<'a>>,
    /// The program that made it.
    pub(super) program: Option<Text<'a>>,
    /// Whether its output can name it by the `call_id` that stands in the item.
    #[cfg_attr(not(feature = "client"), expect(dead_code, reason = "requests send it back"))]
    pub(super) named: bool,
}

impl CallItem<'_> {
    /// What the output has to repeat; servers that know one id only give it as that of the item.
    pub(super) fn id(&self) -> &str {
        match (&self.item_id, &*self.call_id) {
            (Some(id), "") => id,
            (_, call_id) => call_id,
        }
    }

    pub(super) fn into_call(self) -> ToolCall {
        let id = ToolCallId::from(self.id());
        let call = ToolCall::new(id, String::from(self.name), String::from(self.arguments));
        with_origin(call, &self.kind, self.namespace.as_deref(), self.program.as_deref())
    }

    /// Whether it is this call, whatever its arguments are.
    #[cfg(feature = "client")]
    pub(super) fn is_of(&self, call: &ToolCall) -> bool {
        let namespace = self.namespace.as_deref().filter(|namespace| !namespace.is_empty());
        self.id() == call.id.as_str()
            && *self.name == call.name
            && self.kind == *call.kind()
            && namespace == call.namespace()
            && self.program.as_deref() == call.program()
    }
}

/// The call with what else is known of it.
pub(super) fn with_origin(
    mut call: ToolCall,
    kind: &CallKind,
    namespace: Option<&str>,
    program: Option<&str>,
) -> ToolCall {
    call = call.with_kind(kind.clone());
    if let Some(namespace) = namespace.filter(|namespace| !namespace.is_empty()) {
        call = call.with_namespace(namespace);
    }
    match program {
        Some(program) => call.with_program(program),
        None => call,
    }
}

impl<'a> Item<'a> {
    pub(super) fn read(json: &'a str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Typed<'a> {
            #[serde(borrow, default, rename = "type")]
            kind: Loose<'a>,
        }
        // Nearly all have their type at the beginning: that is a guess, and spares the first of two
        // readings where it is right.
        let begin = &json.as_bytes()[..json.len().min(GUESSED_FROM)];
        let begins_with = |word: &[u8]| memmem::find(begin, word).is_some();
        if begins_with(b"\"message\"") {
            if let Ok(message) = serde_json::from_str::<WireMessage<'_>>(json) {
                if message.kind.as_str() == "message" {
                    return Ok(message.into_item());
                }
            }
        } else if begins_with(b"\"function_call\"") || begins_with(b"\"custom_tool_call\"") {
            if let Ok(call) = serde_json::from_str::<WireCall<'_>>(json) {
                if ["custom_tool_call", "function_call"].contains(&call.wire_kind.as_str()) {
                    return Ok(Self::Call(call.into_item()));
                }
            }
        }
        let Typed { kind } = serde_json::from_str(json)?;
        Ok(match kind.as_str() {
            "function_call" | "custom_tool_call" => {
                Self::Call(serde_json::from_str::<WireCall<'_>>(json)?.into_item())
            }
            "message" => serde_json::from_str::<WireMessage<'_>>(json)?.into_item(),
            "reasoning" => {
                let WireReasoning { summary, content } = serde_json::from_str(json)?;
                let mut said = summary.unwrap_or_default();
                said.add_paragraph(&content.unwrap_or_default().paragraphs);
                Self::Reasoning(said)
            }
            word => local::read(word, json)?.map_or(Self::Other, Self::Call),
        })
    }

    /// Puts a text in the place of what it says.
    pub(super) fn say(&mut self, text: String) {
        match self {
            Self::Call(call) => call.arguments = text.into(),
            Self::Commentary(said) | Self::Reasoning(said) => said.paragraphs = text,
            Self::Message(said) => said.text = Some(text),
            Self::Other => {}
        }
    }
}

/// So many bytes of an item are looked at for its type.
const GUESSED_FROM: usize = 256;

#[derive(Deserialize)]
struct WireCall<'a> {
    #[serde(borrow, default, rename = "type")]
    wire_kind: Loose<'a>,
    #[serde(borrow, default)]
    id: Loose<'a>,
    #[serde(borrow, default)]
    call_id: CallId<'a>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    arguments: Arguments<'a>,
    #[serde(borrow)]
    input: Option<Text<'a>>,
    #[serde(borrow, default)]
    namespace: Loose<'a>,
    #[serde(borrow)]
    caller: Option<&'a RawValue>,
}

impl<'a> WireCall<'a> {
    fn into_item(self) -> CallItem<'a> {
        let custom = self.wire_kind.as_str() == "custom_tool_call";
        CallItem {
            item_id: self.id.0,
            named: self.call_id.is_as_told(),
            call_id: self.call_id.into_text(),
            name: self.name.unwrap_or_default().cut_to_name(),
            arguments: if custom { self.input.unwrap_or_default() } else { self.arguments.0 },
            kind: if custom { CallKind::Custom } else { CallKind::Function },
            namespace: self.namespace.0.map(Text::cut_to_name),
            program: self.caller.and_then(program_of),
        }
    }
}

#[derive(Deserialize)]
struct WireMessage<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Loose<'a>,
    #[serde(borrow, default)]
    phase: Loose<'a>,
    content: Option<Said>,
}

impl WireMessage<'_> {
    fn into_item<'a>(self) -> Item<'a> {
        let said = self.content.unwrap_or_default();
        match self.phase.as_str() {
            "commentary" => Item::Commentary(said),
            _ => Item::Message(said),
        }
    }
}

#[derive(Deserialize)]
struct WireReasoning {
    summary: Option<Said>,
    content: Option<Said>,
}

/// What a list of parts says. The parts are not kept: there can be millions of them in a body of
/// legal size.
#[derive(Default)]
pub(super) struct Said {
    /// The texts of an answer, joined.
    pub(super) text: Option<String>,
    /// The refusals, joined.
    pub(super) refusal: String,
    /// All texts as paragraphs.
    pub(super) paragraphs: String,
}

impl Said {
    pub(super) fn add_paragraph(&mut self, text: &str) {
        add_paragraph(&mut self.paragraphs, text);
    }
}

/// Adds a text behind a blank line, if both say something.
pub(super) fn add_paragraph(to: &mut String, text: &str) {
    if !text.is_empty() {
        if !to.is_empty() {
            to.push_str(BETWEEN_PARAGRAPHS);
        }
        to.push_str(text);
    }
}

pub(super) const BETWEEN_PARAGRAPHS: &str = "\n\n";

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SaidVisitor;

        impl<'de> Visitor<'de> for SaidVisitor {
            type Value = Said;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of parts or a text")
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                let text = text.to_owned();
                let paragraphs = text.clone();
                Ok(Said { text: Some(text), paragraphs, ..Said::default() })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                #[derive(Deserialize)]
                struct Part<'a> {
                    #[serde(borrow, default, rename = "type")]
                    kind: Loose<'a>,
                    #[serde(borrow, default)]
                    text: Loose<'a>,
                    #[serde(borrow, default)]
                    refusal: Loose<'a>,
                }
                let mut said = Said::default();
                while let Some(part) = seq.next_element::<Part<'_>>()? {
                    match part.kind.as_str() {
                        "refusal" => said.refusal.push_str(part.refusal.as_str()),
                        "output_text" | "text" | "" => {
                            said.text.get_or_insert_default().push_str(part.text.as_str());
                        }
                        _ => {}
                    }
                    said.add_paragraph(part.text.as_str());
                }
                Ok(said)
            }
        }

        deserializer.deserialize_any(SaidVisitor)
    }
}

/// An event of a stream: the fields of all kinds that say something of the answer.
#[derive(Deserialize)]
pub(super) struct WireEvent<'a> {
    #[serde(borrow, default, rename = "type")]
    pub(super) kind: Loose<'a>,
    #[serde(default)]
    pub(super) output_index: Index,
    #[serde(default)]
    pub(super) content_index: Index,
    #[serde(default)]
    pub(super) summary_index: Index,
    #[serde(borrow, default)]
    pub(super) delta: Loose<'a>,
    // The whole of a text has another name in each kind.
    #[serde(borrow, default)]
    arguments: Loose<'a>,
    #[serde(borrow, default)]
    input: Loose<'a>,
    #[serde(borrow)]
    pub(super) item: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) response: Option<&'a RawValue>,
    pub(super) error: Option<IgnoredAny>,
}

impl WireEvent<'_> {
    /// The whole arguments of a call that is done, if the event has them.
    pub(super) fn whole_arguments(&self) -> Option<&str> {
        self.arguments.0.as_deref().or(self.input.0.as_deref())
    }
}
