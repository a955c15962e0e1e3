//! The grammar of JSON, fed in pieces: every byte is looked at once, whatever the pieces are.

mod error;
mod escape;
mod limits;
mod machine;
mod number;
mod plain;
mod scanner;

pub(crate) use self::machine::{Literal, Machine, Sink, Token};
pub use self::{error::JsonError, limits::JsonLimits, scanner::Scanner};
