//! A check of JSON text that builds no values.
//!
//! Most of the time of holding text against a schema goes into the building of a `Value`. A sieve
//! walks over the bytes once, with the schema beside it. It answers for the keywords that most
//! schemas are made of and hands what it does not know, place by place, to the validator; of a
//! text that it is not sure of it says so, and the [`Checker`](super::Checker) decides.

mod compile;
mod node;
mod scanner;
mod walk;

use serde_json::Value;

use self::{compile::Compiler, node::Node, walk::Walk};

/// A compiled schema.
#[derive(Debug)]
pub(crate) struct Sieve {
    nodes: Vec<Node>,
    root: usize,
}

/// What a sieve says of a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// It is JSON as far as was looked at, and breaks the schema.
    Invalid,
    /// It may be anything: no JSON, a key twice, or more than a sieve can tell.
    Unknown,
    /// It is JSON without a key that stands twice, and valid.
    Valid,
}

impl Sieve {
    /// Compiles a schema that a validator was made of already; `None` for one of which a sieve
    /// could tell nothing.
    pub(crate) fn compile(schema: &Value) -> Option<Self> {
        let (nodes, root) = Compiler::compile(schema)?;
        Some(Self { nodes, root })
    }

    /// Costs a multiple of the text's length, whatever the schema.
    pub(crate) fn verdict(&self, text: &str) -> Verdict {
        Walk::new(&self.nodes, text).verdict(self.root)
    }
}

#[cfg(test)]
mod tests;
