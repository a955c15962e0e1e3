//! One item of a response that is still arriving.

use std::ops::Range;

#[cfg(feature = "client")]
use crate::chat::wire::Place;
use crate::{
    chat::{
        AssistantMessage, OutputItem,
        responses::{
            known::{LONG, spelled},
            wire::{CallItem, Item, add_paragraph, with_origin},
        },
    },
    ids::ToolCallId,
    tool::{CallKind, ToolCall},
};

#[expect(clippy::struct_excessive_bools, reason = "each says something else")]
pub(super) struct Arriving {
    pub(super) index: u64,
    pub(super) id: String,
    pub(super) form: Form,
    /// Whether all that stand before it have begun before it.
    pub(super) in_order: bool,
    /// Whether all that began before it stand before it.
    #[cfg_attr(not(feature = "client"), expect(dead_code, reason = "tools start by it"))]
    behind: bool,
    /// Text, what was reasoned, or the arguments of a call.
    pub(super) said: String,
    pub(super) refused: String,
    /// Whether what was said is long, so that it is looked for where events repeat it.
    pub(super) is_long: bool,
    /// Which of the calls it is.
    pub(super) slot: Option<usize>,
    pub(super) call_id: ToolCallId,
    pub(super) name: String,
    pub(super) kind: CallKind,
    pub(super) namespace: Option<String>,
    program: Option<String>,
    /// Whether the arguments are whole.
    pub(super) closed: bool,
    /// The whole of it, once it is done.
    pub(super) json: Option<OutputItem>,
    /// Where in that stands what was said, if that was found there and has not changed.
    pub(super) spelled: Range<usize>,
    /// How much that counts for.
    pub(super) json_bytes: usize,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    Call,
    Message,
    Other,
    /// What was reasoned, or commentary on the way.
    Reasoning,
}

impl Form {
    pub(super) fn of(item: &Item<'_>) -> Self {
        match item {
            Item::Call(_) => Self::Call,
            Item::Commentary(_) | Item::Reasoning(_) => Self::Reasoning,
            Item::Message(_) => Self::Message,
            Item::Other => Self::Other,
        }
    }
}

impl Arriving {
    pub(super) fn new(index: u64, form: Form, in_order: bool, behind: bool) -> Self {
        Self {
            index,
            id: String::new(),
            form,
            in_order,
            behind,
            said: String::new(),
            refused: String::new(),
            is_long: false,
            slot: None,
            call_id: ToolCallId::from(""),
            name: String::new(),
            kind: CallKind::Function,
            namespace: None,
            program: None,
            closed: false,
            json: None,
            spelled: 0..0,
            json_bytes: 0,
        }
    }

    pub(super) fn name_call(&mut self, call: &CallItem<'_>) {
        if !call.id().is_empty() {
            self.call_id = call.id().into();
        }
        if !call.name.is_empty() {
            (*call.name).clone_into(&mut self.name);
        }
        self.kind = call.kind.clone();
        self.namespace = call.namespace.as_deref().map(str::to_owned);
        self.program = call.program.as_deref().map(str::to_owned);
    }

    #[cfg(feature = "client")]
    pub(super) fn place(&self) -> Place {
        match (self.behind, self.in_order) {
            (false, _) => Place::Before,
            (true, false) => Place::BehindGap,
            (true, true) => Place::InOrder,
        }
    }

    /// Adds to what was said.
    pub(super) fn add(&mut self, text: &str) {
        self.said.push_str(text);
        self.spelled = 0..0;
    }

    /// How many bytes of a JSON string spell what was said.
    pub(super) fn spelled(&self, json: &[u8]) -> Option<usize> {
        if self.said.len() < LONG {
            return None;
        }
        // Whoever repeats it mostly spells it as before, and that is only to be compared.
        let kept = self.json.as_ref().and_then(|whole| whole.as_json().get(self.spelled.clone()));
        let before = kept.filter(|kept| !kept.is_empty()).map(str::as_bytes);
        match before {
            Some(before) if json.get(before.len()) == Some(&b'"') && json.starts_with(before) => {
                Some(before.len())
            }
            _ => spelled(json, &self.said),
        }
    }

    /// Adds what has come of it to a message.
    pub(super) fn add_to(&self, message: &mut AssistantMessage) {
        match self.form {
            Form::Call => {
                let call = ToolCall::new(self.call_id.clone(), self.name.as_str(), &*self.said);
                let (namespace, program) = (self.namespace.as_deref(), self.program.as_deref());
                message.tool_calls.push(with_origin(call, &self.kind, namespace, program));
            }
            Form::Reasoning if self.said.is_empty() => {}
            Form::Reasoning => {
                add_paragraph(message.reasoning.get_or_insert_default(), &self.said);
            }
            Form::Message | Form::Other => {
                if !self.said.is_empty() {
                    message.text.get_or_insert_default().push_str(&self.said);
                }
                if !self.refused.is_empty() {
                    message.refusal.get_or_insert_default().push_str(&self.refused);
                }
            }
        }
    }
}
