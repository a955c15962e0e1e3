//! Text of models, servers and files, made safe for a terminal and fit for a line.

use unicode_width::UnicodeWidthChar;

/// One line of at most `columns` columns; what is cut off is marked with `…`.
///
/// Costs no more than the line, however long the text.
pub(super) fn line(text: &str, columns: usize) -> String {
    let mut line = String::new();
    let mut used = 0;
    // Where the text can be cut so that the mark still fits.
    let mut fits = 0;
    // Characters without a width would make the line endless.
    let mut room = columns.saturating_mul(4);
    let mut was_space = false;
    for c in text.trim_start().chars() {
        let is_space = c.is_whitespace();
        if is_space && was_space {
            // What is skipped costs room too, or megabytes of it would be read.
            room = room.saturating_sub(1);
            if room > 0 {
                continue;
            }
        }
        was_space = is_space;
        let c = if is_space { ' ' } else { shown(c) };
        used += c.width().unwrap_or(0);
        room = room.saturating_sub(1);
        if used > columns || room == 0 {
            line.truncate(fits);
            if columns > 0 {
                line.push('…');
            }
            return line;
        }
        line.push(c);
        if used < columns {
            fits = line.len();
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// The whole text with its line breaks, without what could control the terminal.
pub(super) fn block(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { shown(c) }).collect()
}

/// A text in one line with nothing left out up to so many characters: what could control the terminal
/// or break the line is escaped, so that it can be told from what looks like it.
pub(super) fn escaped(text: &str, most: usize) -> String {
    let mut line = String::new();
    for c in text.chars().take(most) {
        if is_control(c) || is_invisible(c) {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    let more = text.chars().skip(most).count();
    if more > 0 { format!("{line}… and {more} characters more") } else { line }
}

/// How many columns a line takes.
pub(super) fn columns(line: &str) -> usize {
    line.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Whether a terminal would obey the character instead of showing it: escape sequences start with
/// control characters, and direction marks make a text look like another one.
pub(super) fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Whether the character takes no place, or looks like a space, so that a text that holds it looks
/// like one that does not.
fn is_invisible(c: char) -> bool {
    let is_odd_space = c.is_whitespace() && !matches!(c, ' ' | '\u{3000}');
    is_odd_space
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200d}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{e0080}'..='\u{e0fff}'
        )
}

fn shown(c: char) -> char {
    if is_control(c) { char::REPLACEMENT_CHARACTER } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_at_its_columns() {
        assert_eq!(line("abcdef", 6), "abcdef");
        assert_eq!(line("abcdefg", 6), "abcde…");
        assert_eq!(line("a", 1), "a");
        assert_eq!(line("ab", 1), "…");
        assert_eq!(line("ab", 0), "");
        assert_eq!(line("東京都", 6), "東京都");
        assert_eq!(line("東京都", 5), "東京…");
        assert_eq!(line("東京都", 4), "東…");
    }

    #[test]
    fn a_line_has_no_breaks() {
        assert_eq!(line("  {\n  \"a\":\t1\r\n}\n", 80), "{ \"a\": 1 }");
    }

    #[test]
    fn nothing_controls_the_terminal() {
        let hostile = "\u{1b}[2Jred\u{9b}31m\u{7}\u{202e}\u{7f}";
        assert_eq!(line(hostile, 80), "�[2Jred�31m���");
        assert_eq!(block("a\r\n\tb\u{1b}]0;x\u{7}"), "a�\n\tb�]0;x�");
    }

    #[test]
    fn what_is_escaped_is_all_there() {
        assert_eq!(
            escaped("{\n\t\"a\": \"\u{1b}[2J\u{202e}é\"}", 80),
            "{\\n\\t\"a\": \"\\u{1b}[2J\\u{202e}é\"}"
        );
        assert_eq!(escaped("a\u{200b}b\u{a0}\u{ad}", 80), "a\\u{200b}b\\u{a0}\\u{ad}");
        assert_eq!(escaped("abcdef", 4), "abcd… and 2 characters more");
        assert_eq!(escaped("abcd", 4), "abcd");
    }

    #[test]
    fn a_text_without_width_does_not_make_an_endless_line() {
        assert!(line(&"\u{301}".repeat(1_000_000), 80).chars().count() < 400);
        assert!(line(&format!("a{}b", " ".repeat(1_000_000)), 80).chars().count() < 400);
    }
}
