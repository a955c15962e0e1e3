//! The Responses wire: `POST /responses`, schemas `CreateResponse`, `Response` and
//! `ResponseStreamEvent` of OpenAI's document.

mod accumulate;
mod input;
mod read;
mod wire;
mod write;

pub use self::accumulate::ResponsesAccumulator;
pub(crate) use self::{read::read_response, write::write_request};

/// The path under the base URL.
pub(crate) const PATH: &str = "responses";
