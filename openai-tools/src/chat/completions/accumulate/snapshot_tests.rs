use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    tests::{accumulate, call, cut, delta, end, rebuild},
    *,
};

fn snapshots(chunks: &[Value]) -> Result<(Response, Vec<Delta>), Error> {
    let mut accumulator = ChatAccumulator::new().with_snapshots(true);
    let mut deltas = Vec::new();
    for chunk in chunks {
        accumulator.push(chunk.to_string().as_bytes(), &mut deltas)?;
    }
    Ok((accumulator.finish()?, deltas))
}

#[test]
fn snapshots_of_a_text_are_told_as_what_is_new_once_they_are_announced() {
    let texts = ["", "a", "aa", "aa", "aaaa", "", "aaaab"];
    let mut chunks: Vec<Value> = texts.iter().map(|text| delta(json!({"content": text}))).collect();
    chunks.push(end("stop"));
    let (response, deltas) = snapshots(&chunks).expect("whole");
    assert_eq!(response.message.text.as_deref(), Some("aaaab"));
    assert_eq!(deltas, ["a", "a", "aa", "b"].map(|text| Delta::Text(text.to_owned())));
    // Nothing shows that they are none of a text that doubles itself.
    assert_eq!(accumulate(&chunks).response.message.text.as_deref(), Some(&*texts.concat()));
}

#[test]
fn a_snapshot_that_takes_back_what_was_told_is_refused() {
    for other in ["Hel", "Help!", "x"] {
        let chunks = ["Hello", other].map(|text| delta(json!({"content": text})));
        let error = snapshots(&chunks).expect_err(other);
        assert_eq!(error.kind(), ErrorKind::InvalidChunk);
        assert!(error.payload().is_some());
    }
}

#[test]
fn announced_snapshots_of_arguments_may_be_closed_and_grow() {
    for id in ["id", ""] {
        let pieces = ["{}", r#"{"city":""}"#, r#"{"city":"Ha"}"#, r#"{"city":"Hanoi","n":1}"#];
        let mut chunks: Vec<Value> =
            pieces.iter().map(|text| call(json!(0), json!(id), json!("f"), json!(text))).collect();
        chunks.push(end("tool_calls"));
        let (response, deltas) = snapshots(&chunks).expect("whole");
        let told: Vec<&str> =
            response.message.tool_calls.iter().map(|call| call.arguments.as_str()).collect();
        assert_eq!(told, [pieces[3]]);
        assert_eq!(rebuild(&deltas).calls[0].2, pieces[3]);
    }
}

#[test]
fn announced_snapshots_that_list_all_calls_each_time_go_by_their_places() {
    let listed = |calls: &[(&str, &str)]| {
        let calls: Vec<_> = calls
            .iter()
            .map(|(name, text)| json!({"function": {"name": name, "arguments": text}}))
            .collect();
        delta(json!({"tool_calls": calls}))
    };
    let chunks = [
        listed(&[("f", "{}")]),
        listed(&[("f", r#"{"a":1}"#), ("g", "{}")]),
        listed(&[("f", r#"{"a":1}"#), ("g", r#"{"b":2}"#)]),
        end("tool_calls"),
    ];
    let (response, _) = snapshots(&chunks).expect("whole");
    let told: Vec<_> = response
        .message
        .tool_calls
        .iter()
        .map(|call| (call.name.as_str(), call.arguments.as_str()))
        .collect();
    assert_eq!(told, [("f", r#"{"a":1}"#), ("g", r#"{"b":2}"#)]);
}

proptest! {
    #[test]
    fn a_text_in_snapshots_is_what_it_would_have_been_whole(text in any::<String>(), most in 1_usize..9) {
        let pieces = cut(&text, most);
        let mut chunks: Vec<Value> = (1..=pieces.len())
            .map(|n| delta(json!({"content": pieces[..n].concat()})))
            .collect();
        chunks.push(end("stop"));
        let (response, deltas) = snapshots(&chunks).expect("whole");
        prop_assert_eq!(response.message.text.unwrap_or_default(), text.clone());
        prop_assert_eq!(rebuild(&deltas).text, text);
    }
}
