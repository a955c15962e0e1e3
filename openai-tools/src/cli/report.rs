//! What a run came to, as plain data: the one source of both reports.

use std::{error::Error as _, io, iter, time::Duration};

use serde::Serialize;
use serde_json::{
    Value,
    ser::{CompactFormatter, Formatter, Serializer},
};

use super::{
    Exit,
    attempts::{AttemptReport, WaitingReport},
    live::Moments,
    terminal,
};
use crate::{
    chat::{Response, Usage},
    dispatch::CallRecord,
    error::Error,
    run::{Amounts, Outcome, Run, RunError, RunRecord, Turn},
};

/// The JSON report; every key is always there, but for those of a stream.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Report {
    /// A stable word: `completed`, `refusal`, `incomplete`, `limit`, `invalid`, `pending`, `error`.
    pub(super) outcome: &'static str,
    pub(super) error: Option<Failure>,
    /// Why there is no answer, where `error` does not say.
    pub(super) reason: Option<String>,
    /// The text of the last response, as it came.
    pub(super) text: Option<String>,
    pub(super) value: Option<Value>,
    pub(super) turns: usize,
    pub(super) calls: Vec<CallReport>,
    /// The calls of the last response that have no output.
    pub(super) waiting: Vec<WaitingReport>,
    pub(super) usage: Usage,
    /// What was used of the run's limits; of a run that was taken up, before as well.
    pub(super) budget: Amounts,
    pub(super) attempts: u64,
    pub(super) attempt_log: Vec<AttemptReport>,
    pub(super) request_ids: Vec<String>,
    pub(super) duration_ms: f64,
    /// When the first event of a stream arrived.
    #[serde(skip_serializing_if = "Moment::is_unasked")]
    pub(super) first_event_ms: Moment,
    /// For the text report: the turns that `calls` belong to, in order.
    #[serde(skip)]
    pub(super) timeline: Vec<TurnReport>,
}

/// One call, with its times from the start of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct CallReport {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
    pub(super) output: String,
    pub(super) ok: bool,
    pub(super) error: Option<String>,
    pub(super) started_ms: f64,
    pub(super) finished_ms: f64,
    /// When the last of the arguments arrived in a stream.
    #[serde(skip_serializing_if = "Moment::is_unasked")]
    pub(super) arguments_complete_ms: Moment,
}

/// A time that only a streamed run has: in the report of another one it has no key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Moment {
    At(f64),
    Never,
    #[default]
    Unasked,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TurnReport {
    pub(super) asked_ms: f64,
    pub(super) answered_ms: f64,
    pub(super) text: Option<String>,
    pub(super) refused: bool,
    /// Why the response is not whole, if it is not.
    pub(super) cut: Option<String>,
    pub(super) calls: usize,
}

/// Something that failed, in the run or before it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Failure {
    /// A stable word: an [`ErrorKind`](crate::ErrorKind), `cancelled`, `input` or `system`.
    pub(super) kind: &'static str,
    pub(super) message: String,
    pub(super) status: Option<u16>,
    pub(super) code: Option<String>,
    pub(super) request_id: Option<String>,
}

impl Report {
    /// The report of a run; `value` takes the value out of a good answer.
    pub(super) fn of_run<T>(
        run: &Result<Run<T>, RunError>,
        value: impl FnOnce(&T) -> Option<Value>,
    ) -> Self {
        let record = record_of(run);
        let report = Self {
            duration_ms: milliseconds(record.duration()),
            usage: record.usage(),
            budget: record.spent(),
            ..Self::of_turns(record.turns())
        };
        match run {
            Ok(run) => report.with_outcome(run.outcome(), value),
            Err(failed) => {
                let error = failed.error();
                let mut report = Self {
                    outcome: ERROR,
                    error: Some(Failure::from(error)),
                    attempt_log: AttemptReport::all(failed.turns(), error.attempt_log()),
                    ..report
                };
                report.attempts += u64::from(error.attempts());
                report.request_ids.extend(error.request_id().map(str::to_owned));
                report
            }
        }
    }

