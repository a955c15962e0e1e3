use std::fmt;

use crate::schema::problem::{LONGEST_POINTER, bounded, shorten};

/// A keyword of the original schema that the model is not held to by its server.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Loss {
    /// The schema that holds it, as a JSON pointer into the original; empty for the whole. One of
    /// over 1,024 characters is cut in the middle, at a `…`.
    pub pointer: String,
    /// The keyword, such as `minLength`.
    pub keyword: String,
    /// Whether [`Checker`](crate::schema::Checker) enforces it on what comes back. What only
    /// annotates, such as `examples`, is not enforced by anyone.
    pub enforced: bool,
    /// Whether the description that is sent says it in words.
    pub described: bool,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(f, "at {}: ", self.pointer)?;
        }
        let checked = if self.enforced { "checked on what comes back" } else { "not checked" };
        let told = if self.described { ", told in the description" } else { "" };
        write!(f, "`{}` is not sent; {checked}{told}", self.keyword)
    }
}

/// Why a schema cannot be used; every place, with its remedy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SchemaError {
    refusals: Vec<Refusal>,
}

impl SchemaError {
    /// Every place that was found, at least one.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    pub(in crate::schema) fn new(refusals: Vec<Refusal>) -> Self {
        Self { refusals }
    }

    /// The first place and its reason, on one line of at most 300 characters or so.
    pub(crate) fn first(&self) -> String {
        let Some(Refusal { pointer, reason, .. }) = self.refusals.first() else {
            return String::new();
        };
        let place = if pointer.is_empty() { String::new() } else { format!("at {pointer}: ") };
        let more = match self.refusals.len() {
            1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        format!("{}{more}", shorten(&format!("{place}{reason}"), 300)).replace('\n', " ")
    }

    pub(in crate::schema) fn into_refusals(self) -> Vec<Refusal> {
        self.refusals
    }

    /// The same error of a schema that is at `pointer` of something larger.
    #[cfg(feature = "cli")]
    pub(crate) fn under(mut self, pointer: &str) -> Self {
        self.refusals.iter_mut().for_each(|refusal| refusal.pointer.insert_str(0, pointer));
        self
    }

    /// The same error without some of its places; `None` if that is all of them.
    #[cfg(feature = "cli")]
    pub(crate) fn without(mut self, is_out: impl Fn(&Refusal) -> bool) -> Option<Self> {
        self.refusals.retain(|refusal| !is_out(refusal));
        (!self.refusals.is_empty()).then_some(self)
    }

    /// The same error with no more places than there is room for, but with one; and how many are
    /// left out.
    #[cfg(feature = "cli")]
    pub(crate) fn cut(mut self, room: &mut usize) -> (Self, usize) {
        let count = self.refusals.len();
        self.refusals.truncate((*room).max(1));
        *room = room.saturating_sub(self.refusals.len());
        let more = count - self.refusals.len();
        (self, more)
    }

    /// A place of a file that holds no schema.
    #[cfg(feature = "cli")]
    pub(crate) fn of_file(pointer: String, reason: String, help: &str) -> Self {
        Self::one(pointer, reason, help)
    }

    pub(crate) fn one(
        pointer: impl Into<String>,
        reason: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self::new(vec![Refusal::new(pointer, reason, help)])
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, refusal) in self.refusals.iter().enumerate() {
            if n > 0 {
                f.write_str("; ")?;
            }
            refusal.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for SchemaError {}

/// One place of a schema that cannot be used.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    /// Where, as a JSON pointer into the schema; empty for the whole. One of over 1,024 characters
    /// is cut in the middle, at a `…`.
    pub pointer: String,
    /// What is wrong there.
    pub reason: String,
    /// What to do about it.
    pub help: String,
}

impl Refusal {
    pub(in crate::schema) fn new(
        pointer: impl Into<String>,
        reason: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let pointer = bounded(pointer.into(), LONGEST_POINTER);
        Self { pointer, reason: reason.into(), help: help.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(f, "at {}: ", self.pointer)?;
        }
        write!(f, "{} (help: {})", self.reason, self.help)
    }
}
