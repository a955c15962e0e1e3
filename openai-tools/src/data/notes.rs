//! Findings while their record is walked through, and where in its text they are.

use std::borrow::Cow;

use serde_json::Value;

use super::{Finding, Severity};
use crate::{
    json::places,
    schema::{NotJson, Problem, escape},
};

/// A value of a record, and where it is.
#[derive(Clone, Debug)]
pub(super) struct At<'v> {
    pub(super) value: &'v Value,
    pub(super) pointer: String,
}

impl<'v> At<'v> {
    pub(super) fn root(value: &'v Value) -> Self {
        Self { value, pointer: String::new() }
    }

    /// What is under a key; nothing where that is `null`, too.
    pub(super) fn key(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Self { value, pointer: self.place_of(key) })
    }

    pub(super) fn place_of(&self, key: &str) -> String {
        format!("{}/{}", self.pointer, escape(key))
    }

    /// The items of an array; none of what is no array.
    pub(super) fn items(&self) -> impl Iterator<Item = Self> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.map(|(n, value)| Self { value, pointer: format!("{}/{n}", self.pointer) })
    }

    pub(super) fn text(&self) -> Option<&'v str> {
        self.value.as_str()
    }

    /// The text under a key.
    pub(super) fn text_at(&self, key: &str) -> Option<&'v str> {
        self.value.get(key)?.as_str()
    }
}

/// The findings of one record.
#[derive(Debug, Default)]
pub(super) struct Notes {
    list: Vec<Note>,
    more: usize,
}

/// A finding whose place in the text is not known yet.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pointer: String,
    /// Where in the JSON that the text at `pointer` holds.
    inner: Option<Inner>,
    rule: Cow<'static, str>,
    severity: Severity,
    message: String,
    tool: Option<String>,
}

#[derive(Clone, Debug)]
enum Inner {
    /// A byte, of what is no JSON.
    Byte(usize),
    Pointer(String),
}

impl Notes {
    pub(super) fn error(
        &mut self,
        pointer: impl Into<String>,
        rule: &'static str,
        message: impl Into<String>,
    ) {
        self.add(Note::new(pointer.into(), rule, Severity::Error, message.into()));
    }

    pub(super) fn warning(
        &mut self,
        pointer: impl Into<String>,
        rule: &'static str,
        message: impl Into<String>,
    ) {
        self.add(Note::new(pointer.into(), rule, Severity::Warning, message.into()));
    }

    /// A problem of the record itself as an instance.
    pub(super) fn problem(&mut self, problem: &Problem) {
        self.problem_at("", problem, None);
    }

    /// A problem of a value inside of the record.
    pub(super) fn problem_at(&mut self, pointer: &str, problem: &Problem, tool: Option<&str>) {
        let at = format!("{pointer}{}", problem.pointer());
        self.add(Note::of_problem(at, problem, tool));
    }

    /// A problem of the JSON that a text of the record holds.
    pub(super) fn problem_in(&mut self, pointer: &str, problem: &Problem, tool: Option<&str>) {
        let mut note = Note::of_problem(pointer.to_owned(), problem, tool);
        note.inner = Some(Inner::Pointer(problem.pointer().to_owned()));
        self.add(note);
    }

    /// A text of the record that should hold JSON and does not.
    pub(super) fn not_json_in(
        &mut self,
        pointer: &str,
        text: &str,
        error: &NotJson,
        rule: &'static str,
        tool: Option<&str>,
    ) {
        let at = super::syntax::offset(text, error);
        let reason = error.reason();
        let message = if text.trim_ascii().is_empty() {
            "expected JSON, found no text".to_owned()
        } else {
            format!("not JSON: {reason}")
        };
        let mut note = Note::new(pointer.to_owned(), rule, Severity::Error, message);
        note.inner = Some(Inner::Byte(at));
        note.tool = tool.map(str::to_owned);
        self.add(note);
    }

    pub(super) fn of_tool(
        &mut self,
        pointer: impl Into<String>,
        rule: &'static str,
        message: impl Into<String>,
        tool: &str,
    ) {
        let mut note = Note::new(pointer.into(), rule, Severity::Error, message.into());
        note.tool = Some(tool.to_owned());
        self.add(note);
    }

