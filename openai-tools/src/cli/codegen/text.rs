//! Texts and numbers of a contract as tokens of Rust. None of them ends before it should.

use serde_json::Value;

/// A literal of a text.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// Whether a text can stand in doc comments and come out of them as it is. What rustdoc would take
/// for code cannot: `cargo test` would run it.
pub(super) fn fits_docs(text: &str) -> bool {
    let is_plain =
        |c: char| c == '\n' || c == '\'' || c == '"' || c == '\\' || c.escape_debug().len() == 1;
    let is_code = |line: &str| {
        ["    ", "```", "~~~"].iter().any(|code| line.contains(code))
            || line.ends_with(char::is_whitespace)
    };
    !text.is_empty()
        && text.trim() == text
        && !text.starts_with('#')
        && text.chars().all(is_plain)
        && !text.split('\n').any(is_code)
}

/// Whether `#[derive(Tool)]` tells a text as it is: it joins the lines of a paragraph.
pub(super) fn keeps_lines(text: &str) -> bool {
    !text.contains("\n\n\n") && text.split("\n\n").all(|paragraph| !paragraph.contains('\n'))
}

/// A number as an expression of a type that holds it.
pub(super) fn number(value: &Value) -> String {
    let shown = value.to_string();
    match (value.as_i64(), value.as_u64()) {
        (Some(n), _) if i32::try_from(n).is_ok() => shown,
        (Some(_), _) => format!("{shown}i64"),
        (None, Some(_)) => format!("{shown}u64"),
        (None, None) => shown,
    }
}

/// JSON as `json!` reads it.
pub(super) fn json(value: &Value) -> String {
    if size(value) > MOST_VALUES {
        return format!(
            "serde_json::from_str::<serde_json::Value>({}).expect(\"JSON\")",
            literal(&value.to_string())
        );
    }
    match value {
        Value::Array(values) => {
            format!("[{}]", values.iter().map(json).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) => {
            let members =
                map.iter().map(|(key, value)| format!("{}: {}", literal(key), json(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Number(_) => number(value),
        Value::String(text) => literal(text),
        Value::Bool(_) | Value::Null => value.to_string(),
    }
}

/// How many values there are in a value.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(size).sum::<usize>(),
        Value::Object(map) => 1 + map.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// The macro recurses for each of them, and rustc has a limit of 128.
pub(super) const MOST_VALUES: usize = 24;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_that_rustdoc_would_run_is_a_doc_comment() {
        for text in ["a\n```\nrm()\n```", "a\n\n    rm()", "-     rm()", "~~~\nx\n~~~", "a\tb"] {
            assert!(!fits_docs(text), "{text:?}");
        }
        for text in ["", " a", "a ", "# a", "a\r\nb", "a\u{202e}b", "a\0", "a \nb"] {
            assert!(!fits_docs(text), "{text:?}");
        }
        for text in ["a", "*/ a \"b\" 'c' \\d", "a\n\nb", "Größe: 都市", "/a", "!a"] {
            assert!(fits_docs(text), "{text:?}");
        }
    }

    #[test]
    fn numbers_have_a_type_that_holds_them() {
        assert_eq!(number(&json!(-5)), "-5");
        assert_eq!(number(&json!(5_000_000_000_i64)), "5000000000i64");
        assert_eq!(number(&json!(u64::MAX)), "18446744073709551615u64");
        assert_eq!(number(&json!(0.5)), "0.5");
    }

    #[test]
    fn long_json_is_read_from_a_text() {
        assert_eq!(json(&json!({"a": ["\"", null]})), r#"{"a": ["\"", null]}"#);
        let long: Vec<usize> = (0..MOST_VALUES).collect();
        assert!(json(&json!(long)).starts_with("serde_json::from_str::<serde_json::Value>(\"[0,"));
    }
}
