use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::{SchemaError, StrictSchema};
use crate::schema::{Contract, Profile, lint::refused};

fn convert(schema: &Value) -> Result<StrictSchema, SchemaError> {
    StrictSchema::convert(schema, &Profile::openai_strict())
}

/// The strict form of one property.
fn property(schema: &Value) -> Value {
    let raw = json!({"type": "object", "properties": {"p": schema}, "required": ["p"]});
    convert(&raw).unwrap_or_else(|e| panic!("{e}")).sent()["properties"]["p"].clone()
}

/// Pointer and reason of each refusal.
fn refusals(schema: &Value) -> Vec<(String, String)> {
    let error = convert(schema).expect_err("refused");
    error.refusals().iter().map(|r| (r.pointer.clone(), r.reason.clone())).collect()
}

#[test]
fn what_is_optional_becomes_nullable() {
    let raw = json!({
        "type": "object",
        "properties": {
            "a": {"type": "string"},
            "b": {"enum": ["x", "y"]},
            "c": {"const": 1},
            "d": {"type": "object", "properties": {}},
            "e": {"$ref": "#/$defs/E"},
            "f": {"type": ["string", "null"]},
        },
        "$defs": {"E": {"type": "integer"}},
    });
    let strict = convert(&raw).expect("converts");
    let empty = json!({"type": "null"});
    let closed = json!({
        "type": "object", "properties": {}, "required": [], "additionalProperties": false
    });
    assert_eq!(
        strict.sent()["properties"],
        json!({
            "a": {"type": ["string", "null"]},
            "b": {"type": ["string", "null"], "enum": ["x", "y", null]},
            "c": {"type": ["integer", "null"], "enum": [1, null]},
            "d": {"anyOf": [closed, empty]},
            "e": {"anyOf": [{"$ref": "#/$defs/E"}, empty]},
            "f": {"type": ["string", "null"]},
        })
    );
    assert_eq!(strict.sent()["required"], json!(["a", "b", "c", "d", "e", "f"]));
    assert_eq!(strict.accepted()["required"], json!([]));
    assert!(strict.losses().is_empty());
}

#[test]
fn parts_are_merged() {
    let merged = property(&json!({
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "number", "minimum": 1}}, "required": ["a"]},
            {"type": "object", "properties": {"a": {"type": "integer", "minimum": 0}, "b": {"type": "string"}}},
        ],
    }));
    assert_eq!(merged["properties"]["a"], json!({"type": "integer", "minimum": 1}));
    assert_eq!(merged["properties"]["b"], json!({"type": ["string", "null"]}));
}

#[test]
fn docs_beside_a_reference_are_kept() {
    let raw = json!({
        "type": "object",
        "properties": {"p": {"$ref": "#/definitions/P", "description": "Which."}},
        "required": ["p"],
        "definitions": {"P": {"type": "string", "description": "A thing."}},
    });
    let strict = convert(&raw).expect("converts");
    assert_eq!(
        strict.sent()["properties"]["p"],
        json!({"description": "Which.", "anyOf": [{"$ref": "#/$defs/P"}]})
    );
    assert_eq!(strict.sent()["$defs"]["P"]["description"], "A thing.");
    assert!(strict.sent().get("definitions").is_none());
}

