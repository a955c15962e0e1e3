//! Every container of the standard library.

use std::{
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque},
    marker::PhantomData,
    ops::{Bound, Range, RangeInclusive},
};

use chrono::NaiveDate;
use openai_tools::schema::{Contract, Profile, deserialize, generate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::exhibits;

#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Options {
    flat: Option<u8>,
    of_list: Option<Vec<Option<u8>>>,
    of_map: Option<BTreeMap<String, Option<bool>>>,
    of_box: Option<Box<u16>>,
    of_tuple: Option<(u8, Option<u8>)>,
    required: BTreeMap<String, Vec<Option<i16>>>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Wrappers {
    cell: Cell<u8>,
    ref_cell: RefCell<String>,
    reverse: Reverse<u16>,
    phantom: PhantomData<u8>,
    boxed: Box<[u8]>,
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    entries.into_iter().collect()
}

fn hash_map(entries: &[(&str, i32)]) -> HashMap<String, i32> {
    entries.iter().map(|(key, value)| (text(key), *value)).collect()
}

exhibits! {
    vec_of_numbers: Vec<i32> = some [
        vec![], vec![0], vec![1, -1], vec![i32::MIN, i32::MAX], vec![7; 100],
    ];
    vec_of_vecs: Vec<Vec<String>> = some [
        vec![], vec![vec![]], vec![vec![text("a")], vec![]], vec![vec![text(""), text("b")]],
        vec![vec![], vec![], vec![text("c")]],
    ];
    array_of_3: [u8; 3] = some [[0, 0, 0], [1, 2, 3], [255, 255, 255], [9, 0, 9], [0, 1, 0]];
    array_of_0: [u8; 0] = all [[]];
    tuple_of_1: (String,) = some [
        (text(""),), (text("a"),), (text("[]"),), (text("null"),), (text("é"),),
    ];
    tuple_of_3: (u8, String, Option<bool>) = some [
        (0, text(""), None), (1, text("a"), Some(true)), (255, text("b"), Some(false)),
        (2, text("null"), None), (3, text("item_0"), Some(true)),
    ];
    tuples_in_tuples: ((u8, u8), [(bool, char); 2]) = some [
        ((0, 0), [(true, 'a'), (false, 'b')]), ((1, 2), [(false, 'é'), (false, '"')]),
        ((255, 0), [(true, ' '), (true, ' ')]), ((3, 3), [(true, '\\'), (false, '{')]),
        ((9, 8), [(false, '7'), (true, '世')]),
    ];
    deque: VecDeque<bool> = some [
        [].into(), [true].into(), [false].into(), [true, false].into(), [true; 9].into(),
    ];
    linked_list: LinkedList<u8> = some [
        [].into(), [1].into(), [1, 2].into(), [255].into(), [0, 0, 0].into(),
    ];
    hash_set: HashSet<String> = some [
        [].into(), [text("")].into(), [text("a")].into(), [text("a"), text("b")].into(),
        [text("x"), text("y"), text("z")].into(),
    ];
    tree_set_of_enums: BTreeSet<Weekday> = some [
        [].into(), [Weekday::Monday].into(), [Weekday::Tuesday].into(),
        [Weekday::Monday, Weekday::Wednesday].into(),
        [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday].into(),
    ];
    set_of_pairs: BTreeSet<(u8, bool)> = some [
        [].into(), [(0, true)].into(), [(0, true), (0, false)].into(), [(1, true)].into(),
        [(1, true), (2, true), (3, true)].into(),
    ];
    hash_map_of_numbers: HashMap<String, i32> = some [
        hash_map(&[]), hash_map(&[("a", 1)]), hash_map(&[("", 0), ("b", -1)]),
        hash_map(&[("key", 1), ("value", 2)]), hash_map(&[("\"", 1), ("é", 2), ("/", 3)]),
    ];
    map_by_integers: BTreeMap<u32, String> = narrower [
        map([]), map([(0, text("a"))]), map([(1, text("")), (2, text("b"))]),
        map([(u32::MAX, text("c"))]), map([(10, text("x")), (9, text("y"))]),
    ];
    map_by_signed_integers: BTreeMap<i64, bool> = narrower [
        map([]), map([(0, true)]), map([(-1, true), (1, false)]), map([(i64::MIN, true)]),
        map([(i64::MAX, false)]),
    ];
    map_by_characters: BTreeMap<char, u8> = narrower [
        map([]), map([('a', 1)]), map([('é', 0), ('世', 255)]), map([('"', 1)]), map([('/', 2)]),
    ];
    map_by_booleans: BTreeMap<bool, u8> = narrower [
        map([]), map([(true, 1)]), map([(false, 0)]), map([(true, 1), (false, 0)]),
        map([(false, 255)]),
    ];
    map_by_dates: BTreeMap<NaiveDate, u8> = narrower [
        map([]), map([(NaiveDate::MIN, 1)]), map([(NaiveDate::MAX, 1)]),
        map([(NaiveDate::default(), 0)]),
        map([(NaiveDate::default(), 0), (NaiveDate::MAX, 255)]),
    ];
    map_of_wide_integers: BTreeMap<u128, Option<i128>> = narrower [
        map([]), map([(0, None)]), map([(u128::MAX, Some(i128::MIN))]), map([(1, Some(i128::MAX))]),
        map([(1 << 64, Some(0)), (2, Some(-(1 << 64)))]),
    ];
    list_of_wide_integers: Vec<u128> = some [
        vec![], vec![0], vec![u128::MAX], vec![1, u64::MAX.into(), 1 << 64],
        vec![(1 << 64) + 1; 3],
    ];
    map_by_enum: BTreeMap<Weekday, u8> = some [
        map([]), map([(Weekday::Monday, 1)]), map([(Weekday::Tuesday, 0)]),
        map([(Weekday::Monday, 1), (Weekday::Wednesday, 3)]),
        map([(Weekday::Monday, 1), (Weekday::Tuesday, 2), (Weekday::Wednesday, 3)]),
    ];
    map_of_maps: BTreeMap<String, BTreeMap<String, Vec<u8>>> = some [
        map([]), map([(text("a"), map([]))]), map([(text("a"), map([(text("b"), vec![])]))]),
        map([(text(""), map([(text(""), vec![1, 2])]))]),
        map([(text("a"), map([])), (text("b"), map([(text("c"), vec![0])]))]),
    ];
    option: Option<u16> = some [None, Some(0), Some(1), Some(300), Some(u16::MAX)];
    option_of_a_map: Option<BTreeMap<String, u8>> = some [
        None, Some(map([])), Some(map([(text("a"), 1)])), Some(map([(text(""), 0)])),
        Some(map([(text("x"), 1), (text("y"), 2)])),
    ];
    nested_options: Options = some [
        options(None, None, None), options(Some(0), Some(vec![]), Some((1, None))),
        options(Some(1), Some(vec![None, Some(1)]), Some((0, Some(0)))),
        options(None, Some(vec![None, None]), None),
        options(Some(255), None, Some((255, Some(255)))),
    ];
    boxes_and_cells: Wrappers = some [
        wrappers(0, "", &[]), wrappers(1, "a", &[0]), wrappers(2, "b", &[1, 2]),
        wrappers(255, "é", &[255]), wrappers(3, "null", &[5, 5]),
    ];
    result: Result<u8, String> = some [Ok(0), Ok(255), Err(text("")), Err(text("no")), Ok(1)];
    range: Range<u8> = some [0..0, 0..1, 1..255, 3..4, 0..255];
    inclusive_range: RangeInclusive<i32> = some [0..=0, -1..=1, 1..=255, 3..=4, 0..=i32::MAX];
    bound: Bound<u8> = some [
        Bound::Unbounded, Bound::Included(0), Bound::Excluded(0), Bound::Included(255),
        Bound::Excluded(7),
    ];
}

fn options(
    flat: Option<u8>,
    of_list: Option<Vec<Option<u8>>>,
    of_tuple: Option<(u8, Option<u8>)>,
) -> Options {
    Options {
        flat,
        of_list,
        of_map: flat.map(|_| map([(text("a"), None), (text("b"), Some(true))])),
        of_box: flat.map(|_| Box::new(300)),
        of_tuple,
        required: map([(text("r"), vec![None, Some(-1)])]),
    }
}

fn wrappers(number: u8, text: &str, list: &[u8]) -> Wrappers {
    Wrappers {
        cell: Cell::new(number),
        ref_cell: RefCell::new(text.to_owned()),
        reverse: Reverse(number.into()),
        phantom: PhantomData,
        boxed: list.into(),
    }
}

/// Schemars says nothing of such keys, so a model can write what the type refuses.
#[test]
fn a_key_that_the_type_cannot_read_is_told_in_the_words_of_the_type() {
    fn told<K: for<'a> Deserialize<'a> + JsonSchema + Ord>(key: &str) -> String {
        let raw = generate::<BTreeMap<K, u8>>();
        let contract = Contract::strict(&raw, &Profile::openai_strict()).expect("converts");
        let written = json!({"value": [{"key": key, "value": 1}]}).to_string();
        let decoded = contract.checker().expect("compiles").check(&written).expect("no rule");
        match deserialize::<BTreeMap<K, u8>>(decoded) {
            Ok(_) => String::new(),
            Err(problem) => problem.to_string(),
        }
    }
    assert_eq!(told::<char>("c"), "");
    assert_eq!(told::<bool>("true"), "");
    assert_eq!(told::<NaiveDate>("2025-06-30"), "");
    for (said, key, right) in [
        (told::<char>("red"), "red", "a character"),
        (told::<bool>("yes"), "yes", "boolean"),
        // Chrono does not say more of a text that is no date.
        (told::<NaiveDate>("June"), "a value of the type", "invalid characters"),
    ] {
        assert!(said.contains(key) && said.contains(right), "{said}");
    }
}
