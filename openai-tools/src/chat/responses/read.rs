//! The bytes of a response → neutral response.

#[cfg(feature = "client")]
use std::cell::OnceCell;
use std::collections::HashSet;

use bytes::Bytes;
use serde_json::value::RawValue;

#[cfg(feature = "client")]
use super::known::{LONG, Marked, spelled};
use super::{
    local,
    wire::{Item, MOST_ITEMS, Said, WireResponse, WireUsage, add_paragraph},
};
use crate::{
    chat::{
        AssistantMessage, FinishReason, OutputItem, Response,
        response::Body,
        wire::{place_in, settle_calls},
    },
    error::{ApiError, Error, ErrorKind},
    tool::ToolCall,
};

/// Reads a body that came with a good status.
///
/// Ids, attempts and the body itself are for the caller to add.
pub(crate) fn read_response(body: &Bytes) -> Result<Response, Error> {
    read(body).map(|Read { response, .. }| response)
}

/// A response, and where in its output each of its calls stands.
pub(super) struct Read {
    pub(super) response: Response,
    pub(super) calls_at: Vec<usize>,
}

pub(super) fn read(body: &Bytes) -> Result<Read, Error> {
    let wire: WireResponse<'_> = match serde_json::from_slice(body) {
        Ok(wire) => wire,
        Err(error) => {
            let what = "an object with `output`";
            return Err(unreadable(place_in::<WireResponse<'_>>(body, &error, what)));
        }
    };
    let failed = wire.status.as_deref() == Some("failed");
    if wire.error.is_some() || failed {
        if let Some(api) = ApiError::from_body(body) {
            let detail = if failed { "the response failed" } else { IN_GOOD_RESPONSE };
            return Err(Error::new(ErrorKind::Api, detail).with_api_error(Some(api)));
        }
        if failed {
            return Err(Error::new(ErrorKind::Api, "the response failed, and nothing says why"));
        }
    }
    if let Some(status) = wire.unfinished() {
        return Err(unreadable(format!("it is not finished: its status is `{status}`")));
    }
    let Some(output) = &wire.output else {
        return Err(unreadable("`output` is missing".to_owned()));
    };
    if output.too_many {
        return Err(too_many_items());
    }
    let mut answer = Answer::default();
    for (index, json) in output.list.iter().enumerate() {
        let item = Item::read(json.get());
        let item = item.map_err(|error| unreadable(wrong_item(index, json, &error)))?;
        answer.add(index, item, json.get());
    }
    let items = output.list.iter().copied().map(OutputItem::new).collect();
    answer.into_response(wire, items, body.clone().into())
}

/// What the items of an output say together.
#[derive(Default)]
pub(super) struct Answer {
    message: AssistantMessage,
    calls_at: Vec<usize>,
    said_anything: bool,
    /// Whether there is a call that the server may have answered by itself.
    has_local: bool,
    /// The ids of the calls whose outputs stand among the items.
    answered: HashSet<String>,
}

impl Answer {
    /// `json`: the item.
    pub(super) fn add(&mut self, index: usize, item: Item<'_>, json: &str) {
        let AssistantMessage { text, refusal, reasoning, tool_calls, .. } = &mut self.message;
        self.said_anything = true;
        match item {
            Item::Call(call) => {
                self.has_local |= !call.kind.is_named();
                tool_calls.push(call.into_call());
                self.calls_at.push(index);
            }
            Item::Commentary(said) | Item::Reasoning(said) if said.paragraphs.is_empty() => {}
            Item::Commentary(said) | Item::Reasoning(said) => match reasoning {
                Some(reasoning) => add_paragraph(reasoning, &said.paragraphs),
                None => *reasoning = Some(said.paragraphs),
            },
            Item::Message(Said { text: more, refusal: refused, .. }) => {
                match (&mut *text, more) {
                    (Some(text), Some(more)) => text.push_str(&more),
                    (None, more) => *text = more,
                    (Some(_), None) => {}
                }
                if !refused.is_empty() {
                    refusal.get_or_insert_default().push_str(&refused);
                }
            }
            Item::Other if self.has_local => self.answered.extend(local::answered(json)),
            Item::Other => {}
        }
    }

    /// Leaves out the calls that have their outputs already: the server ran them.
    fn without_answered(mut self) -> Self {
        if !self.answered.is_empty() {
            let calls = std::mem::take(&mut self.message.tool_calls);
            let answered = |call: &ToolCall| {
                !call.kind().is_named() && self.answered.contains(call.id.as_str())
            };
            let open = calls.into_iter().zip(&self.calls_at).filter(|(call, _)| !answered(call));
            (self.message.tool_calls, self.calls_at) = open.unzip();
        }
        self
    }

    /// The response, with what stands beside its output.
    pub(super) fn into_response(
        self,
        wire: WireResponse<'_>,
        items: Vec<OutputItem>,
        body: Body,
    ) -> Result<Read, Error> {
        let Self { message, calls_at, said_anything, .. } = self.without_answered();
        let cut = match wire.status.as_deref() {
            Some("incomplete") => {
                let told = wire.incomplete_details.and_then(|details| details.reason);
                Some(match told.as_deref() {
                    None | Some("") => FinishReason::other("incomplete"),
                    Some("max_output_tokens") => FinishReason::Length,
                    // The word of a good end does not make one of it.
                    Some(reason) => match FinishReason::from_wire(reason) {
                        cut if !cut.is_good_end() => cut,
                        _ => FinishReason::other("incomplete"),
                    },
                })
            }
            Some("completed" | "") => None,
            Some(status) => Some(FinishReason::other(status)),
            None if !said_anything => {
                return Err(unreadable("it has neither an item nor a status".to_owned()));
            }
            None => None,
        };
        let (tool_calls, places) = settle_calls(message.tool_calls);
        let finish_reason = cut.unwrap_or(if tool_calls.is_empty() {
            FinishReason::Stop
        } else {
            FinishReason::ToolCalls
        });
        let id = wire.id.map(String::from);
        let response = Response {
            message: AssistantMessage { tool_calls, items, response_id: id.clone(), ..message },
            finish_reason,
            usage: wire.usage.map(WireUsage::into_usage),
            id,
            model: wire.model.map(String::from),
            request_id: None,
            attempts: 1,
            attempt_log: Vec::new(),
            body,
        };
        Ok(Read { response, calls_at: places.into_iter().map(|place| calls_at[place]).collect() })
    }
}

/// The items of a message that go back to the server in its place.
#[cfg(feature = "client")]
pub(super) struct Kept<'a> {
    pub(super) items: &'a [OutputItem],
}