#[test]
fn a_disjoint_one_of_is_no_loss_and_any_other_is_enforced() {
    let tagged = |tag: &str| json!({"type": "object", "properties": {"t": {"const": tag}}, "required": ["t"]});
    let disjoint = convert(&json!({"oneOf": [tagged("a"), tagged("b"), {"type": "string"}]}));
    assert!(disjoint.expect("converts").losses().is_empty());

    let both =
        json!({"oneOf": [{"type": "integer", "minimum": 0}, {"type": "integer", "maximum": 9}]});
    let contract = Contract::strict(&both, &Profile::openai_strict()).expect("converts");
    assert_eq!(contract.losses()[0].keyword, "oneOf");
    let checker = contract.checker().expect("compiles");
    assert_eq!(checker.check(r#"{"value": 10}"#).expect("one fits"), json!(10));
    let fault = checker.check(r#"{"value": 5}"#).expect_err("both fit");
    assert_eq!(
        fault.for_model(),
        "- at /value: expected exactly one of the forms, not several at once, found 5"
    );
}

#[test]
fn dropped_bounds_are_told_in_words_and_enforced() {
    let raw = json!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 3, "description": "A name"},
            "url": {"type": "string", "format": "uri"},
            "word": {"type": "string", "pattern": "^(?!no)"},
            "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": true, "minItems": 1},
            "count": {"type": "object", "additionalProperties": {"type": "integer"}, "maxProperties": 2},
        },
        "required": ["name", "url", "word", "tags", "count"],
        "dependentRequired": {"url": ["name"]},
        "not": {"properties": {"name": {"const": "bad"}}, "required": ["name"]},
    });
    let contract = Contract::strict(&raw, &Profile::openai_strict()).expect("converts");
    let lost: Vec<(&str, &str)> =
        contract.losses().iter().map(|loss| (&*loss.pointer, &*loss.keyword)).collect();
    assert_eq!(
        lost,
        [
            ("/properties/name", "minLength"),
            ("/properties/name", "maxLength"),
            ("/properties/url", "format"),
            ("/properties/word", "pattern"),
            ("/properties/tags", "uniqueItems"),
            ("", "dependentRequired"),
            ("", "not"),
        ]
    );
    assert!(contract.losses().iter().all(|loss| loss.enforced));
    let sent = &contract.sent()["properties"];
    assert_eq!(sent["name"]["description"], "A name. 1 to 3 characters.");
    assert_eq!(sent["count"]["maxItems"], 2);
    let checker = contract.checker().expect("compiles");
    let with = |key: &str, value: Value| {
        let mut good =
            json!({"name": "A", "url": "https://a.b", "word": "yes", "tags": ["a"], "count": []});
        good[key] = value;
        checker.check(&good.to_string()).map_err(|fault| fault.for_model())
    };
    assert!(with("name", json!("ab")).is_ok());
    for (key, value, said) in [
        ("name", json!(""), "- at /name: expected at least 1 character, found \"\""),
        ("name", json!("bad"), "- expected what `not` asks"),
        ("url", json!("no url"), "- at /url: expected text in the format uri, found \"no url\""),
        ("word", json!("nope"), "- at /word: expected text that matches the pattern ^(?!no)"),
        ("tags", json!(["a", "a"]), "- at /tags: expected no item twice, found \"a\" again at 1"),
        ("tags", json!([]), "- at /tags: expected at least 1 item, found 0"),
    ] {
        let fault = with(key, value).expect_err("a fault");
        assert!(fault.starts_with(said), "{fault}");
    }
}

#[test]
fn every_refusal_has_its_place_and_all_are_told() {
    let raw = json!({
        "type": "object",
        "properties": {
            "far": {"$ref": "https://example.com/schema.json"},
            "gone": {"$ref": "#/$defs/Gone"},
            "never": {"allOf": [{"type": "string"}, {"type": "integer"}]},
        },
        "required": ["far", "gone", "never"],
    });
    let said = refusals(&raw);
    assert_eq!(said[0].0, "/properties/far/$ref");
    assert_eq!(said[1].0, "/properties/gone/$ref");
    assert_eq!(refusals(&json!({"type": "strin"}))[0].0, "/type");
}

