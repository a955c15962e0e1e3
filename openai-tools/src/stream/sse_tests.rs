use proptest::prelude::*;

use super::*;

type Decoded = (Vec<(String, Vec<u8>)>, bool);

/// The events of a text that comes in these chunks, and whether the limit was kept.
fn decode_chunks<'a>(chunks: impl IntoIterator<Item = &'a [u8]>, limit: usize) -> Decoded {
    let mut decoder = SseDecoder::new().with_max_event_bytes(limit);
    let mut events = Vec::new();
    let keep = |event: &SseEvent| (event.event().into_owned(), event.data().to_vec());
    for chunk in chunks {
        decoder.push(Bytes::copy_from_slice(chunk));
        loop {
            match decoder.next_event() {
                Ok(Some(event)) => events.push(keep(&event)),
                Ok(None) => break,
                Err(_) => return (events, false),
            }
        }
    }
    loop {
        match decoder.finish() {
            Ok(Some(event)) => events.push(keep(&event)),
            Ok(None) => return (events, true),
            Err(_) => return (events, false),
        }
    }
}

fn data(text: &str) -> Vec<String> {
    let (events, kept) = decode_chunks([text.as_bytes()], 1 << 20);
    assert!(kept);
    events.into_iter().map(|(_, data)| String::from_utf8(data).expect("UTF-8")).collect()
}

#[test]
fn lines_end_in_lf_crlf_and_cr() {
    assert_eq!(
        data("data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d\n\r\ndata: e\r\n\n"),
        ["a", "b", "c", "d", "e"]
    );
}

#[test]
fn lines_of_data_are_joined_and_one_space_is_taken_off() {
    assert_eq!(data("data:a\ndata:  b\ndata\ndata:\ndata: c: d\n\n"), ["a\n b\n\n\nc: d"]);
}

#[test]
fn comments_unknown_fields_and_events_without_data_are_skipped() {
    assert_eq!(data(": hi\n\n:\n\nfoo: 1\nbar\n\nevent: x\nid: 1\n\ndata\n\ndataa: x\n\n"), [""]);
}

#[test]
fn a_byte_order_mark_is_skipped_at_the_beginning_only() {
    assert_eq!(
        data("\u{FEFF}data: a\n\n\u{FEFF}data: b\n\ndata: \u{FEFF}c\n\n"),
        ["a", "\u{FEFF}c"]
    );
    assert_eq!(data("\u{FEFF}"), [""; 0]);
    assert_eq!(data("\u{FEFF}: comment\ndata: a"), ["a"]);
    let (events, _) = decode_chunks([&b"\xEF\xBB"[..]], 99);
    assert!(events.is_empty());
}

#[test]
fn the_end_of_the_bytes_ends_the_last_event() {
    for end in ["", "\n", "\r", "\r\n", "\n\n", "\r\n\r\n"] {
        assert_eq!(data(&format!("data: a\n\ndata: b{end}")), ["a", "b"], "{end:?}");
    }
}

#[test]
fn the_other_fields_are_kept() {
    let mut decoder = SseDecoder::new();
    decoder.push("event: e\nid: 7\nretry: 1500\ndata: a\n\nid: 8\nretry: x\ndata: b".into());
    let first = decoder.next_event().expect("small").expect("whole");
    assert_eq!(first.event(), "e");
    assert_eq!(decoder.next_event(), Ok(None));
    assert_eq!(decoder.last_event_id().as_deref(), Some("7"), "the second event is not whole yet");
    assert_eq!(decoder.reconnection_time(), Some(Duration::from_millis(1500)));
    let second = decoder.finish().expect("small").expect("an event");
    assert_eq!(second.event(), "message");
    assert_eq!(decoder.last_event_id().as_deref(), Some("8"));
    decoder.push("id: a\0b\n\nid\n\n".into());
    assert_eq!(decoder.next_event(), Ok(None));
    assert_eq!(decoder.last_event_id(), None, "an empty id takes the last one back");
}

#[test]
fn an_event_in_one_chunk_is_not_copied() {
    let chunk = Bytes::from_static(b"data: first\n\ndata: second\n\n");
    let inside = chunk.as_ptr_range();
    let mut decoder = SseDecoder::new();
    decoder.push(chunk);
    while let Some(event) = decoder.next_event().expect("small") {
        assert!(inside.contains(&event.data().as_ptr()));
    }
}

#[test]
fn an_event_over_the_limit_is_an_error_for_ever() {
    let mut decoder = SseDecoder::new().with_max_event_bytes(64);
    for _ in 0..6 {
        decoder.push(Bytes::from_static(b"data: ok\n\ndata: a lot of"));
        let _ = decoder.next_event();
    }
    decoder.push(Bytes::from(vec![b'x'; 64]));
    let mut last = decoder.next_event();
    for _ in 0..10 {
        last = decoder.next_event();
    }
    assert_eq!(last, Err(SseError { max_event_bytes: 64 }));
    decoder.push("\n\ndata: a\n\n".into());
    assert_eq!(decoder.next_event(), last);
    assert_eq!(decoder.finish(), last);
}

#[test]
fn a_comment_of_any_length_costs_nothing() {
    let mut decoder = SseDecoder::new().with_max_event_bytes(16);
    decoder.push(":".into());
    for _ in 0..100 {
        decoder.push(Bytes::from_static(&[b'x'; 1000]));
        assert_eq!(decoder.next_event(), Ok(None));
    }
    assert!(decoder.line.capacity() < 1000);
    decoder.push("\ndata: a\n\n".into());
    assert!(decoder.next_event().expect("small").is_some());
}

#[test]
fn chunks_that_wait_are_read_in_order() {
    let mut decoder = SseDecoder::new();
    for chunk in ["data: a\n\nda", "ta: b", "\n", "\ndata: c\n\n"] {
        decoder.push(chunk.into());
    }
    let mut read = Vec::new();
    while let Some(event) = decoder.next_event().expect("small") {
        read.push(event.into_data());
    }
    assert_eq!(read, ["a", "b", "c"]);
}

/// Texts in which much of what matters occurs.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let pieces: [&[u8]; 14] = [
        b"\n",
        b"\r",
        b"\r\n",
        b"data:",
        b"data: ",
        b"event: ",
        b"id:",
        b"retry: 3",
        b":",
        b" ",
        b"x",
        MARK,
        "\u{e9}\u{1F600}".as_bytes(),
        b"\xFF",
    ];
    let piece = prop::sample::select(pieces.to_vec());
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_cut_gives_the_same_events(
        stream in streams(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        limit in prop_oneof![Just(1 << 20), 0_usize..24],
    ) {
        let whole = decode_chunks([&stream[..]], limit);
        let mut at: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        at.extend([0, stream.len()]);
        at.sort_unstable();
        let chunks = at.windows(2).map(|pair| &stream[pair[0]..pair[1]]);
        prop_assert_eq!(decode_chunks(chunks, limit), whole.clone());
        prop_assert_eq!(decode_chunks(stream.chunks(1), limit), whole);
    }
}
