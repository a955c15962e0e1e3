//! Commands in a shell.

use std::collections::BTreeMap;

use super::{
    super::{
        ContainerReference, ItemStatus, LocalEnvironment, Plain,
        macros::{kinds, objects},
    },
    Caller,
};

kinds! {
    /// Where commands run.
    pub enum ShellEnvironment {
        /// In a container of the server.
        ContainerReference(ContainerReference) = "container_reference",
        /// At the application.
        Local(LocalEnvironment) = "local",
    }

    /// How a command ended.
    pub enum ShellOutcome {
        /// By itself.
        Exit(ShellExit) = "exit",
        /// Its time was up.
        Timeout(Plain) = "timeout",
    }
}

objects! {
    /// The model asks for commands in a shell.
    pub struct ShellCall = "shell_call" {
        /// What its output names.
        call_id: String,
        /// The commands.
        action: ShellAction,
    } optional {
        /// The id of the item.
        id: String,
        /// Who asks.
        caller: Caller,
        /// Whether it is whole.
        status: ItemStatus,
        /// Where they run.
        environment: ShellEnvironment,
        /// Who made the item.
        created_by: String,
    }

    /// Commands, and what bounds them.
    pub struct ShellAction {
        /// Each a line for the shell.
        commands: Vec<String>,
    } optional {
        /// Milliseconds for each.
        timeout_ms: u64,
        /// The most characters of output that the model wants to read.
        max_output_length: u64,
    }

    /// What commands printed.
    pub struct ShellCallOutput = "shell_call_output" {
        /// The call.
        call_id: String,
        /// Of each command, in order.
        output: Vec<ShellOutput>,
    } optional {
        /// The id of the item.
        id: String,
        /// Who asked.
        caller: Caller,
        /// Whether it is whole.
        status: ItemStatus,
        /// The most characters of output, as the call said.
        max_output_length: u64,
        /// Who made the item.
        created_by: String,
    }

    /// What one command printed.
    pub struct ShellOutput {
        /// What it printed.
        stdout: String,
        /// Its errors.
        stderr: String,
        /// How it ended.
        outcome: ShellOutcome,
    } optional {
        /// Who made it.
        created_by: String,
    }

    /// A command ended by itself.
    pub struct ShellExit = "exit" {
        /// Its exit code.
        exit_code: i64,
    }

    /// The model asks for a command on this machine, by the older tool `local_shell`.
    pub struct LocalShellCall = "local_shell_call" {
        /// What its output names.
        call_id: String,
        /// The command.
        action: LocalShellAction,
    } optional {
        /// The id of the item.
        id: String,
        /// Whether it is whole.
        status: ItemStatus,
    }

    /// A command on this machine.
    pub struct LocalShellAction = "exec" {
        /// The program, and what is given to it.
        command: Vec<String>,
    } optional {
        /// Variables of its environment.
        env: BTreeMap<String, String>,
        /// Milliseconds for it.
        timeout_ms: u64,
        /// Where it runs.
        working_directory: String,
        /// As whom it runs.
        user: String,
    }

    /// What a command on this machine printed.
    pub struct LocalShellCallOutput = "local_shell_call_output" {
        /// The id of the call.
        id: String,
        /// What it printed.
        output: String,
    } optional {
        /// Whether it is whole.
        status: ItemStatus,
    }
}
