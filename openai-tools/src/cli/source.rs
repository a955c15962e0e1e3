//! A file of JSON with the places of what is in it.

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
    io::Read,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{faults::Faults, input, report::Failure, terminal};
use crate::{
    error::ErrorKind,
    json::{Lines, Place, Untrusted, count_values, places, repeated_key},
    schema::NotJson,
};

/// A file that was read.
#[derive(Debug)]
pub(super) struct Source {
    /// What people know the file as.
    pub(super) shown: PathBuf,
    pub(super) text: String,
    pub(super) value: Value,
    lines: Lines,
}

/// A place of a file, for people: both counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
    /// The byte.
    at: usize,
}

/// Where the values are that some pointers name.
#[derive(Debug)]
pub(super) struct Positions<'p>(HashMap<&'p str, Position>);

impl Positions<'_> {
    /// Where a pointer leads; the start of the file for one that was not asked for.
    pub(super) fn of(&self, pointer: &str) -> Position {
        self.0.get(pointer).copied().unwrap_or(Position { line: 1, column: 1, at: 0 })
    }
}

impl Source {
    /// Reads a file of JSON. What is wrong with it is told with line, column and excerpt; a key
    /// that stands twice is wrong.
    pub(super) fn read(path: &Path, stdin: &mut dyn Read) -> Result<Self, Failure> {
        let text = input::file_text(path, stdin)?;
        Self::of(input::shown(path), text)
    }

    pub(super) fn of(shown: &Path, text: String) -> Result<Self, Failure> {
        if count_values(&text) > MOST_VALUES {
            let why = format!("over {MOST_VALUES} JSON values; split it into several files");
            return Err(Failure::input(format!("{}: {why}", shown.display())));
        }
        let lines = Lines::of(&text);
        match serde_json::from_str(&text) {
            Ok(Untrusted(value)) => Ok(Self { shown: shown.to_owned(), text, value, lines }),
            Err(error) => Err(syntax(shown, &text, &lines, &error.into())),
        }
    }

    /// Where the values are that pointers name, found in one walk over the text; of what is not
    /// there, where it would be.
    pub(super) fn positions<'p>(
        &self,
        pointers: impl IntoIterator<Item = &'p str>,
    ) -> Positions<'p> {
        self.located(pointers, Place::start)
    }

    /// As [`positions`](Self::positions), but at the values themselves instead of at their keys.
    pub(super) fn value_positions<'p>(
        &self,
        pointers: impl IntoIterator<Item = &'p str>,
    ) -> Positions<'p> {
        self.located(pointers, |place| place.value.start)
    }

    fn located<'p>(
        &self,
        pointers: impl IntoIterator<Item = &'p str>,
        at: fn(&Place) -> usize,
    ) -> Positions<'p> {
        let pointers: HashSet<&'p str> = pointers.into_iter().collect();
        let places = places(&self.text, pointers.iter().copied());
        let found = places.iter().map(|place| self.position(at(place)));
        Positions(pointers.iter().copied().zip(found).collect())
    }

    /// One finding: a line with its place, and an excerpt under it.
    pub(super) fn tell(
        &self,
        severity: &str,
        position: Position,
        name: Option<&str>,
        what: impl Display,
    ) -> String {
        let Position { line, column, at } = position;
        let file = self.shown.display();
        let name = name.map(|name| format!("{}: ", terminal::line(name, NAME))).unwrap_or_default();
        // A name with a line break would pass for a line of its own.
        let said = format!("{severity}: {file}:{line}:{column}: {name}{what}").replace('\n', " ");
        format!("{said}{}", excerpt(&self.text, &self.lines, at))
    }

    /// The line of a place with a mark under it.
    pub(super) fn excerpt_at(&self, position: Position) -> String {
        excerpt(&self.text, &self.lines, position.at)
    }

    /// What the file should hold and does not.
    pub(super) fn failure(&self, faults: &Faults) -> Failure {
        let told = &faults.0[..faults.0.len().min(MOST_TOLD)];
        let positions = self.positions(told.iter().map(|fault| &*fault.path));
        let mut told: Vec<String> = told
            .iter()
            .map(|fault| {
                let separator = if fault.path.is_empty() { "" } else { ": " };
                let what = format!("{}{separator}{}", fault.path, fault.reason);
                self.tell("error", positions.of(&fault.path), None, what)
            })
            .collect();
        let more = faults.0.len().saturating_sub(MOST_TOLD);
        if more > 0 {
            told.push(format!("error: {}: and {more} more", self.shown.display()));
        }
        let told = told.join("\n");
        // Whoever says a failure puts that word before it.
        let told = told.strip_prefix("error: ").unwrap_or(&told);
        Failure::new(ErrorKind::Definition.as_str(), told)
    }

    fn position(&self, at: usize) -> Position {
        let (line, column) = self.lines.position(&self.text, at);
        Position { line, column, at }
    }
}

