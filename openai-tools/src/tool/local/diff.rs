//! The diffs of `apply_patch` (V4A): places are found by their lines, not by numbers. Pure.

use std::{borrow::Cow, collections::HashMap, fmt};

use super::patch::FileChange;

impl FileChange {
    /// The text of the file after the change, or `None` if the file is to be gone. `before` is its
    /// text, `None` if there is no such file.
    ///
    /// Lines that do not change keep their ends; new ones get those of the file's first line. Context
    /// that differs from the file in white space at the ends of lines, or else around them, is found as
    /// well, as in OpenAI's own implementations. The time is linear in both texts.
    ///
    /// ```
    /// use openai_tools::tool::FileChange;
    /// use serde_json::{from_value, json};
    ///
    /// let diff = "@@ fn main() {\n-    let x = 1;\n+    let x = 2;\n     print(x);";
    /// let change: FileChange =
    ///     from_value(json!({"type": "update_file", "path": "a.rs", "diff": diff}))?;
    /// let before = "fn main() {\n    let x = 1;\n    print(x);\n}\n";
    /// let after = change.apply(Some(before))?;
    /// assert_eq!(after.as_deref(), Some("fn main() {\n    let x = 2;\n    print(x);\n}\n"));
    /// assert!(change.apply(Some("something else")).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`PatchError`], whose words are meant for the model: the diff cannot be read, or does not fit the
    /// file, or the file is there and is to be new, or the other way round. Nothing is half applied.
    pub fn apply(&self, before: Option<&str>) -> Result<Option<String>, PatchError> {
        match (self, before) {
            (Self::Create { .. }, Some(_)) => Err(PatchFault::Exists.into()),
            (Self::Create { diff, .. }, None) => created(diff).map(Some),
            (Self::Delete { .. }, Some(_)) => Ok(None),
            (Self::Update { diff, .. }, Some(before)) => updated(before, diff).map(Some),
            (Self::Delete { .. } | Self::Update { .. }, None) => Err(PatchFault::Missing.into()),
        }
    }
}

/// Why a change of a file cannot be made, and at which line of its diff. It quotes neither the diff nor
/// the file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PatchError {
    line: Option<usize>,
    fault: PatchFault,
}

/// What is wrong with a change of a file.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum PatchFault {
    /// The lines around the change are not in the file, or not behind the last change.
    Context,
    /// The file is to be new, and is there.
    Exists,
    /// A line begins with none of `+`, `-`, a space and `@@`; in the diff of a new file with no `+`.
    Line,
    /// There is no such file.
    Missing,
    /// The line behind `@@`, which alone says where lines are to be added, is not in the file.
    Place,
    /// The lines are too much alike to be found in linear time.
    TooAlike,
}

impl PatchError {
    /// The line of the diff, from 1; `None` if it is not about one.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> PatchFault {
        self.fault
    }

    fn at(line: usize, fault: PatchFault) -> Self {
        Self { line: Some(line + 1), fault }
    }
}

impl From<PatchFault> for PatchError {
    fn from(fault: PatchFault) -> Self {
        Self { line: None, fault }
    }
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line} of the diff: ")?;
        }
        f.write_str(match self.fault {
            PatchFault::Context => {
                "the lines from here on, without the added ones, do not follow each other in the \
                 file behind the last change; read the file again"
            }
            PatchFault::Exists => "the file is there already; update it, or delete it first",
            PatchFault::Line => "a line has to begin with `+`, `-`, a space or `@@`",
            PatchFault::Missing => "there is no such file",
            PatchFault::Place => "no line of the file is the one behind `@@`",
            PatchFault::TooAlike => {
                "the file and the diff have too many lines alike; make a smaller change"
            }
        })
    }
}

impl std::error::Error for PatchError {}

/// The lines of a diff; one at its end is none.
fn lines_of(diff: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = diff.split('\n').map(without_return).collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    lines
}

fn without_return(line: &str) -> &str {
    line.strip_suffix('\r').unwrap_or(line)
}

