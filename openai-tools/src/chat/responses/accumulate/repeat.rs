//! Events that repeat a long text which has come.
//!
//! They end it, its part, its item and the response, each with all of it. It is compared with what has
//! come; where it is anything else, the event is read as any other.

use std::{collections::HashSet, mem, ops::Range};

use serde_json::value::RawValue;

use super::{Form, ResponsesAccumulator, end::Slots, id_of, wrong_item};
use crate::{
    chat::{
        Delta, OutputItem,
        response::{Body, Spliced},
        responses::{
            known::{LONG, Marked, which},
            read::Answer,
            wire::{Item, WireEvent, WireResponse},
        },
    },
    error::Error,
};

impl ResponsesAccumulator {
    /// Takes an event that repeats a long text. `false` if it is to be read as any other: then nothing
    /// of it has been taken but where its item stands.
    pub(super) fn take_repeated(
        &mut self,
        data: &[u8],
        deltas: &mut Vec<Delta>,
    ) -> Result<bool, Error> {
        if self.long.is_empty() || data.len() < LONG {
            return Ok(false);
        }
        let Some(marked) = Marked::of(data, self.known()) else { return Ok(false) };
        let Ok(event) = serde_json::from_slice::<WireEvent<'_>>(marked.json()) else {
            return Ok(false);
        };
        match event.kind.as_str() {
            "response.function_call_arguments.done" | "response.custom_tool_call_input.done" => {
                let Some(known) = event.whole_arguments().and_then(which) else {
                    return Ok(false);
                };
                let at = self.find(event.output_index, "", Form::Call)?;
                if at != known {
                    return Ok(false);
                }
                if self.items[at].form == Form::Call {
                    self.close(at, None, deltas);
                }
                Ok(true)
            }
            "response.output_item.done" => self.take_item(&event, &marked, data, deltas),
            "response.completed" | "response.incomplete" | "response.cancelled" => {
                self.take_end(&event, &marked, data, deltas)
            }
            // They say nothing that their item does not say.
            "response.content_part.done"
            | "response.output_text.done"
            | "response.reasoning_summary_part.done"
            | "response.reasoning_summary_text.done"
            | "response.reasoning_text.done" => Ok(true),
            _ => Ok(false),
        }
    }

    /// Which known text a string is. Few are compared with each: an item mostly follows the one before
    /// it, or is the last one that was told of.
    fn known(&self) -> impl FnMut(&[u8]) -> Option<(usize, usize)> {
        let last = self.last.map(|(_, at)| at);
        let mut next = 0;
        move |raw| {
            let spelled = |at: usize| self.items[at].spelled(raw);
            for (place, at) in self.long.iter().enumerate().skip(next).take(2) {
                if let Some(length) = spelled(*at) {
                    next = place;
                    return Some((*at, length));
                }
            }
            last.and_then(|at| Some((at, spelled(at)?)))
        }
    }

    fn take_item(
        &mut self,
        event: &WireEvent<'_>,
        marked: &Marked,
        data: &[u8],
        deltas: &mut Vec<Delta>,
    ) -> Result<bool, Error> {
        let Some(json) = event.item else { return Ok(false) };
        let Some((item, Some(known))) = marked.item(json.get()) else { return Ok(false) };
        let at = self.find(event.output_index, &id_of(json.get()), Form::of(&item))?;
        if at != known {
            return Ok(false);
        }
        let place = marked.original(json.get());
        let whole = self.whole(at, &data[place], data)?;
        self.finish_item(at, &item, true, &whole, deltas);
        self.keep(at, whole);
        self.items[at].spelled = marked.first_in(json.get());
        Ok(true)
    }

    /// The item as it came, which is shared where it has come before.
    fn whole(&self, at: usize, json: &[u8], data: &[u8]) -> Result<OutputItem, Error> {
        match &self.items[at].json {
            Some(whole) if whole.as_json().as_bytes() == json => Ok(whole.clone()),
            _ => serde_json::from_slice::<&RawValue>(json)
                .map(OutputItem::new)
                .map_err(|error| wrong_item(&error, data)),
        }
    }

    fn take_end(
        &mut self,
        event: &WireEvent<'_>,
        marked: &Marked,
        data: &[u8],
        deltas: &mut Vec<Delta>,
    ) -> Result<bool, Error> {
        let Some(json) = event.response else { return Ok(false) };
        let response = marked.original(json.get());
        let Ok(wire) = serde_json::from_str::<WireResponse<'_>>(json.get()) else {
            return Ok(false);
        };
        let Some(output) = wire.output.as_ref().filter(|output| !output.too_many) else {
            return Ok(false);
        };
        let parts = output.list.as_slice();
        if !wire.is_good() || parts.is_empty() || response.len() > self.max_bytes {
            return Ok(false);
        }
        let mut taken = HashSet::new();
        let mut items = Vec::with_capacity(parts.len());
        for (index, part) in parts.iter().enumerate() {
            let Some((item, known)) = marked.item(part.get()) else { return Ok(false) };
            let is_its = |known| self.is_at(known, index, part.get(), &item) && taken.insert(known);
            if !known.is_none_or(is_its) {
                return Ok(false);
            }
            items.push((item, known, part.get()));
        }
        // A mark that stands beside the items would be read as what is marked.
        if marked.count() != taken.len() {
            return Ok(false);
        }
        let mut ats = Vec::with_capacity(items.len());
        for (index, (item, known, part)) in items.iter().enumerate() {
            let at = match known {
                Some(at) => *at,
                None => self.find_again(index, part, Form::of(item))?,
            };
            // What is known of one would be changed by the other.
            if known.is_none() && !taken.insert(at) {
                return Ok(false);
            }
            ats.push(at);
        }
        let mut slots = Slots::default();
        let mut wholes = Vec::with_capacity(parts.len());
        let mut places: Vec<Range<usize>> = Vec::with_capacity(parts.len());
        for (index, ((item, known, part), at)) in items.iter().zip(ats).enumerate() {
            let place = marked.original(part);
            let whole = self.whole(at, &data[place.clone()], data)?;
            self.finish_item(at, item, known.is_some(), &whole, deltas);
            slots.add(index, self.items[at].slot);
            wholes.push(whole);
            places.push(place);
        }
        let mut answer = Answer::default();
        for (index, (mut item, known, part)) in items.into_iter().enumerate() {
            if let Some(at) = known {
                // The stream is at its end: nothing more is compared with it.
                item.say(mem::take(&mut self.items[at].said));
            }
            answer.add(index, item, part);
        }
        let body = Spliced::new(data, response, places, &wholes);
        let word = event.kind.as_str().trim_start_matches("response.");
        let read = answer.into_response(wire, wholes, Body::Spliced(body.into()))?;
        self.end_with(word, read, &slots);
        Ok(true)
    }

    /// Whether an item of the whole output is the one at a position, by its id or by its index.
    fn is_at(&self, at: usize, index: usize, json: &str, item: &Item<'_>) -> bool {
        if let Some(by_id) = self.by_id.get(&id_of(json)) {
            return *by_id == at;
        }
        let index = u64::try_from(index).unwrap_or(u64::MAX);
        self.by_index.get(&index) == Some(&at) && self.items[at].form == Form::of(item)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::tests::{events, response};
    use super::*;

    /// Makes an event differ from what came before it.
    fn change(event: &mut Value, how: u8) {
        fn texts<'a>(value: &'a mut Value, found: &mut Vec<&'a mut Value>) {
            match value {
                Value::Array(list) => list.iter_mut().for_each(|value| texts(value, found)),
                Value::Object(map) => map.values_mut().for_each(|value| texts(value, found)),
                Value::String(_) => found.push(value),
                _ => {}
            }
        }
        let mut found = Vec::new();
        texts(event, &mut found);
        found.retain(|text| text.as_str().is_some_and(|text| !text.starts_with("response.")));
        let at = usize::from(how / 8) % found.len().max(1);
        let Some(text) = found.get_mut(at).and_then(|text| text.as_str().map(str::to_owned)) else {
            return;
        };
        let changed = match how % 8 {
            0 => format!("{text}x"),
            1 => text.chars().skip(1).collect(),
            2 => format!("\0{at}\0"),
            3 => format!("{text}\0"),
            4 => String::new(),
            5 => return event["output_index"] = (how / 8).into(),
            6 => return event["output_index"] = Value::Null,
            _ => return event["text"] = text.into(),
        };
        *found[at] = changed.into();
    }

    /// Gives all items the same id.
    fn call_alike(value: &mut Value) {
        match value {
            Value::Array(list) => list.iter_mut().for_each(call_alike),
            Value::Object(map) => {
                for (name, value) in map {
                    match name.as_str() {
                        "id" | "item_id" => *value = "i".into(),
                        _ => call_alike(value),
                    }
                }
            }
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn what_is_compared_comes_to_the_same_as_what_is_read(
            response in response(),
            piece in 1..20_usize,
            alike in any::<bool>(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        ) {
            let mut events = events(&response, piece);
            if alike {
                events.iter_mut().for_each(call_alike);
            }
            for (index, how) in changes {
                let index = index.index(events.len());
                change(&mut events[index], how);
            }
            let (mut quick, mut deltas) = (ResponsesAccumulator::new(), Vec::new());
            let (mut plain, mut plain_deltas) = (ResponsesAccumulator::new(), Vec::new());
            for event in &events {
                let event = event.to_string();
                let pushed = quick.push(event.as_bytes(), &mut deltas);
                plain.long.clear();
                let expected = plain.push(event.as_bytes(), &mut plain_deltas);
                prop_assert_eq!(pushed.map_err(|e| e.to_string()), expected.map_err(|e| e.to_string()));
                prop_assert_eq!(quick.message(), plain.message());
                prop_assert_eq!(quick.bytes, plain.bytes);
            }
            prop_assert_eq!(deltas, plain_deltas);
            match (quick.into_accumulated(), plain.into_accumulated()) {
                (Ok(quick), Ok(plain)) => {
                    prop_assert_eq!(&quick.slots, &plain.slots);
                    prop_assert_eq!(quick.response.body(), plain.response.body());
                    prop_assert_eq!(quick.response.message, plain.response.message);
                    prop_assert_eq!(quick.response.model, plain.response.model);
                    prop_assert_eq!(quick.response.finish_reason, plain.response.finish_reason);
                    prop_assert_eq!(quick.response.usage, plain.response.usage);
                    prop_assert_eq!(quick.response.id, plain.response.id);
                }
                (quick, plain) => prop_assert_eq!(quick.is_ok(), plain.is_ok()),
            }
        }
    }

    #[test]
    fn calls_that_share_an_id_keep_their_own_arguments() {
        let call = |id: &str, arguments: &str| json!({"type": "function_call", "id": "i", "call_id": id, "name": "f", "arguments": arguments});
        for [first, second] in [["{}", "{\"a\":\"long\"}"], ["{\"a\":\"long\"}", "{}"]] {
            let output = [call("c1", first), call("c2", second)];
            let response = json!({"id": "r", "status": "completed", "output": output});
            let mut accumulator = ResponsesAccumulator::new();
            for event in events(&response, 4) {
                let pushed = accumulator.push(event.to_string().as_bytes(), &mut Vec::new());
                pushed.expect("an event");
            }
            let calls = accumulator.finish().expect("whole").message.tool_calls;
            let arguments: Vec<_> = calls.iter().map(|call| call.arguments.as_str()).collect();
            assert_eq!(arguments, [first, second]);
        }
    }

    #[test]
    fn a_text_that_stands_beside_the_items_is_read() {
        let text = "A long text.";
        let item = json!({"type": "message", "id": "m", "content": [{"type": "output_text", "text": text}]});
        let response = json!({"id": text, "model": text, "status": "completed", "output": [item]});
        let mut accumulator = ResponsesAccumulator::new();
        for event in events(&response, 4) {
            let pushed = accumulator.push(event.to_string().as_bytes(), &mut Vec::new());
            pushed.expect("an event");
        }
        let finished = accumulator.finish().expect("whole");
        assert_eq!(finished.id.as_deref(), Some(text));
        assert_eq!(finished.model.as_deref(), Some(text));
        assert_eq!(finished.message.response_id.as_deref(), Some(text));
    }

    #[test]
    fn a_long_answer_is_held_once_by_its_item_and_its_body() {
        let text = "A long text, \"quoted\".";
        let item = json!({"type": "message", "id": "m", "content": [{"type": "output_text", "text": text}]});
        let response = json!({"id": "r", "status": "completed", "output": [item]});
        let (mut accumulator, mut deltas) = (ResponsesAccumulator::new(), Vec::new());
        for event in events(&response, 4) {
            accumulator.push(event.to_string().as_bytes(), &mut deltas).expect("an event");
        }
        let kept = accumulator.items[0].json.clone().expect("it is done");
        let finished = accumulator.finish().expect("whole");
        assert_eq!(finished.message.text.as_deref(), Some(text));
        assert!(std::ptr::eq(finished.message.items[0].as_json(), kept.as_json()));
        assert!(matches!(finished.body, Body::Spliced(_)));
        assert_eq!(finished.body(), response.to_string());
    }
}
