//! Syntax to values that keep their spans.

pub(crate) mod context_attr;
pub(crate) mod docs;
pub(crate) mod duration;
mod entry;
pub(crate) mod field_attr;
pub(crate) mod name;
pub(crate) mod param_attr;
pub(crate) mod tool_attr;
pub(crate) mod types;
