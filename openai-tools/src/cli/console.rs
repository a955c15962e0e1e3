use std::{
    env, fmt,
    io::{self, Read, Write},
};

use tokio_util::sync::CancellationToken;

use super::{Exit, terminal};

/// What the program reads from and writes to: everything of the process that it depends on.
pub struct Console<'a> {
    stdin: Box<dyn Read + 'a>,
    stdout: Box<dyn Write + 'a>,
    stderr: Box<dyn Write + 'a>,
    variable: Box<Variable<'a>>,
    columns: usize,
    cancellation: CancellationToken,
    obeys_ctrl_c: bool,
}

/// The value of an environment variable, by its name.
type Variable<'a> = dyn Fn(&str) -> Option<String> + 'a;

impl<'a> Console<'a> {
    /// A console of its own, for tests: nothing on stdin, no environment variable set, 80 columns.
    pub fn new(stdout: impl Write + 'a, stderr: impl Write + 'a) -> Self {
        Self {
            stdin: Box::new(io::empty()),
            stdout: Box::new(stdout),
            stderr: Box::new(stderr),
            variable: Box::new(|_| None),
            columns: DEFAULT_COLUMNS,
            cancellation: CancellationToken::new(),
            obeys_ctrl_c: false,
        }
    }

    /// The console of this process: its streams and environment, its terminal's width (80 columns
    /// where stdout is no terminal), and Ctrl-C, which cancels the run.
    #[must_use]
    pub fn of_process() -> Console<'static> {
        let columns = terminal_size::terminal_size_of(io::stdout())
            .map_or(DEFAULT_COLUMNS, |(width, _)| usize::from(width.0));
        Console {
            stdin: Box::new(io::stdin()),
            variable: Box::new(|name| env::var(name).ok()),
            columns,
            obeys_ctrl_c: true,
            ..Console::new(io::stdout(), io::stderr())
        }
    }

    /// Replaces stdin.
    #[must_use]
    pub fn with_stdin(mut self, stdin: impl Read + 'a) -> Self {
        self.stdin = Box::new(stdin);
        self
    }

    /// Replaces the environment: `variable` gives the value of a name.
    #[must_use]
    pub fn with_variables(mut self, variable: impl Fn(&str) -> Option<String> + 'a) -> Self {
        self.variable = Box::new(variable);
        self
    }

    /// Replaces the width of the terminal, in columns.
    #[must_use]
    pub fn with_columns(mut self, columns: usize) -> Self {
        self.columns = columns;
        self
    }

    /// Cancels the run when the token is cancelled, as Ctrl-C does.
    #[must_use]
    pub fn with_cancellation(mut self, cancellation: CancellationToken) -> Self {
        self.cancellation = cancellation;
        self
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    pub(super) fn stdin(&mut self) -> &mut dyn Read {
        &mut *self.stdin
    }

    pub(super) fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name)
    }

    pub(super) fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }

    pub(super) fn obeys_ctrl_c(&self) -> bool {
        self.obeys_ctrl_c
    }

    /// Writes the program's result, and gives back `exit` if that succeeds.
    pub(super) fn print(&mut self, text: &str, exit: Exit) -> Exit {
        let written = self.stdout.write_all(text.as_bytes()).and_then(|()| self.stdout.flush());
        match written {
            // Who closes the pipe has read enough: `| head` is no failure.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.say(&format!("error: stdout: {error}"));
                Exit::Failure
            }
            _ => exit,
        }
    }

    /// Writes a part of the result while there is no exit code yet. What fails here fails again
    /// when the rest is [printed](Self::print).
    pub(super) fn show(&mut self, text: &str) {
        let _ = self.stdout.write_all(text.as_bytes()).and_then(|()| self.stdout.flush());
    }

    /// Writes a message for people. It may quote anyone's words.
    pub(super) fn say(&mut self, message: &str) {
        let message = terminal::block(message);
        // There is no other place to tell of a failure here.
        let _ = writeln!(self.stderr, "{}", message.trim_end()).and_then(|()| self.stderr.flush());
    }
}

impl fmt::Debug for Console<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console")
            .field("columns", &self.columns)
            .field("obeys_ctrl_c", &self.obeys_ctrl_c)
            .finish_non_exhaustive()
    }
}

const DEFAULT_COLUMNS: usize = 80;
