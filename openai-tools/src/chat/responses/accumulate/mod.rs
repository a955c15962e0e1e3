//! The events of a streamed response → the response that it would have been without streaming.

mod end;
mod item;
mod parts;
mod pattern;
mod repeat;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, fmt};

use serde::Deserialize;

use self::{
    item::{Arriving, Form},
    pattern::{Field, Pattern},
};
use super::{
    read::{column, too_many_items},
    wire::{Item, MOST_ITEMS, WireEvent},
};
#[cfg(feature = "client")]
use crate::chat::wire::Place;
use crate::{
    chat::{
        AssistantMessage, Delta, FinishReason, OutputItem, Response,
        wire::{Accumulated, Index, Loose, error_of, too_large},
    },
    error::{Error, ErrorKind},
};

/// Puts the events of a streamed response of the Responses API together, for those who have an HTTP
/// client of their own; [`Client::stream`](crate::Client::stream) does it by itself.
///
/// It does not wait and does not read: the data of each event goes in, what is new in it comes out
/// as [`Delta`]s, and with the last event comes the whole response, equal to what the same answer
/// would have been without streaming. Kinds of events that say nothing of text, refusal, reasoning
/// or calls are passed over, known or not. Indexes never size memory.
///
/// ```
/// use openai_tools::stream::{ResponsesAccumulator, SseDecoder};
///
/// let mut decoder = SseDecoder::new();
/// let mut accumulator = ResponsesAccumulator::new();
/// let mut deltas = Vec::new();
/// let events = concat!(
///     "event: response.output_text.delta\n",
///     "data: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"Hello\"}\n\n",
///     "event: response.completed\n",
///     "data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[",
///     "{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"Hello\"}]}]}}\n\n",
/// );
/// decoder.push(events.into());
/// while let Some(event) = decoder.next_event()? {
///     accumulator.push(event.data(), &mut deltas)?;
/// }
/// assert!(accumulator.is_done());
/// let response = accumulator.finish()?;
/// assert_eq!(response.message.text.as_deref(), Some("Hello"));
/// assert_eq!(deltas.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ResponsesAccumulator {
    /// In order of appearance.
    items: Vec<Arriving>,
    by_index: HashMap<u64, usize>,
    by_id: HashMap<String, usize>,
    /// Index and position of the item of the last event, where the next one mostly belongs, too.
    last: Option<(u64, usize)>,
    highest: Option<u64>,
    /// For each call, in the order of their beginning, the position of its item.
    slots: Vec<usize>,
    /// Positions of the items that said much.
    long: Vec<usize>,
    /// The part of an item whose reasoning came last.
    reasoning: Option<(usize, Part)>,
    bytes: usize,
    /// Of the last event that had one.
    pattern: Option<Pattern>,
    end: Option<Accumulated>,
    done: bool,
    max_bytes: usize,
}

/// A paragraph of what was reasoned.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Part {
    Content(u64),
    Summary(u64),
    /// What had not come before the end of the item.
    Whole,
}

impl ResponsesAccumulator {
    /// An accumulator of one response.
    #[must_use]
    pub fn new() -> Self {
        Self {
            items: Vec::new(),
            by_index: HashMap::new(),
            by_id: HashMap::new(),
            last: None,
            highest: None,
            slots: Vec::new(),
            long: Vec::new(),
            reasoning: None,
            bytes: 0,
            pattern: None,
            end: None,
            done: false,
            max_bytes: 32 * 1024 * 1024,
        }
    }

