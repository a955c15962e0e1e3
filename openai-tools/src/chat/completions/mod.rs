//! The chat completions wire: `POST /chat/completions`, schemas `CreateChatCompletionRequest` and
//! `CreateChatCompletionResponse` of OpenAI's document.

mod accumulate;
#[cfg(feature = "client")]
mod part;
mod read;
mod wire;
#[cfg(feature = "client")]
mod write;

pub use self::accumulate::ChatAccumulator;
pub(super) use self::accumulate::Envelope;
pub(crate) use self::read::read_response;
#[cfg(feature = "client")]
pub(crate) use self::{
    part::foreign_part,
    write::{tools_text, write_request},
};

/// The path under the base URL.
#[cfg(feature = "client")]
pub(crate) const PATH: &str = "chat/completions";
