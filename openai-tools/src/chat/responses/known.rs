//! Long texts that are known already, where JSON repeats them.
//!
//! The events that end a text, its item and the response hold all of it once more, and so does an item
//! that goes back to the server. What is known is compared with the bytes that spell it, and the JSON
//! is read with a mark in its place: it is not unescaped, not copied, and looked at once.

use std::{io::Write, ops::Range};

use memchr::{memchr, memchr2, memmem};

use super::wire::Item;

/// Texts of fewer bytes are read again, which costs less. Tests are to meet both.
pub(super) const LONG: usize = if cfg!(test) { 5 } else { 1024 };

/// JSON in which marks stand for known texts.
///
/// A mark is a string that begins and ends with a NUL. Where another string of the JSON could have one, nothing
/// is marked, so that a mark is what was put there and nothing else.
pub(super) struct Marked {
    json: Vec<u8>,
    /// In order.
    marks: Vec<Mark>,
}

struct Mark {
    /// Where it ends.
    end: usize,
    /// Where that stood which it stands for.
    original: Range<usize>,
}

impl Marked {
    /// `known` is asked for each string: which known text it is, and how many bytes spell that. `None`
    /// if there is nothing to mark.
    pub(super) fn of(
        json: &[u8],
        mut known: impl FnMut(&[u8]) -> Option<(usize, usize)>,
    ) -> Option<Self> {
        let mut marked = Self { json: Vec::new(), marks: Vec::new() };
        let (mut copied, mut at) = (0, 0);
        while let Some(quote) = memchr(b'"', &json[at..]) {
            let start = at + quote + 1;
            let Some((which, length)) = known(&json[start..]) else {
                at = start + string_end(&json[start..])? + 1;
                continue;
            };
            marked.copy(&json[copied..start])?;
            write!(marked.json, "{NUL}{which}{NUL}").ok()?;
            copied = start + length;
            marked.marks.push(Mark { end: marked.json.len(), original: start..copied });
            at = copied + 1;
        }
        if marked.marks.is_empty() {
            return None;
        }
        marked.copy(&json[copied..])?;
        Some(marked)
    }

    fn copy(&mut self, json: &[u8]) -> Option<()> {
        if memmem::find(json, NUL.as_bytes()).is_some() {
            return None;
        }
        self.json.extend_from_slice(json);
        Some(())
    }

    pub(super) fn json(&self) -> &[u8] {
        &self.json
    }

    /// How many marks there are.
    pub(super) fn count(&self) -> usize {
        self.marks.len()
    }

    /// Where a part of the JSON stands in what was marked.
    pub(super) fn original(&self, part: &str) -> Range<usize> {
        let Range { start, end } = self.range(part);
        self.original_at(start)..self.original_at(end)
    }

    fn original_at(&self, at: usize) -> usize {
        let before = self.marks.partition_point(|mark| mark.end <= at);
        let last = before.checked_sub(1).map(|last| &self.marks[last]);
        last.map_or(at, |last| last.original.end + (at - last.end))
    }

    /// Where in the original of a part that stands which its first mark stands for.
    pub(super) fn first_in(&self, part: &str) -> Range<usize> {
        let Range { start, end } = self.range(part);
        let first = self.marks.partition_point(|mark| mark.end <= start);
        let first = self.marks.get(first).filter(|mark| mark.end <= end);
        let start = self.original_at(start);
        first.map_or(0..0, |Mark { original, .. }| original.start - start..original.end - start)
    }

    fn range(&self, part: &str) -> Range<usize> {
        let start = part.as_ptr().addr().saturating_sub(self.json.as_ptr().addr());
        start..start + part.len()
    }

    /// Reads an item that is a part of the JSON, and says which known text is its own. `None` if a mark
    /// stands for anything else in it.
    pub(super) fn item<'a>(&self, part: &'a str) -> Option<(Item<'a>, Option<usize>)> {
        let Range { start, end } = self.range(part);
        let until = |at| self.marks.partition_point(|mark| mark.end <= at);
        let marks = until(end) - until(start);
        let item = Item::read(part).ok()?;
        let told = match &item {
            Item::Call(call) => which(&call.arguments),
            Item::Commentary(said) | Item::Reasoning(said) => which(&said.paragraphs),
            Item::Message(said) => said.text.as_deref().and_then(which),
            Item::Other => None,
        };
        match marks {
            0 => Some((item, None)),
            1 => told.map(|which| (item, Some(which))),
            _ => None,
        }
    }
}

