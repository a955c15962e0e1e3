//! The segments of JSON pointers (RFC 6901), and how URLs write them.

use std::borrow::Cow;

/// A name as a segment.
pub(crate) fn escape(segment: &str) -> Cow<'_, str> {
    // One at a time is a search over bytes, which is the faster for very long names.
    if segment.contains('~') || segment.contains('/') {
        segment.replace('~', "~0").replace('/', "~1").into()
    } else {
        segment.into()
    }
}

/// A segment as a name.
pub(crate) fn unescape(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') {
        segment.replace("~1", "/").replace("~0", "~").into()
    } else {
        segment.into()
    }
}

/// The names that a pointer leads through.
pub(crate) fn segments(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(unescape)
}

/// A part of a URL without its escapes; `None` if one of them is none, or the whole is no UTF-8.
pub(crate) fn percent_decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(text.into());
    }
    let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, behind @ ..] = rest else { return None };
        bytes.push(hex(*high)? * 16 + hex(*low)?);
        rest = behind;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_of_a_url_is_two_hexadecimal_digits() {
        let read = |text: &str| percent_decoded(text).map(Cow::into_owned);
        for (text, plain) in
            [("", ""), ("a+b", "a+b"), ("%24defs/%C3%a9", "$defs/é"), ("%2525", "%25")]
        {
            assert_eq!(read(text).as_deref(), Some(plain));
        }
        for wrong in ["%", "%2", "%+f", "%-1", "%xy", "%é", "%ff"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn segments_survive_escaping() {
        for name in ["", "a", "a/b", "~", "~1", "~01/"] {
            assert_eq!(unescape(&escape(name)), name);
        }
        let path = format!("/{}/{}", escape("a/b"), escape("~"));
        assert!(segments(&path).eq(["a/b", "~"]));
    }
}