fn newline_of(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// What stands behind the changes of one file.
fn ends_patch(line: &str) -> bool {
    ["*** End Patch", "*** Update File:", "*** Delete File:", "*** Add File:"]
        .iter()
        .any(|end| line.starts_with(end))
}

const END_OF_FILE: &str = "*** End of File";

fn created(diff: &str) -> Result<String, PatchError> {
    let newline = newline_of(diff);
    let mut text = String::with_capacity(diff.len());
    for (at, line) in lines_of(diff).into_iter().enumerate() {
        if ends_patch(line) || line == END_OF_FILE {
            break;
        }
        let line = line.strip_prefix('+').ok_or(PatchError::at(at, PatchFault::Line))?;
        if at > 0 {
            text.push_str(newline);
        }
        text.push_str(line);
    }
    Ok(text)
}

fn updated(before: &str, diff: &str) -> Result<String, PatchError> {
    let diff = lines_of(diff);
    let mut file = File::new(before, diff.len());
    let mut edits: Vec<Edit<'_>> = Vec::new();
    let (mut at, mut cursor) = (0, 0);
    while at < diff.len() && !ends_patch(diff[at]) && diff[at] != END_OF_FILE {
        let begin = at;
        let mut found = true;
        while let Some(anchor) = diff.get(at).and_then(|line| line.strip_prefix("@@")) {
            at += 1;
            if !anchor.trim().is_empty() {
                let place = file.anchor(anchor.strip_prefix(' ').unwrap_or(anchor), cursor);
                found = place.is_some();
                cursor = place.unwrap_or(cursor);
            }
        }
        if begin == at && begin > 0 {
            return Err(PatchError::at(at, PatchFault::Line));
        }
        let section = Section::read(&diff, at)?;
        if section.end == at {
            // Nothing but a place.
            continue;
        }
        if section.context.is_empty() && !found {
            return Err(PatchError::at(begin, PatchFault::Place));
        }
        let place = file.find(&section.context, cursor, section.at_end);
        let place = place.map_err(|fault| PatchError::at(at, fault))?;
        cursor = place + section.context.len();
        edits.extend(section.edits.into_iter().map(|edit| Edit { at: edit.at + place, ..edit }));
        at = section.end;
        if section.at_end {
            break;
        }
    }
    Ok(file.with(edits))
}

/// Lines that go, and lines that come in their place.
struct Edit<'d> {
    at: usize,
    removed: usize,
    added: Vec<&'d str>,
}

/// The lines of a diff between two places.
struct Section<'d> {
    /// What has to stand in the file.
    context: Vec<&'d str>,
    /// By the place in the context.
    edits: Vec<Edit<'d>>,
    /// Whether the context is the end of the file.
    at_end: bool,
    /// The first line of the diff behind it.
    end: usize,
}

impl<'d> Section<'d> {
    fn read(diff: &[&'d str], from: usize) -> Result<Self, PatchError> {
        let mut section = Self { context: Vec::new(), edits: Vec::new(), at_end: false, end: from };
        let mut edit: Option<Edit<'d>> = None;
        while let Some(line) = diff.get(section.end) {
            if line.starts_with("@@") || ends_patch(line) {
                break;
            }
            if *line == END_OF_FILE {
                section.at_end = true;
                section.end += 1;
                break;
            }
            let here = section.context.len();
            let new = || Edit { at: here, removed: 0, added: Vec::new() };
            match line.chars().next() {
                // Editors take the space of an empty line away.
                None => {
                    section.edits.extend(edit.take());
                    section.context.push("");
                }
                Some(' ') => {
                    section.edits.extend(edit.take());
                    section.context.push(&line[1..]);
                }
                Some('+') => edit.get_or_insert_with(new).added.push(&line[1..]),
                Some('-') => {
                    // A line that goes behind ones that come is another edit.
                    if edit.as_ref().is_some_and(|edit| !edit.added.is_empty()) {
                        section.edits.extend(edit.take());
                    }
                    edit.get_or_insert_with(new).removed += 1;
                    section.context.push(&line[1..]);
                }
                Some(_) => return Err(PatchError::at(section.end, PatchFault::Line)),
            }
            section.end += 1;
        }
        section.edits.extend(edit);
        Ok(section)
    }
}

/// How lines are held against each other, the strictest way first.
type Reading = fn(&str) -> &str;
const READINGS: [Reading; 3] = [|line| line, str::trim_end, str::trim];

/// The lines of a file, to be searched.
struct File<'t> {
    /// Each with its end.
    lines: Vec<(&'t str, &'t str)>,
    newline: &'static str,
    read: [Read<'t>; 3],
    /// How many comparisons are left.
    work: usize,
}

/// The lines in one reading, as numbers: equal ones have one.
struct Read<'t> {
    reading: Reading,
    numbers: HashMap<&'t str, usize>,
    lines: Vec<usize>,
    /// By number, where the line stands first and where last.
    span: Vec<(usize, usize)>,
}

impl<'t> Read<'t> {
    fn new(lines: &[(&'t str, &'t str)], reading: Reading) -> Self {
        let mut read =
            Self { reading, numbers: HashMap::new(), lines: Vec::new(), span: Vec::new() };
        for (at, (line, _)) in lines.iter().enumerate() {
            let next = read.span.len();
            let number = *read.numbers.entry(reading(line)).or_insert(next);
            if number == next {
                read.span.push((at, at));
            }
            read.span[number].1 = at;
            read.lines.push(number);
        }
        read
    }

    fn number(&self, line: &str) -> Option<usize> {
        self.numbers.get((self.reading)(line)).copied()
    }