    /// The report of a run whose events were read.
    pub(super) fn of_stream<T>(
        run: &Result<Run<T>, RunError>,
        value: impl FnOnce(&T) -> Option<Value>,
        moments: &Moments,
    ) -> Self {
        let record = record_of(run);
        let mut report = Self::of_run(run, value);
        report.first_event_ms = Moment::of(record.first_event());
        let complete =
            moments.arguments_complete(record.turns()).into_iter().chain(iter::repeat(None));
        for (call, complete) in report.calls.iter_mut().zip(complete) {
            call.arguments_complete_ms = Moment::of(complete);
        }
        report
    }

    /// The report where it did not come to a run.
    pub(super) fn of_failure(failure: Failure) -> Self {
        Self { outcome: ERROR, error: Some(failure), ..Self::default() }
    }

    pub(super) fn exit(&self) -> Exit {
        match self.outcome {
            COMPLETED => Exit::Success,
            ERROR => Exit::Failure,
            _ => Exit::Finding,
        }
    }

    /// One line of JSON.
    pub(super) fn to_json(&self) -> String {
        let mut json = Vec::new();
        let written = self.serialize(&mut Serializer::with_formatter(&mut json, Plain));
        written.expect("texts, numbers and lists have a JSON form");
        json.push(b'\n');
        String::from_utf8(json).expect("JSON is written as UTF-8")
    }

    fn of_turns(turns: &[Turn]) -> Self {
        let responses = || turns.iter().map(|turn| &turn.response);
        Self {
            text: responses().next_back().and_then(|response| response.message.text.clone()),
            turns: turns.len(),
            calls: turns.iter().flat_map(|turn| turn.calls.iter()).map(CallReport::from).collect(),
            attempt_log: AttemptReport::all(turns, &[]),
            attempts: responses().map(|response| u64::from(response.attempts)).sum(),
            request_ids: responses().filter_map(|response| response.request_id.clone()).collect(),
            timeline: turns.iter().map(TurnReport::from).collect(),
            ..Self::default()
        }
    }

    fn with_outcome<T>(
        mut self,
        outcome: &Outcome<T>,
        value: impl FnOnce(&T) -> Option<Value>,
    ) -> Self {
        self.outcome = outcome.as_str();
        match outcome {
            Outcome::Cancelled => {
                self.outcome = ERROR;
                self.error = Some(Failure::new("cancelled", "the run was cancelled"));
            }
            Outcome::Completed(answer) => self.value = value(answer),
            Outcome::Incomplete(reason) => self.reason = Some(reason.to_string()),
            Outcome::Invalid(invalid) => self.reason = Some(invalid.to_string()),
            Outcome::Limit(limit) => self.reason = Some(limit.as_str().to_owned()),
            Outcome::Pending(calls) => {
                let count = calls.len();
                let wait = if count == 1 { "call waits" } else { "calls wait" };
                self.reason = Some(format!("{count} {wait}"));
                self.waiting = calls.iter().map(WaitingReport::from).collect();
            }
            Outcome::Refusal(words) => self.reason = Some(words.clone()),
        }
        self
    }
}

impl Failure {
    /// A file or stdin that cannot be read or is not what it has to be.
    pub(super) fn input(message: impl Into<String>) -> Self {
        Self::new("input", message)
    }

    /// Something that the operating system refuses.
    pub(super) fn system(message: impl Into<String>) -> Self {
        Self::new("system", message)
    }

    pub(super) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), ..Self::default() }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let api = error.api_error();
        Self {
            kind: error.kind().as_str(),
            message: message(error),
            status: error.status(),
            code: api.and_then(|api| api.code()).map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
        }
    }
}

impl From<&CallRecord> for CallReport {
    fn from(record: &CallRecord) -> Self {
        Self {
            id: record.call.id.as_str().to_owned(),
            name: record.call.name.clone(),
            arguments: record.call.arguments.clone(),
            output: record.output.text.clone(),
            ok: record.output.is_ok(),
            error: record.output.failure.as_ref().map(|failure| failure.as_str().to_owned()),
            started_ms: milliseconds(record.started),
            finished_ms: milliseconds(record.finished),
            arguments_complete_ms: Moment::Unasked,
        }
    }
}

