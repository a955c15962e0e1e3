//! Integers that JSON can say and a `Value` cannot hold: beyond 64 bits they become floats.

use std::{borrow::Cow, ops::Range};

use super::{
    tokens::{Token, Tokens},
    unquoted,
};

/// An integer of a text that is beyond 64 bits.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct WideInteger<'t> {
    /// The keys and indices that lead to it; keys are cut at 200 characters.
    pub(crate) path: Vec<String>,
    pub(crate) digits: &'t str,
    /// The byte at which they start.
    at: usize,
}

/// The integers of a JSON text that are beyond 64 bits and that no double holds exactly.
///
/// Costs next to nothing for a text without a run of 19 digits.
pub(crate) fn lossy_integers(text: &str) -> impl Iterator<Item = WideInteger<'_>> {
    wide_integers(text).filter(|wide| is_lossy(wide.digits))
}

/// A JSON text in which those integers beyond 64 bits stand in quotes that `is_text` picks.
pub(crate) fn wide_as_text<'t>(
    text: &'t str,
    mut is_text: impl FnMut(&WideInteger<'t>) -> bool,
) -> Cow<'t, str> {
    let mut quoted = String::new();
    let mut done = 0;
    for wide in wide_integers(text).filter(|wide| is_text(wide)) {
        let end = wide.at + wide.digits.len();
        quoted.extend([&text[done..wide.at], "\"", wide.digits, "\""]);
        done = end;
    }
    if done == 0 {
        return text.into();
    }
    quoted.push_str(&text[done..]);
    quoted.into()
}

fn wide_integers(text: &str) -> impl Iterator<Item = WideInteger<'_>> {
    let tokens = has_long_run(text.as_bytes()).then(|| Tokens::of(text));
    let mut open: Vec<Frame> = Vec::new();
    let mut key: Option<Range<usize>> = None;
    tokens.into_iter().flatten().filter_map(move |token| match token {
        Token::Key(range) => {
            key = Some(range);
            None
        }
        Token::Open { .. } => {
            let segment = enter(&mut open, key.take());
            open.push(Frame { segment, index: 0 });
            None
        }
        Token::Close(_) => {
            open.pop();
            None
        }
        Token::Scalar(range) => {
            let segment = enter(&mut open, key.take());
            let at = range.start;
            let digits = text.get(range).filter(|digits| is_wide(digits))?;
            let segments = open.iter().map(|frame| &frame.segment).chain([&segment]);
            let path = segments.filter_map(|segment| segment.name(text)).collect();
            Some(WideInteger { path, digits, at })
        }
    })
}

struct Frame {
    /// What leads to it from what is around it.
    segment: Segment,
    /// Of its next item.
    index: usize,
}

enum Segment {
    Index(usize),
    Key(Range<usize>),
    Root,
}

impl Segment {
    fn name(&self, text: &str) -> Option<String> {
        match self {
            Self::Index(index) => Some(index.to_string()),
            Self::Key(range) => Some(unquoted(text, range).chars().take(MOST_SHOWN).collect()),
            Self::Root => None,
        }
    }
}

fn enter(open: &mut [Frame], key: Option<Range<usize>>) -> Segment {
    match (open.last_mut(), key) {
        (_, Some(key)) => Segment::Key(key),
        (Some(frame), None) => {
            frame.index += 1;
            Segment::Index(frame.index - 1)
        }
        (None, None) => Segment::Root,
    }
}

/// Whether there are as many digits in a row as an integer beyond 64 bits has.
fn has_long_run(bytes: &[u8]) -> bool {
    let is_digit = |byte: &&u8| byte.is_ascii_digit();
    // Every such run covers one of these places.
    (LONG - 1..bytes.len()).step_by(LONG).filter(|at| bytes[*at].is_ascii_digit()).any(|at| {
        let before = bytes[..at].iter().rev().take(LONG).take_while(is_digit).count();
        let after = bytes[at..].iter().take(LONG).take_while(is_digit).count();
        before + after >= LONG
    })
}

fn is_wide(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    let is_integer = digits.len() >= LONG && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_integer && number.parse::<i64>().is_err() && number.parse::<u64>().is_err()
}

/// Whether a wide integer is rounded by a double.
fn is_lossy(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    // No double has more digits than this.
    digits.len() > 310 || number.parse::<f64>().is_ok_and(|double| format!("{double:.0}") != number)
}

const LONG: usize = 19;
const MOST_SHOWN: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, &str)> {
        lossy_integers(text).map(|lossy| (lossy.path.join("/"), lossy.digits)).collect()
    }

    #[test]
    fn an_integer_beyond_64_bits_is_found_where_it_is() {
        let text = r#"{"a": [1, {"b/c": 18446744073709551617}], "d": -9223372036854775809}"#;
        assert_eq!(
            found(text),
            [
                ("a/1/b/c".to_owned(), "18446744073709551617"),
                ("d".to_owned(), "-9223372036854775809")
            ]
        );
        assert_eq!(found("123456789012345678901"), [(String::new(), "123456789012345678901")]);
        assert_eq!(found(&"9".repeat(400)).len(), 1);
    }

    #[test]
    fn what_is_exact_is_not_found() {
        for text in [
            "[18446744073709551615, -9223372036854775808, 9007199254740993]",
            "[100000000000000000000, 18446744073709551616, -9223372036854775808]",
            "[12345678901234567890.5, 123456789012345678901e1, \"123456789012345678901\"]",
            "{\"123456789012345678901\": 1}",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn integers_beyond_64_bits_are_put_into_quotes_and_nothing_else_is() {
        let text = r#"{"18446744073709551616": [18446744073709551616, -9223372036854775809, 1e30],
            "a": "18446744073709551616", "b": [18446744073709551615]}"#;
        let quoted = text
            .replace("[18446744073709551616", "[\"18446744073709551616\"")
            .replace("-9223372036854775809", "\"-9223372036854775809\"");
        assert_eq!(wide_as_text(text, |_| true), quoted);
        assert_eq!(wide_as_text(text, |_| false), text);
        assert_eq!(wide_as_text("18446744073709551616", |_| true), "\"18446744073709551616\"");
    }

    #[test]
    fn a_long_run_is_seen_wherever_it_starts() {
        for start in 0..60 {
            let text = format!("{}{}", " ".repeat(start), "1234567890123456789");
            assert!(has_long_run(text.as_bytes()), "{start}");
            assert!(!has_long_run(&text.as_bytes()[..text.len() - 1]), "{start}");
        }
    }
}