    /// The most bytes of texts, arguments and items that are kept; each item counts as 256 bytes
    /// besides what it holds. The last event, which repeats all of it, may have as many. Default:
    /// 32 MiB.
    ///
    /// Whatever it is, a response has 16,384 items at most; of an id of a call the first 1,024 bytes
    /// are kept, and of a name the first 256.
    #[must_use]
    pub fn with_max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Takes the data of one event and appends what is new in it to `deltas`.
    ///
    /// Data that is blank, and all that comes after the end of the response, is skipped.
    ///
    /// # Errors
    ///
    /// Kind [`InvalidChunk`](ErrorKind::InvalidChunk) if it is no event, and then
    /// [`Error::payload`] is the data; [`Api`](ErrorKind::Api) if it says that the response failed,
    /// or is an error object; [`ResponseTooLarge`](ErrorKind::ResponseTooLarge) over the limit. What
    /// came before is kept.
    pub fn push(&mut self, data: &[u8], deltas: &mut Vec<Delta>) -> Result<(), Error> {
        let data = data.trim_ascii();
        if data.is_empty() || self.is_done() {
            return Ok(());
        }
        if data == b"[DONE]" {
            self.done = true;
            return Ok(());
        }
        let known = self
            .pattern
            .as_ref()
            .and_then(|pattern| Some((pattern.index, pattern.field, pattern.read(data)?)));
        if let Some((index, field, piece)) = known {
            self.add_piece(index, field, &piece, deltas)?;
        } else if !self.take_repeated(data, deltas)? {
            let event: WireEvent<'_> = serde_json::from_slice(data).map_err(|error| {
                let place = column(&error);
                invalid(format!("it is no JSON object with an event's fields, {place}"), data)
            })?;
            self.take(&event, data, deltas)?;
        }
        if self.bytes > self.max_bytes {
            return Err(too_large(self.max_bytes));
        }
        Ok(())
    }

    fn take(
        &mut self,
        event: &WireEvent<'_>,
        data: &[u8],
        deltas: &mut Vec<Delta>,
    ) -> Result<(), Error> {
        let index = event.output_index;
        if let Some(field) = Field::of(event) {
            self.pattern = Pattern::of(data, event, field).or(self.pattern.take());
            return self.add_piece(index, field, event.delta.as_str(), deltas);
        }
        match event.kind.as_str() {
            "error" | "" if event.error.is_some() || event.kind.as_str() == "error" => {
                return Err(error_of(data).unwrap_or_else(|| {
                    Error::new(ErrorKind::Api, "the server sent an event of the kind `error`")
                        .with_payload(data)
                }));
            }
            "response.output_item.added" | "response.output_item.done" => {
                let Some(json) = event.item else { return Ok(()) };
                let item = Item::read(json.get()).map_err(|error| wrong_item(&error, data))?;
                let id = id_of(json.get());
                if event.kind.as_str() == "response.output_item.added" {
                    self.forget_done(index);
                    let at = self.find(index, &id, Form::of(&item))?;
                    self.begin_item(at, &item, deltas);
                } else {
                    let at = self.find(index, &id, Form::of(&item))?;
                    let whole = OutputItem::new(json);
                    self.finish_item(at, &item, false, &whole, deltas);
                    self.keep(at, whole);
                }
            }
            "response.function_call_arguments.done" | "response.custom_tool_call_input.done" => {
                let at = self.find(index, "", Form::Call)?;
                let arguments = event.whole_arguments();
                if let Some(whole) = arguments.filter(|_| self.items[at].form == Form::Call) {
                    self.close(at, Some(whole), deltas);
                }
            }
            "response.completed"
            | "response.incomplete"
            | "response.failed"
            | "response.cancelled" => {
                return self.end(event, data, deltas);
            }
            _ => {}
        }
        Ok(())
    }

    /// Some servers give one index to all items: what begins anew is another one.
    fn forget_done(&mut self, index: Index) {
        let Some(index) = index.0 else { return };
        let at = self.by_index.get(&index);
        if at.is_some_and(|at| self.items[*at].json.is_some()) {
            self.by_index.remove(&index);
            self.last = None;
        }
    }

    /// The position of the item that an event is about; a new one if it has not been told of.
    fn find(&mut self, index: Index, id: &str, form: Form) -> Result<usize, Error> {
        let known = match (index.0, self.last) {
            (None, None) => None,
            // Of servers without indexes the last item is meant, or one with an id of its own.
            (None, Some((_, at))) if id.is_empty() => Some(at),
            (None, Some(_)) => self.by_id.get(id).copied(),
            (Some(index), Some((last, at))) if index == last => Some(at),
            (Some(index), _) => self.by_index.get(&index).copied(),
        };
        let at = match known {
            Some(at) => at,
            None => self.add(index, form)?,
        };
        if !id.is_empty() && self.items[at].id.is_empty() {
            self.bytes += id.len();
            id.clone_into(&mut self.items[at].id);
            self.by_id.insert(id.to_owned(), at);
        }
        self.last = Some((self.items[at].index, at));
        Ok(at)
    }

    fn add(&mut self, index: Index, form: Form) -> Result<usize, Error> {
        if self.items.len() >= MOST_ITEMS {
            return Err(too_many_items());
        }
        let next = self.highest.map_or(0, |highest| highest.saturating_add(1));
        let index = index.0.unwrap_or(next);
        let in_order = self.items.last().is_none_or(|item| item.in_order) && index <= next;
        let behind = self.highest.is_none_or(|highest| index > highest);
        self.highest = self.highest.max(Some(index));
        self.bytes += ITEM_BYTES;
        let at = self.items.len();
        self.items.push(Arriving::new(index, form, in_order && behind, behind));
        self.by_index.insert(index, at);
        Ok(at)
    }

    fn in_order(&self) -> Vec<&Arriving> {
        let mut items: Vec<_> = self.items.iter().collect();
        items.sort_by_key(|item| item.index);
        items
    }

    /// Whether the end of the response has come.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done || self.end.is_some()
    }

    /// Whether the response is whole: its last event has come.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.end.is_some()
    }

    /// Why the model stopped, once the response is whole.
    #[must_use]
    pub fn finish_reason(&self) -> Option<&FinishReason> {
        self.end.as_ref().map(|end| &end.response.finish_reason)
    }

    /// What has arrived so far. It is copied.
    #[must_use]
    pub fn message(&self) -> AssistantMessage {
        if let Some(end) = &self.end {
            return end.response.message.clone();
        }
        let mut message = AssistantMessage::default();
        for item in self.in_order() {
            item.add_to(&mut message);
        }
        message
    }

    /// The response. Its body is the response that the last event held.
    ///
    /// # Errors
    ///
    /// Kind [`StreamCut`](ErrorKind::StreamCut) if the last event has not come.
    pub fn finish(self) -> Result<Response, Error> {
        Ok(self.into_accumulated()?.response)
    }

    pub(crate) fn into_accumulated(self) -> Result<Accumulated, Error> {
        let cut = || Error::new(ErrorKind::StreamCut, "the response has no end");
        self.end.ok_or_else(cut)
    }
}

#[cfg(feature = "client")]
impl ResponsesAccumulator {
    /// Where in the order of the response the call of a slot began.
    pub(crate) fn place(&self, slot: usize) -> Option<Place> {
        self.slots.get(slot).map(|at| self.items[*at].place())
    }
}

impl Default for ResponsesAccumulator {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ResponsesAccumulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponsesAccumulator")
            .field("bytes", &self.bytes)
            .field("items", &self.items.len())
            .field("finish_reason", &self.finish_reason())
            .finish_non_exhaustive()
    }
}

fn invalid(why: String, data: &[u8]) -> Error {
    Error::new(ErrorKind::InvalidChunk, why).with_payload(data)
}

fn wrong_item(error: &serde_json::Error, data: &[u8]) -> Error {
    invalid(format!("its `item` has a field of the wrong type, {}", column(error)), data)
}

fn id_of(json: &str) -> String {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow, default)]
        id: Loose<'a>,
    }
    let read: Result<Named<'_>, _> = serde_json::from_str(json);
    read.map_or_else(|_| String::new(), |named| named.id.as_str().to_owned())
}

/// What an item takes besides its texts, so that many empty ones count as well.
const ITEM_BYTES: usize = 256;
