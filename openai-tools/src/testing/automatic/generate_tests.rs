use std::collections::HashMap;

use serde_json::json;

use super::*;
use crate::{
    schema::{Contract, Profile, generate},
    testing::automatic::prompt::Prompt,
};

fn filled(schema: &Value, text: &str) -> Vec<Value> {
    let prompt = Prompt::read(text);
    let source = Source {
        entities: prompt.entities.iter().collect(),
        stems: prompt.stems(0..prompt.tokens.len()),
        free_text: text,
        ..Source::default()
    };
    instances(schema, &source, 16)
}

fn strict(properties: &Value) -> Value {
    let names: Vec<&String> = properties.as_object().expect("an object").keys().collect();
    json!({"type": "object", "properties": properties, "required": names,
           "additionalProperties": false})
}

/// Of a schema and a prompt without anything useful: one valid instance.
fn alone(schema: &Value) -> Value {
    let mut all = filled(schema, "");
    assert_eq!(all.len(), 1);
    let instance = all.remove(0);
    let validator = validator(schema).expect("a schema");
    assert!(validator.is_valid(&instance), "{instance} against {schema}");
    instance
}

#[test]
fn every_keyword_of_the_strict_subset_is_kept() {
    for property in [
        json!({"type": "string"}),
        json!({"type": ["string", "null"]}),
        json!({"type": "boolean"}),
        json!({"type": "null"}),
        json!({"enum": ["a", "b"]}),
        json!({"type": ["string", "null"], "enum": ["a", null]}),
        json!({"const": 7}),
        json!({"anyOf": [{"type": "null"}, {"type": "integer"}]}),
        json!({"type": "string", "pattern": "^[A-Z]{2}-\\d{3}$"}),
        json!({"type": "integer", "minimum": 18, "maximum": 99}),
        json!({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
        json!({"type": "integer", "multipleOf": 7, "minimum": 15}),
        json!({"type": "number", "multipleOf": 0.5, "exclusiveMinimum": 3}),
        json!({"type": "integer", "maximum": -5}),
        json!({"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 3}),
        json!({"type": "array", "items": strict(&json!({"x": {"type": "number"}})), "minItems": 2}),
        strict(&json!({"inner": strict(&json!({"deep": {"type": "string"}}))})),
    ] {
        alone(&strict(&json!({"p": property})));
    }
}

#[test]
fn a_length_that_is_said_in_words_is_kept() {
    let property = |description: &str| json!({"type": "string", "description": description});
    let schema = strict(&json!({
        "initial": property("The initial. Exactly 1 character."),
        "code": property("12 to 14 characters."),
    }));
    for prompt in ["", "Ann, code A-7, in Hanoi"] {
        let instance = filled(&schema, prompt).remove(0);
        let length = |name: &str| instance[name].as_str().map(|text| text.chars().count());
        assert_eq!(length("initial"), Some(1), "{instance}");
        assert!(length("code").is_some_and(|n| (12..=14).contains(&n)), "{instance}");
    }
}

#[test]
fn every_format_of_the_strict_subset_has_an_instance() {
    for format in
        ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"]
    {
        alone(&strict(&json!({"p": {"type": "string", "format": format}})));
    }
}

#[test]
fn references_and_recursion_end() {
    let tree = json!({
        "type": "object",
        "properties": {"root": {"$ref": "#/$defs/node"}},
        "required": ["root"],
        "additionalProperties": false,
        "$defs": {"node": strict(&json!({
            "name": {"type": "string"},
            "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
            "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
        }))},
    });
    assert_eq!(alone(&tree), json!({"root": {"name": "example", "next": null, "children": []}}));
}

#[test]
fn schemas_outside_of_the_subset_are_filled_too() {
    for schema in [
        json!({"type": "object"}),
        json!({}),
        json!(true),
        json!({"type": "object", "properties": {"a": {"type": "string", "minLength": 12}},
               "required": ["a"]}),
        json!({"type": "object", "properties": {"a": {"type": "string", "maxLength": 2}},
               "required": ["a"]}),
        json!({"type": "object", "properties": {"a": {}}, "required": ["a"]}),
        json!({"allOf": [strict(&json!({"a": {"type": "string"}}))]}),
        json!({"oneOf": [strict(&json!({"a": {"const": 1}})), strict(&json!({"b": {"const": 2}}))]}),
        json!({"type": "array", "items": {"type": "integer"}, "minItems": 1}),
        json!({"type": "string"}),
    ] {
        alone(&schema);
    }
}

#[test]
fn schemas_without_an_instance_are_answered_all_the_same() {
    for schema in [
        json!(false),
        json!({"type": "integer", "minimum": 2, "maximum": 1}),
        json!({"type": "string", "pattern": "(?!)"}),
        json!({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}),
        json!({"type": "array", "minItems": 1_000_000_000_u64}),
        json!({"type": "string", "minLength": 1_000_000_000_u64}),
        json!({"type": 7}),
        json!({"enum": []}),
    ] {
        assert_eq!(filled(&schema, "x 1 y").len(), 1, "{schema}");
    }
}

#[test]
fn one_instance_for_each_thing_that_is_asked_for() {
    let city = strict(&json!({"city": {"type": "string"}, "unit": {"type": ["string", "null"]}}));
    assert_eq!(
        filled(&city, "Is it warmer in Hanoi or Paris?"),
        [json!({"city": "Hanoi", "unit": null}), json!({"city": "Paris", "unit": null})]
    );
    let pair = strict(&json!({"a": {"type": "number"}, "b": {"type": "number"}}));
    assert_eq!(
        filled(&pair, "add 1 and 2, 3 and 4"),
        [json!({"a": 1, "b": 2}), json!({"a": 3, "b": 4})]
    );
    let days = strict(&json!({"city": {"type": "string"}, "days": {"type": "integer"}}));
    assert_eq!(
        filled(&days, "Oslo and Lima for 3 days"),
        [json!({"city": "Oslo", "days": 3}), json!({"city": "Lima", "days": 3})]
    );
}

#[test]
fn lists_take_everything_into_one_instance() {
    let numbers =
        strict(&json!({"numbers": {"type": "array", "items": {"type": "number"}, "maxItems": 2}}));
    assert_eq!(filled(&numbers, "sum of 1, 2 and 3"), [json!({"numbers": [1, 2]})]);
    let row = strict(&json!({"name": {"type": "string"}, "age": {"type": "integer"}}));
    let people = strict(&json!({"people": {"type": "array", "items": row}}));
    assert_eq!(
        filled(&people, "Note that Ann is 30 and Bob is 40."),
        [json!({"people": [{"name": "Ann", "age": 30}, {"name": "Bob", "age": 40}]})]
    );
}

#[test]
fn options_are_chosen_by_name_and_optional_values_left_out() {
    let schema = json!({
        "type": "object",
        "properties": {
            "unit": {"enum": ["celsius", "fahrenheit"]},
            "detailed": {"type": "boolean"},
            "limit": {"type": "integer"},
        },
        "required": ["unit"],
    });
    assert_eq!(filled(&schema, "in Fahrenheit"), [json!({"unit": "fahrenheit"})]);
    assert_eq!(
        filled(&schema, "detailed, with limit 5"),
        [json!({"unit": "celsius", "detailed": true, "limit": 5})]
    );
}

#[test]
fn what_the_schema_shows_is_better_than_nothing() {
    let schema = strict(&json!({
        "city": {"type": "string", "description": "City, such as \"Hanoi\"."},
        "n": {"type": "integer", "examples": [12]},
    }));
    assert_eq!(alone(&schema), json!({"city": "Hanoi", "n": 12}));
}

#[test]
fn what_tools_returned_goes_where_the_name_is_the_same() {
    let schema =
        strict(&json!({"warmest_city": {"type": "string"}, "celsius": {"type": "integer"}}));
    let facts = vec![
        ("celsius".to_owned(), json!("no number")),
        ("celsius".to_owned(), json!(31)),
        ("warmestcity".to_owned(), json!("Hanoi")),
    ];
    let source = Source { facts, ..Source::default() };
    assert_eq!(instances(&schema, &source, 1), [json!({"warmest_city": "Hanoi", "celsius": 31})]);
}

#[test]
fn the_number_of_instances_is_limited() {
    let schema = strict(&json!({"n": {"type": "integer"}}));
    let text = (0..1_000).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!(filled(&schema, &text).len(), 16);
}

/// What a strict contract makes of an instance of what it sends.
fn sent_and_read<T: schemars::JsonSchema>(text: &str) -> Value {
    let contract = Contract::strict(&generate::<T>(), &Profile::openai_strict()).expect("a form");
    let instance = filled(contract.sent(), text).remove(0).to_string();
    contract.checker().expect("a check").check(&instance).expect("valid")
}

#[test]
fn free_json_is_filled_with_json_text() {
    #[derive(schemars::JsonSchema)]
    #[expect(dead_code, reason = "only the schema is made of it")]
    struct Free {
        /// The new value.
        setting: Value,
        list: Vec<Value>,
        /// Anything else.
        more: serde_json::Map<String, Value>,
    }
    assert_eq!(sent_and_read::<Free>(""), json!({"setting": "example", "list": [], "more": {}}));
    assert_eq!(sent_and_read::<Free>("setting 30")["setting"], 30);
    assert_eq!(sent_and_read::<Free>("setting \"dark\"")["setting"], "dark");
    assert_eq!(sent_and_read::<Value>(""), "example");
    let _: Value = sent_and_read::<HashMap<String, Value>>("Ann 3");
    let _: Value = sent_and_read::<Option<Value>>("");
}

#[test]
fn json_text_is_also_told_by_its_media_type_and_shown_by_its_example() {
    let text = json!({"type": "string", "contentMediaType": "application/json"});
    assert_eq!(alone(&strict(&json!({"p": text}))), json!({"p": "\"example\""}));
    let shown = json!({
        "type": "string",
        "description": "Such as `{\"a\":1}`. A JSON object, written as JSON text.",
        "examples": [{"a": 1}],
    });
    assert_eq!(alone(&strict(&json!({"p": shown}))), json!({"p": "{\"a\":1}"}));
}

#[test]
fn facts_become_json_text_where_free_json_is_wanted() {
    let said = "Any JSON value, written as JSON text.";
    let schema = strict(&json!({"data": {"type": "string", "description": said}}));
    let facts = vec![("data".to_owned(), json!({"n": 1}))];
    let source = Source { facts, ..Source::default() };
    assert_eq!(instances(&schema, &source, 1), [json!({"data": "{\"n\":1}"})]);
}

#[test]
fn the_first_items_of_a_list_follow_their_own_schemas() {
    let pair = json!([{"type": "string"}, {"type": "integer"}]);
    for (schema, expected) in [
        (json!({"prefixItems": pair, "minItems": 2, "maxItems": 2}), json!(["example", 1])),
        (json!({"type": "array", "prefixItems": pair, "items": false}), json!(["example", 1])),
        (json!({"type": "array", "prefixItems": pair}), json!(["example", 1])),
        (json!({"type": "array", "prefixItems": pair, "maxItems": 1}), json!(["example"])),
        (
            json!({"type": "array", "prefixItems": pair, "items": {"type": "boolean"},
                   "minItems": 4}),
            json!(["example", 1, false, false]),
        ),
        (
            json!({"type": "array", "prefixItems": pair, "minItems": 3}),
            json!(["example", 1, "example"]),
        ),
        (json!({"type": "array", "prefixItems": pair, "maxItems": 0}), json!([])),
        // Only the root itself could follow.
        (json!({"type": "array", "prefixItems": [{"type": "null"}, {"$ref": "#"}]}), json!([null])),
        (json!({"type": "array", "items": false}), json!([])),
    ] {
        assert_eq!(alone(&schema), expected, "{schema}");
    }
}

#[test]
fn tuples_take_what_was_said() {
    let pair = json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}],
                      "minItems": 2, "maxItems": 2});
    let person = strict(&json!({"person": pair}));
    assert_eq!(filled(&person, "Ann is 30"), [json!({"person": ["Ann", 30]})]);
    let people = strict(&json!({"people": {"type": "array", "items": pair}}));
    assert_eq!(
        filled(&people, "Note that Ann is 30 and Bob is 40."),
        [json!({"people": [["Ann", 30], ["Bob", 40]]})]
    );
}
