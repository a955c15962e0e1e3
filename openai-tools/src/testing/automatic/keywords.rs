//! What the keywords of one schema say, before anything else is looked at.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::shape::LeafKind;

pub(super) fn names_null(fields: &Map<String, Value>) -> bool {
    match (fields.get("type"), fields.get("enum")) {
        (Some(Value::Array(types)), _) => types.iter().any(|kind| kind == "null"),
        (Some(Value::String(kind)), _) => kind == "null",
        (None, Some(Value::Array(values))) => values.contains(&Value::Null),
        _ => fields.get("nullable") == Some(&Value::Bool(true)),
    }
}

/// The type of a schema; the first that is not null where there are several.
pub(super) fn type_name(fields: &Map<String, Value>) -> &str {
    let has = |names: &[&str]| names.iter().any(|name| fields.contains_key(*name));
    match fields.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ if has(&["properties", "required", "additionalProperties", "allOf"]) => "object",
        _ if has(&["items", "prefixItems", "minItems", "maxItems"]) => "array",
        _ if has(&["minimum", "maximum", "multipleOf", "exclusiveMinimum"]) => "number",
        _ => "string",
    }
}

/// Text, or JSON as text: strict schemas send free JSON in that form, and say so in words.
pub(super) fn text_kind(fields: &Map<String, Value>) -> LeafKind {
    let said = fields.get("description").and_then(Value::as_str).unwrap_or_default();
    if said.contains("JSON object, written as JSON text.") {
        return LeafKind::Json { object: true };
    }
    let media = fields.get("contentMediaType").and_then(Value::as_str);
    if said.contains("written as JSON text.") || media == Some("application/json") {
        return LeafKind::Json { object: false };
    }
    LeafKind::Text
}

/// How many characters a text has, by its keywords, or by the words in which a strict schema says
/// what it has no keyword for.
pub(super) fn length(fields: &Map<String, Value>) -> RangeInclusive<usize> {
    let keyword = |name: &str| {
        let bound = fields.get(name).and_then(Value::as_u64);
        bound.map(|bound| usize::try_from(bound).unwrap_or(usize::MAX))
    };
    let said = fields.get("description").and_then(Value::as_str).unwrap_or_default();
    let (least, most) = said.split(". ").find_map(length_in_words).unwrap_or((None, None));
    let least = keyword("minLength").or(least).unwrap_or(0);
    let most = keyword("maxLength").or(most).unwrap_or(usize::MAX);
    least..=most
}

/// `Exactly 1 character`, `2 to 8 characters`, `At least 2 characters`, `At most 8 characters`.
fn length_in_words(sentence: &str) -> Option<(Option<usize>, Option<usize>)> {
    let sentence = sentence.trim_end_matches('.');
    let bounds =
        sentence.strip_suffix(" characters").or_else(|| sentence.strip_suffix(" character"))?;
    let bound = |words: &str| words.rsplit(' ').next()?.parse::<usize>().ok();
    if let Some((least, most)) = bounds.split_once(" to ") {
        return Some((Some(bound(least)?), Some(bound(most)?)));
    }
    let (how, count) = bounds.rsplit_once(' ')?;
    let count = Some(bound(count)?);
    // The sentence before may end with another mark than a full stop.
    match how {
        how if how.ends_with("At least") => Some((count, None)),
        how if how.ends_with("At most") => Some((None, count)),
        how if how.ends_with("Exactly") => Some((count, count)),
        _ => None,
    }
}

/// What `examples`, `default` or the description shows: `such as "Hanoi, Vietnam"`.
pub(super) fn example(schema: &Value) -> Option<Value> {
    if let Some(value) = schema.pointer("/examples/0").or_else(|| schema.get("default")) {
        return Some(value.clone()).filter(|value| !value.is_null());
    }
    let description = schema.get("description").and_then(Value::as_str)?;
    let (mark, close) = if description.contains('"') { ('"', '"') } else { ('`', '`') };
    let inside = description.split_once(mark)?.1.split_once(close)?.0;
    Some(Value::from(inside)).filter(|_| !inside.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_length_is_read_from_keywords_and_from_the_words_of_a_strict_schema() {
        for (schema, length_of_it) in [
            (json!({"description": "Exactly 1 character."}), 1..=1),
            (json!({"description": "The code of a flight. 2 to 8 characters."}), 2..=8),
            (json!({"description": "At least 3 characters. Format: x."}), 3..=usize::MAX),
            (json!({"description": "A word! At most 8 characters."}), 0..=8),
            (json!({"minLength": 2, "description": "At most 8 characters."}), 2..=8),
            (json!({"description": "Many characters."}), 0..=usize::MAX),
            (json!({"description": "3 times the characters"}), 0..=usize::MAX),
        ] {
            let fields = schema.as_object().expect("an object");
            assert_eq!(length(fields), length_of_it, "{schema}");
        }
    }
}
