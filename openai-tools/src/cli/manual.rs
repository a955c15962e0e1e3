//! `openai-tools completions` and `openai-tools man`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Console, Exit, options::Program};

/// Print what makes a shell complete this program's options.
#[derive(Args, Debug)]
#[command(after_help = COMPLETIONS_HELP)]
pub(super) struct CompletionsOptions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// Print a man page, of this program or of one of its commands.
#[derive(Args, Debug)]
#[command(after_help = MAN_HELP)]
pub(super) struct ManOptions {
    /// The command, such as `check` or `schema lint`; the program itself if none is named.
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// Runs `openai-tools completions`.
pub(super) fn completions(options: &CompletionsOptions, console: &mut Console<'_>) -> Exit {
    let mut text = Vec::new();
    clap_complete::generate(options.shell, &mut Program::command(), "openai-tools", &mut text);
    let mut text = String::from_utf8_lossy(&text).into_owned();
    if options.shell == Shell::Bash {
        // clap_complete 4.6 spells a program's name with a hyphen in two ways, and then finds no
        // command (clap-rs/clap#6421).
        text = text.replace("openai__subcmd__tools", "openai__tools");
    }
    console.print(&text, Exit::Success)
}

/// Runs `openai-tools man`.
pub(super) fn man(options: &ManOptions, console: &mut Console<'_>) -> Exit {
    let mut program = Program::command();
    program.build();
    let mut command = &program;
    for name in &options.command {
        let Some(found) = command.find_subcommand(name) else {
            console.say(&format!("error: no command is called `{name}`"));
            return Exit::Failure;
        };
        command = found;
    }
    let page = clap_mangen::Man::new(command.clone());
    let mut text = Vec::new();
    match page.render(&mut text) {
        Ok(()) => console.print(&String::from_utf8_lossy(&text), Exit::Success),
        Err(error) => {
            console.say(&format!("error: {error}"));
            Exit::Failure
        }
    }
}

const COMPLETIONS_HELP: &str = "\
Examples:
  openai-tools completions bash >/etc/bash_completion.d/openai-tools
  openai-tools completions zsh >\"${fpath[1]}/_openai-tools\"
  openai-tools completions fish >~/.config/fish/completions/openai-tools.fish";

const MAN_HELP: &str = "\
Examples:
  openai-tools man >openai-tools.1
  openai-tools man check | man -l -";

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn bash_finds_every_command_that_it_looks_for() {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        {
            let mut console = Console::new(&mut stdout, &mut stderr);
            completions(&CompletionsOptions { shell: Shell::Bash }, &mut console);
        }
        let script = String::from_utf8(stdout).expect("UTF-8");
        let lines = || script.lines().map(str::trim);
        let set: HashSet<&str> =
            lines().filter_map(|line| line.strip_prefix("cmd=\"")?.strip_suffix('"')).collect();
        let arms: HashSet<&str> = lines().filter_map(|line| line.strip_suffix(')')).collect();
        assert!(set.len() >= 10, "{set:?}");
        let lost: Vec<_> =
            set.iter().filter(|name| !name.is_empty() && !arms.contains(**name)).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
}
