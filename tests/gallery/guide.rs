//! The table of the guide's chapter on schemas: one row per kind of type that the gallery has.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque},
    net::IpAddr,
    num::{NonZeroI16, NonZeroU8, Wrapping},
    ops::Bound,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};
use openai_tools::schema::{Profile, StrictSchema, generate, serialize};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

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
struct Metres(f64);

#[derive(JsonSchema, Serialize)]
struct Pair(String, bool);

#[derive(JsonSchema, Serialize)]
struct Nothing;

#[derive(JsonSchema, Serialize)]
struct Page<T> {
    items: Vec<T>,
    next: Option<u32>,
}

#[derive(JsonSchema, Serialize)]
struct Tree {
    name: String,
    children: Vec<Tree>,
}

#[derive(JsonSchema, Serialize)]
struct Retries {
    #[serde(default)]
    count: u8,
}

#[derive(JsonSchema, Serialize)]
struct Labelled {
    id: u32,
    #[serde(flatten)]
    labels: BTreeMap<String, String>,
}

#[derive(Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
enum Unit {
    Celsius,
    #[expect(dead_code, reason = "is in the schema only")]
    Fahrenheit,
}

#[derive(JsonSchema, Serialize)]
enum Form {
    Circle {
        r: f64,
    },
    #[expect(dead_code, reason = "is in the schema only")]
    Dot,
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
#[serde(tag = "t", content = "c")]
enum Sign {
    Number(i64),
    #[expect(dead_code, reason = "is in the schema only")]
    Blank,
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
    let own = serialize(&Row { field: value }).expect("JSON");
    let written = strict.codec().encode(own.clone()).expect("is encoded");
    assert_eq!(strict.codec().decode(written.clone()).expect("is decoded"), own, "{name}");
    let mut schema = strict.sent()["properties"]["field"].clone();
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix('#')) {
        schema = strict.sent().pointer(name).expect("a definition").clone();
    }
    brief(&mut schema);
    let cells = [schema, written["field"].clone(), own["field"].clone()];
    // A bar would end the cell, in code as well.
    let cells = cells.map(|cell| format!("`{}`", cell.to_string().replace('|', "\\|")));
    format!("| `{name}` | {} |", cells.join(" | "))
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

fn scalars() -> Vec<String> {
    vec![
        row("String", "a".to_owned()),
        row("Cow<str>", Cow::Borrowed("a")),
        row("char", 'c'),
        row("bool", true),
        row("u8", 7_u8),
        row("i16", -7_i16),
        row("u64", u64::MAX),
        row("i64", 7_i64),
        row("u128", u128::MAX),
        row("i128", -7_i128),
        row("NonZeroU8", NonZeroU8::MIN),
        row("NonZeroI16", NonZeroI16::MIN),
        row("Wrapping<u16>", Wrapping(7_u16)),
        row("f64", 1.5),
        row("()", ()),
    ]
}

fn containers() -> Vec<String> {
    vec![
        row("Option<i64>", None::<i64>),
        row("Option<Point>", Some(Point { x: 0.0, y: 1.5 })),
        row("Box<bool>", Box::new(true)),
        row("Vec<String>", vec!["a".to_owned()]),
        row("VecDeque<bool>", VecDeque::from([true])),
        row("LinkedList<bool>", LinkedList::from([true])),
        row("[bool; 2]", [true, false]),
        row("BTreeSet<i64>", BTreeSet::from([1_i64])),
        row("HashSet<i64>", HashSet::from([1_i64])),
        row("(String, bool)", ("a".to_owned(), true)),
        row("BTreeMap<String, i64>", BTreeMap::from([("a".to_owned(), 1_i64)])),
        row("HashMap<String, i64>", HashMap::from([("a".to_owned(), 1_i64)])),
        row("BTreeMap<u8, bool>", BTreeMap::from([(1_u8, true)])),
        row("BTreeMap<i8, bool>", BTreeMap::from([(-1_i8, true)])),
        row("BTreeMap<char, bool>", BTreeMap::from([('c', true)])),
        row("BTreeMap<Unit, i64>", BTreeMap::from([(Unit::Celsius, 1_i64)])),
        row("Range<i64>", 1_i64..3),
        row("Bound<i64>", Bound::Included(1_i64)),
        row("Result<i64, String>", Ok::<_, String>(1_i64)),
        row("Duration", Duration::from_millis(1_500)),
        row("SystemTime", SystemTime::UNIX_EPOCH),
        row("IpAddr", IpAddr::from([192, 0, 2, 1])),
        row("PathBuf", PathBuf::from("a/b")),
    ]
}

fn of_other_crates() -> Vec<String> {
    let day = NaiveDate::from_ymd_opt(2025, 6, 30).expect("a day");
    let time = NaiveTime::from_hms_opt(14, 30, 0).expect("a time");
    vec![
        row("serde_json::Value", json!({"a": [1]})),
        row("serde_json::Map", Map::from_iter([("a".to_owned(), json!(1))])),
        row("chrono::DateTime<Utc>", DateTime::<Utc>::UNIX_EPOCH),
        row("chrono::NaiveDate", day),
        row("chrono::NaiveTime", time),
        row("chrono::NaiveDateTime", NaiveDateTime::new(day, time)),
        row("chrono::TimeDelta", TimeDelta::seconds(90)),
        row("chrono::Weekday", Weekday::Mon),
        row("uuid::Uuid", Uuid::nil()),
        row("url::Url", Url::parse("https://example.com/").expect("a URL")),
    ]
}

fn own() -> Vec<String> {
    vec![
        row("struct Point { x: f64, y: f64 }", Point { x: 0.0, y: 1.5 }),
        row("struct Metres(f64)", Metres(1.5)),
        row("struct Pair(String, bool)", Pair("a".to_owned(), true)),
        row("struct Nothing;", Nothing),
        row(
            "struct Page<T> { items: Vec<T>, next: Option<u32> }",
            Page { items: vec![true], next: None },
        ),
        row(
            "struct Tree { name: String, children: Vec<Tree> }",
            Tree { name: "a".to_owned(), children: Vec::new() },
        ),
        row("struct Retries { count: u8 }, #[serde(default)]", Retries { count: 1 }),
        row(
            "struct Labelled { id: u32, #[serde(flatten)] labels: BTreeMap<…> }",
            Labelled { id: 7, labels: [("a".to_owned(), "b".to_owned())].into() },
        ),
        row("enum Unit { Celsius, Fahrenheit }", Unit::Celsius),
        row("enum Form { Circle { r: f64 }, Dot }", Form::Circle { r: 2.5 }),
        row("enum Shape { Circle { r: f64 }, Dot }, tag = \"kind\"", Shape::Circle { r: 2.5 }),
        row("enum Sign { Number(i64), Blank }, tag = \"t\", content = \"c\"", Sign::Number(7)),
        row("enum Id { Number(i64), Name(String) }, untagged", Id::Number(7)),
    ]
}

#[test]
fn the_tables_of_the_chapter_are_what_conversion_does() {
    let chapter = include_str!("../../openai-tools/src/guide/schemas.md");
    for (what, rows) in [
        ("Scalars", scalars()),
        ("Containers and std", containers()),
        ("Other crates", of_other_crates()),
        ("Your own types", own()),
    ] {
        let table = format!(
            "| {what} | schema sent | the model writes | the type reads |\n|---|---|---|---|\n{}\n",
            rows.join("\n")
        );
        assert!(chapter.contains(&table), "a table should be\n{table}");
    }
}
