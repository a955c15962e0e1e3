//! The bytes of a response → neutral response.

use bytes::Bytes;
use serde_json::value::RawValue;

use super::wire::{Item, MOST_ITEMS, Said, WireResponse, WireUsage, add_paragraph};
use crate::{
    chat::{
        AssistantMessage, FinishReason, OutputItem, Response,
        wire::{place_in, settle_calls},
    },
    error::{ApiError, Error, ErrorKind},
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
    let unfinished = wire.status.as_deref().filter(|status| UNFINISHED.contains(status));
    if let Some(status) = unfinished {
        return Err(unreadable(format!("it is not finished: its status is `{status}`")));
    }
    let Some(output) = wire.output else {
        return Err(unreadable("`output` is missing".to_owned()));
    };
    if output.too_many {
        return Err(too_many_items());
    }
    let mut said = Answer::default();
    for (index, json) in output.list.iter().enumerate() {
        said.take(index, json).map_err(|error| unreadable(wrong_item(index, json, &error)))?;
    }
    let Answer { message, calls_at, said_anything } = said;
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
    let items = output.list.iter().copied().map(OutputItem::new).collect();
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
        body: body.clone().into(),
    };
    Ok(Read { response, calls_at: places.into_iter().map(|place| calls_at[place]).collect() })
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
        let mut said = Answer::default();
        // Servers refuse what was reasoned before an item that never came.
        let mut end = 0;
        for (index, item) in message.items.iter().enumerate() {
            match said.take(index, item.as_raw()).ok()? {
                Kind::Reasoning => {}
                // Its output has to name it by `call_id`.
                Kind::Call { named: false } => return None,
                Kind::Call { .. } | Kind::Other => end = index + 1,
            }
        }
        let agrees = !message.items.is_empty()
            && said.message.text == message.text
            && said.message.refusal == message.refusal
            && said.message.tool_calls == message.tool_calls;
        agrees.then(|| Self { items: &message.items[..end] })
    }
}

enum Kind {
    Call {
        #[cfg_attr(not(feature = "client"), expect(dead_code, reason = "requests send it back"))]
        named: bool,
    },
    Other,
    Reasoning,
}

/// What the items of an output say together.
#[derive(Default)]
struct Answer {
    message: AssistantMessage,
    calls_at: Vec<usize>,
    said_anything: bool,
}

impl Answer {
    fn take(&mut self, index: usize, json: &RawValue) -> Result<Kind, serde_json::Error> {
        let AssistantMessage { text, refusal, reasoning, tool_calls, .. } = &mut self.message;
        self.said_anything = true;
        let mut reason = |said: &Said| {
            if !said.paragraphs.is_empty() {
                add_paragraph(reasoning.get_or_insert_default(), &said.paragraphs);
            }
        };
        Ok(match Item::read(json)? {
            Item::Call(call) => {
                let named = call.named;
                tool_calls.push(call.to_call());
                self.calls_at.push(index);
                Kind::Call { named }
            }
            Item::Commentary(said) => {
                reason(&said);
                Kind::Other
            }
            Item::Message(said) => {
                if let Some(more) = said.text {
                    text.get_or_insert_default().push_str(&more);
                }
                if !said.refusal.is_empty() {
                    refusal.get_or_insert_default().push_str(&said.refusal);
                }
                Kind::Other
            }
            Item::Reasoning(said) => {
                reason(&said);
                Kind::Reasoning
            }
            Item::Other => Kind::Other,
        })
    }
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

/// States of a response that runs in the background.
const UNFINISHED: [&str; 2] = ["in_progress", "queued"];

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
