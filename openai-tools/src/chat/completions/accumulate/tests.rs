#![expect(clippy::needless_pass_by_value, reason = "JSON made on the spot is easier to read")]

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{chat::completions::read_response, error::ApiError};

/// What came of the deltas, put together as their docs say.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Rebuilt {
    pub(super) text: String,
    refusal: String,
    reasoning: String,
    pub(super) calls: Vec<(String, String, String)>,
}

pub(super) fn rebuild(deltas: &[Delta]) -> Rebuilt {
    let mut rebuilt = Rebuilt::default();
    for delta in deltas {
        match delta {
            Delta::Arguments { slot, text } => rebuilt.calls[*slot].2.push_str(text),
            Delta::ArgumentsComplete { .. } | Delta::Item(_) => {
                unreachable!("chat completions say no such thing")
            }
            Delta::ArgumentsReset { slot } => rebuilt.calls[*slot].2.clear(),
            Delta::CallBegan { slot, id, name, .. } => {
                assert_eq!(*slot, rebuilt.calls.len(), "slots are dense");
                rebuilt.calls.push((id.to_string(), name.clone(), String::new()));
            }
            Delta::CallRenamed { slot, id, name } => {
                rebuilt.calls[*slot].0 = id.to_string();
                rebuilt.calls[*slot].1.clone_from(name);
            }
            Delta::Reasoning(text) => rebuilt.reasoning.push_str(text),
            Delta::Refusal(text) => rebuilt.refusal.push_str(text),
            Delta::Audio(_) | Delta::Transcript(_) => unreachable!(),
            Delta::Text(text) => rebuilt.text.push_str(text),
        }
    }
    rebuilt
}

/// Accumulates chunks, and checks what always holds: the deltas tell the same as the response, and
/// so does its body.
pub(super) fn accumulate(chunks: &[Value]) -> Accumulated {
    let mut accumulator = ChatAccumulator::new();
    let mut deltas = Vec::new();
    for chunk in chunks {
        accumulator.push(chunk.to_string().as_bytes(), &mut deltas).expect("a chunk");
    }
    let so_far = accumulator.message();
    let accumulated = accumulator.into_accumulated().expect("a finish reason");
    let response = &accumulated.response;
    assert!(so_far == response.message);
    let rebuilt = rebuild(&deltas);
    assert_eq!(rebuilt.text, response.message.text.clone().unwrap_or_default());
    assert_eq!(rebuilt.refusal, response.message.refusal.clone().unwrap_or_default());
    assert_eq!(rebuilt.reasoning, response.message.reasoning.clone().unwrap_or_default());
    for (call, slot) in response.message.tool_calls.iter().zip(&accumulated.slots) {
        let (_, name, arguments) = &rebuilt.calls[*slot];
        assert_eq!((name, arguments), (&call.name, &call.arguments));
    }
    same(response, &read_response(&response.body()).expect("its own body"));
    accumulated
}

/// All that `read_response` can know, but the body.
fn same(left: &Response, right: &Response) {
    assert_eq!(
        serde_json::to_value(&left.message).expect("JSON"),
        serde_json::to_value(&right.message).expect("JSON")
    );
    assert_eq!(left.finish_reason, right.finish_reason);
    assert_eq!(left.usage, right.usage);
    assert_eq!((&left.id, &left.model), (&right.id, &right.model));
}

pub(super) fn delta(delta: Value) -> Value {
    json!({"id": "x", "model": "m", "choices": [{"index": 0, "delta": delta}]})
}

pub(super) fn end(reason: &str) -> Value {
    json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}

/// A delta with one call; what is `Null` is left out.
pub(super) fn call(index: Value, id: Value, name: Value, arguments: Value) -> Value {
    let keep = |pairs: [(&str, Value); 3]| {
        let told = pairs.into_iter().filter(|(_, value)| !value.is_null());
        Value::Object(told.map(|(key, value)| (key.to_owned(), value)).collect())
    };
    let function = keep([("name", name), ("arguments", arguments), ("unused", Value::Null)]);
    delta(json!({"tool_calls": [keep([("index", index), ("id", id), ("function", function)])]}))
}

