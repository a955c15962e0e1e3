use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{chat::responses::read_response, tool::ToolCall};

/// The events of a response; texts are cut into pieces of so many characters.
pub(super) fn events(response: &Value, piece: usize) -> Vec<Value> {
    let mut events = vec![json!({"type": "response.created", "response": {"output": []}})];
    for (index, item) in response["output"].as_array().expect("items").iter().enumerate() {
        let mut begun = item.clone();
        for (key, empty) in [
            ("arguments", json!("")),
            ("input", json!("")),
            ("content", json!([])),
            ("summary", json!([])),
        ] {
            if begun.get(key).is_some() {
                begun[key] = empty;
            }
        }
        let added = "response.output_item.added";
        events.push(json!({"type": added, "output_index": index, "item": begun}));
        let told = |events: &mut Vec<Value>, kind: &str, part: &str, at: usize, text: &Value| {
            let text: Vec<char> = text.as_str().expect("a text").chars().collect();
            for delta in text.chunks(piece) {
                let delta = String::from_iter(delta);
                events.push(json!({
                    "type": format!("response.{kind}.delta"),
                    "output_index": index, part: at, "delta": delta, "obfuscation": "abc",
                }));
            }
        };
        for (at, part) in item["summary"].as_array().into_iter().flatten().enumerate() {
            told(&mut events, "reasoning_summary_text", "summary_index", at, &part["text"]);
        }
        for (at, part) in item["content"].as_array().into_iter().flatten().enumerate() {
            match part["type"].as_str().expect("a type") {
                "refusal" => told(&mut events, "refusal", "content_index", at, &part["refusal"]),
                "reasoning_text" => {
                    told(&mut events, "reasoning_text", "content_index", at, &part["text"]);
                }
                _ => told(&mut events, "output_text", "content_index", at, &part["text"]),
            }
        }
        for (kind, field) in
            [("function_call_arguments", "arguments"), ("custom_tool_call_input", "input")]
        {
            if let Some(text) = item.get(field) {
                told(&mut events, kind, "content_index", 0, text);
                let done = format!("response.{kind}.done");
                events.push(json!({"type": done, "output_index": index, field: text}));
            }
        }
        events.push(json!({"type": "response.hologram.spun", "delta": [1], "text": 7}));
        let done = "response.output_item.done";
        events.push(json!({"type": done, "output_index": index, "item": item}));
    }
    let word = response["status"].as_str().expect("a status");
    events.push(json!({"type": format!("response.{word}"), "response": response}));
    events
}

fn accumulate(events: &[Value]) -> (ResponsesAccumulator, Vec<Delta>) {
    let mut accumulator = ResponsesAccumulator::new();
    let mut deltas = Vec::new();
    for event in events {
        accumulator.push(event.to_string().as_bytes(), &mut deltas).expect("an event");
    }
    (accumulator, deltas)
}

/// What the deltas come to, put together as their docs say.
fn together(deltas: &[Delta]) -> AssistantMessage {
    let mut message = AssistantMessage::default();
    for delta in deltas {
        match delta {
            Delta::Arguments { slot, text } => message.tool_calls[*slot].arguments.push_str(text),
            Delta::ArgumentsComplete { .. } | Delta::Item(_) => {}
            Delta::ArgumentsReset { slot } => message.tool_calls[*slot].arguments.clear(),
            Delta::CallBegan { slot, id, name, .. } => {
                assert_eq!(*slot, message.tool_calls.len());
                message.tool_calls.push(ToolCall::new(id.clone(), name, ""));
            }
            Delta::CallRenamed { slot, id, name } => {
                let call = &mut message.tool_calls[*slot];
                (call.id, call.name) = (id.clone(), name.clone());
            }
            Delta::Reasoning(text) => message.reasoning.get_or_insert_default().push_str(text),
            Delta::Refusal(text) => message.refusal.get_or_insert_default().push_str(text),
            Delta::Audio(_) | Delta::Transcript(_) => unreachable!(),
            Delta::Text(text) => message.text.get_or_insert_default().push_str(text),
        }
    }
    message
}

