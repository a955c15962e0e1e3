use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Debug,
};

use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::schema::{
    Checker, Contract, Profile, StrictSchema, deserialize, generate, lint::refused,
};

/// What a value goes through: to the model's form, which has to be accepted, and back.
fn round_trip<T>(values: impl IntoIterator<Item = T>)
where
    T: JsonSchema + Serialize + DeserializeOwned + PartialEq + Debug,
{
    let raw = generate::<T>();
    let strict = StrictSchema::convert(&raw, &Profile::openai_strict()).expect("converts");
    assert_eq!(refused(strict.sent(), &Profile::openai_strict()), [], "{}", strict.sent());
    let contract = Contract::strict(&raw, &Profile::openai_strict()).expect("converts");
    let sent = Contract::given(contract.sent().clone(), true).expect("a schema");
    let (checker, sent) =
        (contract.checker().expect("compiles"), sent.checker().expect("compiles"));
    for value in values {
        let own = serde_json::to_value(&value).expect("serialises");
        let written = contract.codec().encode(own.clone()).expect("encodes");
        let check = |checker: &Checker| checker.check(&written.to_string());
        sent.check(&written.to_string())
            .unwrap_or_else(|e| panic!("{e}\n{written}\n{}", contract.sent()));
        let decoded = check(&checker).unwrap_or_else(|e| panic!("{e}\n{written}"));
        assert_eq!(deserialize::<T>(decoded).expect("deserialises"), value, "{own} as {written}");
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Place {
    /// City and country.
    city: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    zip: Option<u32>,
    at: Option<(f64, f64)>,
}

fn place() -> Place {
    Place { city: "Hanoi, Vietnam".to_owned(), zip: None, at: Some((21.03, 105.85)) }
}

#[test]
fn nested_structs_options_and_tuples_come_back() {
    #[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
    struct Trip {
        from: Place,
        /// The docs of the field beside a reference.
        to: Place,
        stops: Vec<Place>,
        back: Option<Box<Place>>,
    }
    let trip = Trip { from: place(), to: place(), stops: vec![place(), place()], back: None };
    let back = Some(Box::new(Place { zip: Some(7), at: None, ..place() }));
    round_trip([Trip { back, stops: vec![], ..trip }]);
    round_trip([Trip { from: place(), to: place(), stops: vec![place()], back: None }]);
}

#[test]
fn enums_of_every_representation_come_back() {
    #[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
    enum External {
        /// Documented.
        Unit,
        Other,
        Newtype(Place),
        Tuple(i32, String),
        Struct {
            q: Option<u8>,
        },
    }
    #[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Internal {
        Unit,
        Struct { q: u8 },
        NewType(Place),
        Map(HashMap<String, String>),
    }
    #[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
    #[serde(tag = "t", content = "c")]
    enum Adjacent {
        Unit,
        Newtype(Place),
        Tuple(i32, External),
        Struct { q: Vec<u8> },
    }
    #[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
    #[serde(untagged)]
    enum Untagged {
        Number(i64),
        Text(String),
        List(Vec<Untagged>),
        Pair { left: Box<Untagged>, right: Box<Untagged> },
        Ages(BTreeMap<String, u8>),
    }
    let externals = || {
        vec![
            External::Unit,
            External::Other,
            External::Newtype(place()),
            External::Tuple(-1, "x".to_owned()),
            External::Struct { q: None },
        ]
    };
    round_trip(externals());
    round_trip([externals()]);
    round_trip([
        Internal::Unit,
        Internal::Struct { q: 3 },
        Internal::NewType(place()),
        Internal::Map(HashMap::from([("a".to_owned(), "b".to_owned())])),
    ]);
    round_trip([
        Adjacent::Unit,
        Adjacent::Newtype(place()),
        Adjacent::Tuple(1, External::Newtype(place())),
        Adjacent::Struct { q: vec![1, 2] },
    ]);
    let leaf =
        || Box::new(Untagged::List(vec![Untagged::Number(1), Untagged::Text("{}".to_owned())]));
    round_trip([
        Untagged::Number(i64::MIN),
        Untagged::Pair { left: leaf(), right: Box::new(Untagged::Ages(BTreeMap::new())) },
        Untagged::Ages(BTreeMap::from([("Ann".to_owned(), 7)])),
    ]);
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Items {
    item_0: u8,
    item_1: String,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(untagged)]
enum TupleOrItems {
    Pair(u8, String),
    Named { item_0: u8, item_1: String },
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(untagged)]
enum TupleOrStruct {
    // First, since a derived struct reads a list as well.
    Pair((u8, String)),
    Struct(Items),
}

#[test]
fn a_tuple_and_an_object_with_its_properties_are_told_apart() {
    let named = || TupleOrItems::Named { item_0: 1, item_1: "a".to_owned() };
    let pair = || TupleOrItems::Pair(1, "a".to_owned());
    round_trip([named(), pair()]);
    round_trip([
        TupleOrStruct::Struct(Items { item_0: 1, item_1: "a".to_owned() }),
        TupleOrStruct::Pair((1, "a".to_owned())),
    ]);
    // Where nothing can be mistaken, a tuple stands as ever.
    let raw = json!({"type": "object", "properties": {"p": {"anyOf": [
        {"type": "array", "prefixItems": [{"type": "string"}], "minItems": 1, "maxItems": 1},
        {"type": "object", "properties": {"item": {"type": "string"}}, "required": ["item"]},
    ]}}, "required": ["p"]});
    let strict = StrictSchema::convert(&raw, &Profile::openai_strict()).expect("converts");
    let first = &strict.sent()["properties"]["p"]["anyOf"][0];
    assert!(first["properties"]["item_0"].is_object(), "{first}");
}

#[test]
fn maps_sets_and_free_json_come_back() {
    #[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
    struct Many {
        ages: BTreeMap<String, u8>,
        by_id: BTreeMap<u32, Place>,
        nested: HashMap<String, HashMap<String, Vec<i8>>>,
        set: BTreeSet<i64>,
        any: Value,
        object: serde_json::Map<String, Value>,
        letter: char,
        unit: (),
        three: [u16; 3],
        large: u64,
        maybe: Option<BTreeMap<String, Option<bool>>>,
    }
    let object = json!({"a": [1, null, {"b": "c"}]}).as_object().expect("one").clone();
    round_trip([Many {
        ages: BTreeMap::from([("Ann".to_owned(), 7), ("\u{1F600} \"/~".to_owned(), 8)]),
        by_id: BTreeMap::from([(1, place()), (u32::MAX, place())]),
        nested: HashMap::from([("x".to_owned(), HashMap::from([("y".to_owned(), vec![-128])]))]),
        set: BTreeSet::from([i64::MIN, 0, i64::MAX]),
        any: json!([1.5, "text", {"null": null}]),
        object,
        letter: 'é',
        unit: (),
        three: [0, 1, u16::MAX],
        large: u64::MAX,
        maybe: Some(BTreeMap::from([("a".to_owned(), None), ("b".to_owned(), Some(true))])),
    }]);
    round_trip([BTreeMap::from([("a".to_owned(), 1)]), BTreeMap::new()]);
    round_trip([json!(null), json!("text"), json!({"a": 1})]);
    round_trip([vec![1_u8, 2], vec![]]);
    round_trip([None, Some(place())]);
    round_trip([(1_i32, "a".to_owned(), place())]);
}

#[test]
fn recursion_flattening_defaults_and_renames_come_back() {
    #[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
    struct Tree {
        value: i32,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        children: Vec<Tree>,
        parent_note: Option<Box<Tree>>,
    }
    #[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Renamed {
        first_name: String,
        #[serde(rename = "type")]
        kind: Meters,
        #[serde(default = "seven")]
        with_default: i32,
    }
    fn seven() -> i32 {
        7
    }
    #[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
    struct Meters(f64);
    #[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
    #[serde(tag = "shape")]
    enum Shape {
        Circle { radius: f64 },
        Dot,
    }
    #[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
    struct Flat {
        id: u8,
        #[serde(flatten)]
        place: Place,
        #[serde(flatten)]
        shape: Shape,
    }
    #[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
    struct Open {
        id: u8,
        #[serde(flatten)]
        rest: BTreeMap<String, Value>,
    }
    let leaf = Tree { value: 1, children: vec![], parent_note: None };
    let tree = Tree { children: vec![leaf.clone(), leaf.clone()], ..leaf.clone() };
    round_trip([leaf, Tree { parent_note: Some(Box::new(tree.clone())), ..tree.clone() }]);
    round_trip([vec![tree]]);
    round_trip([Renamed { first_name: "A".to_owned(), kind: Meters(2.5), with_default: 1 }]);
    round_trip([
        Flat { id: 1, place: place(), shape: Shape::Circle { radius: 2.0 } },
        Flat { id: 1, place: place(), shape: Shape::Dot },
    ]);
    round_trip([
        Open { id: 1, rest: BTreeMap::new() },
        Open { id: 1, rest: BTreeMap::from([("x".to_owned(), json!({"y": [1]}))]) },
    ]);
}

#[test]
fn null_for_a_default_is_the_default_and_null_for_an_option_is_none() {
    #[derive(Debug, Deserialize, JsonSchema, PartialEq)]
    struct Query {
        text: String,
        #[serde(default = "ten")]
        limit: u8,
        after: Option<String>,
    }
    fn ten() -> u8 {
        10
    }
    let checker = Contract::strict(&generate::<Query>(), &Profile::openai_strict())
        .expect("converts")
        .checker()
        .expect("compiles");
    for text in [r#"{"text": "a", "limit": null, "after": null}"#, r#"{"text": "a"}"#] {
        let query: Query = deserialize(checker.check(text).expect("accepted")).expect("read");
        assert_eq!(query, Query { text: "a".to_owned(), limit: 10, after: None });
    }
}

#[test]
fn null_is_not_written_where_it_would_be_read_as_left_out() {
    // Whatever is no number passes such a bound, `null` too; what is sent asks for a number.
    let raw = json!({"type": "object", "properties": {"n": {"minimum": 0}}});
    let strict = StrictSchema::convert(&raw, &Profile::openai_strict()).expect("converts");
    let problem = strict.codec().encode(json!({"n": null})).expect_err("ambiguous");
    assert_eq!(problem.pointer(), "/n");
    assert_eq!(strict.codec().encode(json!({})).expect("left out"), json!({"n": null}));
}

#[test]
fn a_value_that_cannot_be_rewritten_is_told_where_the_model_wrote_it() {
    let raw = json!({
        "type": "object",
        "properties": {
            "ages": {"type": "object", "additionalProperties": {"type": "integer"}},
            "any": true,
        },
        "required": ["ages", "any"],
    });
    let checker = Contract::strict(&raw, &Profile::openai_strict())
        .expect("converts")
        .checker()
        .expect("compiles");
    let said = |text: &str| checker.check(text).expect_err("a fault").for_model();
    assert_eq!(
        said(r#"{"ages": [{"key": "a", "value": 1}, {"key": "a", "value": 2}], "any": "1"}"#),
        "- at /ages/1/key: expected each key once, found \"a\" again"
    );
    assert!(
        said(r#"{"ages": [], "any": "{oops"}"#)
            .starts_with("- at /any: expected text that holds JSON")
    );
}

#[test]
fn an_entry_cannot_come_in_the_place_of_a_property() {
    let raw = json!({
        "type": "object",
        "properties": {"id": {"type": "integer"}},
        "additionalProperties": {"type": "string"},
    });
    let strict = StrictSchema::convert(&raw, &Profile::openai_strict()).expect("converts");
    let sneaky = json!({"id": null, "other_properties": [{"key": "id", "value": "x"}]});
    let problem = strict.codec().decode(sneaky).expect_err("a problem");
    assert_eq!(problem.pointer(), "/other_properties/0/key");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_map_of_any_keys_comes_back(map: BTreeMap<String, Option<i64>>) {
        round_trip([map]);
    }

    #[test]
    fn decoding_what_no_schema_allows_is_an_error_and_no_panic(value in crate::schema::strict::any_json()) {
        let raw = generate::<BTreeMap<String, (u8, Option<Place>)>>();
        let strict = StrictSchema::convert(&raw, &Profile::openai_strict()).expect("converts");
        let _ = strict.codec().decode(value.clone());
        let _ = strict.codec().encode(value);
    }
}