/// Id, name and arguments of each call after the chunks and a good end.
fn calls(chunks: Vec<Value>) -> Vec<(String, String, String)> {
    let chunks: Vec<_> = chunks.into_iter().chain([end("tool_calls")]).collect();
    let message = accumulate(&chunks).response.message;
    message.tool_calls.into_iter().map(|c| (c.id.to_string(), c.name, c.arguments)).collect()
}

fn owned(calls: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    calls.iter().map(|(a, b, c)| ((*a).into(), (*b).into(), (*c).into())).collect()
}

#[test]
fn text_reasoning_and_usage_become_one_response() {
    let response = accumulate(&[
        json!({"id": "x", "model": "m", "created": 7, "service_tier": "flex", "choices": [
            {"index": 0, "delta": {"role": "assistant", "content": "", "reasoning_content": "hm"}}]}),
        delta(json!({"content": "Hé", "reasoning_content": null, "reasoning": ""})),
        delta(json!({"content": [{"type": "text", "text": "l\n"}, {"text": "lo"}]})),
        json!({"choices": [{"index": 0, "delta": null, "finish_reason": ""}], "usage": null}),
        end("stop"),
        json!({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "odd": 3}}),
    ])
    .response;
    assert_eq!(response.message.text.as_deref(), Some("Hél\nlo"));
    assert_eq!(response.message.reasoning.as_deref(), Some("hm"));
    assert_eq!(response.finish_reason, FinishReason::Stop);
    assert_eq!(response.usage.map(|usage| usage.total_tokens), Some(3));
    let body: Value = serde_json::from_slice(&response.body()).expect("JSON");
    assert_eq!((&body["created"], &body["service_tier"]), (&json!(7), &json!("flex")));
    assert_eq!(body["usage"]["odd"], 3);
}

#[test]
fn interleaved_calls_stand_in_the_order_of_their_indexes() {
    let chunks = vec![
        call(json!(u64::MAX), json!("c"), json!("h"), json!("")),
        call(json!(1), json!("b"), json!("g"), json!("{\"x\"")),
        call(json!(0), json!("a"), json!("f"), Value::Null),
        call(json!(1), Value::Null, Value::Null, json!(":1}")),
        call(json!(0), json!(""), json!(""), json!("{}")),
        call(json!(u64::MAX), Value::Null, Value::Null, json!("{\"y\":2}")),
    ];
    let expected = [("a", "f", "{}"), ("b", "g", "{\"x\":1}"), ("c", "h", "{\"y\":2}")];
    assert_eq!(calls(chunks.clone()), owned(&expected));
    let chunks: Vec<_> = chunks.into_iter().chain([end("tool_calls")]).collect();
    assert_eq!(accumulate(&chunks).slots, [2, 1, 0]);
}

#[test]
fn a_name_that_is_repeated_or_comes_in_pieces_is_one_name() {
    let repeated = vec![
        call(json!(0), json!("a"), json!("get"), json!("{")),
        call(json!(0), json!("a"), json!("get"), json!("}")),
    ];
    assert_eq!(calls(repeated), owned(&[("a", "get", "{}")]));
    let pieces = vec![
        call(json!(0), json!("a"), json!("get"), Value::Null),
        call(json!(0), Value::Null, json!("_it"), Value::Null),
        call(json!(0), Value::Null, Value::Null, json!("{}")),
    ];
    assert_eq!(calls(pieces), owned(&[("a", "get_it", "{}")]));
}

