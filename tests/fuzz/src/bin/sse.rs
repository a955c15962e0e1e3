//! Bytes of server-sent events: however they are cut, the events are the same, and they are those
//! that a reader of whole lines finds.
#![cfg_attr(fuzzing, no_main)]

use bytes::Bytes;
use openai_tools::stream::{SseDecoder, SseError};

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// One case: the first byte says how the rest is cut, and which limit is set.
pub(crate) fn run(data: &[u8]) {
    let Some((&choice, text)) = data.split_first() else { return };
    let cut = usize::from(choice % 16) + 1;
    let whole = decode([text], DEFAULT_LIMIT);
    assert_eq!(whole.as_ref(), Ok(&read_by_lines(text)), "read whole");
    assert_eq!(decode(text.chunks(cut), DEFAULT_LIMIT), whole, "in pieces of {cut}");
    assert_eq!(decode(text.chunks(1), DEFAULT_LIMIT), whole, "byte by byte");
    let ends = text.split_inclusive(|byte| matches!(byte, b'\r' | b':' | b'\xBB'));
    assert_eq!(decode(ends, DEFAULT_LIMIT), whole, "cut inside line breaks and marks");

    // Where an event is too large depends on nothing but the bytes either.
    let limit = usize::from(choice / 16) * 4;
    let refused = decode([text], limit).is_err();
    assert_eq!(decode(text.chunks(cut), limit).is_err(), refused, "limit {limit}, cut {cut}");
    assert_eq!(decode(text.chunks(1), limit).is_err(), refused, "limit {limit}, byte by byte");
}

#[derive(Debug, Default, Eq, PartialEq)]
struct Read {
    events: Vec<(String, Vec<u8>)>,
    last_event_id: Option<String>,
    reconnection_millis: Option<u128>,
}

fn decode<'a>(
    pieces: impl IntoIterator<Item = &'a [u8]>,
    limit: usize,
) -> Result<Read, SseError> {
    let mut decoder = SseDecoder::new().with_max_event_bytes(limit);
    let mut read = Read::default();
    for (n, piece) in pieces.into_iter().enumerate() {
        decoder.push(Bytes::copy_from_slice(piece));
        // Now and then several chunks wait.
        if n % 3 == 1 {
            continue;
        }
        while let Some(event) = decoder.next_event()? {
            read.events.push((event.event().into_owned(), event.data().to_vec()));
        }
    }
    while let Some(event) = decoder.finish()? {
        read.events.push((event.event().into_owned(), event.data().to_vec()));
    }
    read.last_event_id = decoder.last_event_id().map(std::borrow::Cow::into_owned);
    read.reconnection_millis = decoder.reconnection_time().map(|time| time.as_millis());
    Ok(read)
}

/// The specification's algorithm, over the whole text at once.
fn read_by_lines(text: &[u8]) -> Read {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut lines = Vec::new();
    let mut line = Vec::new();
    let mut bytes = text.iter().peekable();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\r' | b'\n' => {
                if byte == b'\r' {
                    bytes.next_if(|next| **next == b'\n');
                }
                lines.push(std::mem::take(&mut line));
            }
            _ => line.push(byte),
        }
    }
    // What the end cuts off counts, with the blank line that is missing.
    lines.extend([line, Vec::new()]);

    let mut read = Read::default();
    let (mut kind, mut data, mut id) = (Vec::new(), None::<Vec<u8>>, None::<Vec<u8>>);
    for line in lines {
        if line.is_empty() {
            if let Some(id) = id.take() {
                read.last_event_id = Some(id).filter(|id| !id.is_empty()).map(lossy);
            }
            let kind = Some(std::mem::take(&mut kind)).filter(|kind| !kind.is_empty());
            if let Some(data) = data.take() {
                read.events.push((kind.map_or_else(|| "message".to_owned(), lossy), data));
            }
            continue;
        }
        let end = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let value = line.get(end + 1..).unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value).to_vec();
        match &line[..end] {
            b"data" => match &mut data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend(value);
                }
                None => data = Some(value),
            },
            b"event" => kind = value,
            b"id" if !value.contains(&0) => id = Some(value),
            b"retry" if value.iter().all(u8::is_ascii_digit) => {
                let millis: Option<u64> = lossy(value).parse().ok();
                read.reconnection_millis = millis.map(u128::from).or(read.reconnection_millis);
            }
            _ => {}
        }
    }
    read
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

const DEFAULT_LIMIT: usize = 33 * 1024 * 1024;
