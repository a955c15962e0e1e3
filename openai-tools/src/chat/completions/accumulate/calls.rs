//! Which call a piece belongs to. What the server numbers them with is not to be relied on.

use std::collections::HashMap;

use super::arguments::{Arguments, Change};
use crate::{
    chat::{
        Delta,
        completions::wire::{WireCall, WireCalls},
        wire::{LONGEST_NAME, MOST_CALLS, Place, settle_calls, too_large, too_many_calls},
    },
    error::Error,
    ids::ToolCallId,
    tool::{CallKind, ToolCall},
};

/// The calls of a response that is still arriving, each in a slot, in order of appearance.
#[derive(Debug, Default)]
pub(super) struct Calls {
    slots: Vec<Slot>,
    /// The slot that an index stood for last.
    by_index: HashMap<u64, usize>,
    /// The slots of ids, for servers that give one index to several calls.
    by_id: HashMap<(u64, ToolCallId), usize>,
    /// Index and slot of the last piece, where the next one mostly belongs, too.
    last: Option<(u64, usize)>,
    highest: Option<u64>,
    bytes: usize,
    /// Whether every piece is known to be the whole so far.
    snapshots: bool,
}

#[derive(Debug)]
struct Slot {
    index: u64,
    place: Place,
    id: ToolCallId,
    name: String,
    arguments: Arguments,
    /// A custom tool's: any text.
    custom: bool,
}

/// The calls in the order of the response.
pub(super) struct Settled {
    pub(super) calls: Vec<ToolCall>,
    /// The slot of each.
    pub(super) slots: Vec<usize>,
    /// Whether each is of a custom tool.
    pub(super) custom: Vec<bool>,
}

