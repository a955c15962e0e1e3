use std::{collections::BTreeMap, fmt, time::Duration};

use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};
use serde_json::{Value, json};

use crate::tool::{ToolContext, error::BoxError};

/// Runs the commands that a model asks for; see [`DynTool::shell`](crate::DynTool::shell).
///
/// A model can be talked into anything: run its commands in a container or a sandbox, and let a
/// person approve them.
///
/// ```
/// use openai_tools::{DynTool, ToolContext, ToolError, ToolSettings, Toolbox};
/// use openai_tools::tool::{CommandOutput, Shell, ShellRequest};
///
/// struct Refusing;
///
/// impl Shell for Refusing {
///     type Error = ToolError;
///
///     async fn run(
///         &self,
///         request: ShellRequest,
///         _: ToolContext,
///     ) -> Result<Vec<CommandOutput>, ToolError> {
///         let refuse = |command: &String| CommandOutput::exited(126, "", format!("no: {command}"));
///         Ok(request.commands.iter().map(refuse).collect())
///     }
/// }
///
/// let shell = DynTool::shell(Refusing);
/// let shell = shell.with_settings(ToolSettings::new().with_needs_approval(true));
/// let tools = Toolbox::new().with(shell)?;
/// # assert_eq!(tools.len(), 1);
/// # Ok::<(), openai_tools::Error>(())
/// ```
pub trait Shell: Send + Sync + 'static {
    /// Why a call can fail as a whole; a command that fails has an outcome.
    type Error: Into<BoxError>;

    /// Runs the commands, in order or side by side, and gives an output for each. It may be dropped
    /// at any await point, when its time is up or the run ends.
    fn run(
        &self,
        request: ShellRequest,
        context: ToolContext,
    ) -> impl Future<Output = Result<Vec<CommandOutput>, Self::Error>> + Send;
}

/// What a model asks of a [`Shell`]. `Debug` shows no commands.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct ShellRequest {
    /// The commands, each for a shell to read.
    pub commands: Vec<String>,
    /// How long one may take, if the model says so.
    pub timeout: Option<Duration>,
    /// How many characters of each output the model wants at the most, if it says so. The output is
    /// sent as it is given: cut it.
    pub max_output_length: Option<usize>,
}

impl fmt::Debug for ShellRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShellRequest")
            .field("commands", &self.commands.len())
            .field("timeout", &self.timeout)
            .field("max_output_length", &self.max_output_length)
            .finish()
    }
}

#[derive(Deserialize)]
pub(super) struct WireRequest {
    commands: Vec<String>,
    timeout_ms: Option<u64>,
    max_output_length: Option<u64>,
}

impl From<WireRequest> for ShellRequest {
    fn from(wire: WireRequest) -> Self {
        Self {
            commands: wire.commands,
            timeout: wire.timeout_ms.map(Duration::from_millis),
            max_output_length: wire
                .max_output_length
                .map(|most| usize::try_from(most).unwrap_or(usize::MAX)),
        }
    }
}

/// Runs one command that an older model asks for; see
/// [`DynTool::local_shell`](crate::DynTool::local_shell). The warning of [`Shell`] holds.
pub trait LocalShell: Send + Sync + 'static {
    /// Why a call can fail as a whole; a command that fails has an outcome.
    type Error: Into<BoxError>;

    /// Runs the command. It may be dropped at any await point, when its time is up or the run ends.
    fn run(
        &self,
        request: LocalShellRequest,
        context: ToolContext,
    ) -> impl Future<Output = Result<CommandOutput, Self::Error>> + Send;
}

/// What a model asks of a [`LocalShell`]. `Debug` shows neither command nor environment.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct LocalShellRequest {
    /// The program and what it is given; no shell has read it.
    pub command: Vec<String>,
    /// Variables to set for it.
    pub env: BTreeMap<String, String>,
    /// How long it may take, if the model says so.
    pub timeout: Option<Duration>,
    /// Where to run it, if the model says so.
    pub working_directory: Option<String>,
    /// As whom to run it, if the model says so.
    pub user: Option<String>,
}

impl fmt::Debug for LocalShellRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalShellRequest")
            .field("command", &self.command.len())
            .field("env", &self.env.len())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
pub(super) struct WireLocalRequest {
    command: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    timeout_ms: Option<u64>,
    working_directory: Option<String>,
    user: Option<String>,
}

impl From<WireLocalRequest> for LocalShellRequest {
    fn from(wire: WireLocalRequest) -> Self {
        let WireLocalRequest { command, env, timeout_ms, working_directory, user } = wire;
        let timeout = timeout_ms.map(Duration::from_millis);
        Self { command, env, timeout, working_directory, user }
    }
}

/// What one command came to. `Debug` shows sizes in place of what it wrote.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct CommandOutput {
    /// What it wrote.
    pub stdout: String,
    /// What it wrote of errors.
    pub stderr: String,
    /// How it ended.
    pub outcome: CommandOutcome,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CommandOutcome {
    /// By itself, with this code.
    Exited(i32),
    /// Its time was up.
    TimedOut,
}

impl CommandOutput {
    /// A command that ended by itself.
    pub fn exited(code: i32, stdout: impl Into<String>, stderr: impl Into<String>) -> Self {
        let outcome = CommandOutcome::Exited(code);
        Self { stdout: stdout.into(), stderr: stderr.into(), outcome }
    }

    /// A command whose time was up, with what it wrote until then.
    pub fn timed_out(stdout: impl Into<String>, stderr: impl Into<String>) -> Self {
        let outcome = CommandOutcome::TimedOut;
        Self { stdout: stdout.into(), stderr: stderr.into(), outcome }
    }

    /// In the form in which a local shell answers.
    pub(super) fn as_local(&self) -> Value {
        let code = match self.outcome {
            CommandOutcome::Exited(code) => json!(code),
            CommandOutcome::TimedOut => json!("timeout"),
        };
        json!({"stdout": self.stdout, "stderr": self.stderr, "exit_code": code})
    }
}

impl From<std::process::Output> for CommandOutput {
    /// What a process came to that is over; one that was killed by a signal has the code -1.
    fn from(output: std::process::Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let code = output.status.code().unwrap_or(-1);
        Self::exited(code, text(output.stdout), text(output.stderr))
    }
}

impl fmt::Debug for CommandOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandOutput")
            .field("stdout_bytes", &self.stdout.len())
            .field("stderr_bytes", &self.stderr.len())
            .field("outcome", &self.outcome)
            .finish()
    }
}

/// The API's form.
impl Serialize for CommandOutput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let outcome = match self.outcome {
            CommandOutcome::Exited(code) => json!({"type": "exit", "exit_code": code}),
            CommandOutcome::TimedOut => json!({"type": "timeout"}),
        };
        let mut object = serializer.serialize_struct("CommandOutput", 3)?;
        object.serialize_field("stdout", &self.stdout)?;
        object.serialize_field("stderr", &self.stderr)?;
        object.serialize_field("outcome", &outcome)?;
        object.end()
    }
}
