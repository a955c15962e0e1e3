use std::fmt;

use super::stored::{MAJOR, Version};

/// Why a decision about a call was not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CannotDecide {
    /// The call has its output already.
    Answered,
    /// No call of the last response has this id.
    UnknownCall,
}

impl fmt::Display for CannotDecide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answered => "the call is answered already",
            Self::UnknownCall => "no call of the last response has this id",
        })
    }
}

impl std::error::Error for CannotDecide {}

/// Why something is not a [`SavedRun`](super::SavedRun). No content of the run is in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidSavedRun(pub(super) Fault);

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    /// The path of a field that is not as this release writes it.
    Field(String),
    NotJson {
        line: usize,
        column: usize,
    },
    NotWhole(&'static str),
    OtherFormat,
    Version(Version),
}

impl InvalidSavedRun {
    pub(in crate::run) fn of(why: &'static str) -> Self {
        Self(Fault::NotWhole(why))
    }
}

impl fmt::Display for InvalidSavedRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Fault::Field(path) => write!(f, "`{path}` of the saved run is missing or malformed"),
            Fault::NotJson { line, column } => {
                write!(f, "the saved run is not JSON at line {line}, column {column}")
            }
            Fault::NotWhole(why) => write!(f, "the saved run is not whole: {why}"),
            Fault::OtherFormat => f.write_str("the JSON is no saved run"),
            Fault::Version(Version { major, minor }) => write!(
                f,
                "the saved run is of version {major}.{minor}, and this release reads versions \
                 {MAJOR}.x"
            ),
        }
    }
}

impl std::error::Error for InvalidSavedRun {}
