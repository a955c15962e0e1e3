//! The chat completions wire: `POST /chat/completions`, schemas `CreateChatCompletionRequest` and
//! `CreateChatCompletionResponse` of OpenAI's document.

mod accumulate;
mod read;
mod wire;
mod write;

pub use self::accumulate::ChatAccumulator;
#[cfg(feature = "client")]
pub(crate) use self::accumulate::Place;
pub(crate) use self::{
    accumulate::Accumulated,
    read::read_response,
    write::{Delivery, write_request},
};

/// The path under the base URL.
pub(crate) const PATH: &str = "chat/completions";
