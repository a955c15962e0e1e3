use serde_json::{Map, Value};

use super::format;
use crate::schema::problem::excerpt;

/// What a keyword means, in words for a model; `None` where words would not help it.
pub(super) fn words(keyword: &str, value: &Value, map: &Map<String, Value>) -> Option<String> {
    let shown = excerpt(value);
    let together = |other: &str, same: fn(&str) -> String, range: fn(&str, &str) -> String| {
        let other = map.get(other).map(excerpt)?;
        Some(if shown == other { same(&shown) } else { range(&shown, &other) })
    };
    Some(match keyword {
        "minLength" => together(
            "maxLength",
            |n| format!("Exactly {}.", counted(n, "character")),
            |a, b| format!("{a} to {b} characters."),
        )
        .unwrap_or_else(|| format!("At least {}.", counted(&shown, "character"))),
        "maxLength" if map.contains_key("minLength") => String::new(),
        "maxLength" => format!("At most {}.", counted(&shown, "character")),
        "minItems" => together(
            "maxItems",
            |n| format!("Exactly {}.", counted(n, "item")),
            |a, b| format!("{a} to {b} items."),
        )
        .unwrap_or_else(|| format!("At least {}.", counted(&shown, "item"))),
        "maxItems" if map.contains_key("minItems") => String::new(),
        "maxItems" => format!("At most {}.", counted(&shown, "item")),
        "minimum" => format!("At least {shown}."),
        "maximum" => format!("At most {shown}."),
        "exclusiveMinimum" => format!("More than {shown}."),
        "exclusiveMaximum" => format!("Less than {shown}."),
        "multipleOf" => format!("A multiple of {shown}."),
        "uniqueItems" => "No item twice.".to_owned(),
        "format" => match value.as_str().and_then(format::words) {
            Some(words) => words.to_owned(),
            None => format!("Format: {}.", value.as_str().unwrap_or(&shown)),
        },
        "pattern" => format!("Must match the regular expression {}.", value.as_str()?),
        "minProperties" => format!("At least {}.", counted(&shown, "entry")),
        "maxProperties" => format!("At most {}.", counted(&shown, "entry")),
        "contentEncoding" => format!("Encoded as {}.", value.as_str()?),
        "contentMediaType" => format!("Holds {}.", value.as_str()?),
        "examples" => {
            let shown: Vec<String> = value.as_array()?.iter().take(3).map(excerpt).collect();
            format!("Examples: {}.", shown.join(", "))
        }
        "dependentRequired" => {
            let rules: Vec<String> = value
                .as_object()?
                .iter()
                .take(5)
                .map(|(name, needed)| format!("`{name}` needs {}", excerpt(needed)))
                .collect();
            format!("{}.", rules.join("; "))
        }
        _ => return None,
    })
}

/// Adds a sentence to what a schema says of itself.
pub(super) fn describe(map: &mut Map<String, Value>, sentence: &str) {
    if sentence.is_empty() {
        return;
    }
    let text = match map.get("description").and_then(Value::as_str).map(str::trim_end) {
        None | Some("") => sentence.to_owned(),
        Some(text) if text.ends_with(['.', '!', '?', ':', '…']) => format!("{text} {sentence}"),
        Some(text) => format!("{text}. {sentence}"),
    };
    map.insert("description".to_owned(), text.into());
}

fn counted(number: &str, thing: &str) -> String {
    match (number, thing) {
        ("1", thing) => format!("1 {thing}"),
        (number, "entry") => format!("{number} entries"),
        (number, thing) => format!("{number} {thing}s"),
    }
}
