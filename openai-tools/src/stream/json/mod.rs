//! JSON that arrives in pieces: every byte is looked at once, however small the pieces are.
//!
//! [`JsonStream`] keeps the value so far; [`Scanner`] follows the same grammar and keeps nothing.
//!
//! # In what sense a value so far is a prefix
//!
//! Whatever the pieces are, each value that can be seen is a prefix of the same value at any later
//! time, and so of the final one, if the text goes on to be valid:
//!
//! - a value that is complete is equal to the final one;
//! - a string that is not complete is a beginning of the final string, in whole characters;
//! - a number that is not complete shows a beginning of the final number's text, and no value;
//! - a `true`, `false` or `null` that is not complete shows its type only;
//! - a list that is not complete holds the first items of the final list, in order: all complete
//!   but the last one, which is a prefix of the final item;
//! - an object that is not complete holds the first members of the final object, in order, with
//!   their whole keys: all complete but the last one, whose value is a prefix of the final one. A
//!   member is there from the first byte of its value on.
//!
//! The type of a value never changes, and what is complete never changes.

mod fields;
mod nodes;
mod stream;
mod tree;
mod value;

pub(super) use self::tree::Tree;
pub use self::{nodes::Kind, stream::JsonStream, value::PartialValue};
pub use crate::json::grammar::{JsonError, JsonLimits, Scanner};
pub(super) use crate::json::grammar::{Machine, Sink, Token};

#[cfg(test)]
mod suite_tests;
#[cfg(test)]
mod tests;