impl Calls {
    /// How much memory they take, about; a name that is told anew counts again.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn take_snapshots(&mut self, snapshots: bool) {
        self.snapshots = snapshots;
    }

    /// Takes the list of one delta, or of one message (`whole`).
    ///
    /// # Errors
    ///
    /// If there are too many, or once they take more than `max_bytes`.
    pub(super) fn push(
        &mut self,
        calls: WireCalls<'_>,
        whole: bool,
        max_bytes: usize,
        deltas: &mut Vec<Delta>,
    ) -> Result<(), Error> {
        if calls.too_many {
            return Err(too_many_calls());
        }
        let alone = calls.len() == 1 && !whole && !self.snapshots;
        for (position, call) in (0..).zip(calls) {
            if self.bytes > max_bytes {
                return Err(too_large(max_bytes));
            }
            self.push_one(call, (!alone).then_some(position), whole, deltas);
            if self.slots.len() > MOST_CALLS {
                return Err(too_many_calls());
            }
        }
        Ok(())
    }

    /// `position` is where the call stands in its list, if that can say which it is.
    fn push_one(
        &mut self,
        call: WireCall<'_>,
        position: Option<u64>,
        whole: bool,
        deltas: &mut Vec<Delta>,
    ) {
        let told = call.index.0;
        let index = told.or(position).or(self.last.map(|(index, _)| index)).unwrap_or(0);
        let custom = call.is_custom();
        let (id, name, text) = call.into_parts();
        let found = self.find(index, told.is_some(), &id, &name, &text);
        let slot = match found {
            Some(slot) => {
                self.rename(slot, &id, &name, deltas);
                slot
            }
            None => self.begin(index, &id, &name, custom, deltas),
        };
        if self.last != Some((index, slot)) {
            self.by_index.insert(index, slot);
            self.last = Some((index, slot));
        }
        let Slot { arguments, custom, .. } = &mut self.slots[slot];
        let before = arguments.text().len();
        let change = match (self.snapshots, whole) {
            (true, _) => arguments.push_snapshot(&text),
            (false, true) => arguments.push_whole(&text, *custom),
            (false, false) => arguments.push(&text, *custom),
        };
        self.bytes = self.bytes - before + arguments.text().len();
        match change {
            Change::Append(more) if more.len() == text.len() => {
                deltas.push(Delta::Arguments { slot, text: text.into() });
            }
            Change::Append(more) => {
                deltas.push(Delta::Arguments { slot, text: more.to_owned() });
            }
            Change::Nothing => {}
            Change::Replace => {
                deltas.push(Delta::ArgumentsReset { slot });
                deltas.push(Delta::Arguments { slot, text: text.into() });
            }
        }
    }

    /// The slot that a piece goes on with; `None` if it begins a call.
    fn find(
        &mut self,
        index: u64,
        index_told: bool,
        id: &str,
        name: &str,
        text: &str,
    ) -> Option<usize> {
        let slot = match self.last {
            Some((last, slot)) if last == index => slot,
            _ => *self.by_index.get(&index)?,
        };
        let call = &mut self.slots[slot];
        if !id.is_empty() && !is_missing(&call.id) && call.id.as_str() != id {
            // One index for several calls. A new id without a name is no new call: there are
            // servers that make up an id for every piece.
            let other = self.by_id.get(&(index, id.into())).copied();
            return other.or_else(|| name.is_empty().then_some(slot));
        }
        if name.is_empty() || call.name.is_empty() || call.custom || self.snapshots {
            return Some(slot);
        }
        // A name that comes again mostly goes on with its call. Calls without ids can be told by
        // their arguments only.
        let unsure = id.is_empty() || is_missing(&call.id) || !index_told;
        if unsure && call.arguments.is_closed_to(text) {
            return None;
        }
        let another = name != call.name
            && !name.starts_with(&call.name)
            && !call.arguments.text().is_empty()
            && unsure;
        (!another).then_some(slot)
    }

    fn begin(
        &mut self,
        index: u64,
        id: &str,
        name: &str,
        custom: bool,
        deltas: &mut Vec<Delta>,
    ) -> usize {
        let slot = self.slots.len();
        self.bytes += SLOT_BYTES + id.len() + name.len();
        let id = ToolCallId::from(id);
        let in_order = self.slots.last().map_or(index == 0, |last| {
            last.place == Place::InOrder
                && index.checked_sub(last.index).is_some_and(|step| step <= 1)
        });
        let place = match self.highest {
            Some(highest) if index < highest => Place::Before,
            _ if in_order => Place::InOrder,
            _ => Place::BehindGap,
        };
        self.highest = self.highest.max(Some(index));
        self.slots.push(Slot {
            index,
            place,
            id: id.clone(),
            name: name.to_owned(),
            arguments: Arguments::default(),
            custom,
        });
        if !is_missing(&id) {
            self.by_id.insert((index, id.clone()), slot);
        }
        let kind = if custom { CallKind::Custom } else { CallKind::Function };
        deltas.push(Delta::CallBegan { slot, id, kind, namespace: None, name: name.to_owned() });
        slot
    }

    /// Takes what the piece says of the id and the name of a call that has begun.
    fn rename(&mut self, slot: usize, id: &str, name: &str, deltas: &mut Vec<Delta>) {
        let call = &mut self.slots[slot];
        let known = call.name.len();
        let identified = is_missing(&call.id) && !id.is_empty();
        if identified {
            call.id = id.into();
            self.by_id.insert((call.index, call.id.clone()), slot);
            self.bytes += id.len();
        }
        match name.strip_prefix(call.name.as_str()) {
            // The same again, or more of it.
            Some(more) => call.name.push_str(more),
            // A piece of it.
            None if call.arguments.text().is_empty()
                && call.name.len() + name.len() <= LONGEST_NAME =>
            {
                call.name.push_str(name);
            }
            None => {}
        }
        if identified || call.name.len() > known {
            self.bytes += call.name.len();
            let (id, name) = (call.id.clone(), call.name.clone());
            deltas.push(Delta::CallRenamed { slot, id, name });
        }
    }

    #[cfg(feature = "client")]
    pub(super) fn place(&self, slot: usize) -> Option<Place> {
        self.slots.get(slot).map(|call| call.place)
    }

    /// The calls so far.
    pub(super) fn settled(&self) -> Settled {
        let calls = self.slots.iter().enumerate().map(|(slot, call)| {
            (call.index, slot, call.custom, call.as_call(call.arguments.text().to_owned()))
        });
        settle(calls.collect())
    }

    pub(super) fn into_settled(self) -> Settled {
        let calls = self.slots.into_iter().enumerate().map(|(slot, mut call)| {
            let arguments = std::mem::take(&mut call.arguments).into_text();
            (call.index, slot, call.custom, call.as_call(arguments))
        });
        settle(calls.collect())
    }
}

impl Slot {
    fn as_call(&self, arguments: String) -> ToolCall {
        let kind = if self.custom { CallKind::Custom } else { CallKind::Function };
        ToolCall::new(self.id.clone(), self.name.as_str(), arguments).with_kind(kind)
    }
}

/// In the order of their indexes, as the list of a response without streaming is, and with ids of
/// their own.
fn settle(mut found: Vec<(u64, usize, bool, ToolCall)>) -> Settled {
    found.sort_by_key(|(index, ..)| *index);
    let facts: Vec<_> = found.iter().map(|(_, slot, custom, _)| (*slot, *custom)).collect();
    let (calls, places) = settle_calls(found.into_iter().map(|(.., call)| call).collect());
    let (slots, custom) = places.into_iter().map(|place| facts[place]).unzip();
    Settled { calls, slots, custom }
}

/// What a slot takes besides its texts, so that many empty calls count as well.
const SLOT_BYTES: usize = 256;

fn is_missing(id: &ToolCallId) -> bool {
    id.as_str().is_empty()
}
