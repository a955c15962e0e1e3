//! The Responses wire: `POST /responses`, schemas `CreateResponse`, `Response` and
//! `ResponseStreamEvent` of OpenAI's document.

mod accumulate;
#[cfg(feature = "client")]
mod input;
mod read;
mod wire;
#[cfg(feature = "client")]
mod write;

pub use self::accumulate::ResponsesAccumulator;
pub(crate) use self::read::read_response;
#[cfg(feature = "client")]
pub(crate) use self::write::{last_response, write_request};

/// The path under the base URL.
#[cfg(feature = "client")]
pub(crate) const PATH: &str = "responses";