#[test]
fn an_id_or_a_name_may_come_later() {
    let late = vec![
        call(json!(0), Value::Null, Value::Null, json!("{")),
        call(json!(0), json!("a"), Value::Null, json!("\"x\":")),
        call(json!(0), Value::Null, json!("f"), json!("1}")),
    ];
    assert_eq!(calls(late), owned(&[("a", "f", "{\"x\":1}")]));
}

#[test]
fn calls_without_ids_get_those_that_they_would_have_had_without_streaming() {
    let chunks = vec![
        call(json!(0), json!(""), json!("f"), json!("{\"x\":1}")),
        call(json!(1), Value::Null, json!("f"), json!("{\"x\":2}")),
    ];
    assert_eq!(calls(chunks), owned(&[("call_0", "f", "{\"x\":1}"), ("call_1", "f", "{\"x\":2}")]));
}

#[test]
fn whole_calls_at_one_index_are_told_apart() {
    for index in [json!(0), Value::Null] {
        let by_id = vec![
            call(index.clone(), json!("a"), json!("f"), json!("{\"x\":1}")),
            call(index.clone(), json!("b"), json!("f"), json!("{\"x\":")),
            call(index.clone(), Value::Null, Value::Null, json!("2}")),
            call(index.clone(), json!("c"), json!("g"), json!("")),
        ];
        let expected = [("a", "f", "{\"x\":1}"), ("b", "f", "{\"x\":2}"), ("c", "g", "")];
        assert_eq!(calls(by_id), owned(&expected), "{index}");
        for id in [json!(""), Value::Null] {
            let by_arguments = vec![
                call(index.clone(), id.clone(), json!("f"), json!("{\"x\":1}")),
                call(index.clone(), id.clone(), json!("f"), json!("{\"x\":2}")),
                call(index.clone(), id.clone(), json!("g"), json!("{\"x\":3}")),
            ];
            let expected = [
                ("call_0", "f", "{\"x\":1}"),
                ("call_1", "f", "{\"x\":2}"),
                ("call_2", "g", "{\"x\":3}"),
            ];
            assert_eq!(calls(by_arguments), owned(&expected), "{index}");
        }
    }
    // Both interleaved, with ids on every piece.
    let interleaved = vec![
        call(json!(0), json!("a"), json!("f"), json!("{")),
        call(json!(0), json!("b"), json!("g"), json!("{")),
        call(json!(0), json!("a"), Value::Null, json!("\"x\":1}")),
        call(json!(0), json!("b"), Value::Null, json!("\"y\":1}")),
    ];
    assert_eq!(calls(interleaved), owned(&[("a", "f", "{\"x\":1}"), ("b", "g", "{\"y\":1}")]));
}

#[test]
fn an_id_made_up_for_every_piece_makes_no_new_calls() {
    let chunks = vec![
        call(json!(0), json!("a1"), json!("f"), json!("{\"x\"")),
        call(json!(0), json!("a2"), Value::Null, json!(":1")),
        call(json!(0), json!("a3"), Value::Null, json!("}")),
    ];
    assert_eq!(calls(chunks), owned(&[("a1", "f", "{\"x\":1}")]));
}

#[test]
fn snapshots_and_placeholders_do_not_double() {
    let snapshots = ["", "{", "{\"x\":", "{\"x\":1}", "{\"x\":1}"];
    let told = |text: &str| call(json!(0), json!("a"), json!("f"), json!(text));
    let chunks = snapshots.map(told).to_vec();
    assert_eq!(calls(chunks), owned(&[("a", "f", "{\"x\":1}")]));
    let chunks = ["{}", "{\"x\":1", "}"].map(told).to_vec();
    assert_eq!(calls(chunks), owned(&[("a", "f", "{\"x\":1}")]));
}

#[test]
fn lists_without_indexes_go_by_their_order() {
    let list = |calls: Value| delta(json!({"tool_calls": calls}));
    let chunks = vec![
        list(json!([{"id": "a", "function": {"name": "f", "arguments": "{"}},
            {"id": "b", "function": {"name": "g", "arguments": "{"}}])),
        list(json!([{"function": {"arguments": "}"}}, {"function": {"arguments": " }"}}])),
    ];
    assert_eq!(calls(chunks), owned(&[("a", "f", "{}"), ("b", "g", "{ }")]));
}

