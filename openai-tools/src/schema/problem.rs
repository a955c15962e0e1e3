use std::{borrow::Cow, fmt};

use serde_json::Value;

use crate::json;
pub(crate) use crate::json::{escape, shorten, unescape};

/// One place where a value breaks its schema or its type.
///
/// `Display` is for people: `at /unit: expected one of "celsius", "fahrenheit", found "kelvin"`.
/// `Debug` leaves out what was found, which is the model's own words.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Problem {
    pointer: String,
    rule: Cow<'static, str>,
    found: String,
    allowed: String,
}

impl Problem {
    /// Where, as a JSON pointer into the value as the model sent it; empty for the whole value.
    ///
    /// A missing property is told at the object that lacks it, an unknown one at itself.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The keyword of JSON Schema that is broken, such as `required`, `enum` or `minimum`;
    /// `additionalProperties` for an unknown property, `type` for what the Rust type refuses.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// What is there, shortened to about 60 characters.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What would be right, as a phrase: `one of "celsius", "fahrenheit"`.
    #[must_use]
    pub fn allowed(&self) -> &str {
        &self.allowed
    }

    pub(crate) fn new(
        rule: impl Into<Cow<'static, str>>,
        found: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        let (found, allowed) = (found.into(), allowed.into());
        Self { pointer: String::new(), rule: rule.into(), found, allowed }
    }

    /// For code that no program is built from: a derive has failed.
    pub(crate) fn never_derived() -> Self {
        Self::new("type", "none", "a type whose derives succeed")
    }

    /// A pointer holds keys of the model's choice: a very long one is cut in the middle.
    pub(super) fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = bounded(pointer.into(), 400);
        self
    }

    /// The same problem, told from a value one level down, at `segment`.
    #[cfg(feature = "wire")]
    pub(crate) fn inside(mut self, segment: &str) -> Self {
        let rest = self.pointer.strip_prefix('/').and_then(|rest| rest.strip_prefix(segment));
        if let Some(rest) = rest.filter(|rest| rest.is_empty() || rest.starts_with('/')) {
            self.pointer = rest.to_owned();
        }
        self
    }

    /// Moves the place one level down, into `segment`; used while an error travels upwards.
    pub(super) fn under(mut self, segment: impl fmt::Display) -> Self {
        let segment = segment.to_string();
        self.pointer = format!("/{}{}", escape(&segment), self.pointer);
        self
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem")
            .field("pointer", &self.pointer)
            .field("rule", &self.rule)
            .field("allowed", &self.allowed)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(f, "at {}: ", self.pointer)?;
        }
        write!(f, "expected {}, found {}", self.allowed, self.found)
    }
}

impl std::error::Error for Problem {}

/// Why a model's text is not a value that can be used.
///
/// `Display` is for people and lists every problem; [`Fault::for_model`] is short.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// It is JSON, but breaks the schema: at least one problem, the most useful first.
    Invalid(Vec<Problem>),
    /// It is not JSON.
    NotJson(NotJson),
}

impl Fault {
    /// What to tell the model so that it can correct itself: at most 5 problems, then how many
    /// more there are.
    #[must_use]
    pub fn for_model(&self) -> String {
        match self {
            Self::NotJson(error) => format!("not valid JSON: {error}"),
            Self::Invalid(problems) => {
                let mut text = String::new();
                for problem in problems.iter().take(TOLD) {
                    if !text.is_empty() {
                        text.push('\n');
                    }
                    text.push_str("- ");
                    text.push_str(&problem.to_string());
                }
                match problems.len().saturating_sub(TOLD) {
                    0 => text,
                    more => format!("{text}\nand {more} more"),
                }
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(error) => write!(f, "not valid JSON: {error}"),
            Self::Invalid(problems) => {
                for (n, problem) in problems.iter().enumerate() {
                    let separator = if n == 0 { "" } else { "; " };
                    write!(f, "{separator}{problem}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for Fault {}

/// Why a text is not JSON, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotJson {
    line: usize,
    column: usize,
    reason: String,
}

impl NotJson {
    /// The line, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in bytes, counted from 1; 0 if the fault is before the line's first byte.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// What is wrong there, without the place.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at line {} column {}", self.reason, self.line, self.column)
    }
}

impl From<serde_json::Error> for NotJson {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let said = error.to_string();
        // serde_json writes the place behind its reason and gives no way to leave it out.
        let place = format!(" at line {line} column {column}");
        let reason = said.strip_suffix(&place).unwrap_or(&said);
        Self { line, column, reason: shorten(reason, 160) }
    }
}

/// A value as JSON, shortened to 60 characters.
pub(super) fn excerpt(value: &Value) -> String {
    json::excerpt(value, SHOWN)
}

/// A pointer of at most `most` characters; a longer one, whose names are very long, is cut in the
/// middle, at a `…`.
pub(crate) fn shorten_pointer(pointer: &str, most: usize) -> Cow<'_, str> {
    if pointer.len() <= most || pointer.char_indices().nth(most).is_none() {
        return pointer.into();
    }
    let before = |n: usize| pointer.char_indices().nth(n).map_or(0, |(at, _)| at);
    let behind = |n: usize| pointer.char_indices().nth_back(n).map_or(0, |(at, _)| at);
    let half = most / 2;
    format!("{}…{}", &pointer[..before(half)], &pointer[behind(half.saturating_sub(1))..]).into()
}

/// As [`shorten_pointer`], without a copy of one that is short.
pub(super) fn bounded(pointer: String, most: usize) -> String {
    match shorten_pointer(&pointer, most) {
        Cow::Owned(short) => short,
        Cow::Borrowed(_) => pointer,
    }
}

/// Characters of a pointer into a schema; those of people's schemas have less than 300.
pub(super) const LONGEST_POINTER: usize = 1_024;
const SHOWN: usize = 60;
const TOLD: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_place_rule_and_remedy() {
        let problem = Problem::new("minimum", "0", "at least 1").under("a/b").under(3).under("~");
        assert_eq!(problem.pointer(), "/~0/3/a~1b");
        assert_eq!(problem.to_string(), "at /~0/3/a~1b: expected at least 1, found 0");
        assert!(!format!("{problem:?}").contains("found: "), "the model's words stay out of logs");
    }
}