/// Which known text a mark stands for.
pub(super) fn which(text: &str) -> Option<usize> {
    text.strip_prefix('\0')?.strip_suffix('\0')?.parse().ok()
}

/// How JSON spells it.
const NUL: &str = "\\u0000";

/// Where the quote stands that closes a string.
fn string_end(json: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr2(b'"', b'\\', json.get(at..)?)?;
        if json[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// How many bytes of a JSON string spell `text`, from behind the quote that opens it to the one that
/// closes it; `None` if they spell anything else, or are no JSON.
pub(super) fn spelled(json: &[u8], text: &str) -> Option<usize> {
    let text = text.as_bytes();
    let (mut at, mut told) = (0, 0);
    loop {
        if let (Some(a), Some(b)) = (word_at(json, at), word_at(text, told)) {
            let plain = first_byte_of(special(a));
            if first_byte_of(a ^ b) < plain {
                return None;
            }
            (at, told) = (at + plain, told + plain);
            if plain == 8 {
                continue;
            }
        }
        match *json.get(at)? {
            b'"' => return (told == text.len()).then_some(at),
            b'\\' => {
                let code = *json.get(at + 1)?;
                if let Some(plain) = unescaped(code) {
                    if text.get(told) != Some(&plain) {
                        return None;
                    }
                    (at, told) = (at + 2, told + 1);
                    continue;
                }
                let (character, length) = unicode(json.get(at..)?)?;
                let mut utf8 = [0; 4];
                let utf8 = character.encode_utf8(&mut utf8).as_bytes();
                if !text.get(told..)?.starts_with(utf8) {
                    return None;
                }
                (at, told) = (at + length, told + utf8.len());
            }
            byte if byte >= b' ' && text.get(told) == Some(&byte) => {
                (at, told) = (at + 1, told + 1);
            }
            _ => return None,
        }
    }
}

fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
}

/// The first byte of a word in which a bit is set; 8 if there is none.
fn first_byte_of(bits: u64) -> usize {
    (bits.trailing_zeros() / 8) as usize
}

/// A word whose first bit is in the first byte that is a quote, a backslash or a control character.
fn special(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // A borrow makes bits behind the first one only.
    let below = |word: u64, than: u8| word.wrapping_sub(ONES * u64::from(than)) & !word;
    let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (is(b'"') | is(b'\\') | below(word, b' ')) & HIGHS
}

/// The character of an escape of one letter.
fn unescaped(code: u8) -> Option<u8> {
    Some(match code {
        b'"' | b'\\' | b'/' => code,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        _ => return None,
    })
}

/// The character of an escape by its number, and how many bytes that has.
fn unicode(json: &[u8]) -> Option<(char, usize)> {
    let first = hex(json.strip_prefix(b"\\u")?.get(..4)?)?;
    if let Some(character) = char::from_u32(first.into()) {
        return Some((character, 6));
    }
    let second = hex(json.get(6..12)?.strip_prefix(b"\\u")?)?;
    let pair = char::decode_utf16([first, second]).next()?.ok()?;
    Some((pair, 12))
}

fn hex(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0, |number: u16, digit| {
        let digit = u16::try_from(char::from(*digit).to_digit(16)?).ok()?;
        Some(number << 4 | digit)
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;
    use serde_json::{Value, value::RawValue};

    use super::*;

    /// Texts with what JSON escapes, and what it may escape.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["[a-c\"\\\\\n\u{1f}/é😀 ]{0,40}", "[a-c]{0,40}"]
    }

    /// One of the ways to spell a text.
    fn spelling(text: &str, how: &[u8]) -> String {
        let mut how = how.iter().chain(&[0; 128]);
        let mut json = String::new();
        for character in text.chars() {
            match how.next() {
                Some(1) => {
                    let mut units = [0; 2];
                    for unit in character.encode_utf16(&mut units) {
                        write!(json, "\\u{unit:04X}").expect("memory");
                    }
                }
                Some(2) if character == '/' => json.push_str("\\/"),
                _ => {
                    let whole = serde_json::to_string(&character).expect("a text");
                    json.push_str(&whole[1..whole.len() - 1]);
                }
            }
        }
        json
    }

    proptest! {
        #[test]
        fn every_spelling_of_a_text_is_it_and_of_no_other(
            text in text(), other in text(), how in prop::collection::vec(0..3_u8, 0..40),
        ) {
            let json = spelling(&text, &how);
            let rest = format!("{json}\", \"x\"");
            prop_assert_eq!(spelled(rest.as_bytes(), &text), Some(json.len()));
            prop_assert_eq!(spelled(json.as_bytes(), &text), None);
            if other != text {
                prop_assert_eq!(spelled(rest.as_bytes(), &other), None);
            }
        }

        #[test]
        fn what_no_parser_reads_spells_nothing(
            json in "[ab\"\\\\u0d8/\n]{0,12}\"", text in "[ab\"\\\\u0d8/\n]{0,8}",
        ) {
            if let Some(length) = spelled(json.as_bytes(), &text) {
                let whole = format!("\"{}\"", &json[..length]);
                let read: Result<String, _> = serde_json::from_str(&whole);
                prop_assert_eq!(read.ok(), Some(text));
            }
        }

        #[test]
        fn what_is_marked_reads_as_the_same_json_with_marks(
            texts in prop::collection::vec(text(), 1..6), known in text(),
        ) {
            // Nor is it one of the keys.
            prop_assume!(known.len() > 1);
            let value = serde_json::json!({"a": texts, "k": {"b": known.clone()}, "c": 1});
            let json = value.to_string();
            let marked = Marked::of(json.as_bytes(), |raw| Some((7, spelled(raw, &known)?)));
            if json.contains("\\u0000") {
                prop_assert!(marked.is_none());
                return Ok(());
            }
            let marked = marked.expect("it stands there");
            let mut read: Value = serde_json::from_slice(marked.json()).expect("JSON");
            prop_assert_eq!(read["k"]["b"].as_str().and_then(which), Some(7));
            let back = |text: &mut Value| {
                if text.as_str().and_then(which) == Some(7) {
                    *text = known.clone().into();
                }
            };
            back(&mut read["k"]["b"]);
            read["a"].as_array_mut().expect("texts").iter_mut().for_each(back);
            prop_assert_eq!(read, value);
        }
    }

    #[test]
    fn a_part_is_found_where_it_stood() {
        let json = r#"{"a": "long", "b": ["x", "long", {"c": "long"}], "d": {}}"#;
        let marked = Marked::of(json.as_bytes(), |raw| Some((0, spelled(raw, "long")?)));
        let marked = marked.expect("marks");
        let read: std::collections::BTreeMap<&str, &RawValue> =
            serde_json::from_slice(marked.json()).expect("JSON");
        for (key, part) in
            [("a", "\"long\""), ("b", r#"["x", "long", {"c": "long"}]"#), ("d", "{}")]
        {
            let read = read[key].get();
            assert_eq!(&json[marked.original(read)], part);
            let first = part.get(marked.first_in(read));
            assert_eq!(first, Some(if key == "d" { "" } else { "long" }));
        }
    }

    #[test]
    fn nothing_is_marked_where_a_string_could_be_a_mark() {
        let known = |raw: &[u8]| Some((0, spelled(raw, "long")?));
        for json in [r#"["long", "\u00000"]"#, r#"["\u0000", "long"]"#, r#"["long", "open]"#] {
            assert!(Marked::of(json.as_bytes(), known).is_none(), "{json}");
        }
    }

    #[test]
    fn a_known_text_is_that_of_an_item_only_where_it_is_all_that_the_item_says() {
        let read = |json: &str| {
            let marked = Marked::of(json.as_bytes(), |raw| Some((3, spelled(raw, "long")?)))?;
            let part = std::str::from_utf8(marked.json()).expect("UTF-8");
            marked.item(part).map(|(_, which)| which)
        };
        for json in [
            r#"{"type":"function_call","arguments":"long"}"#,
            r#"{"type":"custom_tool_call","input":"long"}"#,
            r#"{"type":"message","content":[{"type":"output_text","text":"long"}]}"#,
            r#"{"type":"reasoning","summary":[{"text":"long"}]}"#,
        ] {
            assert_eq!(read(json), Some(Some(3)), "{json}");
        }
        for json in [
            r#"{"type":"function_call","arguments":"long","name":"long"}"#,
            r#"{"type":"function_call","call_id":"long"}"#,
            r#"{"type":"message","content":[{"text":"long"},{"text":"1"}]}"#,
            r#"{"type":"message","content":[{"text":"1"},{"text":"long"}]}"#,
            r#"{"type":"message","content":[{"text":"long","logprobs":"long"}]}"#,
            r#"{"type":"hologram","text":"long"}"#,
            r#"{"type":"shell_call","action":{"commands":["long"]}}"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }
}
