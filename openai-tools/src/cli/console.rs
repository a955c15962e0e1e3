use std::{
    env, fmt,
    io::{self, IsTerminal, Read, Write},
};

use tokio::task::JoinHandle;
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
    is_interactive: bool,
    /// Whether stdout is shown on a terminal.
    is_terminal: bool,
    /// Whether it is the process's own: its Ctrl-C is obeyed, and its stdin waited for beside it.
    is_of_process: bool,
    /// A line of the process's stdin that is waited for.
    reading: Option<JoinHandle<Option<String>>>,
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
            is_interactive: false,
            is_terminal: false,
            is_of_process: false,
            reading: None,
        }
    }

    /// The console of this process: its streams and environment, its terminal's width (80 columns
    /// where stdout is no terminal), and Ctrl-C, which cancels the run. Somebody can be asked where
    /// stdin and stderr are terminals.
    #[must_use]
    pub fn of_process() -> Console<'static> {
        let columns = terminal_size::terminal_size_of(io::stdout())
            .map_or(DEFAULT_COLUMNS, |(width, _)| usize::from(width.0));
        Console {
            stdin: Box::new(io::stdin()),
            variable: Box::new(|name| env::var(name).ok()),
            columns,
            is_interactive: io::stdin().is_terminal() && io::stderr().is_terminal(),
            is_terminal: io::stdout().is_terminal(),
            is_of_process: true,
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

    /// Says whether somebody can be asked, on stderr, and answers on stdin, a line each time.
    /// Default: false.
    #[must_use]
    pub fn with_interaction(mut self, is_interactive: bool) -> Self {
        self.is_interactive = is_interactive;
        self
    }

    /// Says whether stdout is a terminal, which shows colours unless `NO_COLOR` is set or `TERM` is
    /// `dumb`. Default: false.
    #[must_use]
    pub fn with_terminal(mut self, is_terminal: bool) -> Self {
        self.is_terminal = is_terminal;
        self
    }

    pub(super) fn has_colours(&self) -> bool {
        let is_set = |name: &str| self.variable(name).is_some_and(|value| !value.is_empty());
        let is_dumb = self.variable("TERM").is_some_and(|name| name == "dumb");
        self.is_terminal && !is_set("NO_COLOR") && !is_dumb
    }

    /// Whether somebody watches stderr.
    pub(super) fn shows_progress(&self) -> bool {
        let is_ci = self.variable("CI").is_some_and(|value| !value.is_empty());
        self.is_of_process && io::stderr().is_terminal() && !is_ci
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
        self.is_of_process
    }

    pub(super) fn is_interactive(&self) -> bool {
        self.is_interactive
    }

    /// The next line of stdin; `None` at its end. Dropped in the middle, the line is not lost.
    pub(super) async fn answer(&mut self) -> Option<String> {
        if !self.is_of_process {
            return next_line(&mut *self.stdin);
        }
        // Apart from the run, which goes on meanwhile; Ctrl-C must be heard, too.
        let read = || tokio::task::spawn_blocking(|| next_line(&mut io::stdin()));
        let line = self.reading.get_or_insert_with(read).await;
        self.reading = None;
        line.ok().flatten()
    }

    /// Asks somebody; the answer follows on the same line.
    pub(super) fn prompt(&mut self, question: &str) {
        // There is no other place to tell of a failure here.
        let _ = write!(self.stderr, "{question}").and_then(|()| self.stderr.flush());
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
            .field("is_interactive", &self.is_interactive)
            .field("is_of_process", &self.is_of_process)
            .finish_non_exhaustive()
    }
}

/// Byte by byte, since what follows the line is for the next one. What is longer than an answer can
/// be is cut.
fn next_line(stdin: &mut dyn Read) -> Option<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        match stdin.read(&mut byte) {
            Ok(0) if line.is_empty() => return None,
            Ok(1) if byte != *b"\n" => {
                if line.len() < LONGEST_ANSWER {
                    line.extend(byte);
                }
            }
            Ok(_) => return Some(String::from_utf8_lossy(&line).into_owned()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

const LONGEST_ANSWER: usize = 1_000;
const DEFAULT_COLUMNS: usize = 80;
