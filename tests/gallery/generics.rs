//! Generic types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::exhibits;

/// Some of a longer list.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Page<T> {
    items: Vec<T>,
    next: Option<T>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "is", content = "value", rename_all = "lowercase")]
enum Either<L, R> {
    Left(L),
    Right(R),
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Matrix<T> {
    rows: Vec<[T; 2]>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Twice<T> {
    first: Page<T>,
    second: Page<Option<bool>>,
    third: BTreeMap<String, Page<T>>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(transparent)]
struct Tagged<T>(T);

fn page<T>(items: impl IntoIterator<Item = T>, next: Option<T>) -> Page<T> {
    Page { items: items.into_iter().collect(), next }
}

fn twice(first: Page<u8>, second: Page<Option<bool>>) -> Twice<u8> {
    Twice { first, second, third: [("k".to_owned(), page([1], None))].into() }
}

exhibits! {
    page_of_numbers: Page<u8> = some [
        page([], None), page([1], None), page([], Some(2)), page([1, 2], Some(3)),
        page([0; 20], Some(0)),
    ];
    page_of_pages: Page<Page<String>> = some [
        page([], None), page([page([], None)], None), page([], Some(page([], None))),
        page([page(["a".to_owned()], None)], None),
        page([], Some(page([], Some("b".to_owned())))),
    ];
    either: Either<u8, Vec<String>> = some [
        Either::Left(0), Either::Left(1), Either::Right(vec![]),
        Either::Right(vec!["a".to_owned()]), Either::Left(255),
    ];
    matrix: Matrix<u8> = some [
        Matrix { rows: vec![] }, Matrix { rows: vec![[0, 1]] }, Matrix { rows: vec![[1, 1]; 2] },
        Matrix { rows: vec![[255, 0]] }, Matrix { rows: vec![[2, 3], [4, 5]] },
    ];
    one_generic_with_two_arguments: Twice<u8> = some [
        twice(page([], None), page([], None)),
        twice(page([1], Some(1)), page([None], None)),
        twice(page([2], None), page([Some(true), None], None)),
        twice(page([], Some(3)), page([], Some(Some(false)))),
        twice(page([4, 5], None), page([Some(false)], None)),
    ];
    transparent_generic: Tagged<Tagged<u8>> = some [
        Tagged(Tagged(0)), Tagged(Tagged(1)), Tagged(Tagged(2)), Tagged(Tagged(3)),
        Tagged(Tagged(255)),
    ];
}
