//! What a reference of a schema names.

use serde_json::Value;

use crate::json::{escape, unescape};

/// What a reference within the document names, and where that is.
pub(super) fn resolve<'a>(document: &'a Value, reference: &str) -> Option<(String, &'a Value)> {
    let fragment = decoded(reference.strip_prefix('#')?)?;
    if !fragment.is_empty() && !fragment.starts_with('/') {
        return None;
    }
    let segments = fragment.split('/').skip(1);
    let pointer: String = segments
        .flat_map(|segment| ["/".to_owned(), escape(&unescape(segment)).into_owned()])
        .collect();
    document.pointer(&pointer).map(|target| (pointer, target))
}

/// The name at the end of a pointer.
pub(super) fn last_name(pointer: &str) -> String {
    pointer.rsplit('/').next().map(|name| unescape(name).into_owned()).unwrap_or_default()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}
