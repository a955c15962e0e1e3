//! What the wires of both APIs have in common: fields read as liberally as servers write them, the
//! ids of calls, the limits of what is taken, and why something is not.

mod accumulated;
mod error;
mod frame;
mod loose;
mod settle;
mod text;
mod usage;

use serde::{Deserialize, Deserializer};

pub(crate) use self::accumulated::{Accumulated, Place};
pub(super) use self::{
    error::{error_of, place_in, too_large, too_many_calls},
    frame::Frame,
    loose::{CallId, Index, Loose},
    settle::settle_calls,
    text::{Arguments, Text},
    usage::{InputDetails, OutputDetails, Tokens},
};

/// How the response is to come.
#[cfg(feature = "client")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Delivery {
    Stream,
    Whole,
}

/// The most calls of one response.
pub(super) const MOST_CALLS: usize = 16_384;

/// What goes beyond so many bytes of an id is cut off.
pub(super) const LONGEST_ID: usize = 1024;

/// What goes beyond so many bytes of a tool's name is cut off; OpenAI's have 128 at most.
pub(super) const LONGEST_NAME: usize = 256;

/// For a field that has a default and may be null.
pub(super) fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
