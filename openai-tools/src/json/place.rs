//! Where in a JSON text a value is.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use super::{
    segments,
    tokens::{Token, Tokens},
    unquoted,
};

/// Where in a text the value is that a pointer names, in bytes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Place {
    /// The key with its quotes, for a value of an object.
    pub(crate) key: Option<Range<usize>>,
    pub(crate) value: Range<usize>,
}

impl Place {
    /// Where a reader looks for it: the key, else the value.
    pub(crate) fn start(&self) -> usize {
        self.key.as_ref().unwrap_or(&self.value).start
    }
}

/// The places of JSON pointers in a JSON text, found in one walk over the text; for a pointer to
/// what is not there, the nearest that is around it.
pub(crate) fn places<'p>(text: &str, pointers: impl IntoIterator<Item = &'p str>) -> Vec<Place> {
    let mut wanted = Wanted::default();
    let asked: Vec<usize> = pointers.into_iter().map(|pointer| wanted.add(pointer)).collect();
    wanted.find(text);
    asked.into_iter().map(|node| wanted.place(node)).collect()
}

/// The pointers as a tree, so that one walk finds them all.
struct Wanted<'p> {
    nodes: Vec<Node<'p>>,
}

struct Node<'p> {
    parent: Option<usize>,
    children: HashMap<Cow<'p, str>, usize>,
    place: Option<Place>,
}

/// An object or an array that the walk is in.
struct Frame {
    node: Option<usize>,
    is_object: bool,
    index: usize,
}

impl Default for Wanted<'_> {
    fn default() -> Self {
        Self { nodes: vec![Node { parent: None, children: HashMap::new(), place: None }] }
    }
}

impl<'p> Wanted<'p> {
    fn add(&mut self, pointer: &'p str) -> usize {
        let mut node = 0;
        for segment in segments(pointer) {
            let next = self.nodes.len();
            let child = *self.nodes[node].children.entry(segment).or_insert(next);
            if child == next {
                let (parent, children) = (Some(node), HashMap::new());
                self.nodes.push(Node { parent, children, place: None });
            }
            node = child;
        }
        node
    }

    fn find(&mut self, text: &str) {
        let mut open: Vec<Frame> = Vec::new();
        let mut key: Option<Range<usize>> = None;
        for token in Tokens::of(text) {
            match token {
                Token::Key(range) => key = Some(range),
                Token::Open { at, is_object } => {
                    let node = self.enter(text, open.last_mut(), key.as_ref());
                    self.put(node, key.take(), at..at + 1);
                    open.push(Frame { node, is_object, index: 0 });
                }
                Token::Close(end) => {
                    let node = open.pop().and_then(|frame| frame.node);
                    if let Some(place) = node.and_then(|node| self.nodes[node].place.as_mut()) {
                        place.value.end = end;
                    }
                }
                Token::Scalar(range) => {
                    let node = self.enter(text, open.last_mut(), key.as_ref());
                    self.put(node, key.take(), range);
                }
            }
        }
    }

    /// The node of the value that comes next.
    fn enter(
        &self,
        text: &str,
        frame: Option<&mut Frame>,
        key: Option<&Range<usize>>,
    ) -> Option<usize> {
        let Some(frame) = frame else { return Some(0) };
        let index = frame.index;
        frame.index += 1;
        let children = &self.nodes[frame.node?].children;
        if children.is_empty() {
            return None;
        }
        if frame.is_object {
            children.get(&*unquoted(text, key?)).copied()
        } else {
            children.get(index.to_string().as_str()).copied()
        }
    }

    fn put(&mut self, node: Option<usize>, key: Option<Range<usize>>, value: Range<usize>) {
        if let Some(node) = node {
            self.nodes[node].place.get_or_insert(Place { key, value });
        }
    }

    fn place(&self, mut node: usize) -> Place {
        loop {
            let Node { parent, place, .. } = &self.nodes[node];
            match (place, parent) {
                (Some(place), _) => return place.clone(),
                (None, Some(parent)) => node = *parent,
                (None, None) => return Place::default(),
            }
        }
    }
}

/// A key that stands twice in one object: its name, and where it stands first and again.
pub(crate) fn repeated_key(text: &str) -> Option<(String, Range<usize>, Range<usize>)> {
    let mut open: Vec<HashMap<Cow<'_, str>, Range<usize>>> = Vec::new();
    for token in Tokens::of(text) {
        match token {
            Token::Open { .. } => open.push(HashMap::new()),
            Token::Close(_) => drop(open.pop()),
            Token::Key(range) => {
                let name = unquoted(text, &range);
                let first = open.last_mut()?.insert(name.clone(), range.clone());
                if let Some(first) = first {
                    return Some((name.into_owned(), first, range));
                }
            }
            Token::Scalar(_) => {}
        }
    }
    None
}

