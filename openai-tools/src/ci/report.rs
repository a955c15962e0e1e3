use std::{
    env, fmt,
    path::{Path, PathBuf},
    thread,
};

use crate::{
    contract::{Comparison, Lock, LockedLoss},
    schema::{Level, Violation},
};

/// What a check of tools found.
///
/// `Display` is for people, in lines of at most 80 columns where names and paths allow: what is
/// wrong, what changed and what it means, and how to accept it.
#[derive(Clone, Debug)]
pub struct Report {
    path: PathBuf,
    level: Level,
    lints: Vec<Violation>,
    state: LockState,
    comparison: Comparison,
    lock: Lock,
}

/// How the lock file stands to the tools.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LockState {
    /// There was none, and it was written.
    Created,
    /// It says something else than the tools do.
    Different,
    /// There is none.
    Missing,
    /// It says what the tools say.
    Unchanged,
    /// It cannot be read or written, for this reason.
    Unusable(String),
    /// It was written anew, since that was asked for.
    Written,
}

impl Report {
    /// Whether nothing fails.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        let is_right = match self.state {
            LockState::Created | LockState::Unchanged | LockState::Written => true,
            LockState::Different | LockState::Missing | LockState::Unusable(_) => false,
        };
        is_right && !self.lints.iter().any(|lint| self.fails(lint))
    }

    /// Everything that is wrong with the tools, warnings too.
    #[must_use]
    pub fn lints(&self) -> &[Violation] {
        &self.lints
    }

    /// How the lock file stands to the tools.
    #[must_use]
    pub fn lock(&self) -> &LockState {
        &self.state
    }

    /// What changed since the lock file was written.
    #[must_use]
    pub fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    /// What the lock file should say.
    #[must_use]
    pub fn current(&self) -> &Lock {
        &self.lock
    }

    /// What servers do not hold a model to, by tool: the price of the strict conversion. It stands
    /// in the lock file, so that a new loss is a difference.
    pub fn losses(&self) -> impl Iterator<Item = (&str, &LockedLoss)> {
        self.lock.tools().flat_map(|tool| tool.losses().iter().map(|loss| (tool.name(), loss)))
    }

    pub(super) fn new(
        path: PathBuf,
        level: Level,
        lints: Vec<Violation>,
        state: LockState,
        comparison: Comparison,
        lock: Lock,
    ) -> Self {
        Self { path, level, lints, state, comparison, lock }
    }

    fn fails(&self, lint: &Violation) -> bool {
        lint.level == Level::Error || self.level == Level::Warning
    }

    fn tell_lints(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (failing, rest): (Vec<_>, Vec<_>) =
            self.lints.iter().partition(|lint| self.fails(lint));
        for lint in failing.iter().take(MOST_LINTS) {
            let Violation { id, level, pointer, message, help, .. } = lint;
            writeln!(f, "{level}: {}{message} [{id}]", named(lint))?;
            writeln!(f, "    at {pointer}\n    help: {help}")?;
        }
        let more = failing.len().saturating_sub(MOST_LINTS);
        if more > 0 {
            writeln!(f, "and {more} more")?;
        }
        if !rest.is_empty() {
            let warnings = if rest.len() == 1 { "warning" } else { "warnings" };
            writeln!(f, "{} {warnings} besides, which fail nothing", rest.len())?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell_lints(f)?;
        let path = self.path.display();
        let tools = self.lock.tools().len();
        let accept = |what| how_to_accept(what, &self.path);
        match &self.state {
            LockState::Created => write!(f, "`{path}` was missing, and is written now: commit it"),
            LockState::Missing => {
                write!(f, "`{path}` is missing; {}", accept("write it with"))
            }
            LockState::Unchanged => write!(f, "{tools} tools are what `{path}` says"),
            LockState::Unusable(why) => write!(f, "`{path}`: {why}"),
            LockState::Written => {
                write!(f, "{}\n\n`{path}` is written anew: commit it", self.comparison)
            }
            LockState::Different if self.comparison.is_empty() => write!(
                f,
                "`{path}` says the same as the tools in another way, such as other names of \
                 definitions; {}",
                accept("write it anew with")
            ),
            LockState::Different => write!(
                f,
                "the tools are not what `{path}` says:\n\n{}\n\n{}",
                self.comparison,
                accept("If this is meant, accept it with")
            ),
        }
    }
}

fn named(lint: &Violation) -> String {
    lint.tool.as_ref().map(|tool| format!("`{tool}`: ")).unwrap_or_default()
}

/// The command that writes a lock file, for the test that asks.
pub(super) fn how_to_accept(what: &str, path: &Path) -> String {
    let package = env::var("CARGO_PKG_NAME").map(|name| format!(" -p {name}")).unwrap_or_default();
    // The harness calls a test's thread as the test.
    let test =
        thread::current().name().filter(|name| *name != "main").map(|name| format!(" {name}"));
    let test = test.unwrap_or_default();
    let path = path.display();
    format!(
        "{what}\n\n    OPENAI_TOOLS_LOCK=write cargo test{package}{test}\n\nand commit `{path}`"
    )
}

const MOST_LINTS: usize = 50;