#[test]
fn a_message_is_the_whole_and_not_one_more_delta() {
    let message = json!({"role": "assistant", "content": "Hello", "tool_calls": [
        {"id": "a", "function": {"name": "f", "arguments": {"x": 1}}},
        {"id": "b", "function": {"name": "g", "arguments": "{}"}}]});
    let whole = json!({"id": "x", "model": "m", "choices": [
        {"index": 0, "message": message, "finish_reason": "tool_calls"}]});
    let alone = accumulate(std::slice::from_ref(&whole)).response;
    let after = accumulate(&[
        delta(json!({"content": "Hel"})),
        call(json!(0), json!("a"), json!("f"), json!("{\"x\"")),
        whole,
    ])
    .response;
    same(&alone, &after);
    assert_eq!(alone.message.text.as_deref(), Some("Hello"));
    assert_eq!(alone.message.tool_calls.len(), 2);
}

#[test]
fn custom_calls_are_any_text() {
    let custom = |custom: Value| delta(json!({"tool_calls": [{"index": 0, "custom": custom}]}));
    let chunks = vec![
        custom(json!({"name": "sql", "input": "{}"})),
        custom(json!({"input": "{}"})),
        delta(json!({"tool_calls": [{"index": 0, "id": "a", "custom": {"input": "{}!"}}]})),
    ];
    assert_eq!(calls(chunks), owned(&[("a", "sql", "{}{}{}!")]));
}

#[test]
fn other_choices_do_not_disturb() {
    let response = accumulate(&[
        json!({"choices": [
            {"index": 1, "delta": {"content": "no"}, "finish_reason": "length"},
            {"index": 0, "delta": {"content": "yes"}},
        ]}),
        json!({"choices": [{"index": 2, "delta": {"tool_calls": [{"index": 0}]}}]}),
        end("stop"),
    ])
    .response;
    assert_eq!(response.message.text.as_deref(), Some("yes"));
    assert!(response.message.tool_calls.is_empty());
    assert_eq!(response.finish_reason, FinishReason::Stop);
}

#[test]
fn what_once_cut_the_answer_has_cut_it() {
    let reason = |reasons: &[&str]| {
        let chunks: Vec<_> = reasons.iter().map(|reason| end(reason)).collect();
        accumulate(&[vec![delta(json!({"content": "x"}))], chunks].concat()).response.finish_reason
    };
    assert_eq!(reason(&["length", "stop"]), FinishReason::Length);
    assert_eq!(reason(&["stop", "", "stop"]), FinishReason::Stop);
    assert_eq!(reason(&["stop", "tool_calls"]), FinishReason::ToolCalls);
    assert_eq!(reason(&["stop", "tired"]), FinishReason::Other("tired".to_owned()));
}

#[test]
fn a_stream_without_a_finish_reason_is_no_response() {
    let mut accumulator = ChatAccumulator::new();
    let chunk = delta(json!({"content": "x"})).to_string();
    accumulator.push(chunk.as_bytes(), &mut Vec::new()).expect("a chunk");
    accumulator.push(b"[DONE]", &mut Vec::new()).expect("the end");
    accumulator.push(b"rubbish", &mut Vec::new()).expect("it is not looked at");
    assert!(accumulator.is_done());
    assert_eq!(accumulator.message().text.as_deref(), Some("x"));
    assert_eq!(accumulator.finish().expect_err("cut").kind(), ErrorKind::StreamCut);
}

