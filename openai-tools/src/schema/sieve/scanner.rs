//! The grammar of JSON over bytes, for whoever needs to know where things end and not what they
//! say. What is refused here may be legal: whoever refuses it decides by a full parser.

use std::{collections::HashSet, ops::Range};

/// Why a walk goes no further.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stop {
    /// The value breaks the schema.
    Invalid,
    /// Nothing can be said.
    Unknown,
}

/// A string between its quotes.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) inside: Range<usize>,
    pub(super) is_escaped: bool,
}

/// A number as it is written.
#[derive(Clone, Debug)]
pub(super) struct Number {
    pub(super) range: Range<usize>,
    /// Digits and a sign, no more.
    pub(super) is_integer: bool,
    /// Of so few digits, and without an exponent, that a double compares with bounds as all
    /// parsers do.
    pub(super) is_simple: bool,
}

#[derive(Debug)]
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    bytes: &'t [u8],
    pub(super) at: usize,
    /// The names of the open objects that no schema knows.
    names: Vec<&'t [u8]>,
    pub(super) depth: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, names: Vec::new(), depth: 0 }
    }

    pub(super) fn peek(&self) -> Result<u8, Stop> {
        self.bytes.get(self.at).copied().ok_or(Stop::Unknown)
    }

    pub(super) fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Stop> {
        if self.bytes.get(self.at) == Some(&byte) {
            self.at += 1;
            return Ok(());
        }
        Err(Stop::Unknown)
    }

    pub(super) fn word(&mut self, word: &str) -> Result<(), Stop> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        Err(Stop::Unknown)
    }

    pub(super) fn bytes(&self, range: &Range<usize>) -> &'t [u8] {
        &self.bytes[range.clone()]
    }

    /// A string, from its first quote on.
    pub(super) fn string(&mut self) -> Result<Text, Stop> {
        self.expect(b'"')?;
        let start = self.at;
        let mut is_escaped = false;
        loop {
            self.at = end_of_plain(self.bytes, self.at);
            match self.peek()? {
                b'"' => break,
                b'\\' => self.escape()?,
                _ => return Err(Stop::Unknown),
            }
            is_escaped = true;
        }
        self.at += 1;
        Ok(Text { inside: start..self.at - 1, is_escaped })
    }

    fn escape(&mut self) -> Result<(), Stop> {
        self.at += 1;
        let kind = self.peek()?;
        self.at += 1;
        match kind {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => match self.unit()? {
                0xd800..0xdc00 => {
                    self.word("\\u")?;
                    let low = self.unit()?;
                    if (0xdc00..0xe000).contains(&low) { Ok(()) } else { Err(Stop::Unknown) }
                }
                0xdc00..0xe000 => Err(Stop::Unknown),
                _ => Ok(()),
            },
            _ => Err(Stop::Unknown),
        }
    }

    fn unit(&mut self) -> Result<u32, Stop> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = char::from(self.peek()?).to_digit(16).ok_or(Stop::Unknown)?;
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Ok(unit)
    }

    pub(super) fn number(&mut self) -> Result<Number, Stop> {
        let start = self.at;
        if self.peek()? == b'-' {
            self.at += 1;
        }
        let mut digits = match self.peek()? {
            b'0' => {
                self.at += 1;
                1
            }
            b'1'..=b'9' => self.digits(),
            _ => return Err(Stop::Unknown),
        };
        let mut is_integer = true;
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            is_integer = false;
            let fraction = self.digits();
            if fraction == 0 {
                return Err(Stop::Unknown);
            }
            digits += fraction;
        }
        // What a double or a 64-bit integer may not hold is left to the parser.
        let is_long = if is_integer { digits >= 19 } else { digits >= 200 };
        if is_long || matches!(self.bytes.get(self.at), Some(b'e' | b'E' | b'0'..=b'9')) {
            return Err(Stop::Unknown);
        }
        Ok(Number { range: start..self.at, is_integer, is_simple: digits <= 15 })
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        self.at - start
    }

    /// Goes into an array or an object, past its first byte.
    pub(super) fn enter(&mut self) -> Result<Frame<'t>, Stop> {
        self.at += 1;
        self.depth += 1;
        // Parsers have limits near this one.
        if self.depth > DEEPEST {
            return Err(Stop::Unknown);
        }
        Ok(Frame { first_name: self.names.len(), many: None })
    }

    #[expect(clippy::needless_pass_by_value, reason = "a frame is left once")]
    pub(super) fn leave(&mut self, frame: Frame<'t>) {
        self.depth -= 1;
        self.names.truncate(frame.first_name);
    }

    /// The name of a property and what is between it and its value.
    pub(super) fn name(&mut self) -> Result<&'t [u8], Stop> {
        let name = self.string()?;
        if name.is_escaped {
            return Err(Stop::Unknown);
        }
        self.space();
        self.expect(b':')?;
        self.space();
        Ok(self.bytes(&name.inside))
    }

    /// Notes a name of an object; one that stands twice stops the walk.
    pub(super) fn note(&mut self, frame: &mut Frame<'t>, name: &'t [u8]) -> Result<(), Stop> {
        let noted = &self.names[frame.first_name..];
        let is_new = match &mut frame.many {
            Some(many) => many.insert(name),
            None => !noted.contains(&name),
        };
        if !is_new {
            return Err(Stop::Unknown);
        }
        if frame.many.is_none() {
            if noted.len() == FEW {
                frame.many = Some(noted.iter().copied().chain([name]).collect());
            }
            self.names.push(name);
        }
        Ok(())
    }

    /// Whether another member follows; goes past what says so.
    pub(super) fn goes_on(&mut self, end: u8) -> Result<bool, Stop> {
        self.space();
        let byte = self.peek()?;
        self.at += 1;
        if byte == b',' {
            self.space();
            Ok(true)
        } else if byte == end {
            Ok(false)
        } else {
            Err(Stop::Unknown)
        }
    }

    /// Whether there is nothing in what was entered; goes past its end then.
    pub(super) fn is_empty(&mut self, end: u8) -> Result<bool, Stop> {
        self.space();
        let is_empty = self.peek()? == end;
        self.at += usize::from(is_empty);
        Ok(is_empty)
    }

    /// Goes past any value.
    pub(super) fn skip(&mut self) -> Result<(), Stop> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'{' => {
                let mut frame = self.enter()?;
                if !self.is_empty(b'}')? {
                    loop {
                        let name = self.name()?;
                        self.note(&mut frame, name)?;
                        self.skip()?;
                        if !self.goes_on(b'}')? {
                            break;
                        }
                    }
                }
                self.leave(frame);
                Ok(())
            }
            b'[' => {
                let frame = self.enter()?;
                if !self.is_empty(b']')? {
                    loop {
                        self.skip()?;
                        if !self.goes_on(b']')? {
                            break;
                        }
                    }
                }
                self.leave(frame);
                Ok(())
            }
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number().map(drop),
        }
    }

    /// Where it is, to come back.
    pub(super) fn mark(&self) -> Mark {
        Mark { at: self.at, names: self.names.len(), depth: self.depth }
    }

    pub(super) fn back_to(&mut self, mark: &Mark) {
        self.at = mark.at;
        self.names.truncate(mark.names);
        self.depth = mark.depth;
    }
}

