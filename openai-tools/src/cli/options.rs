//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::NonEmptyStringValueParser};

/// Typed function calling and JSON mode for OpenAI models.
#[derive(Debug, Parser)]
#[command(name = "openai-tools", version, arg_required_else_help = true)]
pub(super) struct Program {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Run(RunOptions),
}

/// Try a prompt, with tools that answer with their own call.
#[derive(Args, Debug)]
#[command(after_help = RUN_HELP)]
pub(super) struct RunOptions {
    /// Where the API is, with its version, such as `http://localhost:11434/v1`; goes
    /// before `OPENAI_BASE_URL`.
    #[arg(long, value_name = "URL", value_parser = NonEmptyStringValueParser::new())]
    pub(super) base_url: Option<String>,

    /// The model that is asked.
    #[arg(
        long,
        value_name = "M",
        default_value = DEFAULT_MODEL,
        value_parser = NonEmptyStringValueParser::new(),
    )]
    pub(super) model: String,

    /// Tool definitions in OpenAI's JSON: one, an array of them, or an object with `tools`.
    #[arg(long, value_name = "FILE.json")]
    pub(super) tools: Option<PathBuf>,

    /// How long each tool takes, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(super) tool_delay: u64,

    /// A JSON Schema for the answer, or OpenAI's `json_schema` object with one.
    #[arg(long, value_name = "FILE.json")]
    pub(super) output_schema: Option<PathBuf>,

    /// How many responses are asked for at the most [default: 16].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) max_turns: Option<u32>,

    /// What is written to stdout: a text for people, or one JSON object.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ReportFormat::Text)]
    pub(super) report: ReportFormat,

    /// What the model is asked; `-` reads it from stdin.
    pub(super) prompt: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum ReportFormat {
    Json,
    Text,
}

const DEFAULT_MODEL: &str = "gpt-5.2";

/// Lines of at most 78 characters, so that 80 columns show them as they stand.
const RUN_HELP: &str = "\
Each tool answers with the JSON object {\"name\", \"arguments\"} of its own call,
so that you see what a model makes of your definitions.

Environment:
  OPENAI_API_KEY     the key; a server given by URL may need none
  OPENAI_BASE_URL    where the API is; OpenAI's own when only the key is set
  OPENAI_ORG_ID      the organization that is billed
  OPENAI_PROJECT_ID  the project that is billed
Without a key and a URL a built-in server on this machine answers. It calls
tools and fills schemas, but it is no model.

Exit codes:
  0  the run completed
  1  it ended in another way: a refusal, a cut or invalid answer, a limit
  2  an error, or wrong usage

Examples:
  openai-tools run \"Say hello\"
  openai-tools run --tools tools.json \"Is it warmer in Hanoi or Paris?\"
  openai-tools run --base-url http://localhost:11434/v1 --model qwen3 \"Hello\"
  openai-tools run --output-schema invoice.json --report json - < letter.txt";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Program::command().debug_assert();
    }
}
