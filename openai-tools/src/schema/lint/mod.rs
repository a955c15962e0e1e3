//! What is wrong with schemas and tools: what a server refuses, and what makes models err.

mod advice;
mod exponential;
mod keywords;
mod limits;
mod place;
mod rules;
mod subset;
mod tools;

use std::fmt;

use serde_json::Value;

use self::advice::Names;
use super::{
    problem::{LONGEST_POINTER, bounded, shorten},
    profile::Profile,
};

pub use self::rules::{Rule, rules};
pub(super) use self::subset::has_lookaround;
pub(crate) use self::tools::{Offer, lint_offers};
#[cfg(feature = "cli")]
pub(crate) use self::tools::{format_name, strict_left_out};

/// One place where a schema or a tool is not as it should be.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Violation {
    /// A stable id in kebab-case, such as `optional-property`; [`rules`] lists them all.
    pub id: &'static str,
    /// What it leads to.
    pub level: Level,
    /// Where, as a JSON pointer into what was looked at; empty for the whole. Where the names that
    /// lead there take over 1,024 characters, it is cut in the middle, at a `…`.
    pub pointer: String,
    /// The name of the tool that it is about; `None` for a schema alone and for a list of tools as
    /// a whole.
    pub tool: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Violation {
    fn new(
        id: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let pointer = bounded(pointer.into(), LONGEST_POINTER);
        let (message, help) = (message.into(), help.into());
        Self { id, level: rules::level(id), pointer, tool: None, message, help }
    }

    fn under(mut self, pointer: &str) -> Self {
        self.pointer.insert_str(0, pointer);
        self
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, level, pointer, tool, message, help } = self;
        write!(f, "{level}: ")?;
        if let Some(tool) = tool {
            write!(f, "the tool `{}`: ", shorten(tool, 64))?;
        }
        if !pointer.is_empty() {
            write!(f, "at {pointer}: ")?;
        }
        write!(f, "{message} [{id}] (help: {help})")
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Level {
    /// Models err because of it.
    Warning,
    /// The server refuses it.
    Error,
}

impl Level {
    /// The level in one word: `error` or `warning`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Everything that is wrong with a schema as it stands: errors, then warnings, at most 200 of each.
///
/// Errors are the places outside of the strict subset of the profile; one without strict mode has
/// none. Warnings are what makes models err. [`rules`] lists both.
///
/// Tools have rules besides those of their schema: [`tool::lint`](crate::tool::lint).
///
/// ```
/// use openai_tools::schema::{Level, Profile, lint};
/// use serde_json::json;
///
/// let schema = json!({"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]});
/// let found = lint(&schema, &Profile::openai_strict());
/// assert_eq!((found[0].id, found[0].level), ("open-object", Level::Error));
/// assert_eq!((found[1].id, found[1].level), ("undescribed-property", Level::Warning));
/// assert_eq!(found[1].pointer, "/properties/q");
/// ```
#[must_use]
pub fn lint(schema: &Value, profile: &Profile) -> Vec<Violation> {
    let mut found = refused(schema, profile);
    found.extend(advice::check(schema, profile, Names::Authors));
    found
}

/// What strict mode refuses of a schema; none for a profile without strict mode.
pub(super) fn refused(schema: &Value, profile: &Profile) -> Vec<Violation> {
    if !profile.strict {
        return Vec::new();
    }
    let mut found = subset::check(schema, profile);
    found.extend(limits::check(schema, profile));
    found.truncate(MOST);
    found
}

/// What makes models err in a schema.
#[cfg(feature = "cli")]
pub(crate) fn advise(schema: &Value, profile: &Profile) -> Vec<Violation> {
    advice::check(schema, profile, Names::Authors)
}

const MOST: usize = 200;
const DEEPEST: usize = 200;

#[cfg(test)]
mod tests;
