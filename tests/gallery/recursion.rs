//! Types that hold themselves.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::exhibits;

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Tree {
    name: String,
    children: Vec<Tree>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Link {
    value: u8,
    next: Option<Box<Link>>,
}

/// A formula.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Formula {
    Number(f64),
    Variable { name: String },
    Add(Box<Formula>, Box<Formula>),
    Negate(Box<Formula>),
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Folder {
    name: String,
    files: Vec<File>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum File {
    Plain { size: u32 },
    Archive { root: Option<Box<Folder>> },
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(untagged)]
enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Trie {
    ends: bool,
    next: BTreeMap<String, Trie>,
}

fn tree(name: &str, children: Vec<Tree>) -> Tree {
    Tree { name: name.to_owned(), children }
}

fn link(value: u8, next: Option<Link>) -> Link {
    Link { value, next: next.map(Box::new) }
}

fn number(value: f64) -> Formula {
    Formula::Number(value)
}

fn folder(files: Vec<File>) -> Folder {
    Folder { name: "f".to_owned(), files }
}

fn trie(ends: bool, next: impl IntoIterator<Item = (&'static str, Trie)>) -> Trie {
    Trie { ends, next: next.into_iter().map(|(key, trie)| (key.to_owned(), trie)).collect() }
}

exhibits! {
    tree_of_names: Tree = some [
        tree("a", vec![]), tree("", vec![tree("b", vec![])]),
        tree("c", vec![tree("d", vec![]), tree("e", vec![tree("f", vec![])])]),
        tree("g", vec![tree("", vec![]), tree("", vec![])]),
        (0..20).fold(tree("deep", vec![]), |inner, _| tree("x", vec![inner])),
    ];
    linked_nodes: Link = some [
        link(0, None), link(1, Some(link(2, None))), link(3, Some(link(4, Some(link(5, None))))),
        link(255, None), (0..20).fold(link(0, None), |inner, n| link(n, Some(inner))),
    ];
    formula: Formula = some [
        number(0.5),
        Formula::Variable { name: "x".to_owned() },
        Formula::Add(Box::new(number(1.0)), Box::new(number(2.0))),
        Formula::Negate(Box::new(number(3.0))),
        Formula::Add(Box::new(Formula::Negate(Box::new(number(1.0)))), Box::new(number(-1.0))),
    ];
    folders_and_archives: Folder = some [
        folder(vec![]), folder(vec![File::Plain { size: 1 }]),
        folder(vec![File::Archive { root: None }]),
        folder(vec![File::Archive { root: Some(Box::new(folder(vec![]))) }]),
        folder(vec![
            File::Plain { size: 0 },
            File::Archive { root: Some(Box::new(folder(vec![File::Plain { size: 2 }]))) },
        ]),
    ];
    json_of_its_own: Json = some [
        Json::Null, Json::Bool(true), Json::Number(1.5), Json::Text("a".to_owned()),
        Json::List(vec![]), Json::Object(BTreeMap::new()),
        Json::List(vec![Json::Null, Json::List(vec![Json::Text(String::new())])]),
        Json::Object([("a".to_owned(), Json::List(vec![])), ("b".to_owned(), Json::Null)].into()),
    ];
    prefix_tree: Trie = some [
        trie(false, []), trie(true, []), trie(false, [("a", trie(true, []))]),
        trie(true, [("a", trie(true, [("b", trie(true, []))])), ("c", trie(true, []))]),
        trie(false, [("", trie(false, []))]),
    ];
}
