//! The search for the end of a run of plain text.

/// Whether there is no quote, backslash or control character among [`FEW`] bytes at the most.
#[inline]
pub(super) fn has_no_end(bytes: &[u8]) -> bool {
    let word = match (bytes.first_chunk::<HALF>(), bytes.last_chunk::<HALF>()) {
        (Some(low), Some(high)) => {
            u64::from(u32::from_le_bytes(*low)) | u64::from(u32::from_le_bytes(*high)) << 32
        }
        // A blank is none.
        _ => word_of_few(bytes) | (ONES * 0x20) << (bytes.len() * 8),
    };
    ends(word) == 0
}

/// Where the quotes, backslashes and control characters of [`FEW`] bytes stand.
#[derive(Clone, Copy)]
pub(super) struct Ends(u64);

impl Ends {
    /// Bytes behind the first [`FEW`] are not looked at.
    #[inline]
    pub(super) fn of(bytes: &[u8]) -> Self {
        let (word, length) = match (bytes.first_chunk::<WORD>(), bytes.first_chunk::<HALF>()) {
            (Some(word), _) => (u64::from_le_bytes(*word), WORD),
            (None, Some(low)) => {
                let high = bytes.last_chunk::<HALF>().map_or(0, |high| u32::from_le_bytes(*high));
                let high = u64::from(high) << ((bytes.len() - HALF) * 8);
                (u64::from(u32::from_le_bytes(*low)) | high, bytes.len())
            }
            (None, None) => (word_of_few(bytes), bytes.len()),
        };
        // Unlike in `ends`, no byte borrows of the next: each bit is right.
        let is_nonzero = |word: u64| (word & LOW).wrapping_add(LOW) | word;
        let is_printable = (word & LOW).wrapping_add(ONES * 0x60) | word;
        let goes_on =
            is_printable & is_nonzero(word ^ (ONES * 0x22)) & is_nonzero(word ^ (ONES * 0x5c));
        let told = if length == 0 { 0 } else { u64::MAX >> ((WORD - length) * 8) };
        Self(!goes_on & (ONES << 7) & told)
    }

    /// The first from a place on.
    #[inline]
    pub(super) fn next(self, at: usize) -> Option<usize> {
        let left = if at < WORD { self.0 >> (at * 8) } else { 0 };
        (left != 0).then(|| at + left.trailing_zeros() as usize / 8)
    }
}

/// How many bytes come before the first quote, backslash or control character.
#[inline]
pub(super) fn plain_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    for chunk in bytes.chunks_exact(WORD) {
        let mut word = [0; WORD];
        word.copy_from_slice(chunk);
        let found = ends(u64::from_le_bytes(word));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += WORD;
    }
    at + plain_len_of_rest(&bytes[at..])
}

/// The same for less than a word: its two halves may overlap.
#[inline]
fn plain_len_of_rest(bytes: &[u8]) -> usize {
    let (Some(low), Some(high)) = (bytes.first_chunk::<HALF>(), bytes.last_chunk::<HALF>()) else {
        return plain_len_of_few(bytes);
    };
    let (low, high) = (u32::from_le_bytes(*low), u32::from_le_bytes(*high));
    let found = ends(u64::from(low) | u64::from(high) << 32);
    match found.trailing_zeros() as usize / 8 {
        WORD => bytes.len(),
        at if at < HALF => at,
        at => bytes.len() + at - WORD,
    }
}

/// The same for less than half a word.
#[inline]
fn plain_len_of_few(bytes: &[u8]) -> usize {
    // A quote ends the run behind the last byte.
    let found = ends(word_of_few(bytes) | u64::from(b'"') << (bytes.len() * 8));
    found.trailing_zeros() as usize / 8
}

/// Less than half a word: the first byte, the one in the middle and the last are all.
#[inline]
fn word_of_few(bytes: &[u8]) -> u64 {
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return 0 };
    let length = bytes.len();
    let at = |byte: u8, place: usize| u64::from(byte) << (place * 8);
    at(*first, 0) | at(bytes[length / 2], length / 2) | at(*last, length - 1)
}

/// Sets the high bit of each byte that ends a run. Bytes above the first such one may be set by a
/// borrow; in little endian the first one is the lowest, and is right.
///
/// The algorithm for a byte less than n and for a zero byte is Alan Mycroft's.
#[inline]
fn ends(word: u64) -> u64 {
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = word ^ (ONES * 0x22);
    let quote = quote.wrapping_sub(ONES) & !quote;
    let backslash = word ^ (ONES * 0x5c);
    let backslash = backslash.wrapping_sub(ONES) & !backslash;
    (control | quote | backslash) & (ONES << 7)
}

/// So many bytes are looked at together.
pub(super) const FEW: usize = WORD;

const WORD: usize = 8;
const HALF: usize = 4;
const ONES: u64 = 0x0101_0101_0101_0101;
const LOW: u64 = ONES * 0x7f;

#[cfg(test)]
mod tests {
    use super::*;

    fn is_plain(byte: u8) -> bool {
        byte >= 0x20 && byte != b'"' && byte != b'\\'
    }

    #[test]
    fn the_ends_of_a_few_bytes_are_found_at_any_place_whatever_stands_beside_them() {
        let kinds =
            [b'"', b'\\', 0, 0x1f, b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xa2, 0xdc, 0xff];
        for length in 0..=FEW {
            for seed in 0..4_000_usize {
                let mut rest = seed * 2_654_435_761;
                let bytes: Vec<u8> = (0..length)
                    .map(|_| {
                        rest = rest / 7 + seed;
                        kinds[rest % kinds.len()]
                    })
                    .collect();
                for at in 0..=length {
                    let expected = (at..length).find(|place| !is_plain(bytes[*place]));
                    assert_eq!(Ends::of(&bytes).next(at), expected, "{bytes:?} from {at}");
                }
            }
        }
    }

    #[test]
    fn the_first_byte_that_ends_a_run_is_found_at_any_place_after_any_other() {
        for byte in 0..=u8::MAX {
            for other in [b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
                for (length, place) in (0..=20).flat_map(|n| (0..n).map(move |at| (n, at))) {
                    let mut bytes = [other; 20];
                    bytes[place] = byte;
                    let expected = if is_plain(byte) { length } else { place };
                    let found = plain_len(&bytes[..length]);
                    assert_eq!(found, expected, "{byte:#x} at {place} after {other:#x}");
                    if length <= FEW {
                        assert_eq!(has_no_end(&bytes[..length]), expected == length);
                    }
                }
            }
        }
    }
}
