use serde_json::{Value, json};

use super::lint;
use crate::schema::Profile;

fn found(schema: &Value) -> Vec<(&'static str, String)> {
    lint(schema, &Profile::openai_strict()).into_iter().map(|v| (v.id, v.pointer)).collect()
}

fn object(properties: &Value) -> Value {
    let required: Vec<String> =
        properties.as_object().map(|p| p.keys().cloned().collect()).unwrap_or_default();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

#[test]
fn a_schema_of_the_subset_has_no_violations() {
    let mut schema = object(&json!({
        "text": {"type": "string", "format": "date", "pattern": "^2", "description": "A day."},
        "maybe": {"type": ["integer", "null"], "minimum": 1},
        "list": {"type": "array", "items": {"$ref": "#/$defs/Item"}, "maxItems": 3},
        "either": {"anyOf": [{"$ref": "#"}, {"type": "null"}, {"const": 1}, {"enum": ["a"]}]},
        "nothing": object(&json!({})),
    }));
    schema["$defs"] = json!({"Item": object(&json!({"n": {"type": "number"}}))});
    assert_eq!(found(&schema), []);
}

#[test]
fn each_violation_has_its_id_and_place() {
    for (property, id, place) in [
        (json!({"type": "object", "properties": {}, "required": []}), "open-object", ""),
        (json!({}), "free-value", ""),
        (json!(true), "free-value", ""),
        (json!(3), "not-a-schema", ""),
        (json!({"type": "text"}), "unknown-type", "/type"),
        (json!({"type": "null"}), "null-alone", ""),
        (json!({"type": "array"}), "array-without-items", ""),
        (json!({"type": "string", "minLength": 1}), "unsupported-keyword", "/minLength"),
        (json!({"type": "string", "default": ""}), "unsupported-keyword", "/default"),
        (json!({"type": "string", "format": "uri"}), "unsupported-format", "/format"),
        (json!({"type": "string", "pattern": "a(?!b)"}), "lookaround", "/pattern"),
        (json!({"$ref": "https://example.com"}), "remote-reference", "/$ref"),
        (json!({"$ref": "#/$defs/No"}), "unresolved-reference", "/$ref"),
        (json!({"$ref": "#", "description": "x"}), "reference-with-siblings", "/$ref"),
        (
            json!({"type": "object", "properties": {"q": {"type": "string"}}, "required": [], "additionalProperties": false}),
            "optional-property",
            "/properties/q",
        ),
        (
            json!({"type": "object", "properties": {}, "required": ["q"], "additionalProperties": false}),
            "required-unknown",
            "/required",
        ),
    ] {
        let schema = object(&json!({"p": property}));
        assert_eq!(found(&schema), [(id, format!("/properties/p{place}"))], "{schema}");
    }
    assert_eq!(found(&json!({"type": "string"})), [("root-not-object", String::new())]);
    assert_eq!(found(&json!({"anyOf": [object(&json!({}))]})), [("root-union", String::new())]);
}

#[test]
fn limits_are_counted_through_references() {
    let ids = |schema: &Value, profile: &Profile| {
        lint(schema, profile).into_iter().map(|v| v.id).collect::<Vec<_>>()
    };
    let mut schema = object(&json!({"a": {"$ref": "#/$defs/D0"}}));
    for n in 0..9 {
        let next = if n < 8 {
            json!({"$ref": format!("#/$defs/D{}", n + 1)})
        } else {
            json!({"$ref": "#"})
        };
        schema["$defs"][format!("D{n}")] = object(&json!({"next": next}));
    }
    assert!(ids(&schema, &Profile::openai_strict()).is_empty());
    assert_eq!(ids(&schema, &Profile::legacy_limits()), ["too-deep"]);

    let values: Vec<String> = (0..1_001).map(|n| n.to_string()).collect();
    let schema = object(&json!({"e": {"type": "string", "enum": values}}));
    assert_eq!(ids(&schema, &Profile::openai_strict()), ["too-many-enum-values"]);
    let values: Vec<String> = (0..251).map(|n| format!("{n:0>60}")).collect();
    let schema = object(&json!({"e": {"type": "string", "enum": values}}));
    assert_eq!(ids(&schema, &Profile::openai_strict()), ["enum-too-long"]);
    let schema = object(&json!({"x".repeat(120_001): {"type": "string"}}));
    assert_eq!(ids(&schema, &Profile::openai_strict()), ["too-many-characters"]);
    assert!(ids(&json!({"type": "text"}), &Profile::lenient()).is_empty());
}

#[test]
fn chains_of_references_do_not_overflow_the_stack() {
    let mut schema = object(&json!({"a": {"$ref": "#/$defs/D0"}}));
    let definitions: serde_json::Map<String, Value> = (0..4_000)
        .map(|n| (format!("D{n}"), json!({"$ref": format!("#/$defs/D{}", n + 1)})))
        .collect();
    schema["$defs"] = definitions.into();
    assert_eq!(lint(&schema, &Profile::openai_strict())[0].id, "unresolved-reference");
}
