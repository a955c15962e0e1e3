//! What can be said to `openai-tools check`.

use std::path::PathBuf;

use clap::{
    Args, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};

use crate::{cli::options::LintLevel, data::Kind};

/// Hold recorded data against tools and schemas.
#[derive(Args, Clone, Debug, Default)]
#[command(after_help = CHECK_HELP)]
pub(in crate::cli) struct CheckOptions {
    /// JSON or JSONL, plain or compressed by gzip or zstd; globs; `-` for stdin.
    #[arg(value_name = "DATA")]
    pub(super) data: Vec<String>,

    /// The tools that calls are held to: definitions, or a lock file.
    #[arg(long, value_name = "FILE")]
    pub(super) tools: Option<PathBuf>,

    /// The schema of instances; of answers, where records hold conversations.
    #[arg(long, value_name = "FILE")]
    pub(super) schema: Option<PathBuf>,

    /// What the records are [default: recognised one by one].
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    pub(super) kind: Option<Kind>,

    /// How records are told apart [default: by the file].
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(super) format: Option<DataFormat>,

    /// What is written to stdout [default: text].
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(super) report: Option<FindingsFormat>,

    /// How many findings are told; the others are counted. 0 tells all [default: 100].
    #[arg(long, value_name = "N")]
    pub(super) max_errors: Option<usize>,

    /// Bytes of a record; a longer one is passed over [default: 16777216].
    #[arg(long, value_name = "BYTES")]
    pub(super) max_record: Option<usize>,

    /// What counts as a finding [default: warning].
    #[arg(long, value_name = "LEVEL", value_enum)]
    pub(super) level: Option<LintLevel>,

    /// How many threads check [default: one for each processor].
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,

    /// Colours and the progress bar [default: on a terminal].
    #[arg(long, value_name = "WHEN", value_enum)]
    pub(super) color: Option<Color>,

    /// Print the rules that are no keywords of JSON Schema, and what each asks for.
    #[arg(long)]
    pub(super) list_rules: bool,

    /// Options that are not given here [default: openai-tools.toml, from here upwards].
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,

    /// Read no such file.
    #[arg(long)]
    pub(super) no_config: bool,
}

/// How records are told apart.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(super) enum DataFormat {
    /// One document or one in each line, as the file looks.
    #[default]
    Auto,
    /// One document; the items of an array are records.
    Json,
    /// One record in each line.
    Jsonl,
}

/// A form of the report.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(in crate::cli) enum FindingsFormat {
    /// Annotations of GitHub's workflows.
    Github,
    /// One JSON object.
    Json,
    /// XML as JUnit writes it.
    Junit,
    /// JSON for code scanning.
    Sarif,
    /// For people.
    #[default]
    Text,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(super) enum Color {
    Always,
    #[default]
    Auto,
    Never,
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    let names = Kind::ALL.iter().map(|kind| kind.name());
    PossibleValuesParser::new(names)
        .try_map(|name| Kind::named(&name).ok_or_else(|| format!("no kind is called `{name}`")))
}

/// Lines of at most 78 characters, so that 80 columns show them as they stand.
const CHECK_HELP: &str = "\
With --schema alone each record is an instance. Otherwise records are requests,
responses and conversations of both APIs, and lines of files for fine-tuning and
batches: the arguments of every call are held to its tool, every call must be
answered once, roles stand in order, answers in JSON keep to their schema.
Without --tools, the tools that stand in a record count.

With --report json it is an object: `findings`, a list of {file, line, column,
pointer, rule, severity, message, tool}, and `summary` with {files, records,
findings, errors, warnings, told, bytes, seconds}. Lines and columns count from
1, columns in characters; a pointer goes on into arguments and answers.

Kinds, and what they are recognised by:
  instance            --schema without --tools
  chat-request        `messages` and `model`
  chat-response       `choices`
  responses-request   `input` and `model`
  responses-response  `output`
  exchange            `request` and `response`
  conversation        a list of messages or items, or an object that has one
                      under `messages`, `input`, `items` or `data`
  fine-tuning         `messages`, with `tools` or alone
  preference          `preferred_output`
  batch-input         `custom_id` or `method`, with `body`
  batch-output        `custom_id` and `response` or `error`
  tool-call           `name` and `arguments`, also inside of `function`

Findings that are alike are told three times and counted; --max-errors 0 tells
all.

Options can stand in openai-tools.toml, under [check], by the same names; paths
are relative to it, and --schema without --tools leaves its tools out:
  [check]
  tools = \"tools.lock.json\"
  data = [\"recorded/*.jsonl\"]

Exit codes:
  0  nothing was found; with --level error, no error
  1  something was found
  2  a file could not be opened, or wrong usage

Examples:
  openai-tools check --tools tools.json recorded/*.jsonl
  openai-tools check --schema invoice.schema.json invoices.jsonl.gz
  openai-tools check --kind fine-tuning --report sarif train.jsonl >train.sarif
  zcat log.gz | openai-tools check --tools tools.json --report github -";
