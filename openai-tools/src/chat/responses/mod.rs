//! The Responses wire: `POST /responses`, schemas `CreateResponse`, `Response` and
//! `ResponseStreamEvent` of OpenAI's document.

mod accumulate;
#[cfg(feature = "client")]
mod input;
mod known;
mod local;
mod read;
#[cfg(feature = "client")]
mod tools;
mod wire;
#[cfg(feature = "client")]
mod write;

pub use self::accumulate::ResponsesAccumulator;
pub(crate) use self::read::read_response;
#[cfg(feature = "client")]
pub(crate) use self::write::{last_response, write_request};

/// Whether an item is one of which a message holds nothing else.
#[cfg(any(feature = "client", test))]
pub(crate) fn is_only_kept(json: &str) -> bool {
    !matches!(self::wire::Item::read(json), Ok(item) if !matches!(item, self::wire::Item::Other))
}

/// The path under the base URL.
#[cfg(feature = "client")]
pub(crate) const PATH: &str = "responses";
