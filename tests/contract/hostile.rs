//! Schemas that were made to cost much, or to overflow something.

use openai_tools::contract::{Class, compare_schemas};
use serde_json::{Map, Value, json};

#[expect(clippy::needless_pass_by_value, reason = "what is given is written on the spot")]
fn object(properties: Map<String, Value>) -> Value {
    let names: Vec<String> = properties.keys().cloned().collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": names,
        "additionalProperties": false,
    })
}

fn many(count: usize, kind: &str) -> Value {
    object((0..count).map(|n| (format!("p{n}"), json!({"type": kind}))).collect())
}

#[test]
fn of_very_many_changes_a_part_is_told_and_the_class_is_right() {
    let comparison = compare_schemas(&many(320, "number"), &many(320, "integer"));
    assert_eq!(comparison.class(), Some(Class::Breaking));
    assert!(comparison.changes().len() <= 400, "{}", comparison.changes().len());
    let comparison = compare_schemas(&many(320, "integer"), &many(320, "number"));
    assert_eq!(comparison.class(), Some(Class::Widening));
}

#[test]
fn what_is_beyond_the_cap_is_not_taken_for_safe() {
    // The last property breaks; all before it are harmless.
    let schema = |kind: &str, last: &str| {
        let mut properties: Map<String, Value> =
            (0..320).map(|n| (format!("p{n}"), json!({"type": kind}))).collect();
        properties.insert("last".to_owned(), json!({"type": last}));
        object(properties)
    };
    let comparison = compare_schemas(&schema("integer", "string"), &schema("number", "array"));
    assert!(comparison.class() >= Some(Class::Undecided), "{comparison}");
}

#[test]
fn long_chains_and_deep_nesting_are_undecided_at_the_worst() {
    let chain = |count: usize, leaf: &str| {
        let mut definitions: Map<String, Value> = (0..count)
            .map(|n| (format!("d{n}"), json!({"items": {"$ref": format!("#/$defs/d{}", n + 1)}})))
            .collect();
        definitions.insert(format!("d{count}"), json!({"type": leaf}));
        json!({"$ref": "#/$defs/d0", "$defs": definitions})
    };
    for count in [50, 90, 5_000] {
        let comparison = compare_schemas(&chain(count, "string"), &chain(count, "integer"));
        assert!(comparison.class() >= Some(Class::Undecided), "{count}");
    }
    let nested = |leaf: &str| {
        (0..120).fold(json!({"type": leaf}), |inner, _| json!({"type": "array", "items": inner}))
    };
    let comparison = compare_schemas(&nested("string"), &nested("integer"));
    assert!(comparison.class() >= Some(Class::Undecided));
}

#[test]
fn circles_come_to_an_end() {
    let circles = [
        json!({"$ref": "#"}),
        json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}),
        json!({"anyOf": [{"$ref": "#"}, {"type": "string"}]}),
        json!({"allOf": [{"$ref": "#"}], "not": {"$ref": "#"}}),
        json!({"type": "object", "additionalProperties": {"$ref": "#"}}),
        json!({"type": "array", "items": {"anyOf": [{"$ref": "#"}, {"$ref": "#/items"}]}}),
        json!({"$ref": "#/$defs/gone"}),
        json!({"$ref": "https://example.com/other.json"}),
        json!({"$dynamicRef": "#a"}),
    ];
    for one in &circles {
        assert!(compare_schemas(one, &one.clone()).is_empty());
        for other in &circles {
            let _ = compare_schemas(one, other).to_text(80);
        }
    }
}

#[test]
fn unions_of_unions_stay_within_their_budget() {
    let union = |leaf: &str, most: u32| {
        let part = |n: u32| {
            let branches: Vec<Value> = (0..12)
                .map(|m| json!({"type": leaf, "minLength": n * m, "maxLength": most + n * m}))
                .collect();
            json!({"anyOf": branches})
        };
        json!({"allOf": (1..8).map(part).collect::<Vec<_>>()})
    };
    let comparison = compare_schemas(&union("string", 9), &union("string", 8));
    assert!(comparison.class() >= Some(Class::Undecided));
}
