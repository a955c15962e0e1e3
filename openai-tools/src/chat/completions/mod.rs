//! The chat completions wire: `POST /chat/completions`, schemas `CreateChatCompletionRequest` and
//! `CreateChatCompletionResponse` of OpenAI's document.

mod read;
mod write;

pub(crate) use self::{read::read_response, write::write_request};

/// The path under the base URL.
pub(crate) const PATH: &str = "chat/completions";
