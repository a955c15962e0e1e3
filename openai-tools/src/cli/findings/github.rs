use std::fmt::Write;

use super::{Summary, said, totals};
use crate::cli::{check::Tally, terminal};

/// Workflow commands, one for each finding, and the line of totals.
pub(super) fn write(tally: &Tally, summary: &Summary) -> String {
    let mut text = String::new();
    for told in &tally.told {
        let separator = if told.pointer.is_empty() { "" } else { ": " };
        let message = format!("{}{separator}{}", told.pointer, said(told));
        // Writing to a text cannot fail.
        let _ = writeln!(
            text,
            "::{} file={},line={},col={},title={}::{}",
            told.severity.as_str(),
            property(&told.file),
            told.line,
            told.column,
            property(&format!("openai-tools check: {}", told.rule)),
            data(&message),
        );
    }
    let more = tally.findings() - tally.told.len() as u64;
    if more > 0 {
        let _ = writeln!(text, "::notice::{more} more findings are not told (--max-errors)");
    }
    let _ = writeln!(text, "{}", totals(tally, summary));
    text
}

fn data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    terminal::block(&text)
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_be_a_command_of_its_own() {
        assert_eq!(data("a\n::error::b 100%"), "a%0A::error::b 100%25");
        assert_eq!(property("C:\\a,b"), "C%3A\\a%2Cb");
        assert_eq!(data("\u{1b}[2J"), "\u{fffd}[2J");
    }
}