#[test]
fn circles_come_to_an_end() {
    for circle in [
        json!({"$ref": "#"}),
        json!({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}}}),
        json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "string"}]}}}),
        json!({"anyOf": [{"$ref": "#"}, {"type": "null"}]}),
        json!({"type": "object", "properties": {"a": {"$ref": "#", "required": ["a"]}}}),
        json!({"allOf": [{"$ref": "#"}, {"oneOf": [{"$ref": "#"}, {"type": "object"}]}], "minProperties": 1}),
    ] {
        assert!(!refusals(&circle).is_empty(), "{circle}");
    }
    let tree = json!({
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#"}}},
        "required": ["children"],
    });
    let strict = convert(&tree).expect("a circle through an array is a tree");
    assert_eq!(strict.sent()["properties"]["children"]["items"], json!({"$ref": "#"}));
}

#[test]
fn a_root_that_refers_to_itself_survives_wrapping() {
    let raw = json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#"}}]});
    let strict = convert(&raw).expect("converts");
    assert_eq!(strict.sent()["properties"]["value"], json!({"$ref": "#/$defs/Root"}));
    let written = json!({"value": ["a", ["b", []]]});
    assert_eq!(strict.codec().decode(written).expect("decodes"), json!(["a", ["b", []]]));
}

#[test]
fn deep_and_exploding_schemas_are_refused_quickly() {
    let mut deep = json!({"type": "string"});
    for _ in 0..5_000 {
        deep = Value::Object(Map::from_iter([("items".to_owned(), deep)]));
    }
    assert!(refusals(&deep)[0].1.contains("nested deeper"));
    // Dropping it must not overflow the stack either.
    while let Some(items) = deep.get_mut("items").map(Value::take) {
        deep = items;
    }

    let union = json!({"oneOf": (0..20).map(|n| json!({"required": [format!("p{n}")]})).collect::<Vec<_>>()});
    let product = json!({"type": "object", "allOf": vec![union; 12]});
    assert!(!refusals(&product).is_empty());
}

#[test]
fn deep_schemas_are_refused_for_being_deep() {
    let nest = |levels: usize, around: fn(Value) -> Value| {
        (0..levels).fold(json!({"type": "string"}), |inside, _| around(inside))
    };
    let object: fn(Value) -> Value =
        |inside| json!({"type": "object", "properties": {"p": inside}});
    let array: fn(Value) -> Value = |inside| json!({"type": "array", "items": inside});
    for schema in [nest(12, object), nest(90, object), nest(120, object), nest(120, array)] {
        let (_, reason) = refusals(&schema).remove(0);
        let is_about_depth =
            reason.contains("nested deeper") || reason.contains("levels of nested");
        assert!(is_about_depth, "{reason}");
    }
}

#[test]
fn the_deepest_conversion_leaves_room_on_a_small_stack() {
    let map = json!({"type": "object", "additionalProperties": {"$ref": "#/$defs/A"}});
    // Each merge leads to the next: it ends at the depth that is the most.
    let merged = json!({"$ref": "#/$defs/A", "minProperties": 1});
    let forms = [
        json!({"type": "object", "additionalProperties": merged}),
        json!({"type": "object", "properties": {"p": merged}}),
        json!({"type": "array", "items": merged}),
        json!({"anyOf": [{"type": "object", "additionalProperties": merged}, {"type": "string"}]}),
    ];
    for form in forms {
        let schema = json!({
            "type": "object", "properties": {"p": map}, "$defs": {"A": form},
        });
        let convert = move || drop(StrictSchema::convert(&schema, &Profile::openai_strict()));
        let thread = std::thread::Builder::new().stack_size(3 << 19).spawn(convert);
        thread.expect("a thread").join().expect("no overflow");
    }
}

#[test]
fn a_contradiction_is_told_at_its_place() {
    let never = json!({"allOf": [{"type": "string"}, {"type": "number"}]});
    let object =
        |schema: &Value| json!({"type": "object", "properties": {"p": schema}, "required": ["p"]});
    for (schema, place) in [
        (object(&object(&never)), "/properties/p/properties/p"),
        (object(&json!({"type": "array", "items": never})), "/properties/p/items"),
        (object(&json!({"anyOf": [never, false]})), "/properties/p"),
        (
            // A branch that is left out is not what is wrong.
            object(&json!({"type": "object", "required": ["a", "b"], "properties": {
                "a": {"anyOf": [never, {"type": "string"}]}, "b": never,
            }})),
            "/properties/p/properties/b",
        ),
    ] {
        let refused = refusals(&schema);
        assert_eq!(refused[0].0, place, "{refused:?}");
    }
}

