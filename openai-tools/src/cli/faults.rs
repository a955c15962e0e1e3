//! What is wrong with the content of a file, place by place.

use std::path::Path;

use serde_json::Value;

use super::{report::Failure, terminal};
use crate::{error::ErrorKind, json::segments, schema::SchemaError};

/// What is wrong with a file of definitions: at least one place.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Faults(pub(super) Vec<Fault>);

/// One place and what is wrong there.
#[derive(Debug, PartialEq)]
pub(super) struct Fault {
    /// A path such as `tools[3].function.name`; empty for the whole file.
    pub(super) path: String,
    pub(super) reason: String,
}

impl Faults {
    pub(super) fn one(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self(vec![Fault { path: path.into(), reason: reason.into() }])
    }

    /// The faults of a schema that is at `path`.
    pub(super) fn of_schema(error: &SchemaError, path: &str) -> Self {
        let faults = error.refusals().iter().map(|refusal| {
            let inside = dotted(&refusal.pointer);
            let path = if path.is_empty() {
                inside.trim_start_matches('.').to_owned()
            } else {
                format!("{path}{inside}")
            };
            Fault { path, reason: format!("{} (help: {})", refusal.reason, refusal.help) }
        });
        Self(faults.collect())
    }

    /// One line for each place, as far as people read.
    pub(super) fn into_failure(self, file: &Path) -> Failure {
        let file = file.display();
        let lines = self.0.iter().take(MAX_TOLD).map(|Fault { path, reason }| {
            let separator = if path.is_empty() { "" } else { ": " };
            format!("{file}: {path}{separator}{reason}")
        });
        let mut lines: Vec<_> = lines.collect();
        if let Some(more) = self.0.len().checked_sub(MAX_TOLD).filter(|more| *more > 0) {
            lines.push(format!("{file}: and {more} more"));
        }
        Failure::new(ErrorKind::Definition.as_str(), lines.join("\n"))
    }
}

/// The path of a key in the object at `path`.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// What was expected, and what kind of value is there.
pub(super) fn expected(form: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(text) => format!("{:?}", terminal::line(text, 40)),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    };
    format!("expected {form}; found {found}")
}

/// A JSON pointer in the way of the other paths: `/anyOf/0/a b` as `.anyOf[0]["a b"]`.
fn dotted(pointer: &str) -> String {
    let segments = segments(pointer).map(|key| {
        let is_word = key.chars().all(|c| c.is_alphanumeric() || "_$-".contains(c));
        if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("[{key}]")
        } else if !key.is_empty() && is_word {
            format!(".{key}")
        } else {
            format!("[{key:?}]")
        }
    });
    segments.collect()
}

const MAX_TOLD: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_become_paths() {
        assert_eq!(dotted(""), "");
        assert_eq!(dotted("/properties/city/anyOf/0"), ".properties.city.anyOf[0]");
        assert_eq!(dotted("/$defs/a~1b c/"), ".$defs[\"a/b c\"][\"\"]");
    }
}
