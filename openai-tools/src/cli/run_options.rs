//! What can be said to `openai-tools run`.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum, builder::NonEmptyStringValueParser};

use super::options::ReportFormat;
use crate::chat::{Api, ConversationState};

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

    /// The API that the run goes through.
    #[arg(long, value_name = "API", value_enum, default_value_t = ApiName::Chat)]
    pub(super) api: ApiName,

    /// Who keeps the conversation between two requests: the server, which only the
    /// Responses API has, or this program, which sends all of it again.
    #[arg(long, value_name = "S", value_enum, default_value_t = StateName::Resend)]
    pub(super) state: StateName,

    /// The model that is asked [default: gpt-5.2, or that of the run that is taken up].
    #[arg(long, value_name = "M", value_parser = NonEmptyStringValueParser::new())]
    pub(super) model: Option<String>,

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

    /// How many tool calls are run at the most; of a response that asks for more than are left
    /// none is [default: 256].
    #[arg(long, value_name = "N")]
    pub(super) max_tool_calls: Option<u32>,

    /// How long a response may take to its first byte, and be silent afterwards, such as `30s`
    /// [default: 10m, then 2m].
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) timeout: Option<Duration>,

    /// How long the run may take as a whole; then it ends with the limit `wall_time`
    /// [default: 10m].
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) deadline: Option<Duration>,

    /// Which calls are run.
    #[arg(long, value_name = "WHICH", value_enum, default_value_t = Approve::All)]
    pub(super) approve: Approve,

    /// Write the run down in a new file while it goes, so that it can be taken up again.
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub(super) journal: Option<PathBuf>,

    /// Go on with the run that a journal holds, and keep on writing it down there.
    #[arg(long, value_name = "FILE")]
    pub(super) resume: Option<PathBuf>,

    /// Stream the responses: text is shown as it comes and calls as they start, and each
    /// call starts as soon as its arguments are there.
    #[arg(long)]
    pub(super) stream: bool,

    /// An image to show with the prompt: a PNG, JPEG, GIF or WebP file, or a URL; may be
    /// given more than once.
    #[arg(long, value_name = "FILE|URL", value_parser = NonEmptyStringValueParser::new())]
    pub(super) image: Vec<String>,

    /// A file to show with the prompt, such as a PDF, or with --api responses a URL; may be
    /// given more than once.
    #[arg(long, value_name = "FILE|URL", value_parser = NonEmptyStringValueParser::new())]
    pub(super) file: Vec<String>,

    /// What is written to stdout: a text for people, or one JSON object.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ReportFormat::Text)]
    pub(super) report: ReportFormat,

    /// What the model is asked; `-` reads it from stdin. With --resume it may be left out, or is
    /// said after what the run holds.
    #[arg(required_unless_present = "resume")]
    pub(super) prompt: Option<String>,
}

/// Which calls are run.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Approve {
    /// Every one.
    All,
    /// Those that you approve when you are asked.
    Ask,
    /// None: the model is told that it was denied.
    None,
}

/// A time such as `10s`.
fn time(text: &str) -> Result<Duration, String> {
    let refused = || "expected a number and a unit: 500ms, 10s, 2m, 1h".to_owned();
    let unit = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(refused)?;
    let (number, unit) = text.split_at(unit);
    let seconds = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        _ => return Err(refused()),
    };
    let number: f64 = number.parse().map_err(|_| refused())?;
    match Duration::try_from_secs_f64(number * seconds) {
        Ok(time) if time.is_zero() => Err("expected more than 0".to_owned()),
        Ok(time) if time <= LONGEST => Ok(time),
        _ => Err("expected at most 8760h".to_owned()),
    }
}

/// A year: longer waits are mistakes, and some clocks end.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3_600);

/// The model of a run that does not say which.
pub(super) const DEFAULT_MODEL: &str = "gpt-5.2";

/// Lines of at most 78 characters, so that 80 columns show them as they stand.
const RUN_HELP: &str = "\
Each tool answers with the JSON object {\"name\", \"arguments\"} of its own call,
so that you see what a model makes of your definitions.

TIME is a number and a unit: 500ms, 10s, 1.5m, 2h.

With --approve ask each call is shown on stderr, and run when you say so; the
time that you take counts for --deadline. Where nobody can be asked (stdin or
stderr is no terminal), or you quit, the run ends as `pending`. With --journal
it can be taken up again: --resume FILE, with the same --tools. Ctrl-C cancels
the run, and the calls that wait with it.

The JSON report is one object however the run ends. `reason` says which limit
was reached, `waiting` which calls have no output yet, `budget` what was used,
`attempt_log` what each HTTP request came to and how long the wait after it
was. With --stream it has two more keys: first_event_ms, and for each call
arguments_complete_ms; null where it did not come to that.

Environment:
  OPENAI_API_KEY     the key; a server given by URL may need none
  OPENAI_BASE_URL    where the API is; OpenAI's own when only the key is set
  OPENAI_PROVIDER    a preset such as `ollama`, `groq` or `azure`, with the key in
                     a variable of its own, such as GROQ_API_KEY
  OPENAI_ORG_ID      the organization that is billed
  OPENAI_PROJECT_ID  the project that is billed
Without a key and a URL a built-in server on this machine answers. It calls
tools and fills schemas, but it is no model.

Exit codes:
  0  the run completed
  1  it ended in another way: a refusal, a cut or invalid answer, a limit,
     calls that wait
  2  an error, or wrong usage

Examples:
  openai-tools run \"Say hello\"
  openai-tools run --tools tools.json \"Is it warmer in Hanoi or Paris?\"
  openai-tools run --stream \"Tell me a story\"
  openai-tools run --image cat.jpg \"Which cat is this?\"
  openai-tools run --base-url http://localhost:11434/v1 --model qwen3 \"Hello\"
  openai-tools run --timeout 30s --deadline 5m --max-tool-calls 20 \"Plan a trip\"
  openai-tools run --tools tools.json --approve ask --journal trip.journal \"Book\"
  openai-tools run --tools tools.json --approve ask --resume trip.journal
  openai-tools run --output-schema invoice.json --report json - < letter.txt";

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum ApiName {
    Chat,
    Responses,
}

impl ApiName {
    pub(super) fn api(self) -> Api {
        match self {
            Self::Chat => Api::ChatCompletions,
            Self::Responses => Api::Responses,
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum StateName {
    Resend,
    Server,
}

impl StateName {
    pub(super) fn state(self) -> ConversationState {
        match self {
            Self::Resend => ConversationState::Resend,
            Self::Server => ConversationState::Server,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_and_a_unit() {
        for (text, milliseconds) in [
            ("500ms", 500),
            ("10s", 10_000),
            ("1.5s", 1_500),
            ("2m", 120_000),
            ("1h", 3_600_000),
            ("8760h", 31_536_000_000),
        ] {
            assert_eq!(time(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "10", "s", "1 s", "-1s", "1.2.3s", "1d", "0s", "8761h", "9e9s", "NaNs"] {
            assert!(time(text).is_err(), "{text}");
        }
        let huge = format!("{}s", "9".repeat(400));
        assert!(time(&huge).is_err());
    }
}
