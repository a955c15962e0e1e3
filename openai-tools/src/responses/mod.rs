//! The wire of the Responses API and of conversations, typed: items, parts, events, requests and
//! responses, as OpenAI's document has them.
//!
//! They stand below the neutral types of [`chat`](crate::chat), with which runs work on both APIs,
//! and are for those who look at the server's own items: what a web search found, which code ran,
//! what an MCP server is to be asked. [`OutputItem::read`](crate::chat::OutputItem::read) makes an
//! [`Item`] of what a response of a run holds.
//!
//! What is read and written again is the same JSON, whatever a newer server puts into it:
//!
//! - a field that is unknown, that is null, or that holds another type than the document says, is kept
//!   in `extra`, its numbers digit by digit;
//! - an object of an unknown kind, or one that lacks a required field, is kept as a whole in `Other`;
//! - a word that is unknown is kept in `Other`.
//!
//! So nothing that a server sends makes an [`Item`] or a [`StreamEvent`] unreadable. Required fields
//! are those that the document requires and real servers send; they are arguments of `new`. `Debug`
//! shows sizes, words and numbers, and no content.

mod conversation;
mod event;
mod item;
mod json;
mod macros;
mod object;
mod page;
mod part;
mod request;
mod response;
mod tool;
mod words;

#[cfg(test)]
mod tests;

pub use self::{
    conversation::*, event::*, item::*, json::*, page::*, part::*, request::*, response::*,
    tool::*, words::*,
};
