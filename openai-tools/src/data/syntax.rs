//! Why a text is no JSON.

use super::{Finding, Severity};
use crate::{
    json::{Lines, repeated_key},
    schema::{NotJson, shorten},
};

/// The finding of a text that could not be read.
pub(super) fn finding(text: &str, error: &NotJson) -> Finding {
    if error.reason().ends_with("stands twice") {
        if let Some((name, first, again)) = repeated_key(text) {
            let lines = Lines::of(text);
            let (line, column) = lines.position(text, first.start);
            let place = if lines.line(again.start) == line {
                format!("column {column}")
            } else {
                format!("line {line} of the record")
            };
            let name = shorten(&name, 64);
            let message = format!("the key `{name}` stands twice, first in {place}");
            return of(again.start, "duplicate-key", message);
        }
    }
    let at = offset(text, error);
    if error.reason().starts_with("recursion limit") {
        return of(at, "too-deep", "nested deeper than 127 levels".to_owned());
    }
    if text.starts_with('\u{feff}') {
        let message = "not JSON: a byte order mark, which only the start of a file may have";
        return of(0, "json", message.to_owned());
    }
    let near = text.as_bytes().get(at.saturating_sub(1)..(at + 1).min(text.len()));
    let has_nul = near.is_some_and(|near| near.contains(&0));
    let nul = if has_nul { " (there is a NUL byte)" } else { "" };
    of(at, "json", format!("not JSON: {}{nul}", error.reason()))
}

fn of(at: usize, rule: &'static str, message: String) -> Finding {
    let pointer = String::new();
    let rule = rule.into();
    Finding { at, pointer, rule, severity: Severity::Error, message, tool: None }
}

/// The byte at which a text is no JSON.
pub(super) fn offset(text: &str, error: &NotJson) -> usize {
    if error.reason().starts_with("EOF") {
        return text.trim_ascii_end().len();
    }
    let (line, column) = (error.line(), error.column());
    let start = if line <= 1 { Some(0) } else { Lines::of(text).start(line) };
    match (start, column) {
        // What is broken is the line before.
        (Some(start), 0) => start.saturating_sub(1),
        (Some(start), column) => (start + column - 1).min(text.len()),
        (None, _) => text.len(),
    }
}
