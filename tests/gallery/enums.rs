//! Every representation of an enum, with every kind of variant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::exhibits;

/// Unit of temperature.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
enum Plain {
    Celsius,
    Fahrenheit,
    Kelvin,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
enum PlainWithDocs {
    /// Right now.
    Urgent,
    /// Some day.
    Later,
    Never,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
enum OneVariant {
    Only,
}

/// As serde does it when nothing is said.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
enum External {
    Nothing,
    /// One number.
    Newtype(i32),
    Tuple(u8, String),
    Struct {
        /// Its width.
        width: f64,
        height: Option<f64>,
    },
    List(Vec<u8>),
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "kind")]
enum Internal {
    Nothing,
    /// A round one.
    Circle {
        radius: f64,
    },
    Newtype(Side),
    Empty {},
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Side {
    side: u16,
    note: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Nothing,
    Newtype(i64),
    Tuple(bool, i8),
    Struct { a: u8, b: Option<String> },
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(untagged)]
enum Untagged {
    Nothing,
    Number(i32),
    Text(String),
    Struct { x: f64, y: f64 },
    Other { name: String },
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(untagged)]
enum UntaggedArrays {
    One(u8),
    Pair(u8, u8),
    Object { list: Vec<u8> },
}

/// Everything known, and the rest as it came.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum OpenEnd {
    Red,
    DarkBlue,
    #[serde(untagged)]
    Other(String),
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "type", rename_all_fields = "camelCase")]
enum RenamedVariants {
    FirstOne {
        long_name: u8,
    },
    #[serde(rename = "2nd")]
    SecondOne {
        other_name: Option<bool>,
    },
}

/// An enum inside an enum, with the same tag.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "outer")]
enum Outer {
    A(Internal),
    B { inner: Adjacent },
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Holder {
    plain: Plain,
    optional: Option<Plain>,
    external: Option<External>,
    many: Vec<Internal>,
    both: (Adjacent, Untagged),
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
enum TupleVariants {
    One((String,)),
    Two(String, Option<String>),
    Three(u8, Plain, Side),
}

fn text(text: &str) -> String {
    text.to_owned()
}

exhibits! {
    plain_enum: Plain = all [Plain::Celsius, Plain::Fahrenheit, Plain::Kelvin];
    plain_enum_with_docs: PlainWithDocs = all [
        PlainWithDocs::Urgent, PlainWithDocs::Later, PlainWithDocs::Never,
    ];
    enum_of_one_variant: OneVariant = all [OneVariant::Only];
    externally_tagged: External = some [
        External::Nothing,
        External::Newtype(-5),
        External::Tuple(7, text("a")),
        External::Struct { width: 1.5, height: None },
        External::Struct { width: 0.0, height: Some(2.0) },
        External::List(vec![]),
        External::List(vec![1, 2]),
    ];
    internally_tagged: Internal = some [
        Internal::Nothing,
        Internal::Circle { radius: 0.5 },
        Internal::Circle { radius: 0.0 },
        Internal::Newtype(Side { side: 3, note: None }),
        Internal::Newtype(Side { side: 3, note: Some(text("kind")) }),
        Internal::Empty {},
    ];
    adjacently_tagged: Adjacent = some [
        Adjacent::Nothing,
        Adjacent::Newtype(1 << 40),
        Adjacent::Tuple(true, -128),
        Adjacent::Struct { a: 1, b: None },
        Adjacent::Struct { a: 2, b: Some(text("")) },
    ];
    untagged: Untagged = some [
        Untagged::Nothing,
        Untagged::Number(0),
        Untagged::Text(text("0")),
        Untagged::Struct { x: 0.0, y: -1.5 },
        Untagged::Other { name: text("x") },
    ];
    untagged_arrays: UntaggedArrays = some [
        UntaggedArrays::One(1),
        UntaggedArrays::Pair(1, 2),
        UntaggedArrays::Object { list: vec![] },
        UntaggedArrays::Object { list: vec![1, 2] },
        UntaggedArrays::Pair(0, 0),
    ];
    enum_with_an_open_end: OpenEnd = some [
        OpenEnd::Red,
        OpenEnd::DarkBlue,
        OpenEnd::Other(text("green")),
        OpenEnd::Other(text("")),
        OpenEnd::Other(text("DarkBlue")),
    ];
    renamed_variants: RenamedVariants = some [
        RenamedVariants::FirstOne { long_name: 0 },
        RenamedVariants::FirstOne { long_name: 255 },
        RenamedVariants::SecondOne { other_name: None },
        RenamedVariants::SecondOne { other_name: Some(true) },
        RenamedVariants::SecondOne { other_name: Some(false) },
    ];
    enum_in_an_enum: Outer = some [
        Outer::A(Internal::Nothing),
        Outer::A(Internal::Circle { radius: 1.0 }),
        Outer::A(Internal::Newtype(Side { side: 1, note: None })),
        Outer::B { inner: Adjacent::Nothing },
        Outer::B { inner: Adjacent::Tuple(false, 1) },
    ];
    struct_of_enums: Holder = some [
        holder(None, None, vec![]),
        holder(Some(Plain::Kelvin), Some(External::Nothing), vec![Internal::Nothing]),
        holder(None, Some(External::Newtype(1)), vec![Internal::Empty {}, Internal::Nothing]),
        holder(Some(Plain::Celsius), Some(External::Tuple(1, text("a"))), vec![]),
        holder(None, Some(External::List(vec![9])), vec![Internal::Circle { radius: 2.0 }]),
    ];
    tuple_variants: TupleVariants = some [
        TupleVariants::One((text("a"),)),
        TupleVariants::Two(text("a"), None),
        TupleVariants::Two(text(""), Some(text("b"))),
        TupleVariants::Three(1, Plain::Kelvin, Side { side: 2, note: None }),
        TupleVariants::Three(0, Plain::Celsius, Side { side: 0, note: Some(text("n")) }),
    ];
}

fn holder(optional: Option<Plain>, external: Option<External>, many: Vec<Internal>) -> Holder {
    let both = (Adjacent::Newtype(3), Untagged::Text(text("b")));
    Holder { plain: Plain::Celsius, optional, external, many, both }
}