/// An array or an object that is walked through.
#[derive(Debug)]
pub(super) struct Frame<'t> {
    first_name: usize,
    /// The names, where they are too many to compare with each.
    many: Option<HashSet<&'t [u8]>>,
}

#[derive(Debug)]
pub(super) struct Mark {
    pub(super) at: usize,
    names: usize,
    depth: usize,
}

/// The first byte from here that is a quote, a backslash or a control character.
fn end_of_plain(bytes: &[u8], mut at: usize) -> usize {
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let found = stops(u64::from_le_bytes(*eight));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)) {
        at += 1;
    }
    at
}

/// The high bits of the bytes that end plain text. A borrow can set more of them, but only above
/// the first that is right.
fn stops(word: u64) -> u64 {
    let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let quote = is_zero(word ^ (ONES * 0x22));
    let backslash = is_zero(word ^ (ONES * 0x5c));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (quote | backslash | control) & (ONES * 0x80)
}

const ONES: u64 = 0x0101_0101_0101_0101;
const DEEPEST: usize = 100;
const FEW: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_ends_where_a_look_at_each_byte_says() {
        let plain = "abcdefghé世\u{7f}".repeat(3);
        for stop in ["\"", "\\", "\n", "\0", "\u{1f}"] {
            for (at, _) in plain.char_indices() {
                let text = format!("{}{stop}{}\"\\\u{1}", &plain[..at], &plain[at..]);
                assert_eq!(end_of_plain(text.as_bytes(), 0), at, "{text:?}");
            }
        }
        assert_eq!(end_of_plain(plain.as_bytes(), 5), plain.len());
        assert_eq!(end_of_plain(b"", 0), 0);
    }

    #[test]
    fn what_is_skipped_is_json_without_a_key_that_stands_twice() {
        let is_skipped = |text: &str| {
            let mut scanner = Scanner::new(text);
            scanner.skip().is_ok() && scanner.is_at_end()
        };
        let many = |last: &str| {
            let names: Vec<String> = (0..100).map(|n| format!("\"k{n}\":{{}}")).collect();
            format!("{{{},{last}:1}}", names.join(","))
        };
        for text in [
            "{}",
            "[ ]",
            "-0",
            "0.5",
            "\"\\u00e9\\ud83d\\ude00\"",
            "[1, {\"a\": [null]}, true]",
            &many("\"k100\""),
        ] {
            assert!(is_skipped(text), "{text}");
        }
        for text in [
            "",
            "01",
            "-",
            "1.",
            "+1",
            ".5",
            "1e5",
            "nul",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "\"\\x\"",
            "\"\\ud83d\"",
            "\"\\ude00\"",
            "\"\n\"",
            "{\"a\":1,\"a\":2}",
            "{\"\\u0061\":1}",
            "99999999999999999999",
            &many("\"k7\""),
            &"[".repeat(500),
        ] {
            assert!(!is_skipped(text), "{text}");
        }
    }
}
