//! JSON for a review: what fits on a line stands on one, and each property on a line of its own.

use std::fmt::Write;

use serde_json::Value;

/// A value as text with a line break at the end.
pub(super) fn pretty(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, 0, 0, &mut text);
    text.push('\n');
    text
}

/// Writes a value that starts behind `used` columns, in lines that are indented by `depth`.
fn write_value(value: &Value, depth: usize, used: usize, text: &mut String) {
    let room = COLUMNS.saturating_sub(used);
    // The outermost levels are the tools and what is said of each: always one below the other.
    let may_fit = depth > 2 || !value.is_object();
    match value {
        Value::Array(items) if !items.is_empty() => {
            let is_plain = items.iter().all(|item| !item.is_array() && !item.is_object());
            if (is_plain || depth > 2) && in_line(value, room, text) {
                return;
            }
            text.push('[');
            for (n, item) in items.iter().enumerate() {
                start(n, depth + 1, text);
                write_value(item, depth + 1, 2 * (depth + 1), text);
            }
            end(depth, ']', text);
        }
        Value::Object(map) if !map.is_empty() => {
            if may_fit && in_line(value, room, text) {
                return;
            }
            text.push('{');
            for (n, (key, value)) in map.iter().enumerate() {
                start(n, depth + 1, text);
                let key = Value::from(key.as_str()).to_string();
                text.push_str(&key);
                text.push_str(": ");
                let used = 2 * (depth + 1) + key.chars().count() + 2;
                if let (Value::Object(named), "\"properties\"" | "\"$defs\"") = (value, &*key) {
                    write_named(named, depth + 1, text);
                } else {
                    write_value(value, depth + 1, used, text);
                }
            }
            end(depth, '}', text);
        }
        // Writing to a text cannot fail.
        scalar => drop(write!(text, "{scalar}")),
    }
}

/// Schemas by name: one below the other, however short they are.
fn write_named(named: &serde_json::Map<String, Value>, depth: usize, text: &mut String) {
    if named.is_empty() {
        text.push_str("{}");
        return;
    }
    text.push('{');
    for (n, (name, value)) in named.iter().enumerate() {
        start(n, depth + 1, text);
        let name = Value::from(name.as_str()).to_string();
        let used = 2 * (depth + 1) + name.chars().count() + 2;
        text.push_str(&name);
        text.push_str(": ");
        write_value(value, depth + 1, used, text);
    }
    end(depth, '}', text);
}

/// Writes a value on the line that has begun, if it fits.
fn in_line(value: &Value, room: usize, text: &mut String) -> bool {
    let before = text.len();
    let fits = write_short(value, room, before, text);
    if !fits {
        text.truncate(before);
    }
    fits
}

fn write_short(value: &Value, room: usize, from: usize, text: &mut String) -> bool {
    // Bytes are at least as many as characters: what is too long is left early.
    if text.len() - from > room {
        return false;
    }
    match value {
        Value::Array(items) => {
            text.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    text.push_str(", ");
                }
                if !write_short(item, room, from, text) {
                    return false;
                }
            }
            text.push(']');
        }
        Value::Object(map) => {
            text.push('{');
            for (n, (key, value)) in map.iter().enumerate() {
                if n > 0 {
                    text.push_str(", ");
                }
                // Writing to a text cannot fail.
                let _ = write!(text, "{}: ", Value::from(key.as_str()));
                if !write_short(value, room, from, text) {
                    return false;
                }
            }
            text.push('}');
        }
        scalar => drop(write!(text, "{scalar}")),
    }
    text.len() - from <= room
}

fn start(n: usize, depth: usize, text: &mut String) {
    text.push_str(if n == 0 { "\n" } else { ",\n" });
    text.extend(std::iter::repeat_n("  ", depth));
}

fn end(depth: usize, bracket: char, text: &mut String) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
    text.push(bracket);
}

const COLUMNS: usize = 98;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_stands_on_a_line_and_nothing_is_lost() {
        let value = json!({"tools": [{"name": "a", "list": [1, 2], "long": ["x".repeat(60), "y".repeat(60)],
            "parameters": {"type": "object", "properties": {"a": {"type": "string"}, "b": {}},
            "required": ["a"], "empty": {}}}]});
        let text = pretty(&value);
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
        assert!(text.contains("\n          \"a\": {\"type\": \"string\"},\n"), "{text}");
        assert!(text.contains("\"list\": [1, 2],\n"), "{text}");
        assert!(text.lines().all(|line| line.len() <= 100), "{text}");
    }
}
