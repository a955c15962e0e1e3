//! What `#[serde(…)]` and `#[schemars(…)]` say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::exhibits;

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Renamed {
    first_name: String,
    #[serde(rename = "$ref")]
    reference: u8,
    #[serde(rename = "a/b~c")]
    path: Option<u8>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all(serialize = "SCREAMING-KEBAB-CASE", deserialize = "SCREAMING-KEBAB-CASE"))]
struct Shouting {
    very_loud: bool,
    #[serde(alias = "quiet", alias = "silent")]
    not_loud: bool,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Defaults {
    #[serde(default)]
    count: u32,
    #[serde(default = "ten")]
    limit: u32,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    note: Option<String>,
    required: bool,
}

fn ten() -> u32 {
    10
}

/// Each one has a default of its own.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default)]
struct AllDefault {
    retries: u8,
    name: String,
    ratio: f64,
}

impl Default for AllDefault {
    fn default() -> Self {
        Self { retries: 3, name: "main".to_owned(), ratio: 0.5 }
    }
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Flattened {
    id: u32,
    #[serde(flatten)]
    page: Page,
    last: bool,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Page {
    /// Counted from 1.
    page: u32,
    size: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct FlattenedMap {
    id: String,
    #[serde(flatten)]
    labels: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct FlattenedEnum {
    name: String,
    #[serde(flatten)]
    payment: Payment,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "method", rename_all = "snake_case")]
enum Payment {
    Card { number: String },
    Cash,
    Invoice { days: u8 },
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Skipped {
    shown: u8,
    #[serde(skip)]
    hidden: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    rare: Option<u8>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    list: Vec<u8>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Closed {
    a: u8,
    b: Option<u8>,
}

/// Written as cents.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct WithModule {
    #[serde(with = "cents")]
    #[schemars(with = "u32")]
    price: Cents,
    name: String,
}

#[derive(Debug, PartialEq)]
struct Cents {
    euros: u32,
    cents: u32,
}

mod cents {
    use super::{Cents, Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(price: &Cents, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u32(price.euros * 100 + price.cents)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Cents, D::Error> {
        let all = u32::deserialize(from)?;
        Ok(Cents { euros: all / 100, cents: all % 100 })
    }
}

/// Read by way of a text.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = "^#[0-9a-f]{6}$"))]
struct Colour(String);

impl TryFrom<String> for Colour {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.len() == 7 && text.starts_with('#') { Ok(Self(text)) } else { Err(text) }
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.0
    }
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct NumberBounds {
    #[schemars(range(min = 1, max = 20))]
    guests: u8,
    #[schemars(range(min = -1.5, max = 1.5))]
    tilt: f64,
    #[schemars(extend("multipleOf" = 5))]
    minutes: u16,
}

/// Bounds that strict mode does not know.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct TextBounds {
    #[schemars(length(min = 1, max = 8))]
    code: String,
    #[schemars(regex(pattern = "^[A-Z]{3}[0-9]+$"))]
    flight: String,
    #[schemars(email)]
    mail: String,
    #[schemars(length(min = 1, max = 2))]
    list: Vec<u8>,
    #[schemars(length(equal = 3))]
    inner: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[schemars(title = "A titled one", description = "Said by an attribute.")]
struct Annotated {
    #[schemars(title = "The name", example = &"Ann", description = "Also said.")]
    name: String,
    #[deprecated]
    #[schemars(extend("x-order" = 1))]
    old: Option<u8>,
}

fn text(text: &str) -> String {
    text.to_owned()
}

exhibits! {
    renamed_fields: Renamed = some [
        Renamed { first_name: text("a"), reference: 1, path: None },
        Renamed { first_name: text(""), reference: 0, path: Some(0) },
        Renamed { first_name: text("b"), reference: 255, path: Some(255) },
        Renamed { first_name: text("/"), reference: 2, path: None },
        Renamed { first_name: text("~1"), reference: 3, path: Some(9) },
    ];
    shouting_fields_with_aliases: Shouting = all [
        Shouting { very_loud: true, not_loud: true },
        Shouting { very_loud: true, not_loud: false },
        Shouting { very_loud: false, not_loud: true },
        Shouting { very_loud: false, not_loud: false },
    ];
    fields_with_defaults: Defaults = some [
        Defaults { count: 0, limit: 10, tags: vec![], note: None, required: true },
        Defaults { count: 1, limit: 0, tags: vec![text("a")], note: None, required: false },
        Defaults { count: 2, limit: 9, tags: vec![text("")], note: Some(text("")), required: true },
        Defaults { count: 3, limit: 1, tags: vec![], note: Some(text("n")), required: false },
        Defaults { count: u32::MAX, limit: 10, tags: vec![], note: None, required: true },
    ];
    struct_with_defaults: AllDefault = some [
        AllDefault::default(),
        AllDefault { retries: 0, ..AllDefault::default() },
        AllDefault { name: text(""), ..AllDefault::default() },
        AllDefault { ratio: 0.0, ..AllDefault::default() },
        AllDefault { retries: 255, name: text("x"), ratio: -1.0 },
    ];
    flattened_struct: Flattened = some [
        Flattened { id: 0, page: Page { page: 1, size: None }, last: true },
        Flattened { id: 1, page: Page { page: 2, size: Some(0) }, last: false },
        Flattened { id: 2, page: Page { page: 3, size: Some(50) }, last: true },
        Flattened { id: 3, page: Page { page: 0, size: None }, last: false },
        Flattened { id: u32::MAX, page: Page { page: 9, size: Some(9) }, last: true },
    ];
    flattened_map: FlattenedMap = some [
        labelled("a", &[]),
        labelled("b", &[("x", "1")]),
        labelled("c", &[("x", "1"), ("y", "2")]),
        labelled("d", &[("", "")]),
        labelled("e", &[("key", "value"), ("other_properties", "z")]),
    ];
    flattened_enum: FlattenedEnum = some [
        FlattenedEnum { name: text("a"), payment: Payment::Cash },
        FlattenedEnum { name: text(""), payment: Payment::Card { number: text("1") } },
        FlattenedEnum { name: text("b"), payment: Payment::Invoice { days: 30 } },
        FlattenedEnum { name: text("c"), payment: Payment::Card { number: text("") } },
        FlattenedEnum { name: text("d"), payment: Payment::Invoice { days: 0 } },
    ];
    skipped_fields: Skipped = some [
        Skipped { shown: 0, hidden: 0, rare: None, list: vec![] },
        Skipped { shown: 1, hidden: 0, rare: Some(0), list: vec![0] },
        Skipped { shown: 2, hidden: 0, rare: None, list: vec![1, 2] },
        Skipped { shown: 3, hidden: 0, rare: Some(255), list: vec![] },
        Skipped { shown: 255, hidden: 0, rare: Some(9), list: vec![255] },
    ];
    closed_struct: Closed = some [
        Closed { a: 0, b: None }, Closed { a: 1, b: Some(0) }, Closed { a: 2, b: Some(1) },
        Closed { a: 255, b: None }, Closed { a: 3, b: Some(255) },
    ];
    field_with_a_module: WithModule = some [
        WithModule { price: Cents { euros: 0, cents: 0 }, name: text("a") },
        WithModule { price: Cents { euros: 1, cents: 99 }, name: text("b") },
        WithModule { price: Cents { euros: 0, cents: 1 }, name: text("") },
        WithModule { price: Cents { euros: 100, cents: 0 }, name: text("c") },
        WithModule { price: Cents { euros: 9_999, cents: 50 }, name: text("d") },
    ];
    read_from_a_text: Colour = some [
        Colour(text("#000000")), Colour(text("#ffffff")), Colour(text("#12ab34")),
        Colour(text("#abcdef")), Colour(text("#0000ff")),
    ];
    number_bounds: NumberBounds = some [
        NumberBounds { guests: 1, tilt: -1.5, minutes: 0 },
        NumberBounds { guests: 20, tilt: 1.5, minutes: 5 },
        NumberBounds { guests: 7, tilt: 0.0, minutes: 65_535 },
        NumberBounds { guests: 2, tilt: 0.1, minutes: 100 },
        NumberBounds { guests: 3, tilt: -0.7, minutes: 15 },
    ];
    text_bounds: TextBounds = some [
        bounded("a", "VNA1", &[1], None),
        bounded("12345678", "ABC123", &[1, 2], Some("abc")),
        bounded("世界", "ZZZ0", &[0], None),
        bounded("x y", "AAA999", &[0, 0], Some("üüü")),
        bounded("\"", "LHR7", &[255], Some("   ")),
    ];
    annotated: Annotated = some [
        annotated_with("a", None), annotated_with("", Some(0)), annotated_with("b", Some(1)),
        annotated_with("c", Some(255)), annotated_with("Ann", None),
    ];
}

fn labelled(id: &str, labels: &[(&str, &str)]) -> FlattenedMap {
    let labels = labels.iter().map(|(key, value)| (text(key), text(value))).collect();
    FlattenedMap { id: text(id), labels }
}

fn bounded(code: &str, flight: &str, list: &[u8], inner: Option<&str>) -> TextBounds {
    let mail = text("ann@example.com");
    let inner = inner.map(text);
    TextBounds { code: text(code), flight: text(flight), mail, list: list.to_vec(), inner }
}

#[expect(deprecated, reason = "a deprecated property is sent like any other")]
fn annotated_with(name: &str, old: Option<u8>) -> Annotated {
    Annotated { name: text(name), old }
}
