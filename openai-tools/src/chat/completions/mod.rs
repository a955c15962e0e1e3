//! The chat completions wire: `POST /chat/completions`, schemas `CreateChatCompletionRequest` and
//! `CreateChatCompletionResponse` of OpenAI's document.

mod accumulate;
mod read;
mod wire;
#[cfg(feature = "client")]
mod write;

pub use self::accumulate::ChatAccumulator;
pub(crate) use self::{accumulate::Accumulated, read::read_response};
#[cfg(feature = "client")]
pub(crate) use self::{
    accumulate::Place,
    write::{Delivery, tools_text, write_request},
};
pub(super) use self::{
    accumulate::{error_of, too_large},
    read::{place_in, settle_calls},
    wire::{Arguments, CallId, Index, Loose, MOST_CALLS, Text},
};

/// The path under the base URL.
#[cfg(feature = "client")]
pub(crate) const PATH: &str = "chat/completions";
