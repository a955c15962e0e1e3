//! JSON that arrives in pieces: every byte is looked at once, however small the pieces are.
//!
//! [`Scanner`] follows the grammar and keeps nothing: it knows the moment when the root closes.

mod error;
mod limits;
mod machine;
mod number;
mod plain;
mod scanner;

pub use self::{error::JsonError, limits::JsonLimits, scanner::Scanner};
