//! The Responses API of the server: what differs from chat completions.
//!
//! A request is translated ([`translate`]), so that its checks and the automatic answers are those
//! of chat completions; what only this API has is checked in [`conversation`]. An answer becomes a
//! document ([`document`]) and, for a stream, events ([`events`]). All that is pure; what responses
//! the server remembers is [`memory`], and the endpoints that tell of it are [`kept`].

mod conversation;
mod document;
mod events;
mod kept;
mod memory;
mod translate;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub(super) use self::{
    document::{document, unfinished},
    events::ResponseEvents,
    kept::Kept,
    memory::Memory,
};
use super::{check, fault::Fault};

/// A request whose conversation is known.
pub(super) struct Asked {
    /// All of it, with what the server remembers of earlier responses.
    pub(super) items: Vec<Value>,
    /// As a request to chat completions.
    pub(super) translated: Value,
}

/// What a request sends, as a request to chat completions.
pub(super) fn as_chat(request: &Value) -> Value {
    translate::request(request, &memory::sent_items(request))
}

/// Reads a request, and checks it if `checks` says so.
pub(super) fn read(request: &Value, memory: &Memory, checks: bool) -> Result<Asked, Fault> {
    let items = match conversation::items(request, memory) {
        Ok(items) => items,
        Err(_) if !checks => Vec::new(),
        Err(fault) => return Err(fault),
    };
    let translated = translate::request(request, &items);
    if checks {
        conversation::check(request, &items, memory)?;
        translate::check_choice(request)?;
        check::chat_completions(&translated).map_err(translate::fault)?;
    }
    Ok(Asked { items, translated })
}
