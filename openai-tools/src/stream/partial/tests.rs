use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::*;
use crate::schema::{Codec, Contract, Profile, generate};

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Trip {
    name: String,
    note: Option<String>,
    at: (f64, f64),
    ages: BTreeMap<String, Vec<u8>>,
    any: Value,
    stops: Vec<Stop>,
    end: bool,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "kind")]
enum Stop {
    Town { name: String, map: BTreeMap<String, u8> },
    Rest { minutes: u8, map: Option<Vec<u8>> },
}

fn trip() -> Trip {
    Trip {
        name: "to Huế".to_owned(),
        note: None,
        at: (1.5, -2.0),
        ages: BTreeMap::from([("a/b".to_owned(), vec![1, 2]), ("c".to_owned(), vec![])]),
        any: json!({"x": [1, {"y": null}]}),
        stops: vec![
            Stop::Town { name: "Vinh".to_owned(), map: BTreeMap::from([("k".to_owned(), 1)]) },
            Stop::Rest { minutes: 5, map: Some(vec![7, 8]) },
        ],
        end: true,
    }
}

fn codec<T: JsonSchema>() -> Codec {
    let contract = Contract::strict(&generate::<T>(), &Profile::openai_strict()).expect("converts");
    contract.codec().clone()
}

/// The partials of a text in pieces of so many characters.
fn partials<T>(codec: &Codec, text: &str, size: usize) -> Vec<Partial<T>> {
    let mut reader = PartialReader::new(codec);
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    for piece in chars.chunks(size) {
        let piece: String = piece.iter().collect();
        found.extend(reader.push(&piece).expect("JSON").cloned());
    }
    found
}

#[test]
fn every_place_of_the_types_own_json_is_told_once_and_can_be_read() {
    let own = serde_json::to_value(trip()).expect("serialises");
    let codec = codec::<Trip>();
    let text = codec.encode(own.clone()).expect("encodes").to_string();
    for size in [1, 2, 7, 50, text.len()] {
        let mut told = Vec::new();
        for partial in partials::<Trip>(&codec, &text, size) {
            for (place, _) in partial.completed() {
                let value = partial.get::<Value>(&place).expect("complete").expect("readable");
                // What is left out in one form is null in the other.
                assert_eq!(own.pointer(&place).unwrap_or(&Value::Null), &value, "{place}");
                told.push(place);
            }
        }
        let mut expected = vec![
            "/name",
            "/note",
            "/at/0",
            "/at/1",
            "/at",
            "/ages/a~1b/0",
            "/ages/a~1b/1",
            "/ages/a~1b",
            "/ages/c",
            "/ages",
            "/any",
            "/stops/0/kind",
            "/stops/0/name",
            "/stops/0/map/k",
            "/stops/0/map",
            "/stops/0",
            "/stops/1/kind",
            "/stops/1/minutes",
            "/stops/1/map/0",
            "/stops/1/map/1",
            "/stops/1/map",
            "/stops/1",
            "/stops",
            "/end",
            "",
        ];
        expected.sort_unstable();
        told.sort_unstable();
        assert_eq!(told, expected, "in pieces of {size}");
    }
    let last = partials::<Trip>(&codec, &text, 3).pop().expect("one");
    assert_eq!(last.complete().expect("complete").expect("typed"), trip());
    assert_eq!(last.get::<u8>("/any/x/0"), Some(Ok(1)), "inside of free JSON");
    assert_eq!(last.get::<Option<String>>("/note"), Some(Ok(None)));
    assert!(last.get::<String>("/note").expect("complete").is_err());
    assert_eq!(last.get::<u8>("/stops/0/map/k"), Some(Ok(1)));
    for nowhere in
        ["x", "/x", "/stops/2", "/ages/d", "/at/2", "/any/x/2", "/name/0", "/stops/0/map/j"]
    {
        assert_eq!(last.get::<Value>(nowhere), None, "{nowhere}");
    }
    assert!(last.get::<u8>("/name").expect("complete").is_err());
}

#[test]
fn what_grows_can_be_seen_and_is_not_typed() {
    let codec = codec::<Trip>();
    let text = r#"{"name":"a","note":"b","at":{"item_0":1.5,"item_1":-2"#;
    let partial = partials::<Trip>(&codec, text, text.len()).pop().expect("one");
    assert_eq!(partial.get::<f64>("/at/0"), Some(Ok(1.5)));
    assert_eq!(partial.get::<f64>("/at/1"), None, "-2 may become -25");
    assert_eq!(partial.at("/at/1").and_then(PartialValue::growing_number), Some("-2"));
    assert_eq!(partial.get::<(f64, f64)>("/at"), None);
    assert!(partial.complete().is_none() && !partial.is_complete());
}

