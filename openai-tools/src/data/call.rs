//! One tool call against the tools that are offered.

use std::sync::Arc;

use super::{
    notes::{At, Notes},
    offer::Offer,
};
use crate::schema::shorten;

/// A call of a function, whose name and arguments are at `at`.
pub(super) fn function(at: &At<'_>, offer: Option<&Arc<Offer>>, notes: &mut Notes) {
    let Some(name) = name(at, notes) else { return };
    let shown = shorten(name, 64);
    let held = match offer.map(|offer| (offer, offer.tool(at.text_at("namespace"), name))) {
        None => None,
        Some((_, Some(tool))) => tool.held.as_ref(),
        Some((offer, None)) => {
            if !offer.is_open {
                notes.of_tool(at.place_of("name"), "unknown-tool", offer.unknown(name), &shown);
            }
            None
        }
    };
    let pointer = at.place_of("arguments");
    let Some(arguments) = at.key("arguments") else {
        return notes.of_tool(&at.pointer, "shape", "expected `arguments`, a string", &shown);
    };
    let Some(text) = arguments.text() else {
        notes.of_tool(&pointer, "arguments", "expected a string that holds JSON", &shown);
        // What they say can be told all the same.
        for problem in held.into_iter().flat_map(|held| held.problems_of(arguments.value)) {
            notes.problem_at(&pointer, &problem, Some(&shown));
        }
        return;
    };
    let problems = match held {
        Some(held) => held.problems(text),
        None if text.trim_ascii().is_empty() => return,
        // Without a schema they are JSON at least.
        None => match serde_json::from_str::<crate::json::Untrusted>(text) {
            Ok(_) => return,
            Err(error) => Err(error.into()),
        },
    };
    match problems {
        Ok(problems) => {
            for problem in &problems {
                notes.problem_in(&pointer, problem, Some(&shown));
            }
        }
        Err(error) => notes.not_json_in(&pointer, text, &error, "arguments", Some(&shown)),
    }
}

/// A call of a tool that takes free text.
pub(super) fn custom(at: &At<'_>, offer: Option<&Arc<Offer>>, notes: &mut Notes) {
    let Some(name) = name(at, notes) else { return };
    let shown = shorten(name, 64);
    let is_unknown =
        |offer: &&Arc<Offer>| offer.tool(at.text_at("namespace"), name).is_none() && !offer.is_open;
    if let Some(offer) = offer.filter(is_unknown) {
        notes.of_tool(at.place_of("name"), "unknown-tool", offer.unknown(name), &shown);
    }
    if at.text_at("input").is_none() {
        notes.of_tool(&at.pointer, "shape", "expected `input`, a string", &shown);
    }
}

fn name<'v>(at: &At<'v>, notes: &mut Notes) -> Option<&'v str> {
    let name = at.text_at("name");
    if name.is_none() {
        notes.error(&at.pointer, "shape", "expected a call with a `name`");
    }
    name
}

/// A call that stands in a message of chat completions, or by itself.
pub(super) fn of_chat(call: &At<'_>, offer: Option<&Arc<Offer>>, notes: &mut Notes) {
    match call.text_at("type") {
        Some("custom" | "custom_tool_call") => {
            custom(&call.key("custom").unwrap_or_else(|| call.clone()), offer, notes);
        }
        None | Some("function" | "function_call") => {
            function(&call.key("function").unwrap_or_else(|| call.clone()), offer, notes);
        }
        // Newer than this release.
        Some(_) => {}
    }
}
