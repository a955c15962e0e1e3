//! The search for the end of a run of plain text.

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
        return bytes.iter().take_while(|byte| is_plain(**byte)).count();
    };
    let (low, high) = (u32::from_le_bytes(*low), u32::from_le_bytes(*high));
    let found = ends(u64::from(low) | u64::from(high) << 32);
    match found.trailing_zeros() as usize / 8 {
        WORD => bytes.len(),
        at if at < HALF => at,
        at => bytes.len() + at - WORD,
    }
}

fn is_plain(byte: u8) -> bool {
    byte >= 0x20 && byte != b'"' && byte != b'\\'
}

/// Sets the high bit of each byte that ends a run. Bytes above the first such one may be set by a
/// borrow; in little endian the first one is the lowest, and is right.
///
/// The algorithm for a byte less than n and for a zero byte is Alan Mycroft's.
fn ends(word: u64) -> u64 {
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = word ^ (ONES * 0x22);
    let quote = quote.wrapping_sub(ONES) & !quote;
    let backslash = word ^ (ONES * 0x5c);
    let backslash = backslash.wrapping_sub(ONES) & !backslash;
    (control | quote | backslash) & (ONES << 7)
}

const WORD: usize = 8;
const HALF: usize = 4;
const ONES: u64 = 0x0101_0101_0101_0101;

#[cfg(test)]
mod tests {
    use super::*;

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
                }
            }
        }
    }
}