fn item() -> impl Strategy<Value = Value> {
    let said = "[a-zäß\"\\\\ {}]{1,12}";
    let parts = |kind: &'static str| {
        prop::collection::vec(said, 0..3).prop_map(move |texts| {
            texts.iter().map(|text| json!({"type": kind, "text": text})).collect::<Vec<_>>()
        })
    };
    prop_oneof![
        parts("output_text").prop_map(|content| json!({"type": "message", "content": content})),
        parts("output_text").prop_map(|content| {
            json!({"type": "message", "phase": "commentary", "content": content})
        }),
        said.prop_map(|text| {
            let part = json!({"type": "refusal", "refusal": text});
            json!({"type": "message", "content": [part]})
        }),
        (parts("summary_text"), parts("reasoning_text")).prop_map(|(summary, content)| {
            json!({"type": "reasoning", "summary": summary, "content": content,
                "encrypted_content": "x"})
        }),
        said.prop_map(|text| json!({"type": "function_call", "name": "f", "arguments": text})),
        said.prop_map(|text| json!({"type": "custom_tool_call", "name": "g", "input": text})),
        Just(json!({"type": "hologram", "size": 3})),
    ]
}

pub(super) fn response() -> impl Strategy<Value = Value> {
    (prop::collection::vec(item(), 0..6), any::<bool>()).prop_map(|(mut output, whole)| {
        for (index, item) in output.iter_mut().enumerate() {
            item["id"] = format!("item_{index}").into();
            if item.get("name").is_some() {
                item["call_id"] = format!("call_{index}").into();
            }
        }
        let status = if whole { "completed" } else { "incomplete" };
        json!({"id": "resp", "model": "m", "status": status, "output": output,
            "incomplete_details": {"reason": "max_output_tokens"}, "usage": {"input_tokens": 3}})
    })
}

/// Deltas do not tell what kind of call it is.
fn as_told(mut message: AssistantMessage) -> AssistantMessage {
    let plain = |call: ToolCall| ToolCall::new(call.id, call.name, call.arguments);
    message.tool_calls = message.tool_calls.into_iter().map(plain).collect();
    message
}

proptest! {
    #[test]
    fn a_stream_in_any_cut_is_the_unstreamed_response(response in response(), piece in 1..20_usize) {
        let whole = read_response(&response.to_string().into()).expect("readable");
        let (accumulator, deltas) = accumulate(&events(&response, piece));
        prop_assert!(accumulator.is_done() && accumulator.is_whole());
        let accumulated = accumulator.into_accumulated().expect("whole");
        let streamed = accumulated.response;
        prop_assert_eq!(&streamed.message, &whole.message);
        prop_assert_eq!(&streamed.finish_reason, &whole.finish_reason);
        prop_assert_eq!(streamed.usage, whole.usage);
        prop_assert_eq!(streamed.body(), whole.body());
        prop_assert_eq!(accumulated.slots, (0..whole.message.tool_calls.len()).collect::<Vec<_>>());

        let given = deltas.iter().filter(|delta| matches!(delta, Delta::Item(_))).count();
        prop_assert_eq!(given, whole.message.items.iter().filter(|i| i.is_only_kept()).count());
        let mut said = together(&deltas);
        said.items = whole.message.items.clone();
        said.response_id = whole.message.response_id.clone();
        // No text and an empty one are told alike.
        let mut expected = as_told(whole.message);
        expected.text = expected.text.filter(|text| !text.is_empty());
        prop_assert_eq!(said, expected);
    }

    #[test]
    fn before_the_end_the_message_is_what_the_deltas_say(response in response(), cut in 0..40_usize) {
        let events = events(&response, 3);
        let end = cut.min(events.len() - 1);
        let (accumulator, deltas) = accumulate(&events[..end]);
        prop_assert!(!accumulator.is_done());
        let mut said = together(&deltas);
        said.reasoning = said.reasoning.filter(|text| !text.is_empty());
        prop_assert_eq!(as_told(accumulator.message()), said);
        prop_assert_eq!(accumulator.finish().expect_err("cut").kind(), ErrorKind::StreamCut);
    }

    #[test]
    fn events_in_any_order_do_no_harm(response in response(), order in any::<Vec<prop::sample::Index>>()) {
        let events = events(&response, 3);
        let mut accumulator = ResponsesAccumulator::new();
        let mut deltas = Vec::new();
        for index in order {
            let event = index.get(&events).to_string();
            accumulator.push(event.as_bytes(), &mut deltas).expect("an event");
        }
        together(&deltas);
        let _ = accumulator.message();
    }
}