#[test]
fn what_is_no_chunk_is_an_error_that_keeps_it() {
    for data in ["{", "[]", "\"x\"", "{} {}", "{\"choices\":{}}", "<html>"] {
        let error = ChatAccumulator::new().push(data.as_bytes(), &mut Vec::new()).expect_err(data);
        assert_eq!(error.kind(), ErrorKind::InvalidChunk, "{data}");
        assert_eq!(error.payload(), Some(data.as_bytes()));
    }
    for data in ["", " \n", "{}", "{\"choices\":null}", "{\"type\":\"ping\"}", "{\"error\":null}"] {
        let mut deltas = Vec::new();
        ChatAccumulator::new().push(data.as_bytes(), &mut deltas).expect(data);
        assert!(deltas.is_empty());
    }
}

#[test]
fn an_error_object_in_any_form_is_an_api_error() {
    for data in [
        r#"{"error":{"message":"overloaded","code":503}}"#,
        r#"{"error":{"message":"overloaded","code":503},"choices":[{"delta":{"content":"x"}}]}"#,
        r#"{"object":"error","message":"overloaded","code":503}"#,
    ] {
        let error = ChatAccumulator::new().push(data.as_bytes(), &mut Vec::new()).expect_err(data);
        assert_eq!(error.kind(), ErrorKind::Api);
        assert_eq!(error.api_error().and_then(ApiError::code), Some("503"));
    }
}

#[cfg(feature = "client")]
#[test]
fn an_event_that_is_an_error_by_its_name_is_read_without_its_envelope() {
    let error = ChatAccumulator::push_error(b"{\"message\":\"no\"}");
    assert_eq!(error.api_error().map(ApiError::message), Some("no"));
}