fn syntax(shown: &Path, text: &str, lines: &Lines, error: &NotJson) -> Failure {
    let file = shown.display();
    if error.reason().ends_with("stands twice") {
        if let Some((name, first, again)) = repeated_key(text) {
            let (line, column) = lines.position(text, again.start);
            let (first, _) = lines.position(text, first.start);
            let name = terminal::line(&name, NAME);
            let excerpt = excerpt(text, lines, again.start);
            return Failure::input(format!(
                "{file}:{line}:{column}: the key `{name}` stands twice, first in line \
                 {first}{excerpt}"
            ));
        }
    }
    let (line, column) = (error.line(), error.column());
    // A line break that must not be there: what it breaks is the line before.
    let at = match (lines.start(line), column) {
        (Some(start), 0) => start.saturating_sub(1),
        (Some(start), column) => start + column - 1,
        (None, _) => text.len(),
    };
    let column = if column == 0 { 0 } else { lines.position(text, at).1 };
    let excerpt = excerpt(text, lines, at);
    Failure::input(format!("{file}:{line}:{column}: {}{excerpt}", error.reason()))
}

/// The line of a byte with a mark under it, on lines of their own of at most 80 columns. Empty
/// where there is nothing to see.
pub(super) fn excerpt(text: &str, lines: &Lines, at: usize) -> String {
    let at = at.min(text.len());
    let number = lines.line(at);
    let start = lines.start(number).unwrap_or(0);
    let end = lines.start(number + 1).map_or(text.len(), |next| next - 1);
    // No more is looked at than can be shown: a file can be one line, and each finding shows it.
    let from = boundary(text, start.max(at.saturating_sub(MOST_SHOWN)));
    let end = boundary(text, end.min(at + MOST_SHOWN));
    let Some(line) = text.get(from..end).map(str::trim_end) else { return String::new() };
    let at = boundary(line, at.saturating_sub(from).min(line.len()));
    let (before, after) = line.split_at(at);
    if line.trim_start().is_empty() {
        return String::new();
    }
    let cut = before.char_indices().nth_back(BEFORE - 1).map_or(0, |(cut, _)| cut);
    let before = shown(&before[cut..]);
    let before = if cut == 0 && from == start { before.trim_start() } else { &before };
    let room = terminal::columns(before);
    let mut after: String = shown(&after.chars().take(COLUMNS).collect::<String>());
    while GUTTER + room + terminal::columns(&after) > COLUMNS {
        after.pop();
    }
    format!("\n  | {before}{after}\n  | {}^", " ".repeat(room))
}

/// The last byte up to `at` at which a character starts.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn shown(text: &str) -> String {
    terminal::block(&text.replace('\t', " "))
}

/// Characters can take 2 columns.
const BEFORE: usize = 30;
const COLUMNS: usize = 80;
const GUTTER: usize = 4;
const MOST_TOLD: usize = 10;
/// A file of 10,000 tools with 50 values each. A value of few bytes takes a few hundred in memory.
const MOST_VALUES: usize = 500_000;
/// Bytes of a line on each side of a place.
const MOST_SHOWN: usize = 4 * COLUMNS;
/// Columns of a name.
const NAME: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        Source::read(Path::new("-"), &mut text.as_bytes()).expect_err("no JSON").message
    }

    #[test]
    fn a_fault_of_syntax_is_shown_in_its_line() {
        assert_eq!(
            said("{\n\t\"type\": object\n}"),
            "stdin:2:10: expected value\n  | \"type\": object\n  |         ^"
        );
        let text = "{\n  \"a\": \"b\n}";
        assert!(said(text).ends_with("\n  | \"a\": \"b\n  |        ^"), "{}", said(text));
        assert_eq!(said(""), "stdin:1:0: EOF while parsing a value");
        assert!(said("{\"é\": x}").starts_with("stdin:1:7: "), "{}", said("{\"é\": x}"));
    }

    #[test]
    fn a_key_that_stands_twice_is_shown_where_it_stands_again() {
        assert_eq!(
            said("{\n  \"a\": 1,\n  \"a\": {\"b\": 2}\n}"),
            "stdin:3:3: the key `a` stands twice, first in line 2\n  | \"a\": {\"b\": 2}\n  | ^"
        );
    }

    #[test]
    fn a_file_of_more_values_than_memory_should_hold_is_not_parsed() {
        let of = |count: usize| {
            let text = format!("[{}0]", "{},".repeat(count));
            Source::of(Path::new("f.json"), text).map_err(|failure| failure.message)
        };
        assert!(of(MOST_VALUES - 2).is_ok());
        let told = of(MOST_VALUES - 1).expect_err("too many");
        assert_eq!(told, "f.json: over 500000 JSON values; split it into several files");
    }

    #[test]
    fn an_excerpt_is_short_and_cannot_control_the_terminal() {
        let shown = |text: &str, at: usize| excerpt(text, &Lines::of(text), at);
        let long = format!("[{}\u{1b}世 {}]", "1,".repeat(100_000), "世".repeat(100_000));
        let told = shown(&long, 200_002);
        assert!(!told.contains('\u{1b}'), "{told}");
        assert!(told.lines().all(|line| terminal::columns(line) <= COLUMNS), "{told}");
        assert_eq!(shown("", 0), "");
        assert_eq!(shown("a", 9), "\n  | a\n  |  ^");
        assert_eq!(shown("é", 1), "\n  | é\n  | ^");
        let blank = format!("{}1{}", " ".repeat(10_000), " ".repeat(10_000));
        assert!(shown(&blank, 10_000).ends_with("1\n  |                               ^"));
        assert_eq!(shown(&blank, 100), "");
    }
}
