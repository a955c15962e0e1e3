//! What stands around the piece of a chunk or of an event.
//!
//! Nearly all of a stream are alike: a hundred bytes and more around a piece of a few. What stands where
//! a string stood, in JSON that is otherwise the same byte for byte, means the same as that string, so
//! the rest need not be parsed again; it is compared. A number that counts the events and padding of
//! any length may differ as well, since neither means anything.

use super::Text;

/// A chunk or an event that was read, without its piece.
pub(in crate::chat) struct Frame {
    /// Up to the quote that opens the piece.
    before: Side,
    /// From behind the quote that closes the piece; up to the quote that opens the padding, if there
    /// is any.
    after: Side,
    /// Whether the last member is padding: OpenAI's own have some, of any length.
    padded: bool,
}

/// The bytes on one side of the piece.
struct Side {
    begin: Vec<u8>,
    /// What comes behind the number that counts, if it is on this side.
    behind_number: Option<Vec<u8>>,
}

impl Frame {
    /// What is around a piece that stands in the data as it is.
    pub(in crate::chat) fn around(data: &[u8], piece: &str) -> Option<Self> {
        let start = piece.as_ptr().addr().checked_sub(data.as_ptr().addr())?;
        let before = data.get(..start)?.strip_suffix(b"\"")?;
        let rest = data.get(start + piece.len()..)?.strip_prefix(b"\"")?;
        let unpadded = without_padding(rest);
        let padded = unpadded.is_some();
        let after = unpadded.unwrap_or(rest);
        let small = before.len() + after.len() <= LARGEST;
        small.then(|| Self { before: Side::of(before), after: Side::of(after), padded })
    }

    /// The piece of data that differs in nothing that means anything but its piece.
    pub(in crate::chat) fn piece_of<'a>(&self, data: &'a [u8]) -> Option<Text<'a>> {
        let rest = self.before.strip_from_start(data)?;
        let rest = if self.padded { without_padding(rest)? } else { rest };
        let piece = self.after.strip_from_end(rest)?;
        // With its quotes.
        serde_json::from_slice(piece).ok()
    }
}

impl Side {
    fn of(bytes: &[u8]) -> Self {
        let Some(at) = number_at(bytes) else {
            return Self { begin: bytes.to_vec(), behind_number: None };
        };
        let digits = digits(&bytes[at..]);
        let behind_number = Some(bytes[at + digits..].to_vec());
        Self { begin: bytes[..at].to_vec(), behind_number }
    }

    fn strip_from_start<'a>(&self, data: &'a [u8]) -> Option<&'a [u8]> {
        let rest = data.strip_prefix(self.begin.as_slice())?;
        let Some(behind) = &self.behind_number else { return Some(rest) };
        let digits = digits(rest);
        is_number(&rest[..digits]).then(|| rest[digits..].strip_prefix(behind.as_slice()))?
    }

    fn strip_from_end<'a>(&self, data: &'a [u8]) -> Option<&'a [u8]> {
        let Some(behind) = &self.behind_number else {
            return data.strip_suffix(self.begin.as_slice());
        };
        let rest = data.strip_suffix(behind.as_slice())?;
        let digits = rest.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let (rest, number) = rest.split_at(rest.len() - digits);
        is_number(number).then(|| rest.strip_suffix(self.begin.as_slice()))?
    }
}

/// Where the number that counts begins, in a part of JSON. The quote of the key is none that is escaped,
/// for what stands before it ends a member.
fn number_at(json: &[u8]) -> Option<usize> {
    const KEY: &[u8] = b"\"sequence_number\":";
    let key = memchr::memmem::find(json, KEY)?;
    let at = key + KEY.len();
    let begins_member = matches!(json[..key].last(), Some(b'{' | b','));
    (begins_member && is_number(&json[at..at + digits(&json[at..])])).then_some(at)
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Whether digits are a number of JSON.
fn is_number(digits: &[u8]) -> bool {
    digits == b"0" || digits.first().is_some_and(|first| *first != b'0')
}

/// All up to the quote that opens the padding, in JSON that is known to be whole or will be compared
/// with such. No quote of it is escaped: the last one stands before the end of the chunk's object,
/// and the key's between signs that are not in a string.
fn without_padding(json: &[u8]) -> Option<&[u8]> {
    let json = json.strip_suffix(b"\"}")?;
    let open = memchr::memrchr(b'"', json)?;
    let padding = &json[open + 1..];
    let plain = padding.iter().all(u8::is_ascii_alphanumeric);
    let json = &json[..open];
    (plain && json.ends_with(b",\"obfuscation\":")).then_some(json)
}

/// No more bytes than this are compared.
const LARGEST: usize = 4096;
