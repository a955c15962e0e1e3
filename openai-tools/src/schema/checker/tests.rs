use std::{collections::BTreeMap, fmt::Debug};

use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::{Value, json, value::RawValue};

use super::{Checker, deserialize};
use crate::schema::{Contract, Fault, Profile};

fn strict(schema: &Value) -> Checker {
    let contract = Contract::strict(schema, &Profile::openai_strict()).expect("converts");
    contract.checker().expect("compiles")
}

fn given(schema: Value) -> Checker {
    Contract::given(schema, false).expect("a schema").checker().expect("compiles")
}

fn weather() -> Value {
    json!({
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer", "minimum": 1, "maximum": 7},
            "unit": {"enum": ["celsius", "fahrenheit"]},
        },
        "required": ["city"],
    })
}

fn said(checker: &Checker, text: &str) -> String {
    checker.check(text).expect_err("a fault").for_model()
}

#[test]
fn all_problems_are_told_the_most_useful_first() {
    assert_eq!(
        said(&strict(&weather()), r#"{"citty": 3, "days": "2", "unit": "kelvin"}"#),
        "- expected the required property `city`, found `citty`\n\
         - at /citty: expected only `city`, `days`, `unit` (did you mean `city`?), found `citty`\n\
         - at /days: expected an integer or null, found the string \"2\"\n\
         - at /unit: expected one of \"celsius\", \"fahrenheit\", null, found \"kelvin\""
    );
}

#[test]
fn at_most_five_problems_are_told_to_the_model() {
    let checker = strict(&json!({"type": "array", "items": {"type": "integer"}}));
    let text = json!({"value": vec!["x"; 8]}).to_string();
    let told = said(&checker, &text);
    assert_eq!(told.lines().count(), 6);
    assert!(told.ends_with("\nand 3 more"));
    let many = json!({"value": vec!["x"; 100_000]}).to_string();
    let Err(Fault::Invalid(problems)) = checker.check(&many) else { panic!("a fault") };
    assert_eq!(problems.len(), 20);
}

#[test]
fn no_text_is_no_arguments_where_none_are_needed() {
    let checker = strict(&json!({"type": "object"}));
    for text in ["", " \n", "{}"] {
        assert_eq!(checker.check(text), Ok(json!({})));
    }
    assert!(matches!(strict(&weather()).check(""), Err(Fault::NotJson(_))));
}

#[test]
fn what_is_not_json_is_told_with_its_place() {
    let checker = strict(&weather());
    assert_eq!(
        said(&checker, "{\"city\": \"Hanoi\",\n \"days\" 2}"),
        "not valid JSON: expected `:` at line 2 column 9"
    );
    assert!(said(&checker, r#"{"city": "Ha"#).contains("EOF while parsing a string"));
    assert!(said(&checker, r#"{"city": "a"}{"city": "b"}"#).contains("trailing characters"));
    assert!(said(&checker, &"[".repeat(100_000)).contains("recursion limit exceeded"));
}

#[test]
fn a_union_is_told_by_the_branch_that_is_meant() {
    let shape = |kind: &str, more: Value| {
        let mut properties = json!({"kind": {"const": kind}});
        properties["size"] = more;
        json!({"type": "object", "properties": properties, "required": ["kind", "size"]})
    };
    let checker = strict(&json!({
        "type": "object",
        "properties": {"shape": {"oneOf": [
            shape("circle", json!({"type": "number"})),
            shape("square", json!({"type": "integer"})),
        ]}},
        "required": ["shape"],
    }));
    assert_eq!(
        said(&checker, r#"{"shape": {"kind": "square", "size": "big"}}"#),
        "- at /shape/size: expected an integer, found the string \"big\""
    );
    assert_eq!(
        said(&checker, r#"{"shape": {"kind": "sqare", "size": 1}}"#),
        "- at /shape/kind: expected one of \"circle\", \"square\" (did you mean \"square\"?), found \"sqare\""
    );
    assert_eq!(
        said(&checker, r#"{"shape": 3}"#),
        "- at /shape: expected an object with `kind`, `size`, found 3"
    );
}

#[test]
fn explaining_a_deep_wrong_value_takes_no_exponential_time() {
    // Neither branch is told from the other before the deepest level.
    let branch = |leaf: &str| {
        json!({
            "type": "object",
            "properties": {"left": {"$ref": "#/$defs/E"}, "right": {"$ref": "#/$defs/E"}, leaf: {"type": "string"}},
            "required": ["left"],
        })
    };
    let checker = given(json!({
        "$ref": "#/$defs/E",
        "$defs": {"E": {"anyOf": [{"type": "null"}, branch("a"), branch("b")]}},
    }));
    let mut value = json!({"left": 1});
    for _ in 0..50 {
        value = json!({"left": value});
    }
    let told = said(&checker, &value.to_string());
    assert!(told.contains("/left/left/left: expected one of an object with"), "{told}");
}

#[test]
fn found_values_are_shortened() {
    let text = json!({"city": "x", "unit": "y".repeat(1_000_000)}).to_string();
    assert!(said(&strict(&weather()), &text).len() < 250);
    let key = json!({"city": "x", "k".repeat(1_000_000): 1}).to_string();
    assert!(said(&strict(&weather()), &key).len() < 500);
}

#[test]
fn a_given_schema_is_checked_as_it_stands() {
    let checker = given(json!({
        "allOf": [{"$ref": "#/$defs/A"}],
        "properties": {"b": {"not": {"$ref": "#/$defs/A/properties/a"}}},
        "unevaluatedProperties": false,
        "$defs": {"A": {"type": "object", "properties": {"a": {"type": "string"}}}},
    }));
    assert!(checker.check(r#"{"a": "x", "b": 1}"#).is_ok());
    assert!(
        said(&checker, r#"{"a": "x", "b": "y"}"#).starts_with("- at /b: expected what `not` asks")
    );
    assert!(said(&checker, r#"{"a": 1}"#).starts_with("- at /a: expected a string"));
    assert!(said(&checker, r#"{"c": 1}"#).contains("`c`"));
}

#[test]
fn a_schema_that_cannot_be_used_is_refused() {
    for schema in [
        json!({"type": "strin"}),
        json!({"$ref": "https://example.com/x"}),
        json!({"type": "string", "pattern": "("}),
        json!({"$ref": "#/$defs/Gone"}),
        json!("object"),
    ] {
        let error = Contract::given(schema, false).expect_err("refused");
        assert!(!error.to_string().is_empty());
    }
    for (root, is_taken) in [
        (json!({"type": "array"}), false),
        (json!(true), false),
        (json!({"type": "object"}), true),
        (json!({}), true),
    ] {
        let contract = Contract::given(root, false).expect("a schema");
        assert_eq!(contract.for_arguments().is_ok(), is_taken);
    }
}

#[test]
fn a_pattern_that_backtracks_for_ever_is_stopped() {
    let checker = given(json!({"type": "string", "pattern": "^(a+)+(?!b)$"}));
    let text = json!(format!("{}!", "a".repeat(10_000))).to_string();
    assert!(checker.check(&text).is_err());
}

#[test]
fn a_type_that_refuses_says_where() {
    #[derive(Debug, serde::Deserialize)]
    struct Outer {
        #[expect(dead_code, reason = "only read")]
        list: Vec<std::net::Ipv4Addr>,
    }
    let problem =
        deserialize::<Outer>(json!({"list": ["127.0.0.1", "nowhere"]})).expect_err("refused");
    assert_eq!((problem.pointer(), problem.rule()), ("/list/1", "type"));
    assert!(problem.to_string().contains("invalid IPv4 address syntax"), "{problem}");
}

#[test]
fn a_checker_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Checker>();
    shared::<Contract>();
    shared::<Fault>();
}

#[test]
fn an_integer_beyond_64_bits_is_refused_where_it_would_be_rounded() {
    let checker = given(json!({
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "free": {},
            "mass": {"anyOf": [{"$ref": "#/$defs/Number"}, {"type": "null"}]},
            "list": {"type": "array", "items": {"type": ["number", "string"]}},
        },
        "$defs": {"Number": {"type": "number"}},
    }));
    let digits = "602214076000000000000000";
    for (text, place) in [
        (format!(r#"{{"id": {digits}}}"#), "/id"),
        (format!(r#"{{"free": [{{"a/b": -{digits}}}]}}"#), "/free/0/a~1b"),
        (format!(r#"{{"other": {digits}}}"#), "/other"),
    ] {
        let told = checker.check(&text).expect_err("rounded").for_model();
        let expected = format!("- at {place}: expected an integer from -9223372036854775808 to");
        assert!(told.starts_with(&expected), "{told}");
        assert!(told.contains("602214076000000000000000"), "{told}");
    }
    for text in [
        format!(r#"{{"mass": {digits}, "list": [1, {digits}]}}"#),
        r#"{"id": 18446744073709551615, "free": [9007199254740993, 100000000000000000000]}"#
            .to_owned(),
        format!(r#"{{"free": "{digits}"}}"#),
    ] {
        checker.check(&text).expect("nothing is lost");
    }
}

#[test]
fn free_json_in_a_text_keeps_its_integers_and_has_no_key_twice() {
    let schema = json!({
        "type": "object", "properties": {"free": {}}, "required": ["free"],
        "additionalProperties": false,
    });
    let checker = Contract::strict(&schema, &crate::schema::Profile::openai_strict())
        .and_then(|contract| contract.checker())
        .expect("converts");
    let exact = r#"{"free": "[18446744073709551615]"}"#;
    assert_eq!(checker.check(exact).expect("exact")["free"][0], json!(u64::MAX));
    for text in [r#"{"free": "[18446744073709551617]"}"#, r#"{"free": "{\"a\":1,\"a\":2}"}"#] {
        let told = checker.check(text).expect_err("lost").for_model();
        assert!(told.starts_with("- at /free: expected "), "{told}");
    }
}

/// Integers of 128 bits in the places where types have them.
#[derive(Debug, serde::Deserialize, PartialEq, schemars::JsonSchema)]
struct Wide {
    natural: u128,
    signed: Option<i128>,
    #[serde(default)]
    list: Vec<(u128, String)>,
    named: std::collections::BTreeMap<String, Amount>,
    unique: std::collections::BTreeSet<u128>,
}

#[derive(Debug, serde::Deserialize, PartialEq, schemars::JsonSchema)]
enum Amount {
    Nothing,
    Exactly(u128),
    Between { low: i128, high: i128 },
}

#[test]
fn integers_of_128_bits_are_sent_as_text_and_keep_every_digit() {
    let raw = crate::schema::generate::<Wide>();
    let contract = Contract::strict(&raw, &Profile::openai_strict()).expect("converts");
    assert_eq!(
        contract.sent()["properties"]["natural"],
        json!({
            "type": "string",
            "pattern": "^(0|[1-9][0-9]*)$",
            "description": "A whole number, written as text.",
        })
    );
    let (most, least) = (u128::MAX, i128::MIN);
    let text = json!({
        "natural": most.to_string(),
        "signed": least.to_string(),
        "list": [{"item_0": "18446744073709551616", "item_1": most.to_string()}],
        "named": [
            {"key": "a", "value": {"Exactly": most.to_string()}},
            {"key": "b", "value": {"Between": {"low": least.to_string(), "high": "7"}}},
            {"key": "c", "value": "Nothing"},
        ],
        "unique": [most.to_string(), "1"],
    });
    let checker = contract.checker().expect("compiles");
    let decoded = checker.check(&text.to_string()).expect("valid");
    assert_eq!(contract.codec().encode(decoded.clone()).expect("its own form"), text);
    let expected = Wide {
        natural: most,
        signed: Some(least),
        list: vec![(1 << 64, most.to_string())],
        named: [
            ("a".to_owned(), Amount::Exactly(most)),
            ("b".to_owned(), Amount::Between { low: least, high: 7 }),
            ("c".to_owned(), Amount::Nothing),
        ]
        .into(),
        unique: [most, 1].into(),
    };
    assert_eq!(deserialize::<Wide>(decoded).expect("the type's"), expected);
}

#[test]
fn integers_of_128_bits_are_held_to_their_bounds() {
    let schema = json!({
        "type": "object",
        "properties": {
            "n": {"type": "integer", "format": "uint128", "minimum": 5},
            "small": {"type": "integer", "format": "int128", "minimum": 0, "maximum": 9},
        },
        "required": ["n", "small"],
        "additionalProperties": false,
    });
    let checker = strict(&schema);
    let check = |n: &str| checker.check(&format!(r#"{{"n": {n}, "small": 1}}"#));
    for n in ["\"5\"", "\"340282366920938463463374607431768211455\""] {
        assert!(check(n).is_ok(), "{n}");
    }
    for n in [
        "\"4\"",
        "5",
        "\"-5\"",
        "\"05\"",
        "\"5.0\"",
        "\"five\"",
        "18446744073709551617",
        "\"340282366920938463463374607431768211456\"",
    ] {
        let told = check(n).expect_err(n).for_model();
        assert!(told.starts_with("- at /n: expected "), "{told}");
    }
}

/// Reads as `serde_json` does, where that can.
#[track_caller]
fn reads_like_serde_json<T: DeserializeOwned + Debug>(value: &Value) {
    let (ours, theirs) = (deserialize::<T>(value.clone()), T::deserialize(value));
    match (&ours, &theirs) {
        (Ok(ours), Ok(theirs)) => assert_eq!(format!("{ours:?}"), format!("{theirs:?}")),
        (Err(ours), Err(theirs)) => {
            let said = theirs.to_string();
            // Of a key it tells a place in the key.
            let said = said.split(" at line ").next().unwrap_or_default();
            assert!(ours.found().contains(said), "{ours} instead of {theirs}");
        }
        _ => panic!("{value} is read as {ours:?} instead of {theirs:?}"),
    }
}

#[test]
fn values_are_read_as_serde_json_reads_them() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "shown by `Debug`")]
    enum Form {
        Unit,
        New(u8),
        Tuple(u8, bool),
        Struct { one: u8 },
    }
    #[derive(Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd)]
    enum Name {
        One,
        Two,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "shown by `Debug`")]
    struct Pair(u8, Option<String>);
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "shown by `Debug`")]
    struct Wrapped(f32);
    #[derive(Debug, Deserialize)]
    struct Nothing;

    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(256),
        json!(u64::MAX),
        json!("One"),
        json!("Unit"),
        json!("x"),
        json!("New"),
        json!([]),
        json!([1]),
        json!([1, null]),
        json!([1, true]),
        json!([1, "a", 2]),
        json!({}),
        json!({"one": 1}),
        json!({"Unit": null}),
        json!({"Unit": 1}),
        json!({"New": 1}),
        json!({"New": -1}),
        json!({"Tuple": [1, true]}),
        json!({"Tuple": []}),
        json!({"Tuple": [1, true, 2]}),
        json!({"Tuple": {}}),
        json!({"Struct": {"one": 1}}),
        json!({"Struct": []}),
        json!({"New": 1, "Unit": null}),
        json!({"1": 2}),
        json!({"-1": 2}),
        json!({"1.5": 2}),
        json!({" 1": 2}),
        json!({"1 ": 2}),
        json!({"true": 2}),
        json!({"One": 2}),
    ];
    for value in &values {
        reads_like_serde_json::<Form>(value);
        reads_like_serde_json::<Name>(value);
        reads_like_serde_json::<Pair>(value);
        reads_like_serde_json::<Wrapped>(value);
        reads_like_serde_json::<Nothing>(value);
        reads_like_serde_json::<()>(value);
        reads_like_serde_json::<bool>(value);
        reads_like_serde_json::<char>(value);
        reads_like_serde_json::<u8>(value);
        reads_like_serde_json::<i64>(value);
        reads_like_serde_json::<i128>(value);
        reads_like_serde_json::<u128>(value);
        reads_like_serde_json::<f64>(value);
        reads_like_serde_json::<Option<u8>>(value);
        reads_like_serde_json::<Vec<u8>>(value);
        reads_like_serde_json::<(u8, Option<bool>)>(value);
        reads_like_serde_json::<Value>(value);
        reads_like_serde_json::<Box<RawValue>>(value);
        reads_like_serde_json::<BTreeMap<String, u8>>(value);
        reads_like_serde_json::<BTreeMap<u8, u8>>(value);
        reads_like_serde_json::<BTreeMap<i128, u8>>(value);
        reads_like_serde_json::<BTreeMap<bool, u8>>(value);
        reads_like_serde_json::<BTreeMap<Name, u8>>(value);
        reads_like_serde_json::<IgnoredAny>(value);
    }
}