#[test]
fn limits_of_the_profile_are_refused() {
    let properties: Map<String, Value> =
        (0..101).map(|n| (format!("p{n}"), json!({"type": "string"}))).collect();
    let raw = json!({"type": "object", "properties": properties});
    assert!(convert(&raw).is_ok());
    let error = StrictSchema::convert(&raw, &Profile::legacy_limits()).expect_err("too many");
    assert!(error.to_string().starts_with("101 properties of objects; at most 100 are allowed"));
}

#[test]
fn a_fine_tuned_model_is_told_bounds_in_words() {
    let raw = json!({
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 1, "maximum": 9}},
        "required": ["n"],
    });
    let strict = StrictSchema::convert(&raw, &Profile::openai_fine_tuned()).expect("converts");
    assert_eq!(
        strict.sent()["properties"]["n"],
        json!({"type": "integer", "description": "At least 1. At most 9."})
    );
    assert_eq!(strict.accepted()["properties"]["n"]["maximum"], 9);
}

#[test]
fn the_same_schema_gives_the_same_bytes_in_declaration_order() {
    let raw = json!({
        "type": "object",
        "properties": {"z": {"$ref": "#/$defs/B"}, "a": {"$ref": "#/$defs/A"}, "m": {"type": "string"}},
        "$defs": {"A": {"type": "string"}, "B": {"type": "string"}},
    });
    let (one, two) = (convert(&raw).expect("converts"), convert(&raw).expect("converts"));
    assert_eq!(one.sent().to_string(), two.sent().to_string());
    let names: Vec<&String> =
        one.sent()["properties"].as_object().expect("an object").keys().collect();
    assert_eq!(names, ["z", "a", "m"]);
}