#[cfg(feature = "client")]
impl<'a> Kept<'a> {
    /// `None` if the items do not say what the message says.
    pub(super) fn of(message: &'a AssistantMessage) -> Option<Self> {
        let mut left = Unsaid {
            text: message.text.as_deref(),
            refusal: message.refusal.as_deref(),
            calls: &message.tool_calls,
            items: &message.items,
            answered: OnceCell::new(),
            said_text: false,
            refused: false,
        };
        // Servers refuse what was reasoned before an item that never came.
        let mut end = 0;
        for (index, item) in message.items.iter().enumerate() {
            if left.take(item.as_json())? {
                end = index + 1;
            }
        }
        let agrees = !message.items.is_empty() && left.is_nothing();
        agrees.then(|| Self { items: &message.items[..end] })
    }
}

/// What a message says beyond the items that were looked at.
#[cfg(feature = "client")]
struct Unsaid<'a> {
    text: Option<&'a str>,
    refusal: Option<&'a str>,
    calls: &'a [ToolCall],
    items: &'a [OutputItem],
    /// The ids of the calls whose outputs stand among the items.
    answered: OnceCell<HashSet<String>>,
    /// Whether an item had a text, which can be empty.
    said_text: bool,
    refused: bool,
}

#[cfg(feature = "client")]
impl Unsaid<'_> {
    /// Takes what an item says; `None` if the message does not say it. `true` if it may be the last one.
    fn take(&mut self, json: &str) -> Option<bool> {
        let expected = self.calls.first();
        let known = [expected.map(|call| call.arguments.as_str()), self.text];
        let known = known.map(|text| text.filter(|text| text.len() >= LONG));
        // A long text is compared, not read.
        let marked = (json.len() >= LONG && known.iter().any(Option::is_some)).then(|| {
            Marked::of(json.as_bytes(), |raw| {
                let mut texts = known.iter().enumerate();
                texts.find_map(|(which, text)| Some((which, spelled(raw, (*text)?)?)))
            })
        });
        let marked = marked.flatten();
        let part = marked.as_ref().and_then(|marked| std::str::from_utf8(marked.json()).ok());
        let read = marked.as_ref().zip(part).and_then(|(marked, part)| marked.item(part));
        let (item, which) = match read {
            Some(read) => read,
            None => (Item::read(json).ok()?, None),
        };
        let known = which.and_then(|which| known[which]);
        match item {
            Item::Call(call) if !call.kind.is_named() && self.is_answered(&call.call_id) => {
                Some(true)
            }
            Item::Call(call) => {
                let expected = expected?;
                self.calls = &self.calls[1..];
                let same = known.unwrap_or(&call.arguments) == expected.arguments;
                // Its output has to name it by `call_id`.
                (same && call.named && call.is_of(expected)).then_some(true)
            }
            Item::Message(said) => {
                self.said_text |= said.text.is_some();
                self.refused |= !said.refusal.is_empty();
                take_from(&mut self.text, known.or(said.text.as_deref()).unwrap_or_default())?;
                take_from(&mut self.refusal, &said.refusal)?;
                Some(true)
            }
            Item::Commentary(_) | Item::Other => Some(true),
            Item::Reasoning(_) => Some(false),
        }
    }

    fn is_answered(&self, call_id: &str) -> bool {
        let read =
            || self.items.iter().filter_map(|item| local::answered(item.as_json())).collect();
        self.answered.get_or_init(read).contains(call_id)
    }

    fn is_nothing(&self) -> bool {
        self.calls.is_empty()
            && self.text.unwrap_or_default().is_empty()
            && self.text.is_some() == self.said_text
            && self.refusal.unwrap_or_default().is_empty()
            && self.refusal.is_some() == self.refused
    }
}

/// Takes away what a text begins with.
#[cfg(feature = "client")]
fn take_from(text: &mut Option<&str>, beginning: &str) -> Option<()> {
    let rest = text.unwrap_or_default().strip_prefix(beginning)?;
    if let Some(text) = text {
        *text = rest;
    }
    Some(())
}

fn unreadable(why: String) -> Error {
    Error::new(ErrorKind::InvalidResponse, why)
}

pub(super) fn too_many_items() -> Error {
    Error::new(ErrorKind::ResponseTooLarge, format!("it has more than {MOST_ITEMS} items"))
}

/// Says what is wrong with an item without quoting it.
fn wrong_item(index: usize, json: &RawValue, error: &serde_json::Error) -> String {
    if json.get().starts_with('{') {
        format!("`output[{index}]` has a field of the wrong type, {}", column(error))
    } else {
        format!("`output[{index}]` is no object")
    }
}

pub(super) fn column(error: &serde_json::Error) -> String {
    format!("at its line {}, column {}", error.line(), error.column())
}

const IN_GOOD_RESPONSE: &str = "it stands in a response with a good status";

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
