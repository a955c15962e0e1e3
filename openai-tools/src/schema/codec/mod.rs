//! Between the form that the model writes and the form of the user's type.

mod describe;
mod digits;
mod fit;
mod graph;
mod locate;
mod rewrite;
#[cfg(feature = "wire")]
mod shape;

use std::{fmt, sync::Arc};

use serde_json::Value;

pub use self::describe::Rewrite;
pub(super) use self::fit::same;
pub(super) use self::graph::{Forms, Graph, Node, NodeId, Property, Scalar};
#[cfg(feature = "wire")]
pub(crate) use self::shape::{KEY_NAME, REST_NAME, Shape, VALUE_NAME, Written};
use super::problem::Problem;

/// Rewrites values between the form that the model writes and the form of the user's type.
///
/// What strict mode cannot say is written in another way and read back unseen by the type: a map
/// as a list of `{key, value}`, a tuple as an object of `item_0`, `item_1`, …, free JSON as JSON
/// text, an integer of 128 bits as text, a root that is no object under `value` (`null` as an
/// empty object), and a property left out as `null`. Cloning is
/// cheap.
///
/// ```
/// use openai_tools::schema::{Profile, StrictSchema};
/// use serde_json::json;
///
/// let ages = json!({"type": "object", "additionalProperties": {"type": "integer"}});
/// let strict = StrictSchema::convert(&ages, &Profile::openai_strict())?;
/// let written = json!({"value": [{"key": "Ann", "value": 7}]});
/// assert_eq!(strict.codec().decode(written.clone()).unwrap(), json!({"Ann": 7}));
/// assert_eq!(strict.codec().encode(json!({"Ann": 7})).unwrap(), written);
/// # Ok::<(), openai_tools::schema::SchemaError>(())
/// ```
#[derive(Clone, Default)]
pub struct Codec {
    /// Absent where both forms are the same, so that the common case costs nothing.
    graph: Option<Arc<Graph>>,
}

impl Codec {
    pub(super) fn new(graph: Graph) -> Self {
        Self { graph: graph.rewrites().then(|| Arc::new(graph)) }
    }

    /// Whether both forms are the same for every value.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.graph.is_none()
    }

    /// From the model's form, valid against the schema that is accepted, to the type's form.
    ///
    /// # Errors
    ///
    /// The first place that cannot be rewritten: text that should hold JSON and does not, a key
    /// that a map holds twice, or a value that breaks the schema.
    pub fn decode(&self, value: Value) -> Result<Value, Problem> {
        match &self.graph {
            Some(graph) => graph.decode(graph.root(), value, 0),
            None => Ok(value),
        }
    }

    /// From the type's form to the model's, for examples in a prompt and for tests.
    ///
    /// # Errors
    ///
    /// The first place whose value the schema does not describe.
    pub fn encode(&self, value: Value) -> Result<Value, Problem> {
        match &self.graph {
            Some(graph) => graph.encode(graph.root(), value, 0),
            None => Ok(value),
        }
    }

    /// The place in the model's form of a place in the type's form.
    pub(super) fn locate(&self, sent: &Value, pointer: &str) -> String {
        match &self.graph {
            Some(graph) => graph.locate(sent, pointer),
            None => pointer.to_owned(),
        }
    }

    /// A problem of a value in the model's form, told of the same value in the type's form.
    #[cfg(feature = "cli")]
    pub(crate) fn told_of_own(&self, sent: &Value, problem: Problem) -> Problem {
        match &self.graph {
            Some(graph) => {
                let own = graph.locate_own(sent, problem.pointer());
                problem.at(own)
            }
            None => problem,
        }
    }
}

impl fmt::Debug for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codec").field("is_identity", &self.is_identity()).finish_non_exhaustive()
    }
}

/// The property that holds a root that is no object.
pub(super) const VALUE: &str = "value";
/// The property that holds the key of one entry of a map; [`VALUE`] holds its value.
pub(super) const KEY: &str = "key";
/// The property that holds what a tuple has behind its fixed items.
pub(super) const REST: &str = "rest";

/// The property that holds one item of a tuple.
pub(super) fn item(index: usize) -> String {
    format!("item_{index}")
}

/// Values deeper than this are refused: following them could overflow the stack. Parsed JSON stays
/// under it, since `serde_json` stops at 128.
const DEEPEST: usize = 256;

#[cfg(test)]
mod tests;
