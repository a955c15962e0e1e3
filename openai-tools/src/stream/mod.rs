//! Answers that are still arriving: what turns bytes into events, events into a response, and text
//! into values that grow, for those who bring their own HTTP client too. No network, no runtime.

mod elements;
pub mod json;
mod partial;
mod sse;

pub use self::{
    elements::{Elements, InvalidElement},
    partial::{Partial, PartialReader},
    sse::{SseDecoder, SseError, SseEvent},
};
pub use crate::chat::{completions::ChatAccumulator, responses::ResponsesAccumulator};
