//! The `openai-tools` program, as a function.
//!
//! [`main`] takes arguments and a [`Console`] and gives back an [`Exit`]; the binary of this crate
//! is nothing more than a call of it. In a test it runs in-process:
//!
//! ```
//! use openai_tools::cli::{self, Console, Exit};
//!
//! let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
//! let console = Console::new(&mut stdout, &mut stderr);
//! // Neither key nor URL is set here, so the built-in server answers.
//! let exit = cli::main(["openai-tools", "run", "--report", "json", "Hello!"], console);
//!
//! assert_eq!(exit, Exit::Success);
//! let report: serde_json::Value = serde_json::from_slice(&stdout)?;
//! assert_eq!(report["outcome"], "completed");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod answer_schema;
mod approval;
mod attached;
mod attempts;
mod check;
mod codegen;
mod console;
mod contract;
mod contract_file;
mod contract_options;
mod faults;
mod findings;
mod input;
mod kept;
mod live;
mod manual;
mod options;
mod report;
mod run;
mod run_options;
mod schema;
mod schema_file;
mod schema_lint;
mod schema_report;
mod source;
mod terminal;
mod text;
mod tools_file;

use std::{ffi::OsString, process::ExitCode};

use clap::{CommandFactory, FromArgMatches};

pub use self::console::Console;
use self::options::{Command, Program};

/// Runs the program. The first of `arguments` is the program's own name.
///
/// # Panics
///
/// Inside of a tokio runtime, since it starts one of its own.
pub fn main<I>(arguments: I, mut console: Console<'_>) -> Exit
where
    I: IntoIterator,
    I::Item: Into<OsString> + Clone,
{
    let parsed = Program::command()
        .term_width(console.columns().min(MAX_HELP_COLUMNS))
        .try_get_matches_from(arguments)
        .and_then(|matches| Program::from_arg_matches(&matches));
    match parsed {
        Ok(Program { command: Command::Check(options) }) => check::check(&options, &mut console),
        Ok(Program { command: Command::Codegen(options) }) => {
            codegen::execute(&options, &mut console)
        }
        Ok(Program { command: Command::Completions(options) }) => {
            manual::completions(&options, &mut console)
        }
        Ok(Program { command: Command::Diff(options) }) => contract::diff(&options, &mut console),
        Ok(Program { command: Command::Lock(options) }) => contract::lock(&options, &mut console),
        Ok(Program { command: Command::Man(options) }) => manual::man(&options, &mut console),
        Ok(Program { command: Command::Run(options) }) => run::execute(&options, &mut console),
        Ok(Program { command: Command::Schema(options) }) => {
            schema::execute(&options.command, &mut console)
        }
        Err(stop) if stop.use_stderr() => {
            console.say(&stop.render().to_string());
            Exit::Failure
        }
        // Help and version, which were asked for.
        Err(stop) => console.print(&stop.render().to_string(), Exit::Success),
    }
}

/// How the program ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Exit {
    /// Code 0: the run completed, or nothing was found wrong.
    Success,
    /// Code 1: it ran, and the result is not a good one, such as a refusal or a limit, or
    /// something was found wrong.
    Finding,
    /// Code 2: it could not run, or the usage was wrong.
    Failure,
}

impl Exit {
    /// The exit code of the process.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Finding => 1,
            Self::Failure => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// Longer lines are hard to read, however wide the terminal.
const MAX_HELP_COLUMNS: usize = 100;

#[cfg(test)]
#[path = "documented_tests.rs"]
mod documented_tests;
