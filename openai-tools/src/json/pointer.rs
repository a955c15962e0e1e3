//! The segments of JSON pointers (RFC 6901).

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_survive_escaping() {
        for name in ["", "a", "a/b", "~", "~1", "~01/"] {
            assert_eq!(unescape(&escape(name)), name);
        }
        let path = format!("/{}/{}", escape("a/b"), escape("~"));
        assert!(segments(&path).eq(["a/b", "~"]));
    }
}
