//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::NonEmptyStringValueParser};

use crate::schema::Profile;

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
    Schema(SchemaOptions),
}

/// Try a prompt, with tools that answer with their own call.
#[derive(Args, Debug)]
#[command(after_help = RUN_HELP)]
pub(super) struct RunOptions {
    /// Where the API is, with its version, such as `http://localhost:11434/v1`; goes
    /// before `OPENAI_BASE_URL`.
    #[arg(long, value_name = "URL", value_parser = NonEmptyStringValueParser::new())]
    pub(super) base_url: Option<String>,

    /// Allow a base URL with `http://` that is not on this machine: the key and the
    /// conversation then travel in the clear.
    #[arg(long)]
    pub(super) allow_plain_http: bool,

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

    /// Stream the responses: text is shown as it comes and calls as they start, and each
    /// call starts as soon as its arguments are there.
    #[arg(long)]
    pub(super) stream: bool,

    /// What is written to stdout: a text for people, or one JSON object.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ReportFormat::Text)]
    pub(super) report: ReportFormat,

    /// What the model is asked; `-` reads it from stdin.
    pub(super) prompt: String,
}

/// Look at what strict mode makes of JSON Schemas and tool definitions.
#[derive(Args, Debug)]
#[command(arg_required_else_help = true)]
pub(super) struct SchemaOptions {
    #[command(subcommand)]
    pub(super) command: SchemaCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum SchemaCommand {
    /// Rewrite an instance from the form of the schema into the one that the model writes.
    #[command(after_help = INSTANCE_HELP)]
    Encode(InstanceOptions),
    /// Check an instance as the model writes it, and rewrite it into the form of the schema.
    #[command(after_help = INSTANCE_HELP)]
    Decode(InstanceOptions),
    /// Tell every place where schemas, as they stand, are outside of strict mode.
    #[command(after_help = LINT_HELP)]
    Lint(LintOptions),
    /// Print the schema that is sent for strict mode.
    #[command(after_help = STRICT_HELP)]
    Strict(StrictOptions),
}

#[derive(Args, Debug)]
pub(super) struct StrictOptions {
    /// A JSON Schema, a tool definition, or a list of them; `-` reads it from stdin.
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,

    /// What the server's strict mode takes.
    #[arg(long, value_name = "P", value_enum, default_value_t = ProfileName::OpenaiStrict)]
    pub(super) profile: ProfileName,

    /// What is written to stdout: the schema alone, or JSON with what was done to it.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ReportFormat::Text)]
    pub(super) report: ReportFormat,
}

#[derive(Args, Debug)]
pub(super) struct InstanceOptions {
    /// One JSON Schema or tool definition; `-` reads it from stdin.
    #[arg(long, value_name = "FILE")]
    pub(super) schema: PathBuf,

    /// What the server's strict mode takes.
    #[arg(long, value_name = "P", value_enum, default_value_t = ProfileName::OpenaiStrict)]
    pub(super) profile: ProfileName,

    /// The value to rewrite; `-` reads it from stdin.
    #[arg(value_name = "INSTANCE.json")]
    pub(super) instance: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct LintOptions {
    /// JSON Schemas, tool definitions, or lists of them; `-` reads one from stdin.
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,

    /// What the server's strict mode takes.
    #[arg(long, value_name = "P", value_enum, default_value_t = ProfileName::OpenaiStrict)]
    pub(super) profile: ProfileName,

    /// What is told and counts as a finding.
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = LintLevel::Warning)]
    pub(super) level: LintLevel,

    /// What is written to stdout: a text for people, or one JSON array.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ReportFormat::Text)]
    pub(super) report: ReportFormat,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum ProfileName {
    OpenaiStrict,
    OpenaiResponses,
    OpenaiFineTuned,
    LegacyLimits,
    Lenient,
}

impl ProfileName {
    pub(super) fn profile(self) -> Profile {
        match self {
            Self::OpenaiStrict => Profile::openai_strict(),
            Self::OpenaiResponses => Profile::openai_responses(),
            Self::OpenaiFineTuned => Profile::openai_fine_tuned(),
            Self::LegacyLimits => Profile::legacy_limits(),
            Self::Lenient => Profile::lenient(),
        }
    }
}

/// What counts as a finding.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum LintLevel {
    /// What a server refuses.
    Error,
    /// That, and what makes models err.
    Warning,
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

With --stream the JSON report has two more keys: first_event_ms, and for each
call arguments_complete_ms; null where it did not come to that.

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
  openai-tools run --stream \"Tell me a story\"
  openai-tools run --base-url http://localhost:11434/v1 --model qwen3 \"Hello\"
  openai-tools run --output-schema invoice.json --report json - < letter.txt";

const STRICT_HELP: &str = "\
A tool definition is read in OpenAI's chat form, its flat form of responses, as
a bare function object, or in MCP's form with `inputSchema`. For a list (or an
object with `tools`) an array is printed, with null for what is refused. What
the schema no longer says is told on stderr.

With --report json each is an object {name, schema, losses, codec, lints}, or
{name, error} where it is refused; `lints` holds what conversion does not put
right, such as missing descriptions. Pointers, lines and columns (from 1, in
characters) lead into FILE.

Exit codes:
  0  converted; losses and warnings are no finding
  1  something is refused, or has an illegal name
  2  the file could not be read, or wrong usage

Examples:
  openai-tools schema strict invoice.schema.json
  openai-tools schema strict --report json --profile legacy-limits tools.json";

const INSTANCE_HELP: &str = "\
Exit codes:
  0  the rewritten instance is on stdout
  1  the schema is refused, or the instance breaks it
  2  a file could not be read, or wrong usage

Examples:
  openai-tools schema encode --schema ages.schema.json ages.json
  openai-tools schema encode --schema ages.schema.json ages.json |
    openai-tools schema decode --schema ages.schema.json -";

const LINT_HELP: &str = "\
An error is what a server refuses, a warning what makes models err: missing
descriptions, undocumented enum values, names that differ only in case, too many
tools. Definitions of one file are offered together.

With --report json each schema is an object {file, name, lints}, with `error`
besides where it is no schema that can be used, and one for all tools together
where something is wrong with their number. Each lint is an object {id, level,
pointer, message, help, line, column}; lines and columns (from 1, in
characters) and pointers lead into the file.

Exit codes:
  0  nothing was found, warnings included; with --level error, no error
  1  something was found
  2  a file could not be read, or wrong usage

Examples:
  openai-tools schema lint tools.json
  openai-tools schema lint --level error --report json schemas/*.json";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Program::command().debug_assert();
    }

    #[test]
    fn a_profile_is_called_by_its_own_name() {
        for name in ProfileName::value_variants() {
            let value = name.to_possible_value().expect("none is hidden");
            assert_eq!(value.get_name(), name.profile().name());
        }
    }
}