impl From<&Turn> for TurnReport {
    fn from(turn: &Turn) -> Self {
        let response @ Response { message, finish_reason, .. } = &*turn.response;
        Self {
            asked_ms: milliseconds(turn.started),
            answered_ms: milliseconds(turn.responded),
            text: message.text.clone(),
            refused: message.refusal.is_some(),
            cut: (!response.is_whole()).then(|| finish_reason.as_str().to_owned()),
            calls: turn.calls.len(),
        }
    }
}

fn record_of<T>(run: &Result<Run<T>, RunError>) -> &RunRecord {
    match run {
        Ok(run) => run,
        Err(error) => error,
    }
}

/// The error's line, its causes, and the server's own words.
fn message(error: &Error) -> String {
    let mut message = error.to_string();
    let mut add = |words: &str| {
        // Some libraries print the cause and give it as the source too.
        if !words.is_empty() && !message.contains(words) {
            message.push_str(": ");
            message.push_str(words);
        }
    };
    let causes = iter::successors(error.source(), |&cause| cause.source());
    for cause in causes.take(MAX_CAUSES) {
        add(&cause.to_string());
    }
    add(error.api_error().map_or("", |api| api.message()));
    message
}

impl Moment {
    fn of(time: Option<Duration>) -> Self {
        time.map_or(Self::Never, |time| Self::At(milliseconds(time)))
    }

    fn is_unasked(&self) -> bool {
        *self == Self::Unasked
    }
}

/// With three decimals at the most.
pub(super) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// Compact JSON that is safe on a terminal too: the control characters that JSON itself lets
/// through are escaped, which does not change a string's value.
struct Plain;

impl Formatter for Plain {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(terminal::is_control) {
            CompactFormatter.write_string_fragment(writer, &rest[..at])?;
            let mut after = rest[at..].chars();
            for unit in after.next().into_iter().collect::<String>().encode_utf16() {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = after.as_str();
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

const COMPLETED: &str = "completed";
const ERROR: &str = "error";
const MAX_CAUSES: usize = 8;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn every_key_is_always_there() {
        let report = Report::of_failure(Failure::input("a.json: no such file"));
        let json: Value = serde_json::from_str(&report.to_json()).expect("JSON");
        assert_eq!(
            json,
            json!({
                "outcome": "error",
                "error": {
                    "kind": "input",
                    "message": "a.json: no such file",
                    "status": null,
                    "code": null,
                    "request_id": null,
                },
                "reason": null,
                "text": null,
                "value": null,
                "turns": 0,
                "calls": [],
                "waiting": [],
                "usage": {
                    "input_tokens": 0,
                    "output_tokens": 0,
                    "total_tokens": 0,
                    "cached_tokens": 0,
                    "reasoning_tokens": 0,
                },
                "budget": Amounts::default(),
                "attempts": 0,
                "attempt_log": [],
                "request_ids": [],
                "duration_ms": 0.0,
            })
        );
    }

    #[test]
    fn only_completed_is_a_success_and_only_an_error_a_failure() {
        let exit = |outcome| Report { outcome, ..Report::default() }.exit();
        assert_eq!(exit("completed"), Exit::Success);
        assert_eq!(exit("error"), Exit::Failure);
        for other in ["refusal", "incomplete", "limit", "invalid", "pending"] {
            assert_eq!(exit(other), Exit::Finding, "{other}");
        }
    }

    #[test]
    fn control_characters_are_escaped_and_keep_their_value() {
        let text = "\u{9b}31m \u{e0041} \u{202e}é\u{7f}\u{1b}\n".to_owned();
        let report = Report { text: Some(text.clone()), ..Report::default() };
        let json = report.to_json();
        assert!(json.contains(r#""\u009b31m \udb40\udc41 \u202eé\u007f\u001b\n""#), "{json}");
        assert_eq!(serde_json::from_str::<Value>(&json).expect("JSON")["text"], text);
    }

    #[test]
    fn a_message_names_each_cause_once() {
        let error = Error::new(ErrorKind::Connection, "the server is not reached")
            .with_source(io::Error::other("refused"));
        assert_eq!(message(&error), "the connection failed: the server is not reached: refused");
    }

    #[test]
    fn times_have_three_decimals() {
        assert_eq!(
            json!(milliseconds(Duration::from_nanos(1_234_567_890))).to_string(),
            "1234.568"
        );
        assert_eq!(json!(milliseconds(Duration::ZERO)).to_string(), "0.0");
    }
}
