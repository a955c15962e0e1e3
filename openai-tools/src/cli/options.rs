//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::check::CheckOptions;
use super::codegen::CodegenOptions;
use super::contract_options::{DiffOptions, LockOptions};
use super::manual::{CompletionsOptions, ManOptions};
use super::run_options::RunOptions;
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
    Check(CheckOptions),
    Completions(CompletionsOptions),
    Codegen(CodegenOptions),
    Diff(DiffOptions),
    Lock(LockOptions),
    Man(ManOptions),
    Run(Box<RunOptions>),
    Schema(SchemaOptions),
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
    /// A JSON Schema or a tool definition, or a list of them; `-` reads it from stdin.
    #[arg(long, value_name = "FILE")]
    pub(super) schema: PathBuf,

    /// Which of the tools of the file; needed where there are several.
    #[arg(long, value_name = "NAME")]
    pub(super) tool: Option<String>,

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

/// Lines of at most 78 characters, so that 80 columns show them as they stand.
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
  openai-tools schema decode --schema tools.json --tool search arguments.json
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
