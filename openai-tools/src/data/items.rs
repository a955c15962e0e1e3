//! The items of the responses API: every call answered once.

use std::{collections::HashMap, sync::Arc};

use super::{
    answer::Format,
    call,
    notes::{At, Notes},
    offer::Offer,
};
use crate::schema::{nearest, shorten};

/// What items are held to.
#[derive(Debug, Default)]
pub(super) struct Terms {
    pub(super) offer: Option<Arc<Offer>>,
    pub(super) answers: Format,
    /// Whether calls may be left open: they are what a model wrote.
    pub(super) may_wait: bool,
    /// Whether there are items before these, which are not here.
    pub(super) continues: bool,
}

/// Checks a list of items.
pub(super) fn check(list: &At<'_>, terms: &Terms, notes: &mut Notes) {
    if !list.value.is_array() {
        return notes.error(&list.pointer, "shape", "expected an array of items");
    }
    let mut calls: HashMap<&str, (String, bool)> = HashMap::new();
    let mut order = Vec::new();
    let mut continues = terms.continues;
    for item in list.items() {
        let kind = match item.text_at("type") {
            Some(kind) => kind,
            None if item.value.get("role").is_some() => "message",
            None => {
                notes.error(&item.pointer, "shape", "expected an item with a `type`");
                continue;
            }
        };
        match kind {
            "message" => message(&item, terms, notes),
            "function_call" | "custom_tool_call" => {
                if kind == "function_call" {
                    call::function(&item, terms.offer.as_ref(), notes);
                } else {
                    call::custom(&item, terms.offer.as_ref(), notes);
                }
                let Some(id) = item.text_at("call_id").filter(|id| !id.is_empty()) else {
                    let what = "expected a call with a `call_id`: without one nothing answers it";
                    notes.error(&item.pointer, "shape", what);
                    continue;
                };
                let place = item.place_of("call_id");
                if calls.insert(id, (place.clone(), false)).is_some() {
                    let what = format!("another call has the id `{}`", shorten(id, 64));
                    notes.error(place, "duplicate-call-id", what);
                }
                order.push(id);
            }
            "function_call_output" | "custom_tool_call_output" => {
                let Some(id) = item.text_at("call_id") else {
                    let what = "expected an output with a `call_id`";
                    notes.error(&item.pointer, "shape", what);
                    continue;
                };
                let (place, shown) = (item.place_of("call_id"), shorten(id, 64));
                match calls.get_mut(id) {
                    Some((_, answered @ false)) => *answered = true,
                    Some(_) => {
                        let what = format!("the call `{shown}` is answered twice");
                        notes.error(place, "answered-twice", what);
                    }
                    None if continues => {
                        calls.insert(id, (place, true));
                    }
                    None => {
                        let what = format!("no call before it has the id `{shown}`");
                        notes.error(place, "unknown-call", what);
                    }
                }
                if item.key("output").is_none() {
                    notes.error(&item.pointer, "shape", "expected an item with `output`");
                }
            }
            // It stands for an item that is kept by the server.
            "item_reference" => continues = true,
            _ => {}
        }
    }
    if terms.may_wait {
        return;
    }
    for id in order {
        if let Some((place, answered @ false)) = calls.get_mut(id) {
            *answered = true;
            let what = format!("the call `{}` is not answered", shorten(id, 64));
            notes.error(place.clone(), "unanswered-call", what);
        }
    }
}

fn message(item: &At<'_>, terms: &Terms, notes: &mut Notes) {
    let Some(role) = item.text_at("role") else {
        return notes.error(&item.pointer, "shape", "expected a message with a `role`");
    };
    if !ROLES.contains(&role) {
        let near = nearest(role, ROLES.iter().copied());
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        let what = format!("no role is called `{}`{near}", shorten(role, 40));
        notes.error(item.place_of("role"), "role", what);
    }
    let Some(content) = item.key("content") else {
        return notes.error(&item.pointer, "shape", "expected a message with `content`");
    };
    if !(content.value.is_string() || content.value.is_array()) {
        notes.error(&content.pointer, "shape", "expected a text or a list of parts");
    }
    let is_refusal = content.items().any(|part| part.text_at("type") == Some("refusal"));
    if role == "assistant" && !is_refusal {
        terms.answers.check_content(&content, notes);
    }
}

const ROLES: &[&str] = &["assistant", "developer", "system", "user"];
