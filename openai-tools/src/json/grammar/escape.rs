//! Escapes of one letter.

/// What an escape of one letter stands for.
#[inline]
pub(super) fn resolved(byte: u8) -> Option<char> {
    let resolved = RESOLVED[usize::from(byte)];
    (resolved != 0).then_some(char::from(resolved))
}

/// What each letter stands for behind a backslash; 0 for those that stand for nothing.
const RESOLVED: [u8; 256] = {
    let mut resolved = [0; 256];
    let letters = b"\"\\/bfnrt";
    let meant = b"\"\\/\x08\x0c\n\r\t";
    let mut n = 0;
    while n < letters.len() {
        resolved[letters[n] as usize] = meant[n];
        n += 1;
    }
    resolved
};
