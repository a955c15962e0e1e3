//! Every kind of struct.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::exhibits;

/// Nothing but a name.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Unit;

/// An object without properties.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Empty {}

/// A customer's number.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Newtype(u32);

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(transparent)]
struct Transparent {
    /// The only one.
    inner: String,
}

/// A place on earth: latitude, longitude.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Pair(f64, f64);

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct TupleOfMany(bool, String, Option<i32>, Vec<u8>, Pair);

/// A person.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Named {
    /// First and last name.
    name: String,
    /// In years.
    age: u8,
    /// Where letters go.
    address: Option<String>,
}

fn named(name: &str, age: u8, address: Option<&str>) -> Named {
    Named { name: name.to_owned(), age, address: address.map(str::to_owned) }
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Nested {
    outer: Named,
    inner: Inner,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Inner {
    unit: Unit,
    empty: Empty,
    number: Newtype,
    pairs: Vec<Pair>,
}

/// Names that Rust does not take as they are.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Keywords {
    r#type: String,
    r#match: bool,
    r#fn: Option<u16>,
}

/// Names that the codec uses too.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct NamesOfTheCodec {
    key: String,
    value: Vec<(u8, u8)>,
    item_0: Option<bool>,
    rest: (),
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Borrowed<'a> {
    text: Cow<'a, str>,
    list: Cow<'a, [u32]>,
}

fn borrowed(text: &'static str, list: &'static [u32]) -> Borrowed<'static> {
    Borrowed { text: text.into(), list: list.into() }
}

exhibits! {
    unit_struct: Unit = all [Unit];
    empty_struct: Empty = all [Empty {}];
    newtype_struct: Newtype = some [
        Newtype(0), Newtype(1), Newtype(77), Newtype(1 << 20), Newtype(u32::MAX),
    ];
    transparent_struct: Transparent = some [
        Transparent { inner: String::new() },
        Transparent { inner: "a".to_owned() },
        Transparent { inner: "null".to_owned() },
        Transparent { inner: "ü\n".to_owned() },
        Transparent { inner: "{\"value\": 1}".to_owned() },
    ];
    pair_struct: Pair = some [
        Pair(0.0, 0.0), Pair(21.03, 105.85), Pair(-90.0, 180.0), Pair(0.5, -0.5), Pair(1e-3, 1e3),
    ];
    tuple_struct: TupleOfMany = some [
        TupleOfMany(true, "a".to_owned(), None, vec![], Pair(0.0, 1.0)),
        TupleOfMany(false, String::new(), Some(0), vec![0, 255], Pair(0.25, 1.0)),
        TupleOfMany(true, "[]".to_owned(), Some(i32::MIN), vec![1], Pair(-1.0, 1.0)),
        TupleOfMany(false, "é".to_owned(), Some(i32::MAX), vec![2, 2, 2], Pair(9.5, 1.0)),
        TupleOfMany(true, "item_0".to_owned(), Some(-1), vec![], Pair(0.0, 0.0)),
    ];
    named_struct: Named = some [
        named("Ann", 0, None),
        named("", 255, Some("")),
        named("Đặng", 40, Some("12 Hàng Bạc, Hanoi")),
        named("null", 1, Some("null")),
        named("\"", 2, Some("\u{0}")),
    ];
    nested_struct: Nested = some [
        Nested { outer: named("a", 1, None), inner: inner(1, &[]) },
        Nested { outer: named("b", 2, Some("x")), inner: inner(0, &[(0.0, 1.0)]) },
        Nested { outer: named("c", 3, None), inner: inner(9, &[(0.5, 1.5), (2.0, 3.0)]) },
        Nested { outer: named("d", 4, Some("y")), inner: inner(u32::MAX, &[]) },
        Nested { outer: named("e", 5, None), inner: inner(7, &[(-1.0, -2.0)]) },
    ];
    keyword_names: Keywords = some [
        Keywords { r#type: "a".to_owned(), r#match: true, r#fn: None },
        Keywords { r#type: String::new(), r#match: false, r#fn: Some(0) },
        Keywords { r#type: "type".to_owned(), r#match: true, r#fn: Some(1) },
        Keywords { r#type: "b".to_owned(), r#match: false, r#fn: Some(u16::MAX) },
        Keywords { r#type: "c".to_owned(), r#match: true, r#fn: Some(300) },
    ];
    names_of_the_codec: NamesOfTheCodec = some [
        codec_names("a", vec![], None),
        codec_names("key", vec![(0, 0)], Some(true)),
        codec_names("value", vec![(1, 2), (3, 4)], Some(false)),
        codec_names("", vec![(255, 0)], None),
        codec_names("rest", vec![(9, 9), (9, 9), (9, 9)], Some(true)),
    ];
    borrowed_struct: Borrowed<'static> = some [
        borrowed("", &[]), borrowed("a", &[0]), borrowed("b", &[1, 2]), borrowed("é", &[u32::MAX]),
        borrowed("c", &[5, 5, 5]),
    ];
}

fn inner(number: u32, pairs: &[(f64, f64)]) -> Inner {
    let pairs = pairs.iter().map(|(a, b)| Pair(*a, *b)).collect();
    Inner { unit: Unit, empty: Empty {}, number: Newtype(number), pairs }
}

fn codec_names(key: &str, value: Vec<(u8, u8)>, item_0: Option<bool>) -> NamesOfTheCodec {
    NamesOfTheCodec { key: key.to_owned(), value, item_0, rest: () }
}
