use serde_json::{Value, json};

use super::StrictSchema;
use crate::schema::{Contract, Profile};

fn object(property: &Value) -> Value {
    json!({"type": "object", "properties": {"p": property}, "required": ["p"]})
}

fn sent(property: &Value, profile: &Profile) -> Value {
    let strict = StrictSchema::convert(&object(property), profile).expect("a strict form");
    strict.sent()["properties"]["p"].clone()
}

#[test]
fn an_address_of_either_version_is_a_union_of_both() {
    let schema = json!({"type": ["string", "null"], "format": "ip", "description": "Where."});
    assert_eq!(
        sent(&schema, &Profile::openai_strict()),
        json!({
            "description": "Where.",
            "anyOf": [
                {"type": "string", "format": "ipv4"},
                {"type": "string", "format": "ipv6"},
                {"type": "null"},
            ],
        })
    );
    assert_eq!(
        sent(&json!({"type": "string", "format": "ip"}), &Profile::legacy_limits()),
        json!({
            "type": "string",
            "description": "An IPv4 or IPv6 address, such as 192.0.2.1 or 2001:db8::1.",
        })
    );
    for profile in [Profile::openai_strict(), Profile::legacy_limits()] {
        let contract = Contract::strict(&object(&schema), &profile).expect("a contract");
        assert!(contract.losses().iter().all(|loss| loss.enforced), "{:?}", contract.losses());
        let checker = contract.checker().expect("a checker");
        for (value, is_taken) in
            [("\"192.0.2.1\"", true), ("\"::1\"", true), ("null", true), ("\"here\"", false)]
        {
            assert_eq!(checker.check(&format!("{{\"p\": {value}}}")).is_ok(), is_taken, "{value}");
        }
    }
}

#[test]
fn times_without_a_zone_are_held_to_a_pattern_and_told_with_an_example() {
    let strict = Profile::openai_strict();
    for (format, example, right, wrong) in [
        (
            "partial-time",
            "14:30:00.",
            ["23:59:59.999999999", "00:00:60"],
            ["24:00:00", "14:30:00Z"],
        ),
        (
            "partial-date-time",
            "2025-06-30T14:30:00.",
            ["1999-12-31T00:00:00", "2024-02-29T23:59:59.5"],
            ["1999-13-01T00:00:00", "1999-12-31T00:00:00+01:00"],
        ),
    ] {
        let schema = json!({"type": "string", "format": format});
        let told = sent(&schema, &strict);
        assert!(told["description"].as_str().is_some_and(|text| text.ends_with(example)), "{told}");
        assert!(told.get("pattern").is_some() && told.get("format").is_none(), "{told}");
        let narrowed = json!({"type": "string", "format": format, "pattern": "0"});
        for (schema, profile) in [
            (schema.clone(), strict.clone()),
            (schema, Profile::legacy_limits()),
            (narrowed, strict.clone()),
        ] {
            let contract = Contract::strict(&object(&schema), &profile).expect("a contract");
            assert!(contract.losses().iter().all(|loss| loss.enforced && loss.described));
            let checker = contract.checker().expect("a checker");
            let takes = |text: &str| checker.check(&json!({"p": text}).to_string()).is_ok();
            let all =
                if contract.sent()["properties"]["p"]["pattern"] == "0" { 0..1 } else { 0..2 };
            assert!(!takes(wrong[0]) && !takes(wrong[1]), "{format}");
            assert!(right[all].iter().filter(|text| text.contains('0')).all(|text| takes(text)));
        }
    }
}

#[test]
fn a_type_without_values_is_left_out_where_it_is_optional_and_refused_where_it_is_used() {
    for no in [json!(false), json!({"not": {}}), json!({"$ref": "#/$defs/Other"})] {
        let mut schema = json!({
            "type": "object",
            "properties": {
                "a": {"anyOf": [{"$ref": "#/$defs/No"}, {"type": "null"}]},
                "b": {"$ref": "#/$defs/No"},
                "c": {"type": "string"},
            },
            "required": ["c"],
            "$defs": {"No": no, "Other": false},
        });
        let strict = StrictSchema::convert(&schema, &Profile::openai_strict()).expect("accepted");
        let properties = strict.sent()["properties"].as_object().expect("properties");
        assert_eq!(properties.keys().collect::<Vec<_>>(), ["a", "c"]);
        assert!(strict.sent().get("$defs").is_none(), "{:?}", strict.sent());
        schema["required"] = json!(["b", "c"]);
        let error = StrictSchema::convert(&schema, &Profile::openai_strict()).expect_err("refused");
        let places: Vec<&str> = error.refusals().iter().map(|r| &*r.pointer).collect();
        assert_eq!(places, ["/properties/b"]);
    }
}

#[test]
fn a_document_whose_names_multiply_is_refused_in_a_few_words() {
    let properties: serde_json::Map<String, Value> =
        (0..500).map(|n| (format!("p{n}"), json!({"type": "string"}))).collect();
    let inner = json!({"type": "object", "properties": properties});
    let schema = object(&json!({"type": "object", "properties": {"n".repeat(500_000): inner}}));
    for profile in [Profile::openai_strict(), Profile::lenient()] {
        let error = StrictSchema::convert(&schema, &profile).expect_err("refused");
        assert!(error.to_string().len() < 1_000, "{}", error.to_string().len());
        assert!(error.refusals()[0].reason.contains("8192 bytes"), "{error}");
    }
}
