//! Faults that generated schemas have shown.

use serde_json::{Value, json};

use crate::schema::{Contract, Fault, Profile, SchemaError, StrictSchema};

fn strict(schema: &Value) -> StrictSchema {
    StrictSchema::convert(schema, &Profile::openai_strict()).unwrap_or_else(|e| panic!("{e}"))
}

/// What the check of a schema makes of what a model wrote.
fn checked(schema: &Value, written: Value) -> Result<Value, Fault> {
    let contract = Contract::strict(schema, &Profile::openai_strict());
    let checker = contract.and_then(|contract| contract.checker());
    checker.unwrap_or_else(|e: SchemaError| panic!("{e}")).check_value(written)
}

fn is_refused(schema: &Value, written: Value) {
    let accepted = checked(schema, written).ok();
    assert!(accepted.is_none(), "{schema} accepts what became {accepted:?}");
}

/// Writes a value, reads it, and finds it unchanged.
fn comes_back(schema: &Value, value: &Value) {
    let encoded = strict(schema).codec().encode(value.clone()).expect("is encoded");
    assert_eq!(checked(schema, encoded).expect("is accepted"), *value);
}

#[test]
fn a_property_that_can_have_no_value_is_none_of_the_others_either() {
    let schema = json!({
        "properties": {"a": {"type": "integer", "enum": ["x"]}},
        "additionalProperties": {"type": "string"},
    });
    is_refused(&schema, json!({"value": [{"key": "a", "value": "x"}]}));
}

#[test]
fn a_property_that_matches_a_pattern_is_held_to_both() {
    let schema = json!({
        "type": "object",
        "properties": {"a": {"type": "array", "items": {"type": "string"}}},
        "required": ["a"],
        "patternProperties": {"^a": {"type": "string"}},
    });
    is_refused(&schema, json!({"a": [], "other_properties": []}));
}

#[test]
fn a_bound_may_be_written_with_a_point() {
    let schema = json!({"type": "array", "minItems": 2.0, "items": [{"type": "integer"}]});
    let error = StrictSchema::convert(&schema, &Profile::openai_strict()).expect_err("never");
    assert!(error.to_string().starts_with("no value can be valid here"), "{error}");
}

#[test]
fn what_a_draft_does_not_know_says_nothing() {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "array",
        "items": {"type": "string"},
        "prefixItems": [{"type": "boolean"}],
    });
    is_refused(&schema, json!({"value": [false]}));
    comes_back(&schema, &json!(["a", "b"]));
    let losses = strict(&schema).losses().to_vec();
    assert_eq!((&*losses[0].keyword, losses[0].enforced), ("prefixItems", false));
}

#[test]
fn the_exclusive_bounds_of_draft_4_are_those_of_today() {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "integer",
        "minimum": 1,
        "exclusiveMinimum": true,
        "maximum": 9,
        "exclusiveMaximum": false,
    });
    assert_eq!(
        strict(&schema).sent()["properties"]["value"],
        json!({"type": "integer", "maximum": 9, "exclusiveMinimum": 1})
    );
}

#[test]
fn draft_7_holds_a_text_to_its_encoding() {
    let encoded =
        |draft: &str| json!({"$schema": draft, "type": "string", "contentEncoding": "base64"});
    let old = encoded("http://json-schema.org/draft-07/schema#");
    is_refused(&old, json!({"value": "no base64!"}));
    assert!(strict(&old).losses()[0].enforced);
    let new = encoded("https://json-schema.org/draft/2020-12/schema");
    comes_back(&new, &json!("no base64!"));
    assert!(!strict(&new).losses()[0].enforced);
}

#[test]
fn a_loss_is_enforced_where_one_of_its_forms_is() {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "enum": [false, "key"],
        "contentEncoding": "base64",
    });
    assert!(strict(&schema).losses()[0].enforced);
    is_refused(&schema, json!({"value": "key"}));
}

#[test]
fn a_null_that_is_there_is_not_one_that_means_nothing() {
    let schema =
        json!({"type": "object", "properties": {"a": {}, "b": {"not": {"type": "string"}}}});
    comes_back(&schema, &json!({"a": null, "b": null}));
    comes_back(&schema, &json!({}));
}

#[test]
fn null_is_held_to_what_stands_beside_it() {
    let schema =
        json!({"const": null, "anyOf": [{"if": {"type": "string"}, "else": {"type": "string"}}]});
    is_refused(&schema, json!({"value": null}));
}

#[test]
fn what_is_written_alike_is_told_apart_wherever_it_stands() {
    let by_type = json!({
        "type": ["array", "object"],
        "items": {"type": "string"},
        "additionalProperties": {"type": "string"},
    });
    let nested = json!({"anyOf": [
        {"type": "object", "additionalProperties": true},
        {"anyOf": [{"type": ["string", "integer"]}]},
    ]});
    for (schema, values) in [
        (by_type, [json!([]), json!({}), json!({"a": "b"})]),
        (nested, [json!("a"), json!("{}"), json!({"a": [1]})]),
    ] {
        for value in values {
            comes_back(&schema, &value);
        }
    }
}

#[test]
fn what_an_unsigned_number_cannot_be_is_sent() {
    let schema = json!({"type": "integer", "format": "uint64"});
    assert_eq!(
        strict(&schema).sent()["properties"]["value"],
        json!({"type": "integer", "minimum": 0})
    );
}

#[test]
fn a_reference_below_an_id_of_its_own_is_refused() {
    let schema = json!({
        "$id": "https://example.com/a",
        "type": "object",
        "properties": {
            "p": {"$id": "b", "$ref": "#/$defs/X", "$defs": {"X": {"type": "integer"}}},
        },
        "$defs": {"X": {"type": "string"}},
    });
    let error = StrictSchema::convert(&schema, &Profile::openai_strict()).expect_err("refused");
    assert_eq!(error.refusals()[0].pointer, "/properties/p/$ref");
    assert_eq!(error.refusals()[0].help, "remove the inner `$id`");
}

#[test]
fn a_product_of_unions_costs_no_more_than_a_multiple_of_its_size() {
    let base: serde_json::Map<String, Value> =
        (0..1_000).map(|n| (format!("p{n}"), json!({"type": "string"}))).collect();
    let branches: Vec<Value> = (0..1_000).map(|n| json!({"required": [format!("p{n}")]})).collect();
    let schema = json!({"type": "object", "properties": base, "anyOf": branches});
    let error = StrictSchema::convert(&schema, &Profile::openai_strict()).expect_err("refused");
    assert_eq!(error.refusals().len(), 1);
    assert!(error.to_string().contains("too many combinations"), "{error}");
}

#[test]
fn where_no_name_is_valid_an_object_has_no_members() {
    let schema = json!({
        "type": "object",
        "additionalProperties": {"type": "string"},
        "propertyNames": false,
    });
    is_refused(&schema, json!({"value": [{"key": "a", "value": "a"}]}));
    is_refused(&schema, json!({"a": "a"}));
    comes_back(&schema, &json!({}));
}

#[test]
fn an_empty_list_and_an_empty_object_of_one_union_are_told_apart() {
    let schema = json!({"enum": [false, {}, []]});
    let strict = StrictSchema::convert(&schema, &Profile::openai_strict()).expect("a strict form");
    for value in [json!(false), json!({}), json!([])] {
        let written = strict.codec().encode(value.clone()).expect("is encoded");
        assert_eq!(strict.codec().decode(written).expect("is decoded"), value);
    }
}
