//! What the pieces of items come to, and what is given out of them.

use super::{Form, Part, ResponsesAccumulator, pattern::Field};
use crate::{
    chat::{
        Delta, OutputItem,
        responses::{
            known::LONG,
            wire::{BETWEEN_PARAGRAPHS, Item, add_paragraph},
        },
        wire::Index,
    },
    error::Error,
};

impl ResponsesAccumulator {
    /// Takes a piece of something.
    pub(super) fn add_piece(
        &mut self,
        index: Index,
        field: Field,
        piece: &str,
        deltas: &mut Vec<Delta>,
    ) -> Result<(), Error> {
        let form = match field {
            Field::Arguments => Form::Call,
            Field::Reasoning(_) => Form::Reasoning,
            Field::Refusal | Field::Text(_) => Form::Message,
        };
        let at = self.find(index, "", form)?;
        match (field, self.items[at].form) {
            (Field::Arguments, Form::Call) => self.append(at, piece, deltas),
            (Field::Reasoning(part), Form::Reasoning) => self.reason(at, part, piece, deltas),
            (Field::Refusal, Form::Message) => self.refuse(at, piece, deltas),
            (Field::Text(_), Form::Message) => self.say(at, piece, deltas),
            // Commentary, which counts as reasoning.
            (Field::Text(part), Form::Reasoning) => {
                self.reason(at, Part::Content(part), piece, deltas);
            }
            _ => {}
        }
        self.note_long(at);
        Ok(())
    }

    /// Keeps in mind what it is worth looking for where events repeat it.
    fn note_long(&mut self, at: usize) {
        let item = &mut self.items[at];
        if !item.is_long && item.said.len() >= LONG {
            item.is_long = true;
            self.long.push(at);
        }
    }

    pub(super) fn begin_item(&mut self, at: usize, item: &Item<'_>, deltas: &mut Vec<Delta>) {
        self.items[at].form = Form::of(item);
        if let Item::Call(call) = item {
            self.items[at].name_call(call);
            self.slot(at, deltas);
        }
    }

    /// The slot of a call, which begins if it has none.
    pub(super) fn slot(&mut self, at: usize, deltas: &mut Vec<Delta>) -> usize {
        let call = &mut self.items[at];
        if let Some(slot) = call.slot {
            return slot;
        }
        let slot = self.slots.len();
        self.slots.push(at);
        call.form = Form::Call;
        call.slot = Some(slot);
        let namespace = call.namespace.clone();
        self.bytes += call.call_id.as_str().len() + call.name.len();
        self.bytes += namespace.as_ref().map_or(0, String::len);
        deltas.push(Delta::CallBegan {
            slot,
            id: call.call_id.clone(),
            kind: call.kind.clone(),
            namespace,
            name: call.name.clone(),
        });
        slot
    }

    /// Takes the whole of an item, and gives out what had not come of it. `known`: what it says is what
    /// has come, and a mark stands for it.
    pub(super) fn finish_item(
        &mut self,
        at: usize,
        item: &Item<'_>,
        known: bool,
        whole: &OutputItem,
        deltas: &mut Vec<Delta>,
    ) {
        let rest = |told: &str, whole: &str| whole.strip_prefix(told).map(str::to_owned);
        match item {
            Item::Call(call) => {
                let before = (self.items[at].call_id.clone(), self.items[at].name.clone());
                self.items[at].name_call(call);
                let begun = self.items[at].slot.is_some();
                let slot = self.slot(at, deltas);
                let (id, name) = (self.items[at].call_id.clone(), self.items[at].name.clone());
                if begun && (&id, &name) != (&before.0, &before.1) {
                    self.bytes += id.as_str().len() + name.len();
                    deltas.push(Delta::CallRenamed { slot, id, name });
                }
                self.close(at, (!known).then_some(&*call.arguments), deltas);
            }
            Item::Commentary(_) | Item::Reasoning(_) if known => {
                self.items[at].form = Form::Reasoning;
            }
            Item::Commentary(said) | Item::Reasoning(said) => {
                self.items[at].form = Form::Reasoning;
                let Some(rest) = rest(&self.items[at].said, &said.paragraphs) else { return };
                let told = !self.items[at].said.is_empty();
                let last = self.reasoning.filter(|(last, _)| *last == at);
                match (rest.strip_prefix(BETWEEN_PARAGRAPHS), last) {
                    (None, Some((_, part))) => self.reason(at, part, &rest, deltas),
                    (Some(rest), _) if told => self.reason(at, Part::Whole, rest, deltas),
                    _ => self.reason(at, Part::Whole, &rest, deltas),
                }
            }
            Item::Message(said) => {
                let text = said.text.as_deref().filter(|_| !known).unwrap_or_default();
                if let Some(rest) = rest(&self.items[at].said, text) {
                    self.say(at, &rest, deltas);
                }
                if let Some(rest) = rest(&self.items[at].refused, &said.refusal) {
                    self.refuse(at, &rest, deltas);
                }
            }
            // Once, though the last event repeats it.
            Item::Other if self.items[at].json.is_none() => {
                deltas.push(Delta::Item(whole.clone()));
            }
            Item::Other => {}
        }
        self.note_long(at);
    }

