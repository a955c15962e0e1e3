use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::schema::{Profile, StrictSchema, generate};

#[derive(JsonSchema, Serialize)]
struct Row<T> {
    field: T,
}

#[derive(JsonSchema, Serialize)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(JsonSchema, Serialize)]
enum Unit {
    Celsius,
    #[expect(dead_code, reason = "is in the schema only")]
    Fahrenheit,
}

#[derive(JsonSchema, Serialize)]
#[serde(tag = "kind")]
enum Shape {
    Circle {
        r: f64,
    },
    #[expect(dead_code, reason = "is in the schema only")]
    Dot,
}

#[derive(JsonSchema, Serialize)]
#[serde(untagged)]
enum Id {
    Number(i64),
    #[expect(dead_code, reason = "is in the schema only")]
    Name(String),
}

/// The row of a type: name, schema, what the model writes, what the type is read from.
fn row<T: JsonSchema + Serialize>(name: &str, value: T) -> String {
    let strict = StrictSchema::convert(&generate::<Row<T>>(), &Profile::openai_strict());
    let strict = strict.expect("a strict form");
    let own = serde_json::to_value(Row { field: value }).expect("JSON");
    let written = strict.codec().encode(own.clone()).expect("is encoded");
    assert_eq!(strict.codec().decode(written.clone()).expect("is decoded"), own, "{name}");
    let mut schema = strict.sent()["properties"]["field"].clone();
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix('#')) {
        schema = strict.sent().pointer(name).expect("a definition").clone();
    }
    brief(&mut schema);
    format!("| `{name}` | `{schema}` | `{}` | `{}` |", written["field"], own["field"])
}

/// Without what is the same for every object.
fn brief(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(brief),
        Value::Object(map) => {
            if map.get("additionalProperties").is_some_and(|rest| *rest == json!(false)) {
                map.shift_remove("additionalProperties");
                map.shift_remove("required");
            }
            map.values_mut().for_each(brief);
        }
        _ => {}
    }
}

fn table() -> Vec<String> {
    vec![
        "| Rust type | schema sent | the model writes | the type reads |".to_owned(),
        "|---|---|---|---|".to_owned(),
        row("String", "a".to_owned()),
        row("bool", true),
        row("u8", 7_u8),
        row("i64", 7_i64),
        row("f64", 1.5),
        row("char", 'c'),
        row("Option<i64>", None::<i64>),
        row("Option<Point>", Some(Point { x: 0.0, y: 1.5 })),
        row("Vec<String>", vec!["a".to_owned()]),
        row("[bool; 2]", [true, false]),
        row("BTreeSet<i64>", BTreeSet::from([1_i64])),
        row("(String, bool)", ("a".to_owned(), true)),
        row("BTreeMap<String, i64>", BTreeMap::from([("a".to_owned(), 1_i64)])),
        row("BTreeMap<u8, bool>", BTreeMap::from([(1_u8, true)])),
        row("serde_json::Value", json!({"a": [1]})),
        row("Point { x: f64, y: f64 }", Point { x: 0.0, y: 1.5 }),
        row("enum Unit { Celsius, Fahrenheit }", Unit::Celsius),
        row("enum Shape { Circle { r: f64 }, Dot }, tagged by kind", Shape::Circle { r: 2.5 }),
        row("enum Id { Number(i64), Name(String) }, untagged", Id::Number(7)),
        row("()", ()),
    ]
}

#[test]
fn the_table_of_the_chapter_is_what_conversion_does() {
    let chapter = include_str!("schemas.md");
    let table = table().join("\n");
    assert!(chapter.contains(&table), "the table should be\n{table}");
}
