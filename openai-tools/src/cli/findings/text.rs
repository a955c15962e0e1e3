use std::fmt::Write;

use super::{Summary, counted, said, totals};
use crate::{
    cli::{
        check::{Group, Tally, Told},
        terminal,
    },
    data::Severity,
    schema::shorten_pointer,
};

/// The findings by groups, each with its first ones, and the line of totals.
pub(super) fn write(tally: &Tally, summary: &Summary) -> String {
    let page = Page { columns: summary.columns.clamp(40, 120), colours: summary.colours };
    let mut text = String::new();
    if summary.tells_all {
        for told in &tally.told {
            page.finding(&mut text, told);
        }
    } else {
        page.groups(&mut text, tally);
    }
    put(&mut text, &totals(tally, summary));
    text
}

struct Page {
    columns: usize,
    colours: bool,
}

impl Page {
    fn groups(&self, text: &mut String, tally: &Tally) {
        let mut room = tally.most();
        let mut untold = tally.ungrouped;
        for group in &tally.groups {
            let shown = group.examples.len().min(room);
            room -= shown;
            if shown == 0 {
                untold += group.count;
                continue;
            }
            for told in &group.examples[..shown] {
                self.finding(text, told);
            }
            self.more(text, group, shown);
        }
        if untold > 0 {
            let more = counted(untold, "more finding");
            put(text, &format!("{more} not told (--max-errors 0 tells all)\n"));
        }
    }

    fn more(&self, text: &mut String, group: &Group, shown: usize) {
        let more = group.count - shown as u64;
        if more == 0 {
            return;
        }
        let of = match &group.tool {
            Some(tool) => format!(" of `{}`", terminal::line(tool, 40)),
            None => String::new(),
        };
        let word = self.painted(group.severity, "and");
        put(text, &format!("{word} {more} more like that: {}{of}\n", group.rule));
    }

    fn finding(&self, text: &mut String, told: &Told) {
        let Told { file, line, column, pointer, rule, severity, excerpt, .. } = told;
        let word = self.painted(*severity, severity.as_str());
        let file = terminal::block(file).replace('\n', " ");
        put(text, &format!("{word}: {file}:{line}:{column}: [{}]", terminal::line(rule, 40)));
        let place = match &*shorten_pointer(pointer, POINTER) {
            "" => String::new(),
            pointer => format!("at {pointer}: "),
        };
        let message = terminal::line(&format!("{place}{}", said(told)), MESSAGE);
        for line in wrapped(&message, self.columns - 2) {
            put(text, &format!("  {}", no_command(&line)));
        }
        let excerpt = excerpt.strip_prefix('\n').unwrap_or(excerpt);
        match excerpt.rsplit_once('^').filter(|_| self.colours) {
            Some((before, _)) => put(text, &format!("{before}{}", self.painted(*severity, "^"))),
            None if excerpt.is_empty() => {}
            None => put(text, excerpt),
        }
        text.push('\n');
    }

    fn painted(&self, severity: Severity, word: &str) -> String {
        let colour = match severity {
            Severity::Error => "31",
            Severity::Warning => "33",
        };
        if self.colours { format!("\u{1b}[1;{colour}m{word}\u{1b}[0m") } else { word.to_owned() }
    }
}

/// A line that no CI takes for a command of its own, which are `::NAME` at a beginning and `##[NAME]`.
fn no_command(line: &str) -> String {
    let line = line.replace("##[", "#\\#[");
    if line.starts_with("::") { format!("\\{line}") } else { line }
}

/// Lines of at most so many columns, broken at spaces; a word that is longer is broken anywhere.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let width = terminal::columns(word);
        if used > 0 && used + 1 + width > columns {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        for c in word.chars() {
            let mut bytes = [0; 4];
            let width = terminal::columns(c.encode_utf8(&mut bytes));
            if used + width > columns {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += width;
        }
    }
    lines.push(line);
    lines
}

fn put(text: &mut String, line: &str) {
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{line}");
}

/// Characters of a pointer; the JSON report has it whole.
const POINTER: usize = 200;
/// Columns of a message, over all of its lines.
const MESSAGE: usize = 800;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_a_command_of_a_ci() {
        assert_eq!(no_command("::error::x"), "\\::error::x");
        assert_eq!(no_command("a ##[error]x"), "a #\\#[error]x");
        assert_eq!(no_command("a::b"), "a::b");
    }

    #[test]
    fn a_message_is_wrapped_at_its_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("/a/very/long/pointer: x", 8), ["/a/very/", "long/poi", "nter: x"]);
        assert_eq!(wrapped("", 8), [""]);
        for line in wrapped(&"東京 ".repeat(50), 9) {
            assert!(terminal::columns(&line) <= 9, "{line}");
        }
    }
}