#[test]
fn a_property_that_the_model_left_out_is_nowhere() {
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "the schema is what is tested")]
    struct Query {
        text: String,
        #[serde(default)]
        limit: u8,
    }
    let codec = codec::<Query>();
    let text = r#"{"text":"x","limit":null"#;
    let partial = partials::<Query>(&codec, text, 1).pop().expect("one");
    assert_eq!(partial.get::<u8>("/limit"), None);
    assert_eq!(partial.get::<Option<u8>>("/limit"), Some(Ok(None)));
}

#[test]
fn a_union_is_looked_into_once_its_form_is_settled() {
    let codec = codec::<Vec<Stop>>();
    let town = r#"{"value":[{"kind":"Town","name":"Vi"#;
    let partial = partials::<Vec<Stop>>(&codec, town, 1).pop().expect("one");
    assert_eq!(partial.at("/0/name").and_then(PartialValue::as_str), Some("Vi"));
    let early = r#"{"value":[{"map":[{"key":"k","value":1}"#;
    let partial = partials::<Vec<Stop>>(&codec, early, 1).pop().expect("one");
    assert!(partial.at("/0/map/k").is_none(), "a list of numbers was possible");
    let late = r#"{"value":[{"map":[{"key":"k","value":1}],"kind":"Town","#;
    let partial = partials::<Vec<Stop>>(&codec, late, 1).pop().expect("one");
    assert_eq!(partial.get::<u8>("/0/map/k"), Some(Ok(1)));
    assert_eq!(partial.value().map(PartialValue::len), Some(1), "the root is unwrapped");
}

#[test]
fn a_partial_that_is_kept_is_a_snapshot_and_one_that_is_dropped_costs_no_copy() {
    let mut reader = PartialReader::<Value>::new(&Codec::default());
    let kept = reader.push("[1,").expect("JSON").expect("a change").clone();
    let place = std::ptr::from_ref(kept.inner());
    let partial = reader.push("2,").expect("JSON").expect("a change");
    assert_eq!(kept.value().map(PartialValue::len), Some(1));
    assert_ne!(place, std::ptr::from_ref(partial.inner()));
    let place = std::ptr::from_ref(partial.inner());
    for _ in 0..100 {
        let partial = reader.push("3,").expect("JSON").cloned().expect("a change");
        assert_eq!(place, std::ptr::from_ref(partial.inner()));
    }
    assert_eq!(kept.value().map(PartialValue::len), Some(1));
}

#[test]
fn a_piece_that_changes_nothing_gives_no_partial() {
    let mut reader = PartialReader::<Value>::new(&Codec::default());
    for (piece, changes) in [
        (" ", false),
        ("{", true),
        ("\"ke", false),
        ("y\" : ", false),
        ("1", true),
        (" ", true),
        ("}", true),
    ] {
        assert_eq!(reader.push(piece).expect("JSON").is_some(), changes, "{piece:?}");
    }
    let partial = reader.finish().expect("JSON");
    assert_eq!(partial.complete(), Some(Ok(json!({"key": 1}))));
}

#[test]
fn the_value_of_an_entry_may_come_before_its_key() {
    let codec = codec::<BTreeMap<String, u8>>();
    let text = r#"{"value":[{"value":1,"key":"a"},{"key":"b","value":2}"#;
    let mut told = Vec::new();
    for partial in partials::<BTreeMap<String, u8>>(&codec, text, 1) {
        told.extend(partial.completed().map(|(place, value)| (place, value.to_value())));
    }
    assert_eq!(told, [("/a".to_owned(), Some(json!(1))), ("/b".to_owned(), Some(json!(2)))]);
}

#[test]
fn deep_unsettled_unions_cost_no_more_than_their_depth() {
    #[derive(Deserialize, JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "the schema is what is tested")]
    enum Either {
        Left { next: Option<Box<Either>>, map: BTreeMap<String, u8>, left: u8 },
        Right { next: Option<Box<Either>>, map: Vec<BTreeMap<String, u8>>, right: u8 },
    }
    let codec = codec::<Either>();
    let text = format!("{{\"value\":{}", r#"{"next":"#.repeat(100));
    let mut reader = PartialReader::<Either>::new(&codec);
    reader.push(&text).expect("JSON");
    let partial = reader.push(r#"{"map":[],"#).expect("JSON").expect("a change");
    assert!(partial.at(&"/next".repeat(99)).is_some());
    assert!(partial.completed().count() <= 1);
}