fn call(arguments: &str) -> Value {
    json!({"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": arguments})
}

#[test]
fn a_call_is_closed_by_its_done_event_and_only_once() {
    let output = [call("{}")];
    let response = json!({"status": "completed", "output": output});
    let (_, deltas) = accumulate(&events(&response, 1));
    let complete = Delta::ArgumentsComplete { slot: 0 };
    assert_eq!(deltas.iter().filter(|delta| **delta == complete).count(), 1);
    assert_eq!(deltas.last(), Some(&complete));
}

#[test]
fn what_came_only_with_the_whole_item_is_given_out_then() {
    for (first, kind) in [
        (
            Some(
                json!({"type": "response.output_item.added", "output_index": 0, "item": call("")}),
            ),
            "added",
        ),
        (None, "never told of"),
    ] {
        let done =
            json!({"type": "response.output_item.done", "output_index": 0, "item": call("{}")});
        let events: Vec<_> = first.into_iter().chain([done]).collect();
        let (accumulator, deltas) = accumulate(&events);
        assert_eq!(together(&deltas).tool_calls, [ToolCall::new("c", "f", "{}")], "{kind}");
        assert_eq!(accumulator.message().tool_calls, [ToolCall::new("c", "f", "{}")]);
    }
    let text = json!({"type": "message", "content": [{"type": "output_text", "text": "hi"}]});
    let response = json!({"status": "completed", "output": [text, call("{}")]});
    let (accumulator, deltas) =
        accumulate(&[json!({"type": "response.completed", "response": response})]);
    assert_eq!(together(&deltas).text.as_deref(), Some("hi"));
    assert_eq!(together(&deltas).tool_calls, accumulator.message().tool_calls);
}

#[test]
fn arguments_that_change_at_the_end_begin_anew() {
    let mut events = events(&json!({"status": "completed", "output": [call("{\"a\":1}")]}), 3);
    let done = events.iter_mut().find(|event| event["type"] == "response.output_item.done");
    done.expect("it is done")["item"] = call("{\"b\":2}");
    events.pop();
    let (_, deltas) = accumulate(&events);
    assert!(deltas.contains(&Delta::ArgumentsReset { slot: 0 }));
    assert_eq!(together(&deltas).tool_calls, [ToolCall::new("c", "f", "{\"b\":2}")]);
}

#[test]
fn an_output_that_the_last_event_lacks_is_what_came_before() {
    let text = json!({"type": "message", "content": [{"type": "output_text", "text": "hi"}]});
    let response = json!({"id": "r", "status": "completed", "output": [text, call("{}")]});
    for output in [json!([]), Value::Null] {
        let mut events = events(&response, 1);
        events.last_mut().expect("an end")["response"]["output"] = output;
        let (accumulator, _) = accumulate(&events);
        let finished = accumulator.finish().expect("whole");
        assert_eq!(finished.message.text.as_deref(), Some("hi"));
        assert_eq!(finished.message.tool_calls.len(), 1);
        assert_eq!(read_response(&finished.body()).expect("readable").message, finished.message);
    }
}

