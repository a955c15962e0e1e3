use std::{borrow::Cow, fmt};

/// Why a text is not JSON, or not within the limits, and where.
///
/// Nothing of the text is quoted: `expected a comma or the end of the list at line 1 column 4`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JsonError {
    place: Place,
    expected: Cow<'static, str>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    End,
    Limit,
    Text,
}

/// A place in a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Place {
    pub(super) offset: usize,
    pub(super) line: usize,
    pub(super) column: usize,
}

impl JsonError {
    /// How many bytes of the text stand before the fault.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.place.offset
    }

    /// The line, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.place.line
    }

    /// The column in bytes, counted from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.place.column
    }

    /// What would have been right there, as a phrase: `a value`.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// Whether nothing is wrong with the text but that it ends too early.
    #[must_use]
    pub fn is_end(&self) -> bool {
        self.kind == Kind::End
    }

    /// Whether nothing is wrong with the text so far but that it passes a limit of its reader.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        self.kind == Kind::Limit
    }

    pub(super) fn new(place: Place, expected: &'static str) -> Self {
        Self { place, expected: expected.into(), kind: Kind::Text }
    }

    pub(super) fn end(place: Place, expected: &'static str) -> Self {
        Self { place, expected: expected.into(), kind: Kind::End }
    }

    pub(super) fn limit(place: Place, expected: String) -> Self {
        Self { place, expected: expected.into(), kind: Kind::Limit }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column, .. } = self.place;
        write!(f, "expected {}", self.expected)?;
        if self.is_end() {
            f.write_str(", found the end")?;
        }
        write!(f, " at line {line} column {column}")
    }
}

impl std::error::Error for JsonError {}