#[test]
fn other_ways_to_write_a_schema_are_understood() {
    assert_eq!(
        property(&json!({"enum": ["a", "b"]})),
        json!({"type": "string", "enum": ["a", "b"]})
    );
    assert_eq!(
        property(&json!({"enum": ["a", 1, null]})),
        json!({"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "integer", "enum": [1]}, {"type": "null"}]})
    );
    assert_eq!(
        property(&json!({"type": ["string", "integer"], "minimum": 3, "description": "Id."})),
        json!({"description": "Id.", "anyOf": [{"type": "string"}, {"type": "integer", "minimum": 3}]})
    );
    let tuple = property(
        &json!({"type": "array", "items": [{"type": "string"}, {"type": "integer"}], "additionalItems": false}),
    );
    assert_eq!(tuple["required"], json!(["item_0", "item_1"]));
    assert_eq!(
        property(&json!({"const": {"a": 1}}))["properties"]["a"],
        json!({"type": "integer", "const": 1})
    );
    assert_eq!(
        property(
            &json!({"type": "object", "patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": false})
        )["items"]["properties"]["key"],
        json!({"type": "string", "pattern": "^x"})
    );
    assert_eq!(
        property(
            &json!({"$ref": "#/properties/p/$defs/In%20ner", "$defs": {"In ner": {"type": "string"}}})
        ),
        json!({"$ref": "#/$defs/In_ner"})
    );
}

/// Any JSON, small.
pub(in crate::schema) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        (-2.0..2.0_f64).prop_map(Value::from),
        select(vec!["", "a", "b", "key", "value", "{\"a\":1}"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let name =
            select(vec!["a", "b", "c", "key", "value", "item_0", "rest", "other_properties"]);
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((name.prop_map(str::to_owned), inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// Any schema over the keywords that people write.
fn any_schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(true)),
        Just(json!({})),
        Just(json!({"type": "null"})),
        Just(json!({"type": "string", "minLength": 1})),
        Just(json!({"type": "integer", "format": "uint8", "minimum": 0})),
        Just(json!({"type": ["number", "null"], "multipleOf": 0.5})),
        Just(json!({"type": ["boolean", "string", "array"]})),
        Just(json!({"$ref": "#"})),
        Just(json!({"$ref": "#/$defs/D", "description": "Beside."})),
        Just(json!({"$ref": "#/$defs/D", "minProperties": 1})),
        any_json().prop_map(|value| json!({"const": value})),
        vec(any_json(), 1..4).prop_map(|values| json!({"enum": values})),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let name = select(vec!["a", "b", "c", "key", "value"]);
        let properties = vec((name.clone(), inner.clone()), 0..3).prop_map(|entries| {
            entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Map<String, Value>>()
        });
        let list = || vec(inner.clone(), 1..3);
        prop_oneof![
            (properties.clone(), vec(name, 0..2), proptest::option::of(inner.clone())).prop_map(
                |(properties, mut required, rest)| {
                    required.dedup();
                    let mut schema =
                        json!({"type": "object", "properties": properties, "required": required});
                    if let Some(rest) = rest {
                        schema["additionalProperties"] = rest;
                    }
                    schema
                }
            ),
            inner.clone().prop_map(|items| json!({"type": "array", "items": items, "maxItems": 3})),
            list().prop_map(
                |items| json!({"type": "array", "prefixItems": items, "uniqueItems": true})
            ),
            list().prop_map(|branches| json!({"anyOf": branches})),
            list().prop_map(|branches| json!({"oneOf": branches, "description": "One."})),
            list().prop_map(|parts| json!({"allOf": parts})),
            (properties, list()).prop_map(
                |(properties, branches)| json!({"properties": properties, "oneOf": branches})
            ),
            inner.clone().prop_map(|not| json!({"type": "object", "not": not})),
            inner.prop_map(
                |schema| json!({"patternProperties": {"^a": schema}, "maxProperties": 2})
            ),
        ]
    })
}

fn with_definition(schema: Value, definition: &Value) -> Value {
    match schema {
        Value::Object(mut map) => {
            map.insert("$defs".to_owned(), json!({"D": definition}));
            map.into()
        }
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_converted_is_inside_the_subset(schema in any_schema(), definition in any_schema()) {
        let schema = with_definition(schema, &definition);
        for profile in [Profile::openai_strict(), Profile::openai_fine_tuned(), Profile::legacy_limits()] {
            if let Ok(strict) = StrictSchema::convert(&schema, &profile) {
                prop_assert_eq!(refused(strict.sent(), &profile), []);
                let contract = Contract::strict(&schema, &profile).expect("converts again");
                contract.checker().expect("what was converted can be checked");
            }
        }
    }

    #[test]
    fn what_is_accepted_is_valid_against_the_original(
        schema in any_schema(),
        definition in any_schema(),
        values in vec(any_json(), 1..8),
    ) {
        let schema = with_definition(schema, &definition);
        let Ok(contract) = Contract::strict(&schema, &Profile::openai_strict()) else { return Ok(()) };
        let checker = contract.checker().expect("compiles");
        let original = Contract::given(schema.clone(), false).expect("a schema").checker().expect("compiles");
        for value in values {
            // What the type's form allows is often what the strict form allows, once encoded.
            let encoded = contract.codec().encode(value.clone()).ok();
            for candidate in [Some(value), encoded].into_iter().flatten() {
                match checker.check_value(candidate.clone()) {
                    Ok(decoded) => if let Err(fault) = original.check_value(decoded.clone()) {
                        prop_assert!(false, "{candidate} became {decoded}: {fault}\n{}", contract.sent());
                    },
                    Err(fault) => prop_assert!(!fault.for_model().is_empty()),
                }
            }
        }
    }
}