#[test]
fn memory_is_bounded_by_the_limit_whatever_the_server_counts() {
    let mut accumulator = ChatAccumulator::new().with_max_bytes(10_000);
    let mut pushed = 0;
    let error = loop {
        let chunk = call(json!(u64::MAX - pushed), Value::Null, Value::Null, Value::Null);
        match accumulator.push(chunk.to_string().as_bytes(), &mut Vec::new()) {
            Ok(()) => pushed += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::ResponseTooLarge);
    assert!(pushed < 40);
}

/// Any message, and how its texts are cut and mixed.
#[derive(Clone, Debug)]
struct Streamed {
    message: Value,
    chunks: Vec<Value>,
}

/// How many deltas one chunk gives before it is refused as too large.
fn deltas_of_too_large(chunk: &str) -> usize {
    let mut deltas = Vec::new();
    let error = ChatAccumulator::new().push(chunk.as_bytes(), &mut deltas).expect_err("too large");
    assert_eq!(error.kind(), ErrorKind::ResponseTooLarge);
    deltas.len()
}

#[test]
fn a_response_has_so_many_calls_at_most() {
    let list = vec!["{}"; 300_000].join(",");
    let one = format!(r#"{{"choices":[{{"delta":{{"tool_calls":[{list}]}}}}]}}"#);
    assert_eq!(deltas_of_too_large(&one), 0);
    let error = read_response(&Bytes::from(one.replace("delta", "message"))).expect_err("too many");
    assert_eq!(error.kind(), ErrorKind::ResponseTooLarge);

    let mut accumulator = ChatAccumulator::new();
    let mut deltas = Vec::new();
    for index in 0..16_384 {
        let chunk = call(json!(index), json!(format!("c{index}")), json!("f"), json!("{}"));
        accumulator.push(chunk.to_string().as_bytes(), &mut deltas).expect("not too many");
    }
    let chunk = call(json!(20_000), json!("last"), json!("f"), json!("{}"));
    let error = accumulator.push(chunk.to_string().as_bytes(), &mut deltas).expect_err("too many");
    assert_eq!(error.kind(), ErrorKind::ResponseTooLarge);
}

#[test]
fn choices_that_do_not_count_are_not_kept() {
    let others = [r#"{"index":1,"message":{"content":"no"}}"#; 3].join(",");
    let body =
        format!(r#"{{"choices":[{others},{{"index":0,"message":{{"content":"yes"}}}},{{}}]}}"#);
    let response = read_response(&Bytes::from(body)).expect("a response");
    assert_eq!(response.message.text.as_deref(), Some("yes"));
    let first = format!(r#"{{"choices":[{others}]}}"#);
    let response = read_response(&Bytes::from(first)).expect("a response");
    assert_eq!(response.message.text.as_deref(), Some("no"));
}

#[test]
fn ids_and_names_that_no_honest_server_sends_are_cut() {
    let (id, name) = ("é".repeat(4_000), "n".repeat(4_000));
    let told = calls(vec![call(json!(0), json!(id), json!(name), json!("{}"))]);
    assert_eq!(told, owned(&[(&id[..1_024], &name[..256], "{}")]));
}

#[test]
fn a_name_that_grows_for_ever_costs_no_more_than_the_limit() {
    let id = "i".repeat(1_024);
    let mut list = Vec::new();
    for index in 0..40_000 {
        list.push(json!({"index": index / 200, "id": id, "function": {"name": "b"}}));
    }
    let chunk = json!({"choices": [{"index": 0, "delta": {"tool_calls": list}}]});
    let mut accumulator = ChatAccumulator::new().with_max_bytes(1024 * 1024);
    let mut deltas = Vec::new();
    let error = accumulator.push(chunk.to_string().as_bytes(), &mut deltas);
    let names: usize = deltas
        .iter()
        .map(|delta| match delta {
            Delta::CallRenamed { name, .. } => name.len(),
            _ => 0,
        })
        .sum();
    assert!(names <= 1024 * 1024 + 256, "{names}");
    assert!(error.is_ok() || deltas.len() < 40_000);
}

#[test]
fn what_grows_after_the_finish_reason_needs_another_end() {
    let mut accumulator = ChatAccumulator::new();
    let mut push = |chunk: Value| {
        accumulator.push(chunk.to_string().as_bytes(), &mut Vec::new()).expect("a chunk");
        accumulator.is_whole()
    };
    assert!(!push(delta(json!({"content": "4"}))));
    assert!(push(end("stop")));
    assert!(push(json!({"choices": [], "usage": {}})));
    assert!(push(json!({"choices": [{"index": 0, "message": {"content": "4"}}]})));
    assert!(!push(delta(json!({"content": "2"}))));
    assert!(push(end("stop")));
    assert!(!push(delta(json!({"content": "!"}))));
    let error = accumulator.finish().expect_err("cut");
    assert_eq!(error.kind(), ErrorKind::StreamCut);
}

#[test]
fn a_finish_reason_that_more_of_the_answer_followed_is_no_end_whatever_comes_next() {
    let mut accumulator = ChatAccumulator::new();
    let mut push = |data: &str| accumulator.push(data.as_bytes(), &mut Vec::new());
    push(&end("stop").to_string()).expect("a chunk");
    push(&delta(json!({"content": "b"})).to_string()).expect("a chunk");
    assert!(push("[ONE]").is_err());
    assert_eq!(accumulator.finish_reason(), Some(&FinishReason::Stop));
    assert!(!accumulator.is_whole());
    assert_eq!(accumulator.finish().expect_err("cut").kind(), ErrorKind::StreamCut);
}

#[test]
fn an_id_that_is_made_up_differs_from_those_of_the_server() {
    let told = calls(vec![
        call(json!(0), Value::Null, json!("f"), json!("1")),
        call(json!(1), json!("call_0"), json!("f"), json!("2")),
    ]);
    assert_eq!(told, owned(&[("call_0_", "f", "1"), ("call_0", "f", "2")]));
}

fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<i32>().prop_map(|n| json!(n)),
        any::<String>().prop_map(|text| json!(text)),
        Just(Value::Null),
        any::<bool>().prop_map(|b| json!(b)),
    ];
    let value = leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((".{0,4}", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    });
    prop::collection::vec(("[a-z\"{]{1,3}", value), 0..4)
        .prop_map(|fields| Value::Object(fields.into_iter().collect()).to_string())
}

/// A text in pieces of one to `most` characters.
pub(super) fn cut(text: &str, most: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(most.max(1)).map(|piece| piece.iter().collect()).collect()
}

fn streamed() -> impl Strategy<Value = Streamed> {
    let text = || prop::option::of(any::<String>());
    let calls = prop::collection::vec(("[a-z_]{1,8}", json_text()), 0..4);
    (text(), text(), text(), calls, 1_usize..9, any::<bool>(), any::<u64>()).prop_map(
        |(content, refusal, reasoning, calls, most, repeat_names, seed)| {
            let whole: Vec<_> = calls
                .iter()
                .enumerate()
                .map(|(at, (name, arguments))| {
                    json!({"id": format!("id_{at}"), "type": "function",
                        "function": {"name": name, "arguments": arguments}})
                })
                .collect();
            let message = json!({"role": "assistant", "content": content, "refusal": refusal,
                "reasoning_content": reasoning, "tool_calls": whole});
            // Each queue keeps its order; which queue is next is anybody's guess.
            let mut queues: Vec<Vec<Value>> = Vec::new();
            for (key, text) in
                [("content", &content), ("refusal", &refusal), ("reasoning_content", &reasoning)]
            {
                let Some(text) = text else { continue };
                let first = vec![delta(json!({key: ""}))];
                let rest = cut(text, most).into_iter().map(|piece| delta(json!({key: piece})));
                queues.push(first.into_iter().chain(rest).collect());
            }
            for (at, (name, arguments)) in calls.iter().enumerate() {
                let id = json!(format!("id_{at}"));
                let first = call(json!(at), id, json!(name), json!(""));
                let name = if repeat_names { json!(name) } else { Value::Null };
                let rest = cut(arguments, most)
                    .into_iter()
                    .map(|piece| call(json!(at), Value::Null, name.clone(), json!(piece)));
                queues.push(std::iter::once(first).chain(rest).collect());
            }
            let mut random = seed;
            let mut chunks = Vec::new();
            while !queues.is_empty() {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = usize::try_from(random >> 33).unwrap_or(0) % queues.len();
                chunks.push(queues[at].remove(0));
                queues.retain(|queue| !queue.is_empty());
            }
            Streamed { message, chunks }
        },
    )
}

proptest! {
    #[test]
    fn any_response_in_any_pieces_is_what_it_would_have_been_whole(streamed in streamed()) {
        let Streamed { message, mut chunks } = streamed;
        let usage = json!({"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12});
        let body = json!({"id": "x", "model": "m", "usage": usage, "choices": [
            {"index": 0, "message": message, "finish_reason": "stop"}]});
        chunks.push(end("stop"));
        chunks.push(json!({"id": "x", "model": "m", "choices": [], "usage": usage}));
        let whole = read_response(&Bytes::from(body.to_string())).expect("a response");
        same(&accumulate(&chunks).response, &whole);
    }

    #[test]
    fn no_bytes_make_it_panic(
        data in prop::collection::vec(
            prop_oneof![
                r#"\{"choices":\[\{"delta":\{"tool_calls":\[\{"index":[0-2],"id":"[ab]?","function":\{"name":"[fg]?","arguments":"[\[\{\}1,]{0,4}"\}\}\]\}\}\]\}"#,
                any::<String>(),
            ],
            0..12,
        ),
    ) {
        let mut accumulator = ChatAccumulator::new();
        let mut deltas = Vec::new();
        for data in &data {
            let _ = accumulator.push(data.as_bytes(), &mut deltas);
        }
        let calls = accumulator.message().tool_calls.len();
        prop_assert!(calls <= rebuild(&deltas).calls.len());
    }
}
