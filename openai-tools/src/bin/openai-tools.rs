//! The `openai-tools` program; see the library's module `cli`.

use std::{env, process::ExitCode};

use openai_tools::cli::{self, Console};

fn main() -> ExitCode {
    cli::main(env::args_os(), Console::of_process()).into()
}