#[test]
fn awkward_numbering_and_ids_are_sorted_out() {
    let other =
        json!({"type": "function_call", "id": "j", "call_id": "d", "name": "g", "arguments": "[]"});
    let response = json!({"status": "completed", "output": [call("{}"), other]});
    let expected = read_response(&response.to_string().into()).expect("readable").message;
    let changes: [fn(usize, &mut Value); 4] = [
        |_, event| event["output_index"] = json!(0),
        |_, event| event["output_index"] = Value::Null,
        |_, event| {
            event["output_index"] = json!(event["output_index"].as_u64().unwrap_or(0) + (1 << 53));
        },
        // Behind some proxies ids change with every event.
        |at, event| {
            if event.get("item").is_some() {
                event["item"]["id"] = at.to_string().into();
            }
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut events = events(&response, 1);
        let end = events.len() - 1;
        events[1..end].iter_mut().enumerate().for_each(|(at, event)| change(at, event));
        let (accumulator, deltas) = accumulate(&events);
        assert_eq!(together(&deltas).tool_calls, expected.tool_calls, "{number}");
        let accumulated = accumulator.into_accumulated().expect("whole");
        assert_eq!(accumulated.response.message, expected, "{number}");
        assert_eq!(accumulated.slots, [0, 1], "{number}");
    }
}

#[test]
fn an_error_ends_the_stream_as_an_api_error() {
    for event in [
        json!({"type": "error", "code": "server_error", "message": "sorry", "param": null}),
        json!({"type": "error", "error": {"code": "server_error", "message": "sorry"}}),
        json!({"error": {"code": "server_error", "message": "sorry"}}),
        json!({"type": "response.failed", "response": {"status": "failed", "output": [],
            "error": {"code": "server_error", "message": "sorry"}}}),
    ] {
        let mut accumulator = ResponsesAccumulator::new();
        let error = accumulator.push(event.to_string().as_bytes(), &mut Vec::new());
        let error = error.expect_err("an error");
        assert_eq!(error.kind(), ErrorKind::Api, "{event}");
        let code = error.api_error().and_then(crate::error::ApiError::code);
        assert_eq!(code, Some("server_error"), "{event}");
        assert!(error.payload().is_some());
    }
}

#[test]
fn what_is_no_event_is_an_invalid_chunk() {
    let item = json!({"type": "function_call", "name": 7}).to_string();
    let added = format!("{{\"type\":\"response.output_item.added\",\"item\":{item}}}");
    for data in ["{", "[1]", "7", &added, "{\"type\":\"response.completed\"}"] {
        let mut accumulator = ResponsesAccumulator::new();
        let error = accumulator.push(data.as_bytes(), &mut Vec::new()).expect_err(data);
        assert_eq!(error.kind(), ErrorKind::InvalidChunk, "{data}");
        assert_eq!(error.payload(), Some(data.as_bytes()));
    }
    let mut accumulator = ResponsesAccumulator::new();
    for data in ["", "  ", "{}", "{\"type\":7}", "{\"type\":\"new\",\"item\":[]}"] {
        accumulator.push(data.as_bytes(), &mut Vec::new()).expect(data);
    }
}

#[test]
fn done_without_the_last_event_is_a_cut_stream() {
    let mut accumulator = ResponsesAccumulator::new();
    accumulator.push(b"[DONE]", &mut Vec::new()).expect("the end");
    assert!(accumulator.is_done() && !accumulator.is_whole());
    assert_eq!(accumulator.finish().expect_err("cut").kind(), ErrorKind::StreamCut);
}

#[test]
fn what_is_kept_has_a_limit() {
    let text =
        json!({"type": "response.output_text.delta", "output_index": 0, "delta": "0123456789"});
    let item = |index: u64| json!({"type": "response.output_item.added", "output_index": index, "item": {}});
    let endless: [Box<dyn Fn(u64) -> Value>; 2] = [Box::new(move |_| text.clone()), Box::new(item)];
    for event in endless {
        let mut accumulator = ResponsesAccumulator::new().with_max_bytes(10_000);
        let mut deltas = Vec::new();
        let pushed = (0..2_000)
            .try_for_each(|at| accumulator.push(event(at).to_string().as_bytes(), &mut deltas));
        assert_eq!(pushed.expect_err("too large").kind(), ErrorKind::ResponseTooLarge);
    }
}
