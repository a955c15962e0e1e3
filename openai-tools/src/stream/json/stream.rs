use std::fmt;

use serde_json::Value;

use super::{tree::Tree, value::PartialValue};
use crate::json::grammar::{JsonError, JsonLimits, Machine};

/// Reads JSON that arrives in pieces, and shows the value so far at any time.
///
/// The cost is linear in the length of the text, whatever the size of the pieces, and looking at
/// the value costs nothing that grows with it.
///
/// ```
/// use openai_tools::stream::json::JsonStream;
/// use serde_json::json;
///
/// let mut stream = JsonStream::new();
/// stream.push(r#"{"city": "Hanoi", "temperatures": [31, 3"#)?;
/// let value = stream.value().unwrap();
/// assert!(value.get("city").unwrap().is_complete());
/// let temperatures = value.get("temperatures").unwrap();
/// assert_eq!(temperatures.len(), 2);
/// assert!(!temperatures.item(1).unwrap().is_complete(), "3 may become 30");
/// stream.push("3]}")?;
/// let completed: Vec<_> = stream.completed().map(|value| value.path()).collect();
/// assert_eq!(completed, ["/temperatures/1", "/temperatures", ""]);
/// assert_eq!(stream.finish()?, json!({"city": "Hanoi", "temperatures": [31, 33]}));
/// # Ok::<(), openai_tools::stream::json::JsonError>(())
/// ```
#[derive(Clone, Default)]
pub struct JsonStream {
    machine: Machine,
    pub(super) tree: Tree,
}

impl JsonStream {
    /// A reader with the default limits: 128 levels, 64 MiB.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader with other limits.
    #[must_use]
    pub fn with_limits(limits: JsonLimits) -> Self {
        Self { machine: Machine::new(limits), tree: Tree::default() }
    }

    /// Takes the next piece of the text, of any length.
    ///
    /// What comes after the root is not an error here: it is not looked at, and
    /// [`has_trailing`](Self::has_trailing) tells of it.
    ///
    /// # Errors
    ///
    /// The text is no beginning of JSON, holds a key twice in one object or a number that is too
    /// large for an `f64`, or passes a limit. The value stays as it was up to there, and every
    /// later call repeats the error.
    #[inline]
    pub fn push(&mut self, text: &str) -> Result<(), JsonError> {
        self.tree.begin_piece();
        self.machine.push(text, &mut self.tree)
    }

    /// The value so far; none until its first byte has come.
    #[inline]
    #[must_use]
    pub fn value(&self) -> Option<PartialValue<'_>> {
        self.tree.root()
    }

    /// The values that the last piece completed, in the order of their last bytes: what is inside
    /// before what it is in.
    #[must_use]
    pub fn completed(&self) -> impl DoubleEndedIterator<Item = PartialValue<'_>> {
        self.tree.completed()
    }

    /// Whether the root has closed. A number at the root may grow until white space comes after it.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.machine.is_closed()
    }

    /// Whether something other than white space came after the root: a further value, or words.
    #[must_use]
    pub fn has_trailing(&self) -> bool {
        self.machine.has_trailing()
    }

    /// Says that no more text comes, and gives the value: the one that `serde_json` reads from the
    /// same text.
    ///
    /// # Errors
    ///
    /// The root has not closed, something came after it, or [`push`](Self::push) failed.
    pub fn finish(mut self) -> Result<Value, JsonError> {
        self.machine.finish(&mut self.tree)?;
        let Self { machine, tree } = self;
        tree.into_value().ok_or_else(|| machine.ends_early())
    }
}

impl fmt::Debug for JsonStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonStream")
            .field("is_closed", &self.is_closed())
            .field("has_trailing", &self.has_trailing())
            .finish_non_exhaustive()
    }
}