/// Where the lines of a text start and how many characters are where, so that many places cost one
/// look at the text, however long its lines.
#[derive(Debug)]
pub(crate) struct Lines {
    starts: Vec<usize>,
    /// The characters before every `STRIDE`th byte.
    characters: Vec<usize>,
}

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        // The last count is for the end of a text that ends with a stride.
        let mut before = vec![0];
        before.extend(text.as_bytes().chunks(STRIDE).scan(0, |sum, chunk| {
            *sum += characters(chunk);
            Some(*sum)
        }));
        Self { starts, characters: before }
    }

    /// The line and the column of a byte, both from 1, the column in characters.
    pub(crate) fn position(&self, text: &str, at: usize) -> (usize, usize) {
        let line = self.line(at);
        let before = |at: usize| self.before(text, at.min(text.len()));
        (line, before(at).saturating_sub(before(self.starts[line - 1])) + 1)
    }

    /// The line of a byte, from 1.
    pub(crate) fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).max(1)
    }

    /// The byte at which a line starts, counted from 1.
    pub(crate) fn start(&self, line: usize) -> Option<usize> {
        self.starts.get(line.checked_sub(1)?).copied()
    }

    /// How many characters start before a byte.
    fn before(&self, text: &str, at: usize) -> usize {
        let strides = at / STRIDE;
        let before = self.characters.get(strides).copied().unwrap_or_default();
        before + characters(text.as_bytes().get(strides * STRIDE..at).unwrap_or_default())
    }
}

/// Bytes that go on with a character are none themselves.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

const STRIDE: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, pointer: &str) -> (String, String) {
        let place = places(text, [pointer]).remove(0);
        let key = place.key.map(|key| text[key].to_owned()).unwrap_or_default();
        (key, text[place.value].to_owned())
    }

    #[test]
    fn a_pointer_leads_to_its_key_and_its_value() {
        let text = r#" {"a": [1, {"b/~c": "x]\"}"}, []], "\u0061b": {"": null}, "n": -1.5e3} "#;
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(at(text, "").1, text.trim());
        assert_eq!(at(text, "/a"), pair("\"a\"", r#"[1, {"b/~c": "x]\"}"}, []]"#));
        assert_eq!(at(text, "/a/0"), pair("", "1"));
        assert_eq!(at(text, "/a/1/b~1~0c"), pair("\"b/~c\"", r#""x]\"}""#));
        assert_eq!(at(text, "/a/2"), pair("", "[]"));
        assert_eq!(at(text, "/ab/"), pair("\"\"", "null"));
        assert_eq!(at(text, "/n"), pair("\"n\"", "-1.5e3"));
    }

    #[test]
    fn what_is_not_there_is_told_at_what_is_around_it() {
        let text = r#"{"a": {"b": 1}}"#;
        assert_eq!(at(text, "/a/c/d").0, "\"a\"");
        assert_eq!(at(text, "/x").1, text);
        assert_eq!(at(text, "/a/b/0").0, "\"b\"");
        assert_eq!(places("", ["/a"]), [Place::default()]);
    }

    #[test]
    fn what_is_no_json_does_not_stop_the_walk() {
        for text in ["{", "]", "\"", "\"\\", "{\"a", "a\"b", "}{\"a\":", "[1,,2", "{{{\"\"}}}}"] {
            for Place { key, value } in places(text, ["/a/0", "/0", ""]) {
                assert!(text.get(value).is_some(), "{text}");
                assert!(key.is_none_or(|key| text.get(key).is_some()), "{text}");
            }
            assert!(repeated_key(text).is_none(), "{text}");
        }
    }

    #[test]
    fn one_walk_finds_many_places() {
        let items: Vec<String> = (0..20_000).map(|n| format!("{{\"n\": {n}}}")).collect();
        let text = format!("[{}]", items.join(",\n"));
        let pointers: Vec<String> = (0..20_000).map(|n| format!("/{n}/n")).collect();
        let found = places(&text, pointers.iter().map(String::as_str));
        let lines = Lines::of(&text);
        for (n, place) in found.iter().enumerate() {
            assert_eq!(text[place.value.clone()], n.to_string());
            assert_eq!(lines.position(&text, place.start()).0, n + 1);
        }
    }

    #[test]
    fn a_key_that_stands_twice_is_found_however_it_is_written() {
        let text = r#"{"a": {"b": 1}, "c": [{"b": 2}], "\u0061": 3}"#;
        let (name, first, again) = repeated_key(text).expect("twice");
        assert_eq!((&*name, &text[first], &text[again]), ("a", "\"a\"", "\"\\u0061\""));
        assert_eq!(repeated_key(r#"{"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]}"#), None);
    }

    #[test]
    fn columns_are_counted_in_characters() {
        let text = "{\n  \"é世\": 1}";
        let lines = Lines::of(text);
        let place = places(text, ["/é世"]).remove(0);
        assert_eq!(lines.position(text, place.start()), (2, 3));
        assert_eq!(lines.position(text, place.value.start), (2, 9));
        assert_eq!(lines.position(text, 10_000).0, 2);
    }

    #[test]
    fn columns_of_a_long_line_are_those_of_a_walk_from_its_start() {
        let text = format!("[\n{}\n{}", "é1世,".repeat(1_000), "x".repeat(2 * STRIDE));
        let lines = Lines::of(&text);
        for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let line = text[..at].matches('\n').count() + 1;
            let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
            let column = text[start..at].chars().count() + 1;
            assert_eq!(lines.position(&text, at), (line, column), "{at}");
        }
        // What one place costs is bounded: it is counted from the last stride.
        assert_eq!(lines.characters.len(), text.len() / STRIDE + 2);
    }
}