    pub(super) fn say(&mut self, at: usize, text: &str, deltas: &mut Vec<Delta>) {
        if !text.is_empty() {
            self.items[at].add(text);
            self.bytes += text.len();
            deltas.push(Delta::Text(text.to_owned()));
        }
    }

    pub(super) fn refuse(&mut self, at: usize, text: &str, deltas: &mut Vec<Delta>) {
        if !text.is_empty() {
            self.items[at].refused.push_str(text);
            self.bytes += text.len();
            deltas.push(Delta::Refusal(text.to_owned()));
        }
    }

    /// What was reasoned, each part a paragraph.
    pub(super) fn reason(&mut self, at: usize, part: Part, text: &str, deltas: &mut Vec<Delta>) {
        if text.is_empty() {
            return;
        }
        let last = self.reasoning.replace((at, part));
        let item = &mut self.items[at];
        item.spelled = 0..0;
        let said = &mut item.said;
        let before = said.len();
        if last.is_some_and(|last| last != (at, part)) {
            deltas.push(Delta::Reasoning([BETWEEN_PARAGRAPHS, text].concat()));
            add_paragraph(said, text);
        } else {
            deltas.push(Delta::Reasoning(text.to_owned()));
            said.push_str(text);
        }
        self.bytes += said.len() - before;
    }

    pub(super) fn append(&mut self, at: usize, text: &str, deltas: &mut Vec<Delta>) {
        // A call that is closed stays so.
        if self.items[at].form != Form::Call || self.items[at].closed {
            return;
        }
        let slot = self.slot(at, deltas);
        if !text.is_empty() {
            self.items[at].add(text);
            self.bytes += text.len();
            deltas.push(Delta::Arguments { slot, text: text.to_owned() });
        }
    }

    /// The arguments of a call are whole: these, or `None` if they are what has come.
    pub(super) fn close(&mut self, at: usize, arguments: Option<&str>, deltas: &mut Vec<Delta>) {
        let slot = self.slot(at, deltas);
        let call = &mut self.items[at];
        let (before, was_closed) = (call.said.len(), call.closed);
        if let Some(arguments) = arguments {
            match arguments.strip_prefix(call.said.as_str()) {
                Some("") => {}
                Some(more) => {
                    deltas.push(Delta::Arguments { slot, text: more.to_owned() });
                    call.add(more);
                }
                None => {
                    deltas.push(Delta::ArgumentsReset { slot });
                    if !arguments.is_empty() {
                        deltas.push(Delta::Arguments { slot, text: arguments.to_owned() });
                    }
                    call.said.clear();
                    call.add(arguments);
                }
            }
        }
        call.closed = true;
        self.bytes = self.bytes - before + call.said.len();
        if !was_closed {
            deltas.push(Delta::ArgumentsComplete { slot });
        }
    }

    pub(super) fn keep(&mut self, at: usize, whole: OutputItem) {
        let item = &mut self.items[at];
        self.bytes -= item.json_bytes;
        // What it says counts already.
        let said = item.said.len() + item.refused.len();
        item.json_bytes = whole.as_json().len().saturating_sub(said);
        self.bytes += item.json_bytes;
        item.json = Some(whole);
        item.spelled = 0..0;
    }
}
