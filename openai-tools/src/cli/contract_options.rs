//! What can be said to `openai-tools lock` and `openai-tools diff`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::options::ReportFormat;
use crate::contract::Class;

/// Write down what tools promise a model, as a file to commit.
#[derive(Args, Debug)]
#[command(after_help = LOCK_HELP)]
pub(super) struct LockOptions {
    /// Tool definitions, or lists of them; `-` reads one from stdin.
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,

    /// The lock file; `-` writes it to stdout.
    #[arg(long, value_name = "FILE", default_value = "tools.lock.json")]
    pub(super) out: PathBuf,

    /// Write nothing; tell what differs from the lock file.
    #[arg(long)]
    pub(super) check: bool,
}

/// Tell what a change of tools or schemas means, for models and for stored calls.
#[derive(Args, Debug)]
#[command(after_help = DIFF_HELP)]
pub(super) struct DiffOptions {
    /// What was: a file, `git:REV:PATH`, or `-` for stdin.
    pub(super) old: String,

    /// What is.
    pub(super) new: String,

    /// From which class on a change counts as a finding.
    #[arg(long, value_name = "CLASS", value_enum, default_value_t = FailOn::Breaking)]
    pub(super) fail_on: FailOn,

    /// Let pass what can be neither proved nor shown to break anything.
    #[arg(long)]
    pub(super) allow_undecided: bool,

    /// What is written to stdout: a text for people, or one JSON object.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ReportFormat::Text)]
    pub(super) report: ReportFormat,
}

/// A class and all that are graver.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum FailOn {
    Breaking,
    Narrowing,
    Widening,
    Wording,
    Reordering,
    Any,
}

impl FailOn {
    /// Whether a change of a class is a finding. What is undecided may break something.
    pub(super) fn is_finding(self, class: Class, allows_undecided: bool) -> bool {
        let least = match self {
            Self::Breaking => Class::Undecided,
            Self::Narrowing => Class::Narrowing,
            Self::Widening => Class::Widening,
            Self::Wording => Class::Wording,
            Self::Reordering | Self::Any => Class::Reordering,
        };
        class >= least && !(allows_undecided && class == Class::Undecided)
    }
}

const LOCK_HELP: &str = "\
FILE holds tool definitions as they are sent, in any form that `schema lint`
reads; definitions of several files stand in one lock file, by name. A lock file
is JSON with a stable order, made to be read in a review.

Exit codes:
  0  the lock file is written; with --check, it says what the tools say
  1  a definition cannot be used, a name stands twice; with --check, the lock
     file is missing or says something else
  2  a file could not be read or written, or wrong usage

Examples:
  openai-tools lock tools.json
  openai-tools lock weather.json calendar.json --out contracts/tools.lock.json
  openai-tools lock --check tools.json";

const DIFF_HELP: &str = "\
OLD and NEW hold JSON Schemas, tool definitions in any form that `schema lint`
reads, or a lock file. `git:REV:PATH` is a file of a git revision; PATH begins
at the root of the repository, or with `./` in this folder.

Classes, the gravest first; each change has one for what the model may now send
and one for stored calls, and counts with the graver:
  breaking    arguments that were valid are refused
  undecided   neither proved nor refuted; counts as breaking
  narrowing   the server lets less through; what was stored is valid still
  widening    all that was valid is valid still, and more
  wording     other words
  reordering  another order, in which models write
--fail-on takes a class and all that are graver; `any` is every change.

Where only names or places of definitions differ, nothing changed.

Exit codes:
  0  no finding
  1  a change is a finding
  2  something could not be read, or wrong usage

Examples:
  openai-tools diff tools.lock.json tools.json
  openai-tools diff git:origin/main:tools.json tools.json --fail-on narrowing
  openai-tools diff old.schema.json new.schema.json --report json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_takes_all_that_are_graver() {
        let found = |on: FailOn| {
            let classes = Class::all().iter().rev();
            classes.take_while(|class| on.is_finding(**class, false)).count()
        };
        let on = [
            FailOn::Breaking,
            FailOn::Narrowing,
            FailOn::Widening,
            FailOn::Wording,
            FailOn::Reordering,
            FailOn::Any,
        ];
        assert_eq!(on.map(found), [2, 3, 4, 5, 6, 6]);
        assert!(!FailOn::Any.is_finding(Class::Undecided, true));
        assert!(FailOn::Breaking.is_finding(Class::Breaking, true));
    }
}