    /// What was found of a part of the record, which stands at a pointer of it.
    pub(super) fn take(&mut self, notes: &[Note], pointer: &str) {
        for note in notes {
            self.add(Note { pointer: format!("{pointer}{}", note.pointer), ..note.clone() });
        }
    }

    pub(super) fn into_list(self) -> Vec<Note> {
        self.list
    }

    fn add(&mut self, note: Note) {
        if self.list.len() < MOST_NOTES {
            self.list.push(note);
        } else {
            self.more += 1;
        }
    }

    /// The findings in the order of the text, and how many more there are.
    pub(super) fn located(self, text: &str) -> (Vec<Finding>, usize) {
        if self.list.is_empty() {
            return (Vec::new(), self.more);
        }
        let found = places(text, self.list.iter().map(|note| note.pointer.as_str()));
        let mut findings: Vec<Finding> = self
            .list
            .into_iter()
            .zip(found)
            .map(|(note, place)| {
                let Note { mut pointer, inner, rule, severity, message, tool } = note;
                let mut at = place.start();
                if let Some(inner) = inner {
                    at = place.value.start;
                    if let Some(inside) = text.get(place.value).and_then(|t| within(t, &inner)) {
                        at += inside;
                    }
                    if let Inner::Pointer(inside) = inner {
                        pointer.push_str(&inside);
                    }
                }
                Finding { at, pointer, rule, severity, message, tool }
            })
            .collect();
        findings.sort_by_key(|finding| finding.at);
        (findings, self.more)
    }
}

impl Note {
    fn new(pointer: String, rule: &'static str, severity: Severity, message: String) -> Self {
        Self { pointer, inner: None, rule: rule.into(), severity, message, tool: None }
    }

    fn of_problem(pointer: String, problem: &Problem, tool: Option<&str>) -> Self {
        Self {
            pointer,
            inner: None,
            rule: problem.rule().to_owned().into(),
            severity: Severity::Error,
            message: format!("expected {}, found {}", problem.allowed(), problem.found()),
            tool: tool.map(str::to_owned),
        }
    }
}

/// The byte of a quoted text at which a place of the JSON is that it holds.
fn within(quoted: &str, inner: &Inner) -> Option<usize> {
    let text: String = serde_json::from_str(quoted).ok()?;
    let at = match inner {
        Inner::Byte(at) => *at,
        Inner::Pointer(pointer) => places(&text, [pointer.as_str()]).first()?.start(),
    };
    Some(quoted_offset(quoted, at))
}

/// The byte of a quoted text that stands for a byte of what it says.
fn quoted_offset(quoted: &str, at: usize) -> usize {
    let bytes = quoted.as_bytes();
    let mut said = 0;
    let mut place = 1;
    while said < at && place + 1 < bytes.len() {
        let (length, says) = match (bytes[place], bytes.get(place + 1)) {
            (b'\\', Some(b'u')) => escaped_unit(quoted, place),
            (b'\\', _) => (2, 1),
            _ => (1, 1),
        };
        place += length;
        said += says;
    }
    place.min(quoted.len())
}

/// How long an escape by `\u` is, and how many bytes it stands for.
fn escaped_unit(quoted: &str, place: usize) -> (usize, usize) {
    let unit = |place: usize| u32::from_str_radix(quoted.get(place + 2..place + 6)?, 16).ok();
    match unit(place) {
        // The first half of a pair, which takes both.
        Some(0xd800..0xdc00) => (12, 4),
        Some(unit) => (6, char::from_u32(unit).map_or(3, char::len_utf8)),
        None => (2, 1),
    }
}

const MOST_NOTES: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_quoted_text_is_found_behind_its_escapes() {
        let said = "{\n\"é\": \"\\\"😀\", \"n\": 7}";
        for quoted in [
            serde_json::to_string(said).expect("a text"),
            serde_json::to_string(said)
                .expect("a text")
                .replace('é', "\\u00e9")
                .replace('😀', "\\ud83d\\ude00"),
        ] {
            let at = within(&quoted, &Inner::Pointer("/n".to_owned())).expect("there");
            assert!(quoted[at..].starts_with("\\\"n\\\": 7"), "{}", &quoted[at..]);
            let end = quoted_offset(&quoted, said.len());
            assert_eq!(&quoted[end..], "\"");
        }
        assert_eq!(quoted_offset("\"\"", 9), 1);
    }
}
