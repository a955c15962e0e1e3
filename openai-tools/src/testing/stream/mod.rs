//! Answers as streams of server-sent events.
//!
//! An answer's document becomes chunks, one at a time ([`chunks`], [`calls`]); each becomes the
//! bytes of an event, in good form or not ([`events`]); these are packed into pieces of the body
//! ([`frames`]); all that is pure. Only [`body`] knows the clock.

mod body;
mod calls;
mod chunks;
mod events;
mod frames;
mod shape;

pub use self::shape::{LineEnd, Packing, StreamFault, StreamQuirk, StreamShape};
pub(super) use self::{
    body::{StreamBody, StreamEnding},
    chunks::{Chunk, Chunks, Text},
    events::Events,
    frames::Frames,
};

#[cfg(test)]
mod tests;
