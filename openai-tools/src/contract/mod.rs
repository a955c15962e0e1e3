//! The contract with the model over time: a lock file that a review can read, and what a change of
//! it means.
//!
//! A tool's schema is a contract with a model that cannot be asked, with conversations that are
//! stored, and with models that were fine-tuned on it. [`Lock`] holds what the tools promise, in
//! a file that is committed; [`compare`] tells each place where two of them differ, and classes it
//! by what it means, not by how it is written. [`ci`](crate::ci) does both in a test.
//!
//! ```
//! use openai_tools::contract::{Class, Lock, LockedTool, compare};
//! use serde_json::json;
//!
//! let tool = |units: &[&str]| {
//!     LockedTool::new(
//!         "get_weather",
//!         json!({
//!             "type": "object",
//!             "properties": {"unit": {"enum": units}},
//!             "required": ["unit"],
//!             "additionalProperties": false,
//!         }),
//!     )
//! };
//! let old = Lock::of([tool(&["celsius", "kelvin"])]);
//! let new = Lock::of([tool(&["celsius"])]);
//!
//! let comparison = compare(&old, &new);
//! let change = &comparison.changes()[0];
//! assert_eq!(change.pointer, "/parameters/properties/unit/enum");
//! // The model may send less, and a call that was stored with the other value is refused now.
//! assert_eq!((change.model, change.stored), (Some(Class::Narrowing), Some(Class::Breaking)));
//! assert_eq!(change.refused_now, Some(json!({"unit": "kelvin"})));
//! ```

mod change;
mod class;
mod compare;
mod form;
mod lock;
mod patch;
mod pretty;
mod read;
mod sets;
mod text;
mod walk;

pub use self::{
    change::{Change, Comparison},
    class::Class,
    compare::{compare, compare_schemas},
    lock::{Lock, LockedLoss, LockedTool},
    read::InvalidLock,
};

#[cfg(test)]
mod tests;
