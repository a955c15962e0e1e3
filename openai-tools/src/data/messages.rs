//! The messages of chat completions: roles in order, every call answered once.

use std::{collections::HashMap, sync::Arc};

use super::{
    answer::Format,
    call,
    notes::{At, Notes},
    offer::Offer,
};
use crate::schema::{nearest, shorten};

/// What messages are held to.
#[derive(Debug, Default)]
pub(super) struct Terms {
    pub(super) offer: Option<Arc<Offer>>,
    /// Of every answer.
    pub(super) answers: Format,
    /// Of the answer that comes last, where the others may have been asked for in another form.
    pub(super) last_answer: Format,
    /// Whether the last message may call tools without an answer: it is what a model wrote.
    pub(super) may_wait: bool,
}

/// Checks the messages of a conversation.
pub(super) fn check(messages: &At<'_>, terms: &Terms, notes: &mut Notes) {
    let Some(list) = messages.value.as_array() else {
        return notes.error(&messages.pointer, "shape", "expected an array of messages");
    };
    if list.is_empty() {
        return notes.error(&messages.pointer, "shape", "expected at least one message");
    }
    let mut order = Order::default();
    for (n, message) in messages.items().enumerate() {
        let is_last = n + 1 == list.len();
        let Some(role) = role(&message, notes) else { continue };
        if role != "tool" {
            order.answered(notes);
        }
        match role {
            "assistant" => {
                if !order.has_user && !order.has_spoken {
                    order.warn(&message, "the assistant speaks before any user", notes);
                }
                assistant(&message, terms, &mut order, notes);
                let format = if is_last { &terms.last_answer } else { &Format::Any };
                for format in [&terms.answers, format] {
                    answer(&message, format, notes);
                }
            }
            "tool" => order.output(&message, notes),
            "system" | "developer" => {
                if order.has_user || order.has_spoken {
                    let what = format!("a {role} message behind the first of the conversation");
                    order.warn(&message, &what, notes);
                }
                content(&message, notes);
            }
            "function" => content(&message, notes),
            _ => {
                order.has_user = true;
                content(&message, notes);
            }
        }
        order.has_spoken |= role == "assistant";
    }
    if !terms.may_wait {
        order.answered(notes);
    }
}

/// One message of an assistant, by itself.
pub(super) fn assistant_alone(message: &At<'_>, terms: &Terms, notes: &mut Notes) {
    assistant(message, terms, &mut Order::default(), notes);
    answer(message, &terms.answers, notes);
}

/// The role of a message, if it is one that is known.
fn role<'v>(message: &At<'v>, notes: &mut Notes) -> Option<&'v str> {
    if !message.value.is_object() {
        notes.error(&message.pointer, "shape", "expected a message, an object");
        return None;
    }
    let Some(role) = message.text_at("role") else {
        notes.error(&message.pointer, "shape", "expected a message with a `role`");
        return None;
    };
    if ROLES.contains(&role) {
        return Some(role);
    }
    let near = nearest(role, ROLES.iter().copied());
    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let message_text = format!("no role is called `{}`{near}", shorten(role, 40));
    notes.error(message.place_of("role"), "role", message_text);
    None
}

fn assistant<'v>(message: &At<'v>, terms: &Terms, order: &mut Order<'v>, notes: &mut Notes) {
    let says = ["content", "refusal", "tool_calls", "function_call", "audio"];
    if says.iter().all(|key| message.key(key).is_none()) {
        let what = "the assistant says nothing: expected `content` or `tool_calls`";
        notes.error(&message.pointer, "empty-message", what);
    }
    if let Some(call) = message.key("function_call") {
        call::function(&call, terms.offer.as_ref(), notes);
    }
    let Some(calls) = message.key("tool_calls") else { return };
    match calls.value.as_array() {
        None => notes.error(&calls.pointer, "shape", "expected an array of calls"),
        Some(list) if list.is_empty() => {
            notes.error(&calls.pointer, "shape", "an empty list of calls; leave the key out");
        }
        Some(_) => {}
    }
    for call in calls.items() {
        call::of_chat(&call, terms.offer.as_ref(), notes);
        order.call(&call, notes);
    }
}

fn answer(message: &At<'_>, format: &Format, notes: &mut Notes) {
    let calls = ["tool_calls", "function_call", "refusal"];
    if calls.iter().any(|key| message.key(key).is_some()) {
        return;
    }
    if let Some(content) = message.key("content") {
        format.check_content(&content, notes);
    }
}

fn content(message: &At<'_>, notes: &mut Notes) {
    match message.key("content") {
        Some(content) if content.value.is_string() => {}
        Some(content) if content.value.as_array().is_some_and(|parts| !parts.is_empty()) => {}
        Some(content) => {
            notes.error(&content.pointer, "shape", "expected a text or a list of parts");
        }
        None => notes.error(&message.pointer, "shape", "expected a message with `content`"),
    }
}

/// The calls so far.
#[derive(Default)]
struct Order<'v> {
    calls: HashMap<&'v str, Call>,
    /// Those of the last message that is no output, in order.
    waiting: Vec<&'v str>,
    /// How many messages there were that are no outputs.
    turn: usize,
    has_user: bool,
    has_spoken: bool,
    has_warned: bool,
}

struct Call {
    place: String,
    turn: usize,
    is_answered: bool,
}

impl<'v> Order<'v> {
    fn warn(&mut self, message: &At<'_>, what: &str, notes: &mut Notes) {
        // One is enough: all that follow are out of order, too.
        if !std::mem::replace(&mut self.has_warned, true) {
            notes.warning(message.place_of("role"), "role-order", what);
        }
    }

    fn call(&mut self, call: &At<'v>, notes: &mut Notes) {
        let Some(id) = call.text_at("id").filter(|id| !id.is_empty()) else {
            let what = "expected a call with an `id`: without one nothing can answer it";
            return notes.error(&call.pointer, "shape", what);
        };
        let place = call.place_of("id");
        let new = Call { place: place.clone(), turn: self.turn, is_answered: false };
        if self.calls.insert(id, new).is_some() {
            let what = format!("another call has the id `{}`", shorten(id, 64));
            notes.error(place, "duplicate-call-id", what);
        }
        self.waiting.push(id);
    }

    fn output(&mut self, message: &At<'v>, notes: &mut Notes) {
        content(message, notes);
        let Some(id) = message.text_at("tool_call_id") else {
            let what = "expected a tool message with a `tool_call_id`";
            return notes.error(&message.pointer, "shape", what);
        };
        let place = message.place_of("tool_call_id");
        let shown = shorten(id, 64);
        let turn = self.turn;
        match self.calls.get_mut(id) {
            None => {
                let what = format!("no call before it has the id `{shown}`");
                notes.error(place, "unknown-call", what);
            }
            Some(Call { is_answered: true, .. }) => {
                let what = format!("the call `{shown}` is answered twice");
                notes.error(place, "answered-twice", what);
            }
            Some(call) => {
                call.is_answered = true;
                if call.turn != turn {
                    let what = format!("the call `{shown}` is answered behind other messages");
                    notes.error(place, "late-output", what);
                }
            }
        }
    }

    /// All calls of the message before must be answered by now.
    fn answered(&mut self, notes: &mut Notes) {
        self.turn += 1;
        for id in self.waiting.drain(..) {
            if let Some(call) = self.calls.get(id).filter(|call| !call.is_answered) {
                let what = format!("the call `{}` is not answered at once", shorten(id, 64));
                notes.error(call.place.clone(), "unanswered-call", what);
            }
        }
    }
}

const ROLES: &[&str] = &["assistant", "developer", "function", "system", "tool", "user"];
