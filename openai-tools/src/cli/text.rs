//! The report for people: a timeline of turns and calls, the answer, a line of totals.

use std::fmt::Write;

use super::{
    report::{CallReport, Report, TurnReport},
    terminal::{self, line},
};

/// Writes the report for a terminal of so many columns. Nothing if there was no run; what failed is
/// said in one line elsewhere. `is_told` leaves out what has been shown while it came.
pub(super) fn render(report: &Report, columns: usize, is_told: bool) -> String {
    let mut text = String::new();
    if report.turns == 0 && report.attempts == 0 && report.reason.is_none() {
        return text;
    }
    let columns = columns.max(MIN_COLUMNS);
    let mut calls = &report.calls[..];
    for (n, turn) in report.timeline.iter().enumerate() {
        let (own, later) = calls.split_at(turn.calls.min(calls.len()));
        calls = later;
        let time = span(turn.asked_ms, turn.answered_ms);
        put(&mut text, format_args!("turn {}, {time}: {}", n + 1, what(turn, own)));
        // The last text is the answer, which follows in full.
        let is_last = n + 1 == report.timeline.len();
        if let Some(said) = turn.text.as_deref().filter(|said| !said.is_empty() && !is_last) {
            put(&mut text, format_args!("  {}", line(said, columns - 2)));
        }
        write_calls(&mut text, own, columns);
    }
    for waiting in &report.waiting {
        let call = format!("{} {}", line(&waiting.name, 64), line(&waiting.arguments, columns));
        put(&mut text, format_args!("  {}", line(&format!("waiting: {call}"), columns - 2)));
    }
    let mut separator = if text.is_empty() { "" } else { "\n" };
    for paragraph in paragraphs(report, is_told) {
        put(&mut text, format_args!("{separator}{}", terminal::block(paragraph.trim_end())));
        separator = "\n";
    }
    put(&mut text, format_args!("{separator}{}", totals(report)));
    text
}

/// What a response holds.
fn what(turn: &TurnReport, calls: &[CallReport]) -> String {
    let what = match calls.len() {
        0 if turn.refused => "refusal".to_owned(),
        0 if turn.text.as_deref().is_none_or(str::is_empty) => "nothing".to_owned(),
        0 => "text".to_owned(),
        many => counted(many as u64, "call"),
    };
    match &turn.cut {
        Some(reason) => format!("{what}, cut off ({})", line(reason, 64)),
        None => what,
    }
}

/// The calls of one turn: on the left the call, on the right when it ran, below its output. The
/// bars of all share one scale, so that what overlaps stands one below the other.
fn write_calls(text: &mut String, calls: &[CallReport], columns: usize) {
    let Some(scale) = Scale::of(calls) else { return };
    let times: Vec<_> = calls.iter().map(|call| span(call.started_ms, call.finished_ms)).collect();
    let time_columns = times.iter().map(String::len).max().unwrap_or_default();
    let width = u16::try_from(columns / 4).unwrap_or(u16::MAX).min(MAX_CELLS);
    let left = columns.saturating_sub(usize::from(width) + time_columns + 8);
    for (call, time) in calls.iter().zip(&times) {
        let label =
            line(&format!("{} {}", line(&call.name, 64), line(&call.arguments, left)), left);
        let gap = " ".repeat(left.saturating_sub(terminal::columns(&label)));
        let bar = scale.bar(call, width);
        put(text, format_args!("  {label}{gap}  |{bar}|  {time:>time_columns$}"));
        let failure = match &call.error {
            Some(word) => format!("{}: ", line(word, 64)),
            None => String::new(),
        };
        let output = line(&call.output, columns.saturating_sub(7 + failure.len()));
        put(text, format_args!("    -> {failure}{output}"));
    }
}

/// The time in which the calls of a turn ran.
struct Scale {
    start: f64,
    length: f64,
}

impl Scale {
    /// `None` without calls.
    fn of(calls: &[CallReport]) -> Option<Self> {
        let start = calls.iter().map(|call| call.started_ms).reduce(f64::min)?;
        let end = calls.iter().map(|call| call.finished_ms).reduce(f64::max)?;
        Some(Self { start, length: end - start })
    }

    /// A cell is filled if the call ran in its part of the time; at least one is.
    fn bar(&self, call: &CallReport, cells: u16) -> String {
        let at = |cell: u16| self.start + self.length * f64::from(cell) / f64::from(cells);
        let mut bar = String::new();
        for cell in 0..cells {
            let (from, to) = (at(cell), at(cell + 1));
            let ran = call.started_ms < to && from < call.finished_ms;
            let starts = from <= call.started_ms && (call.started_ms < to || cell + 1 == cells);
            bar.push(if ran || starts { '█' } else { ' ' });
        }
        bar
    }
}

/// What is to be read in full: the value, else the text, and why there is no answer.
fn paragraphs(report: &Report, is_told: bool) -> impl Iterator<Item = String> {
    let answer = match &report.value {
        Some(value) => Some(format!("{value:#}")),
        None => report.text.clone().filter(|_| !is_told),
    };
    let is_told = is_told && report.outcome == REFUSAL;
    let reason = report.reason.clone().filter(|reason| !is_told && !is_word(reason));
    [answer, reason].into_iter().flatten().filter(|paragraph| !paragraph.trim().is_empty())
}

fn totals(report: &Report) -> String {
    let outcome = match &report.reason {
        Some(reason) if is_word(reason) => format!("{} ({reason})", report.outcome),
        _ => report.outcome.to_owned(),
    };
    let failed = report.calls.iter().filter(|call| !call.ok).count();
    let failed = if failed == 0 { String::new() } else { format!(" ({failed} failed)") };
    let usage = &report.usage;
    format!(
        "{outcome}: {}, {}{failed}, {} ({} in, {} out), {}, {:.3} s",
        counted(report.turns as u64, "turn"),
        counted(report.calls.len() as u64, "call"),
        counted(usage.total_tokens, "token"),
        usage.input_tokens,
        usage.output_tokens,
        counted(report.attempts, "attempt"),
        report.duration_ms / 1e3,
    )
}

