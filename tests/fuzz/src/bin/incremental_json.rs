//! Text as JSON in pieces: read and followed piece by piece it is what `serde_json` reads at once,
//! and each value on the way is a prefix of the next one.
#![cfg_attr(fuzzing, no_main)]

use openai_tools::stream::json::{JsonStream, Kind, PartialValue, Scanner};
use serde_json::Value;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// One case: the first byte says how long the pieces are.
pub(crate) fn run(data: &[u8]) {
    let Some((&choice, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let length = usize::from(choice % 8) + 1;
    let (pieces, characters) = (pieces(text, length), pieces(text, 1));

    let mut stream = JsonStream::new();
    let mut scanner = Scanner::new();
    let mut before: Option<Value> = None;
    for (n, piece) in pieces.iter().enumerate() {
        let pushed = stream.push(piece);
        let seen = scanner.push(piece);
        assert!(seen.is_ok() || pushed.is_err(), "the scanner alone refuses {text:?}");
        if pushed.is_err() {
            assert_eq!(stream.push(" "), pushed, "an error stays");
            break;
        }
        assert_eq!(stream.is_closed(), scanner.is_closed());
        assert_eq!(stream.has_trailing(), scanner.has_trailing());
        // Each look costs what the value is large.
        if n < MOST_LOOKS {
            let now = stream.value().and_then(PartialValue::to_value);
            if let (Some(before), Some(now)) = (&before, &now) {
                assert!(is_prefix(before, now), "{before} is no prefix of {now}");
            }
            before = now.or(before);
        }
    }
    let (read, followed) = (stream.finish(), scanner.finish());
    assert!(followed.is_ok() || read.is_err(), "the scanner alone refuses {text:?}");
    if let (Some(before), Ok(value)) = (&before, &read) {
        assert!(is_prefix(before, value), "{before} is no prefix of {value}");
    }
    assert_eq!(characters_read(&characters), read, "the pieces make a difference");

    // Such a key is a plain one to the stream. To serde_json's `Value` it is a text inside the text.
    if read.as_ref().is_ok_and(has_private_key) {
        return;
    }
    match (read, serde_json::from_str::<Value>(text)) {
        (Ok(read), Ok(expected)) => assert_eq!(read, expected, "{text:?}"),
        (Ok(read), Err(error)) => panic!("{text:?} is read as {read}, but: {error}"),
        (Err(error), Ok(expected)) => {
            let told = error.expected();
            assert!(told.contains("key"), "{text:?} is {expected}, but refused: {error}");
        }
        (Err(_), Err(_)) => {}
    }
}

fn pieces(text: &str, length: usize) -> Vec<&str> {
    let mut ends: Vec<usize> = text.char_indices().map(|(at, _)| at).step_by(length).collect();
    ends.push(text.len());
    ends.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect()
}

fn characters_read(pieces: &[&str]) -> Result<Value, openai_tools::stream::json::JsonError> {
    let mut stream = JsonStream::new();
    let mut seen: Option<Kind> = None;
    for piece in pieces {
        if stream.push(piece).is_err() {
            break;
        }
        let kind = stream.value().map(PartialValue::kind);
        assert!(seen.is_none() || seen == kind, "the type of the root changed");
        seen = kind;
    }
    stream.finish()
}

fn has_private_key(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_private_key),
        Value::Object(map) => map.iter().any(|(key, value)| {
            key.starts_with("$serde_json::private::") || has_private_key(value)
        }),
        _ => false,
    }
}

fn is_prefix(before: &Value, now: &Value) -> bool {
    match (before, now) {
        (Value::String(before), Value::String(now)) => now.starts_with(before.as_str()),
        (Value::Array(before), Value::Array(now)) => {
            before.len() <= now.len() && before.iter().zip(now).all(|(b, n)| is_prefix(b, n))
        }
        (Value::Object(before), Value::Object(now)) => {
            before.len() <= now.len()
                && before.iter().zip(now).all(|((b, x), (n, y))| b == n && is_prefix(x, y))
        }
        (before, now) => before == now,
    }
}

const MOST_LOOKS: usize = 100;
