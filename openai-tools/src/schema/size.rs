//! How large a schema may be before anything is done with it.

use serde_json::Value;

use super::{problem::escape, strict::Refusal};

/// Refuses a schema of more values or text than any server takes, whatever the profile. Costs one
/// walk, however large it is.
pub(super) fn refusal(schema: &Value) -> Option<Refusal> {
    let whole = Size::of(schema);
    let (found, most, what) = if whole.values > MOST_VALUES {
        (whole.values, MOST_VALUES, "JSON values")
    } else if whole.bytes > MOST_BYTES {
        (whole.bytes, MOST_BYTES, "bytes of names and texts")
    } else {
        return None;
    };
    Some(Refusal::new(
        place_of_most(schema, &whole),
        format!("the schema has {found} {what}, most of them here; at most {most} are read"),
        "leave out what the model does not need, or split it into several",
    ))
}

struct Size {
    values: usize,
    /// Of names and texts.
    bytes: usize,
}

impl Size {
    fn of(value: &Value) -> Self {
        let mut size = Self { values: 0, bytes: 0 };
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            size.values += 1;
            match value {
                Value::Array(items) => open.extend(items),
                Value::Object(map) => {
                    size.bytes += map.keys().map(String::len).sum::<usize>();
                    open.extend(map.values());
                }
                Value::String(text) => size.bytes += text.len(),
                _ => {}
            }
        }
        size
    }

    fn is_most_of(&self, whole: &Self) -> bool {
        let is_most = |own: usize, whole: usize, limit| whole > limit && own > whole / 2;
        is_most(self.values, whole.values, MOST_VALUES)
            || whole.values <= MOST_VALUES && is_most(self.bytes, whole.bytes, MOST_BYTES)
    }
}

/// The innermost place that holds more than half of it all.
fn place_of_most(schema: &Value, whole: &Size) -> String {
    let (mut value, mut place) = (schema, String::new());
    for _ in 0..DEEPEST {
        let inside: Option<(String, &Value)> = match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .find(|(_, item)| Size::of(item).is_most_of(whole))
                .map(|(n, item)| (n.to_string(), item)),
            Value::Object(map) => map
                .iter()
                .find(|(_, item)| Size::of(item).is_most_of(whole))
                .map(|(name, item)| (escape(name).into_owned(), item)),
            _ => None,
        };
        let Some((segment, inner)) = inside else { break };
        place.push('/');
        place.push_str(&segment);
        value = inner;
    }
    place
}

/// How many values a schema consists of, long texts counting for more; never deep, as the document
/// was looked at.
pub(super) fn weight(schema: &Value) -> usize {
    let of_text = |text: &str| text.len() / 64;
    match schema {
        Value::Array(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Value::Object(map) => {
            1 + map.iter().map(|(name, inner)| of_text(name) + weight(inner)).sum::<usize>()
        }
        Value::String(text) => 1 + of_text(text),
        _ => 1,
    }
}

/// 20 for each of the 5,000 properties that the largest profile allows.
const MOST_VALUES: usize = 100_000;
/// More than the longest context of a model holds.
const MOST_BYTES: usize = 4 << 20;
/// Each level is walked again, so a place is not followed for ever.
const DEEPEST: usize = 20;

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::schema::{Contract, Profile, StrictSchema};

    fn refused(schema: Value, place: &str) {
        let told = |error: &crate::schema::SchemaError| {
            let [refusal] = error.refusals() else { panic!("{} refusals", error.refusals().len()) };
            assert!(refusal.reason.contains("at most"), "{refusal}");
            refusal.pointer.clone()
        };
        let mut places = Vec::new();
        for profile in Profile::all() {
            let error = StrictSchema::convert(&schema, &profile).expect_err("too large");
            places.push(told(&error));
        }
        places.push(told(&Contract::given(schema, false).expect_err("too large")));
        assert!(places.iter().all(|told| told == place), "{places:?}");
    }

    #[test]
    fn a_schema_with_more_values_than_any_server_takes_is_refused_at_the_largest_part() {
        let branches = vec![json!({"type": "string"}); 60_000];
        let named = |(n, schema): (usize, &Value)| (format!("p{n}"), schema.clone());
        let properties: Map<_, _> = branches.iter().enumerate().map(named).collect();
        refused(json!({"type": "object", "properties": {"wide": branches}}), "/properties/wide");
        let error = Contract::given(json!({"properties": properties}), false).expect_err("large");
        assert_eq!(error.refusals()[0].pointer, "/properties");
    }

    #[test]
    fn a_schema_with_more_text_than_a_model_can_read_is_refused_where_it_is() {
        let text = "x".repeat(MOST_BYTES);
        refused(json!({"properties": {"wide": [text]}, "description": "y"}), "/properties/wide/0");
    }

    #[test]
    fn the_largest_schema_that_strict_mode_takes_is_far_below() {
        let names = (0..5_000).map(|n| format!("property_{n}"));
        let schema = json!({"type": ["string", "null"], "description": "d", "pattern": "^a$"});
        let properties: Map<_, _> = names.map(|name| (name, schema.clone())).collect();
        assert!(refusal(&json!({"type": "object", "properties": properties})).is_none());
    }
}