/// Whether a reason is a word of the wire or of ours, and not a sentence.
fn is_word(reason: &str) -> bool {
    reason.len() <= 40 && reason.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn span(from_ms: f64, to_ms: f64) -> String {
    format!("{from_ms:.1} to {to_ms:.1} ms")
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("a string takes all that is written");
}

const REFUSAL: &str = "refusal";
/// Below it, nothing could be told apart.
const MIN_COLUMNS: usize = 50;
const MAX_CELLS: u16 = 40;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::report::Failure;

    fn call(arguments: &str, started_ms: f64, finished_ms: f64) -> CallReport {
        CallReport {
            id: "c".to_owned(),
            name: "get_weather".to_owned(),
            arguments: arguments.to_owned(),
            output: format!("{{\"arguments\":{arguments}}}"),
            ok: true,
            error: None,
            started_ms,
            finished_ms,
            ..CallReport::default()
        }
    }

    fn report() -> Report {
        let unknown = CallReport {
            ok: false,
            error: Some("unknown_tool".to_owned()),
            output: "unknown tool `wether`;\ndid you mean `get_weather`?".to_owned(),
            name: "wether".to_owned(),
            ..call("{}", 10.0, 10.0)
        };
        Report {
            outcome: "completed",
            text: Some("Hanoi is \u{1b}[31mwarmer.\nBy far.".to_owned()),
            turns: 2,
            calls: vec![
                call(r#"{"city":"Hanoi, Vietnam","unit":"celsius"}"#, 10.0, 60.0),
                unknown,
                call(r#"{"city":"Paris"}"#, 35.0, 110.0),
            ],
            attempts: 3,
            duration_ms: 123.4,
            timeline: vec![
                TurnReport {
                    asked_ms: 0.0,
                    answered_ms: 9.5,
                    text: Some("Let me look.".to_owned()),
                    calls: 3,
                    ..TurnReport::default()
                },
                TurnReport {
                    asked_ms: 110.5,
                    answered_ms: 123.0,
                    text: Some("Hanoi.".to_owned()),
                    ..TurnReport::default()
                },
            ],
            ..Report::default()
        }
    }

    #[test]
    fn the_overlap_of_calls_can_be_seen() {
        let shown = render(&report(), 80, false);
        let expected = r#"turn 1, 0.0 to 9.5 ms: 3 calls
  Let me look.
  get_weather {"city":"Hanoi, Vietnam…  |██████████          |   10.0 to 60.0 ms
    -> {"arguments":{"city":"Hanoi, Vietnam","unit":"celsius"}}
  wether {}                             |█                   |   10.0 to 10.0 ms
    -> unknown_tool: unknown tool `wether`; did you mean `get_weather`?
  get_weather {"city":"Paris"}          |     ███████████████|  35.0 to 110.0 ms
    -> {"arguments":{"city":"Paris"}}
turn 2, 110.5 to 123.0 ms: text

Hanoi is �[31mwarmer.
By far.

completed: 2 turns, 3 calls (1 failed), 0 tokens (0 in, 0 out), 3 attempts, 0.123 s
"#;
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_timeline_keeps_to_the_width() {
        let mut report = report();
        report.calls[0].arguments = format!("{{\"city\":\"{}\"}}", "東京".repeat(1_000));
        report.calls[0].output = "東京".repeat(1_000);
        for width in [50, 80, 200] {
            let shown = render(&report, width, false);
            for line in shown.lines().take(9) {
                assert!(terminal::columns(line) <= width, "{width}: {line}");
            }
        }
        // A width of nothing is no reason to fail.
        assert!(!render(&report, 0, false).is_empty());
    }

    #[test]
    fn a_value_is_shown_instead_of_its_text() {
        let report = Report {
            outcome: "completed",
            text: Some("{\"a\":1}".to_owned()),
            value: Some(json!({"a": 1})),
            turns: 1,
            attempts: 1,
            ..Report::default()
        };
        assert!(render(&report, 80, false).starts_with("{\n  \"a\": 1\n}\n\ncompleted: 1 turn, "));
    }

    #[test]
    fn a_sentence_is_a_reason_of_its_own_line_and_a_word_stands_with_the_totals() {
        let report = |outcome, reason: &str| Report {
            outcome,
            reason: Some(reason.to_owned()),
            turns: 1,
            ..Report::default()
        };
        let shown = render(&report("refusal", "I cannot."), 80, false);
        assert!(shown.starts_with("I cannot.\n\nrefusal: 1 turn, "), "{shown}");
        let shown = render(&report("limit", "turns"), 80, false);
        assert!(shown.starts_with("limit (turns): 1 turn, "), "{shown}");
    }

    #[test]
    fn a_turn_says_what_its_response_holds() {
        let said = TurnReport { text: Some("hi".to_owned()), ..TurnReport::default() };
        assert_eq!(what(&said, &[]), "text");
        assert_eq!(what(&said, &[CallReport::default()]), "1 call");
        let refused = TurnReport { refused: true, ..TurnReport::default() };
        assert_eq!(what(&refused, &[]), "refusal");
        let cut = TurnReport { cut: Some("length".to_owned()), ..TurnReport::default() };
        assert_eq!(what(&cut, &[]), "nothing, cut off (length)");
    }

    #[test]
    fn where_nothing_ran_nothing_is_shown() {
        assert_eq!(render(&Report::of_failure(Failure::input("x")), 80, false), "");
    }
}
