//! Lines of files for fine-tuning.

use super::{
    messages::{self, Terms},
    notes::{At, Notes},
};
use crate::schema::{nearest, shorten};

/// An example: a conversation whose assistant is to be learned from.
pub(super) fn example(record: &At<'_>, keys: &[&str], terms: &Terms, notes: &mut Notes) {
    known_keys(record, keys, notes);
    let Some(list) = record.key("messages") else {
        return notes.error(&record.pointer, "shape", "expected an example with `messages`");
    };
    messages::check(&list, terms, notes);
    let mut assistants = 0;
    let mut learned = 0;
    for message in list.items() {
        known_keys(&message, MESSAGE_KEYS, notes);
        let is_assistant = message.text_at("role") == Some("assistant");
        let weight = message.key("weight");
        assistants += usize::from(is_assistant);
        let is_left_out = weight.as_ref().is_some_and(|weight| weight.value.as_f64() == Some(0.0));
        learned += usize::from(is_assistant && !is_left_out);
        let Some(weight) = weight else { continue };
        if !is_assistant {
            let what = "only messages of the assistant have a weight";
            notes.error(&weight.pointer, "training-weight", what);
        } else if !matches!(weight.value.as_u64(), Some(0 | 1)) {
            notes.error(&weight.pointer, "training-weight", "expected 0 or 1");
        }
    }
    if assistants > 0 && learned == 0 {
        let what = "every message of the assistant has weight 0: nothing is learned";
        notes.error(&list.pointer, "training-weight", what);
    }
    let Some(end) = list.items().last() else { return };
    if end.text_at("role") != Some("assistant") {
        let what = "the last message is not the assistant's: there is nothing to learn; if it is \
                    no example for fine-tuning, say so with --kind conversation";
        notes.error(&end.pointer, "training-end", what);
    }
}

/// A pair of answers, of which one is preferred.
pub(super) fn preference(record: &At<'_>, terms: &Terms, notes: &mut Notes) {
    known_keys(record, &["input", "preferred_output", "non_preferred_output"], notes);
    match record.key("input") {
        Some(input) => {
            known_keys(&input, super::kind::TRAINING_KEYS, notes);
            match input.key("messages") {
                Some(list) => messages::check(&list, terms, notes),
                None => notes.error(&input.pointer, "shape", "expected an input with `messages`"),
            }
        }
        None => notes.error(&record.pointer, "shape", "expected a pair with an `input`"),
    }
    for key in ["preferred_output", "non_preferred_output"] {
        let Some(output) = record.key(key) else {
            notes.error(&record.pointer, "shape", format!("expected a pair with `{key}`"));
            continue;
        };
        let Some([_, ..]) = output.value.as_array().map(Vec::as_slice) else {
            notes.error(&output.pointer, "shape", "expected a list of one message");
            continue;
        };
        for message in output.items() {
            known_keys(&message, MESSAGE_KEYS, notes);
            if message.text_at("role") == Some("assistant") {
                messages::assistant_alone(&message, terms, notes);
            } else {
                notes.error(&message.pointer, "training-end", "expected the assistant's message");
            }
        }
    }
}

fn known_keys(object: &At<'_>, known: &[&str], notes: &mut Notes) {
    let Some(map) = object.value.as_object() else { return };
    for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
        let near = nearest(key, known.iter().copied());
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        let what = format!("no key of fine-tuning is called `{}`{near}", shorten(key, 64));
        notes.error(object.place_of(key), "training-key", what);
    }
}

const MESSAGE_KEYS: &[&str] = &[
    "audio",
    "content",
    "function_call",
    "name",
    "refusal",
    "role",
    "tool_call_id",
    "tool_calls",
    "weight",
];
