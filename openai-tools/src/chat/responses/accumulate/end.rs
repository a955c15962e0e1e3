//! The last event of a stream.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

use super::{Form, ResponsesAccumulator, id_of, invalid};
use crate::{
    chat::{
        Delta, FinishReason, OutputItem,
        responses::{
            read::{Read, read},
            wire::{Item, Items, WireEvent},
        },
        wire::{Accumulated, Index, too_large},
    },
    error::{Error, ErrorKind},
    json::Untrusted,
};

impl ResponsesAccumulator {
    /// The last event, which holds all of the response.
    pub(super) fn end(
        &mut self,
        event: &WireEvent<'_>,
        data: &[u8],
        deltas: &mut Vec<Delta>,
    ) -> Result<(), Error> {
        let json = event
            .response
            .ok_or_else(|| invalid("it ends the response and holds none".to_owned(), data))?;
        if json.get().len() > self.max_bytes {
            return Err(too_large(self.max_bytes));
        }
        let word = event.kind.as_str().trim_start_matches("response.");
        let failed = word == "failed";
        let whole = self.body(json, failed);
        let Read { response, calls_at } = read(&whole).map_err(|error| match error.kind() {
            ErrorKind::InvalidResponse => {
                let detail = "the response in its last event cannot be read";
                Error::new(ErrorKind::InvalidChunk, detail).with_source(error).with_payload(data)
            }
            _ => error.with_payload(data),
        })?;
        if failed {
            return Err(Error::new(ErrorKind::Api, "the response failed").with_payload(data));
        }
        let mut slots = Slots::default();
        for (index, item) in response.message.items.iter().enumerate() {
            let Ok(read) = Item::read(item.as_json()) else { continue };
            let at = self.find_again(index, item.as_json(), Form::of(&read))?;
            self.finish_item(at, &read, false, item, deltas);
            slots.add(index, self.items[at].slot);
        }
        self.end_with(word, Read { response, calls_at }, &slots);
        Ok(())
    }

    /// Ends with a response, whose calls have begun in these slots.
    pub(super) fn end_with(&mut self, word: &str, read: Read, slots: &Slots) {
        let Read { mut response, calls_at } = read;
        if word != "completed" && response.finish_reason.is_good_end() {
            response.finish_reason = FinishReason::other(word);
        }
        let slots = calls_at.iter().map(|at| slots.of_item(*at)).collect();
        self.end = Some(Accumulated { response, slots });
    }

    /// Where an item of the whole output stood in the stream; its index can be another one where a
    /// server leaves items out.
    pub(super) fn find_again(
        &mut self,
        index: usize,
        json: &str,
        form: Form,
    ) -> Result<usize, Error> {
        let id = id_of(json);
        if let Some(at) = self.by_id.get(id.as_str()) {
            return Ok(*at);
        }
        let index = u64::try_from(index).unwrap_or(u64::MAX);
        let same = self.by_index.get(&index).map(|at| &self.items[*at]);
        // Behind some proxies ids change with every event.
        let taken = same.is_some_and(|item| item.form != form);
        self.find(Index((!taken).then_some(index)), id.as_str(), form)
    }

    /// The response of the last event; what it lacks is taken from the items that came before.
    fn body(&self, json: &RawValue, failed: bool) -> Bytes {
        #[derive(Deserialize)]
        struct Head<'a> {
            #[serde(borrow)]
            output: Option<Items<'a>>,
        }
        #[derive(Serialize)]
        struct Body<'a> {
            #[serde(flatten)]
            fields: Map<String, Value>,
            output: Vec<&'a RawValue>,
        }
        let bytes = || Bytes::copy_from_slice(json.get().as_bytes());
        let said = self.items.iter().any(|item| item.json.is_some());
        let told = match serde_json::from_str::<Head<'_>>(json.get()) {
            Ok(Head { output }) => output.is_some_and(|output| !output.list.is_empty()),
            Err(_) => true,
        };
        if failed || told || !said {
            return bytes();
        }
        let Ok(Untrusted(Value::Object(mut fields))) = serde_json::from_str(json.get()) else {
            return bytes();
        };
        fields.shift_remove("output");
        let items = self
            .in_order()
            .into_iter()
            .filter_map(|item| item.json.as_ref().map(OutputItem::as_raw));
        // JSON values always serialise.
        let whole = serde_json::to_vec(&Body { fields, output: items.collect() });
        whole.map_or_else(|_| bytes(), Bytes::from)
    }
}

/// Which call of the stream each item of the whole output is.
#[derive(Default)]
pub(super) struct Slots {
    by_item: HashMap<usize, usize>,
    taken: HashSet<usize>,
}

impl Slots {
    pub(super) fn add(&mut self, item: usize, slot: Option<usize>) {
        // Two items of one id are two calls, of which one has begun at most.
        let slot = slot.filter(|slot| self.taken.insert(*slot));
        self.by_item.extend(slot.map(|slot| (item, slot)));
    }

    fn of_item(&self, item: usize) -> usize {
        self.by_item.get(&item).copied().unwrap_or(usize::MAX)
    }
}
