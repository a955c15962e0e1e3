//! What is told of schemas: pure functions to JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{
    source::{Position, Positions},
    terminal,
};
use crate::schema::{Codec, Loss, SchemaError, Violation};

/// A value as indented JSON. What could control a terminal is escaped.
pub(super) fn pretty(value: &Value) -> String {
    let mut text = String::new();
    for c in format!("{value:#}").chars() {
        // Outside of strings JSON has no such character but the line break.
        if c != '\n' && terminal::is_control(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a text cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
    }
    text.push('\n');
    text
}

/// Why a schema is refused: its first place, and the others under `more` if there are any.
pub(super) fn error(error: &SchemaError, positions: &Positions<'_>) -> Value {
    let refusals = error.refusals();
    let mut places = refusals.iter().map(|refusal| {
        let Position { line, column, .. } = positions.of(&refusal.pointer);
        json!({
            "pointer": refusal.pointer,
            "reason": refusal.reason,
            "help": refusal.help,
            "line": line,
            "column": column,
        })
    });
    let mut first = places.next().unwrap_or_default();
    let more: Vec<_> = places.collect();
    if !more.is_empty() {
        first["more"] = more.into();
    }
    first
}

/// What a codec does: `"identity"`, or the places that it rewrites.
pub(super) fn codec(codec: &Codec) -> Value {
    if codec.is_identity() {
        return "identity".into();
    }
    let rewrites = codec.rewrites().into_iter();
    rewrites.map(|rewrite| json!({"pointer": rewrite.pointer, "form": rewrite.form})).collect()
}

pub(super) fn losses(losses: &[Loss]) -> Value {
    let one = |loss: &Loss| {
        json!({
            "pointer": loss.pointer,
            "keyword": loss.keyword,
            "enforced": loss.enforced,
            "described": loss.described,
        })
    };
    losses.iter().map(one).collect()
}

pub(super) fn lints(violations: &[Violation], positions: &Positions<'_>) -> Value {
    let one = |violation: &Violation| {
        let position = positions.of(&violation.pointer);
        json!({
            "id": violation.id,
            "level": violation.level.as_str(),
            "pointer": violation.pointer,
            "message": violation.message,
            "help": violation.help,
            "line": position.line,
            "column": position.column,
        })
    };
    violations.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pretty_json_cannot_control_the_terminal_and_stays_the_same() {
        let value = json!({"a": ["\u{9b}\u{202e}\u{e0001}é\n", 1], "b": {}});
        let text = pretty(&value);
        assert_eq!(
            text,
            "{\n  \"a\": [\n    \"\\u009b\\u202e\\udb40\\udc01é\\n\",\n    1\n  ],\n  \"b\": {}\n}\n"
        );
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    }
}
