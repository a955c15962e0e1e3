use super::{
    error::JsonError,
    limits::JsonLimits,
    machine::{Machine, Sink, Token},
};

/// Follows JSON that arrives in pieces, without keeping it: memory is one byte per level of
/// nesting.
///
/// The grammar is that of `serde_json`. What only values show is not looked at: whether a key
/// stands twice, and whether a number is too large for an `f64`.
///
/// ```
/// use openai_tools::stream::json::Scanner;
///
/// let mut scanner = Scanner::new();
/// scanner.push(r#"{"city": "Han"#)?;
/// assert!(!scanner.is_closed());
/// scanner.push(r#"oi"}"#)?;
/// assert!(scanner.is_closed() && !scanner.has_trailing());
/// # Ok::<(), openai_tools::stream::json::JsonError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scanner {
    machine: Machine,
}

impl Scanner {
    /// A scanner with the default limits: 128 levels, 64 MiB.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A scanner with other limits.
    #[must_use]
    pub fn with_limits(limits: JsonLimits) -> Self {
        Self { machine: Machine::new(limits) }
    }

    /// Takes the next piece of the text, of any length.
    ///
    /// What comes after the root is not an error here: it is not looked at, and
    /// [`has_trailing`](Self::has_trailing) tells of it.
    ///
    /// # Errors
    ///
    /// The text is no beginning of JSON, or passes a limit. Every later call repeats the error.
    pub fn push(&mut self, text: &str) -> Result<(), JsonError> {
        self.machine.push(text, &mut Nothing)
    }

    /// Whether the root has closed. A number at the root may grow until white space comes after it.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.machine.is_closed()
    }

    /// Whether something other than white space came after the root.
    #[must_use]
    pub fn has_trailing(&self) -> bool {
        self.machine.has_trailing()
    }

    /// Whether the root is an object or a list.
    pub(crate) fn is_container(&self) -> bool {
        self.machine.is_container()
    }

    /// Whether the root has closed and is an object without members, as a placeholder is.
    #[must_use]
    pub fn is_empty_object(&self) -> bool {
        self.machine.is_empty_object()
    }

    /// Says that no more text comes.
    ///
    /// # Errors
    ///
    /// The root has not closed, something came after it, or [`push`](Self::push) failed.
    pub fn finish(mut self) -> Result<(), JsonError> {
        self.machine.finish(&mut Nothing)
    }
}

struct Nothing;

impl Sink for Nothing {
    fn begin(&mut self, _: Token) -> Result<(), &'static str> {
        Ok(())
    }

    fn text(&mut self, _: &str) {}

    fn character(&mut self, _: char) {}

    fn end(&mut self, _: Token) -> Result<(), &'static str> {
        Ok(())
    }
}
