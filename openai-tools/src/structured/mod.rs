//! Answers that are values: what is asked for, and how a text becomes one. No network, no runtime.

mod answer;
mod invalid;
mod json_mode;
mod schema_cache;
mod step;

pub(crate) use self::{answer::Typed, step::Ladder};
pub use self::{
    answer::{Answer, Json, Prepared, Text},
    invalid::{InvalidAnswer, InvalidReason},
    step::AnswerStep,
};
