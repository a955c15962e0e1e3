use std::fmt::Write;

use super::{Summary, counted, said};
use crate::cli::{
    check::{Tally, Told},
    terminal,
};

/// XML with a suite for each file that has findings, and a test case for each finding; one case that
/// passes where there are none.
pub(super) fn write(tally: &Tally, summary: &Summary) -> String {
    let mut files: Vec<&str> = Vec::new();
    for told in &tally.told {
        if files.last() != Some(&&*told.file) && !files.contains(&&*told.file) {
            files.push(&told.file);
        }
    }
    let untold = tally.findings() - tally.told.len() as u64;
    let passes = u64::from(tally.findings() == 0);
    let failures = tally.told.len() as u64 + u64::from(untold > 0);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    put(
        &mut text,
        format_args!(
            "<testsuites name=\"openai-tools check\" tests=\"{}\" failures=\"{failures}\" \
             errors=\"0\" time=\"{:.3}\">",
            failures + passes,
            summary.seconds,
        ),
    );
    for file in &files {
        let own: Vec<&Told> = tally.told.iter().filter(|told| *told.file == **file).collect();
        suite(&mut text, file, own.len(), own.len());
        for told in own {
            case(&mut text, told);
        }
        put(&mut text, format_args!("  </testsuite>"));
    }
    if untold > 0 {
        suite(&mut text, "more findings", 1, 1);
        put(
            &mut text,
            format_args!("    <testcase name=\"not told\" classname=\"more findings\">"),
        );
        put(
            &mut text,
            format_args!(
                "      <failure message=\"{untold} more findings are not told (--max-errors)\" \
                 type=\"more\"></failure>\n    </testcase>\n  </testsuite>"
            ),
        );
    }
    if passes == 1 {
        suite(&mut text, "all files", 1, 0);
        let (records, files) = (counted(tally.records, "record"), counted(summary.files, "file"));
        let name = format!("{records} in {files}");
        put(
            &mut text,
            format_args!(
                "    <testcase name=\"{}\" classname=\"all files\"></testcase>\n  </testsuite>",
                escaped(&name)
            ),
        );
    }
    text.push_str("</testsuites>\n");
    text
}

fn suite(text: &mut String, name: &str, tests: usize, failures: usize) {
    put(
        text,
        format_args!(
            "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" \
             skipped=\"0\">",
            escaped(name)
        ),
    );
}

fn case(text: &mut String, told: &Told) {
    let Told { file, line, column, pointer, rule, severity, excerpt, .. } = told;
    let said = said(told);
    let place = if pointer.is_empty() { String::new() } else { format!("at {pointer}: ") };
    put(
        text,
        format_args!(
            "    <testcase name=\"{}\" classname=\"{}\">\n      \
             <failure message=\"{}\" type=\"{}\">{}</failure>\n    </testcase>",
            escaped(&format!("{rule} in line {line}, column {column}")),
            escaped(file),
            escaped(&said),
            escaped(rule),
            escaped(&format!(
                "{}: {file}:{line}:{column}: {place}{said}{excerpt}",
                severity.as_str()
            )),
        ),
    );
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{line}");
}

/// A text that XML can hold in an element and in an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            // No form of XML 1.0 can hold these, escaped or not.
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            c if terminal::is_control(c) => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_breaks_the_xml() {
        assert_eq!(
            escaped("<a b=\"c\">&'\n\u{1b}\0"),
            "&lt;a b=&quot;c&quot;&gt;&amp;&apos;&#10;\u{fffd}\u{fffd}"
        );
    }
}