    /// Where these lines stand first from `from` on; `None` in `Err` if that is too much work.
    fn find(&self, wanted: &[&str], from: usize, work: &mut usize) -> Result<Option<usize>, ()> {
        let mut pattern = Vec::with_capacity(wanted.len());
        for line in wanted {
            match self.number(line) {
                Some(number) if self.span[number].1 >= from => pattern.push(number),
                _ => return Ok(None),
            }
        }
        let first = pattern.first().map_or(from, |number| self.span[*number].0.max(from));
        let mut spend = || work.checked_sub(1).map(|left| *work = left).ok_or(());
        // Knuth, Morris and Pratt: no line is looked at again, however alike the lines are.
        let mut borders = vec![0; pattern.len()];
        let mut matched = 0;
        for at in 1..pattern.len() {
            while matched > 0 && pattern[at] != pattern[matched] {
                matched = borders[matched - 1];
            }
            matched += usize::from(pattern[at] == pattern[matched]);
            borders[at] = matched;
        }
        matched = 0;
        for (at, number) in self.lines.iter().enumerate().skip(first) {
            spend()?;
            while matched > 0 && *number != pattern[matched] {
                matched = borders[matched - 1];
            }
            matched += usize::from(*number == pattern[matched]);
            if matched == pattern.len() {
                return Ok(Some(at + 1 - matched));
            }
        }
        Ok(None)
    }

    /// Whether these lines stand at `at`.
    fn stands_at(&self, wanted: &[&str], at: usize) -> bool {
        let lines = self.lines.get(at..at + wanted.len()).unwrap_or_default();
        lines.len() == wanted.len()
            && wanted.iter().zip(lines).all(|(line, number)| self.number(line) == Some(*number))
    }
}

impl<'t> File<'t> {
    fn new(text: &'t str, diff_lines: usize) -> Self {
        let lines: Vec<_> = text
            .split_inclusive('\n')
            .map(|line| {
                let content = line.strip_suffix('\n').map_or(line, without_return);
                (content, &line[content.len()..])
            })
            .chain((text.is_empty() || text.ends_with('\n')).then_some(("", "")))
            .collect();
        let read = READINGS.map(|reading| Read::new(&lines, reading));
        let work = WORK * (lines.len() + diff_lines) + FREE_WORK;
        Self { lines, newline: newline_of(text), read, work }
    }

    /// The line behind an anchor, from `cursor` on. One that stands before is meant to stand there.
    fn anchor(&mut self, anchor: &str, cursor: usize) -> Option<usize> {
        for read in [&self.read[0], &self.read[2]] {
            let Some(number) = read.number(anchor) else { continue };
            let (first, last) = read.span[number];
            if first >= cursor {
                return Some(first + 1);
            }
            if last < cursor {
                return Some(cursor);
            }
            let between = read.lines.iter().enumerate().skip(cursor);
            for (at, other) in between {
                self.work = self.work.saturating_sub(1);
                if *other == number {
                    return Some(at + 1);
                }
            }
        }
        None
    }

    fn find(&mut self, context: &[&str], cursor: usize, at_end: bool) -> Result<usize, PatchFault> {
        if at_end {
            let len = self.lines.len();
            let ends_with_newline = self.lines.last().is_some_and(|(line, _)| line.is_empty());
            let ends = [ends_with_newline.then(|| len - 1), Some(len)];
            for read in &self.read {
                for end in ends.into_iter().flatten() {
                    let at = end.checked_sub(context.len()).filter(|at| *at >= cursor);
                    if let Some(at) = at.filter(|at| read.stands_at(context, *at)) {
                        return Ok(at);
                    }
                }
            }
        }
        if context.is_empty() {
            return Ok(cursor);
        }
        for read in &self.read {
            match read.find(context, cursor, &mut self.work) {
                Ok(Some(at)) => return Ok(at),
                Ok(None) => {}
                Err(()) => return Err(PatchFault::TooAlike),
            }
        }
        Err(PatchFault::Context)
    }

    /// The text with these edits, which stand in order and apart.
    fn with(&self, edits: Vec<Edit<'_>>) -> String {
        let mut lines: Vec<(Cow<'_, str>, &str)> = Vec::with_capacity(self.lines.len());
        let mut from = 0;
        for Edit { at, removed, added } in edits {
            let kept = self.lines.get(from..at).unwrap_or_default();
            lines.extend(kept.iter().map(|(line, end)| (Cow::Borrowed(*line), *end)));
            lines.extend(added.into_iter().map(|line| (Cow::Owned(line.to_owned()), self.newline)));
            from = at + removed;
        }
        let rest = self.lines.get(from..).unwrap_or_default();
        lines.extend(rest.iter().map(|(line, end)| (Cow::Borrowed(*line), *end)));
        let mut text = String::new();
        let last = lines.len().saturating_sub(1);
        for (at, (line, end)) in lines.iter().enumerate() {
            text.push_str(line);
            if at < last {
                text.push_str(if end.is_empty() { self.newline } else { end });
            }
        }
        text
    }
}

/// Comparisons for each line of the file and the diff, and those that everybody has.
const WORK: usize = 64;
const FREE_WORK: usize = 1_000_000;

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
