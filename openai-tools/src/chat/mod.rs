//! The conversation with a model: neutral types, and the wire forms of each API.
//!
//! Everything above this module (client, run, dispatch) speaks the neutral types; only the folder
//! of an API knows how that API spells them.

pub(crate) mod completions;
mod delta;
mod message;
mod request;
mod response;

pub use self::{
    delta::Delta,
    message::{AssistantMessage, Image, ImageDetail, Message, Part},
    request::{AllowedMode, ReasoningEffort, Request, ResponseFormat, Settings, ToolChoice},
    response::{FinishReason, Response, Usage},
};
