//! The difference of two JSON values as a merge patch (RFC 7396), where it can say it.

use serde_json::{Map, Value};

/// What makes `to` of `from`; `None` where a merge patch cannot say that. Descriptions are left out:
/// they hold nobody to anything.
pub(super) fn between(from: &Value, to: &Value) -> Option<Value> {
    let (Value::Object(one), Value::Object(other)) = (from, to) else { return None };
    let patch = Value::Object(of_maps(one, other)?);
    let mut made = from.clone();
    apply(&mut made, &patch);
    (without_words(&made) == without_words(to)).then_some(patch)
}

fn of_maps(one: &Map<String, Value>, other: &Map<String, Value>) -> Option<Map<String, Value>> {
    let mut patch = Map::new();
    for key in one.keys().filter(|key| !other.contains_key(*key)) {
        if !is_word(key, &one[key]) {
            patch.insert(key.clone(), Value::Null);
        }
    }
    for (key, value) in other {
        if is_word(key, value) {
            continue;
        }
        match (one.get(key), value) {
            (_, Value::Null) => return None,
            (Some(Value::Object(inner)), Value::Object(value)) => {
                let inner = of_maps(inner, value)?;
                if !inner.is_empty() {
                    patch.insert(key.clone(), inner.into());
                }
            }
            (Some(known), value) if known == value => {}
            (_, value) => {
                patch.insert(key.clone(), value.clone());
            }
        }
    }
    Some(patch)
}

/// Changes a value as a patch says.
pub(super) fn apply(value: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *value = patch.clone();
        return;
    };
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let Value::Object(map) = value else { return };
    for (key, patch) in patch {
        if patch.is_null() {
            map.shift_remove(key);
        } else {
            apply(map.entry(key.clone()).or_insert(Value::Null), patch);
        }
    }
}

fn is_word(key: &str, value: &Value) -> bool {
    key == "description" && value.is_string()
}

fn without_words(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_words).collect(),
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, value)| !is_word(key, value));
            kept.map(|(key, value)| (key.clone(), without_words(value))).collect()
        }
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_makes_one_of_the_other() {
        let from = json!({"a": {"b": 1, "c": [1]}, "d": "x", "description": "words"});
        let to = json!({"a": {"b": 2, "c": [1], "e": {}}, "f": true});
        let patch = between(&from, &to).expect("a patch");
        assert_eq!(patch, json!({"a": {"b": 2, "e": {}}, "d": null, "f": true}));
        let mut made = from;
        apply(&mut made, &patch);
        assert_eq!(made["a"], to["a"]);
    }

    #[test]
    fn what_a_patch_cannot_say_it_does_not_say() {
        assert_eq!(between(&json!({}), &json!({"const": null})), None);
        assert_eq!(between(&json!({}), &json!(true)), None);
    }
}
