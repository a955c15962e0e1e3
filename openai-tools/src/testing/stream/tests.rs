use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{
    frames::{Frame, Step},
    *,
};
use crate::testing::{
    BreakPoint, Reply,
    reply::Wire,
    wire::{Payload, Response},
};

fn request() -> Value {
    json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": true})
}

fn frames(reply: Reply) -> Frames {
    frames_for(&request(), reply)
}

fn frames_for(request: &Value, reply: Reply) -> Frames {
    let response: Response = reply.respond(request, &Wire::Chat, 255, &StreamShape::new());
    assert!(response.headers.contains(&("content-type".into(), "text/event-stream".into())));
    match response.payload {
        Payload::Stream(frames) => *frames,
        other => panic!("no stream: {other:?}"),
    }
}

/// What is sent, and how it ends.
fn drain(mut frames: Frames) -> (Vec<Frame>, Step) {
    let mut all = Vec::new();
    loop {
        match frames.next() {
            Step::Frame(frame) => all.push(frame),
            Step::Wait => {}
            ending => return (all, ending),
        }
    }
}

fn text_of(frames: &[Frame]) -> String {
    let bytes: Vec<u8> = frames.iter().flat_map(|frame| frame.bytes.to_vec()).collect();
    String::from_utf8(bytes).expect("whole characters in the end")
}

fn sent(reply: Reply) -> String {
    let (frames, ending) = drain(frames(reply));
    assert_eq!(ending, Step::End);
    text_of(&frames)
}

/// The chunks of a well-formed stream.
fn chunks(text: &str) -> Vec<Value> {
    let mut data: Vec<&str> = text
        .split_terminator("\n\n")
        .map(|event| event.strip_prefix("data: ").expect("one line of data"))
        .collect();
    assert_eq!(data.pop(), Some("[DONE]"));
    data.into_iter().map(|data| serde_json::from_str(data).expect("JSON")).collect()
}

fn deltas(reply: Reply) -> Vec<Value> {
    let chunks = chunks(&sent(reply));
    chunks.iter().map(|chunk| chunk["choices"][0]["delta"].clone()).collect()
}

/// What the deltas of a choice add up to.
fn message(chunks: &[Value], choice: u64) -> Value {
    let mut message = Map::new();
    let (mut calls, mut reason): (Vec<Value>, Value) = (Vec::new(), Value::Null);
    let own = |c: &&Value| c["index"] == choice;
    for chunk in chunks.iter().flat_map(|chunk| chunk["choices"].as_array().expect("choices")) {
        let Some(chunk) = Some(chunk).filter(own) else { continue };
        assert_eq!(reason, Value::Null, "nothing follows the finish reason");
        reason = chunk["finish_reason"].clone();
        for (name, value) in chunk["delta"].as_object().expect("a delta") {
            let Some(list) = value.as_array().filter(|_| name == "tool_calls") else {
                add(&mut message, name, value);
                continue;
            };
            for call in list {
                let index = call["index"].as_u64().expect("an index");
                let index = usize::try_from(index).expect("a small one");
                calls.resize(calls.len().max(index + 1), json!({}));
                let calls = calls[index].as_object_mut().expect("an object");
                for (name, value) in call.as_object().expect("a call") {
                    match value {
                        Value::Object(parts) => {
                            let object = calls.entry(name.as_str()).or_insert_with(|| json!({}));
                            for (name, part) in parts {
                                add(object.as_object_mut().expect("an object"), name, part);
                            }
                        }
                        _ if name == "index" => {}
                        _ => add(calls, name, value),
                    }
                }
            }
        }
    }
    if !calls.is_empty() {
        message.insert("tool_calls".to_owned(), calls.into());
    }
    json!({"message": message, "finish_reason": reason})
}

fn add(fields: &mut Map<String, Value>, name: &str, value: &Value) {
    let field = fields.entry(name).or_insert(Value::Null);
    *field = match (field.as_str(), value.as_str()) {
        (Some(before), Some(more)) => format!("{before}{more}").into(),
        _ => value.clone(),
    };
}

fn replies() -> Vec<Reply> {
    let calls = [("c1", "add", "{\"a\":1,\"b\":[2]}"), ("c2", "gone", ""), ("c3", "f", "not JSON")];
    vec![
        Reply::text("Grüße, wörtlich: \"€\" 🦀 and\nmore"),
        Reply::text(""),
        Reply::refusal("I will not."),
        Reply::tool_calls(calls),
        Reply::tool_calls([("c1", "add", json!({"a": "🦀🦀🦀🦀🦀"}))]).with_reasoning("Let me see"),
        Reply::text("cut").with_finish_reason("length").with_usage(7, 8),
        Reply::text("x").with_message_field("tool_calls", json!("none")),
        Reply::text("x").with_message_field("content", json!([{"type": "text"}])),
        Reply::tool_calls([("c1", "add", "{}")]).with_message_field(
            "tool_calls",
            json!([{"id": 7, "type": "custom", "custom": {"name": "sql", "input": "select 1"}},
                   {"id": "c2", "odd": true}]),
        ),
        Reply::automatic(),
    ]
}

#[test]
fn deltas_of_any_size_add_up_to_the_unstreamed_message() {
    for size in [1, 2, 3, 7, usize::MAX] {
        for interleaved in [false, true] {
            let shape = StreamShape::new().with_delta_size(size);
            let shape = if interleaved { shape.with_interleaved_calls() } else { shape };
            for reply in replies() {
                let mut request = request();
                request["n"] = json!(2);
                let unstreamed = json!({"model": "m", "messages": request["messages"], "n": 2});
                let response =
                    reply.clone().respond(&unstreamed, &Wire::Chat, 255, &StreamShape::new());
                let Payload::Bytes(bytes) = response.payload else { panic!("no document") };
                let document: Value = serde_json::from_slice(&bytes).expect("JSON");
                let (frames, _) = drain(frames_for(&request, reply.with_stream(shape.clone())));
                let chunks = chunks(&text_of(&frames));
                for (index, choice) in (0..).zip(document["choices"].as_array().expect("two")) {
                    let mut expected = choice["message"].clone();
                    expected.as_object_mut().expect("an object").shift_remove("annotations");
                    let sum = message(&chunks, index);
                    assert_eq!(sum["message"], expected);
                    assert_eq!(sum["finish_reason"], choice["finish_reason"]);
                }
                for name in ["id", "created", "model", "service_tier", "system_fingerprint"] {
                    assert!(chunks.iter().all(|chunk| chunk[name] == document[name]));
                }
            }
        }
    }
}

#[test]
fn a_text_is_sent_as_openai_sends_it() {
    let text = sent(Reply::text("hello you"));
    let head = "data: {\"id\":\"chatcmpl-00000000000000ff\",\"object\":\"chat.completion.chunk\",\
                \"created\":1735689855,\"model\":\"m\",\"service_tier\":\"default\",\
                \"system_fingerprint\":\"fp_openai_tools\",\"choices\":[{\"index\":0,\"delta\":";
    let none = ",\"logprobs\":null,\"finish_reason\":null}]}\n\n";
    let expected = [
        format!("{head}{{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}}{none}"),
        format!("{head}{{\"content\":\"hell\"}}{none}"),
        format!("{head}{{\"content\":\"o yo\"}}{none}"),
        format!("{head}{{\"content\":\"u\"}}{none}"),
        format!("{head}{{}},\"logprobs\":null,\"finish_reason\":\"stop\"}}]}}\n\n"),
        "data: [DONE]\n\n".to_owned(),
    ];
    assert_eq!(text, expected.concat());
}

#[test]
fn a_call_begins_with_id_and_name_and_goes_on_with_arguments() {
    let calls = [("c1", "add", "{\"a\":1}"), ("c2", "sub", "{}")];
    assert_eq!(
        deltas(Reply::tool_calls(calls)),
        [
            json!({"role": "assistant", "content": null, "refusal": null}),
            json!({"tool_calls": [{"index": 0, "id": "c1", "type": "function",
                                   "function": {"name": "add", "arguments": ""}}]}),
            json!({"tool_calls": [{"index": 0, "function": {"arguments": "{\"a\""}}]}),
            json!({"tool_calls": [{"index": 0, "function": {"arguments": ":1}"}}]}),
            json!({"tool_calls": [{"index": 1, "id": "c2", "type": "function",
                                   "function": {"name": "sub", "arguments": ""}}]}),
            json!({"tool_calls": [{"index": 1, "function": {"arguments": "{}"}}]}),
            json!({}),
        ]
    );
}

#[test]
fn interleaved_calls_take_turns() {
    let shape = StreamShape::new().with_interleaved_calls();
    let calls = [("c1", "add", "123456789"), ("c2", "sub", "ab")];
    let deltas = deltas(Reply::tool_calls(calls).with_stream(shape));
    let order: Vec<u64> =
        deltas.iter().filter_map(|delta| delta["tool_calls"][0]["index"].as_u64()).collect();
    assert_eq!(order, [0, 1, 0, 1, 0, 0]);
}

#[test]
fn usage_comes_last_and_only_when_it_is_asked_for() {
    let mut request = request();
    request["stream_options"] = json!({"include_usage": true});
    let (frames, _) = drain(frames_for(&request, Reply::text("hello").with_usage(3, 4)));
    let asked = chunks(&text_of(&frames));
    let (last, others) = asked.split_last().expect("chunks");
    assert_eq!((&last["choices"], &last["usage"]["total_tokens"]), (&json!([]), &json!(7)));
    assert!(others.iter().all(|chunk| chunk["usage"] == Value::Null));
    assert!(others.iter().all(|chunk| chunk.as_object().expect("one").contains_key("usage")));
    let unasked = chunks(&sent(Reply::text("hello")));
    assert!(unasked.iter().all(|chunk| chunk.get("usage").is_none()));
    assert_eq!(unasked.len(), others.len());
}

fn quirky(quirk: StreamQuirk) -> Vec<Value> {
    let calls = [("c1", "add", "{\"a\":1}"), ("c2", "sub", "{}")];
    let reply = Reply::tool_calls(calls).with_stream(StreamShape::new().with_quirk(quirk));
    let calls = deltas(reply).into_iter().map(|delta| delta["tool_calls"][0].clone());
    calls.filter(|call| !call.is_null()).collect()
}

fn arguments(calls: &[Value], index: usize) -> Vec<Value> {
    let own = calls.iter().filter(|call| call["index"] == index);
    own.map(|call| call["function"]["arguments"].clone()).collect()
}

#[test]
fn indexes_can_be_missing_sparse_huge_or_zero() {
    let indexes =
        |quirk| quirky(quirk).into_iter().map(|call| call["index"].as_u64()).collect::<Vec<_>>();
    assert_eq!(indexes(StreamQuirk::IndexMissing), [None; 5]);
    assert_eq!(indexes(StreamQuirk::IndexZero), [Some(0); 5]);
    let sparse = [3, 3, 3, 13, 13].map(Some);
    assert_eq!(indexes(StreamQuirk::IndexSparse), sparse);
    let first = 9_007_199_254_000_000;
    assert_eq!(indexes(StreamQuirk::IndexHuge)[2..4], [Some(first), Some(first + 1)]);
}

#[test]
fn ids_can_be_empty_missing_or_repeated_with_the_name() {
    let ids = |quirk| quirky(quirk).into_iter().map(|call| call["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(StreamQuirk::IdEmpty)[0], "");
    assert_eq!(ids(StreamQuirk::IdMissing), vec![Value::Null; 5]);
    let repeated = quirky(StreamQuirk::IdAndNameRepeated);
    assert_eq!(
        (&repeated[2]["id"], &repeated[2]["function"]["name"]),
        (&json!("c1"), &json!("add"))
    );
    assert_eq!(repeated[2]["function"]["arguments"], ":1}");
}

#[test]
fn arguments_can_come_whole_grown_after_a_placeholder_as_objects_or_twice() {
    let whole = quirky(StreamQuirk::WholeCalls);
    assert_eq!(whole.len(), 2);
    assert_eq!(whole[0]["function"], json!({"name": "add", "arguments": "{\"a\":1}"}));
    let grown = quirky(StreamQuirk::Snapshots);
    assert_eq!(arguments(&grown, 0), ["", "{\"a\"", "{\"a\":1}"]);
    let placeholder = quirky(StreamQuirk::PlaceholderFirst);
    assert_eq!(arguments(&placeholder, 0), ["{}", "{\"a\"", ":1}"]);
    let objects = quirky(StreamQuirk::ArgumentsAsObject);
    assert_eq!(arguments(&objects, 0), [json!({"a": 1})]);
    let twice: String = arguments(&quirky(StreamQuirk::ConcatenatedObjects), 0)
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(twice, "{\"a\":1}{\"a\":1}");
}

#[test]
fn finish_reasons_can_be_empty_absent_or_never_come() {
    let reasons = |quirk| {
        let reply = Reply::text("x").with_stream(StreamShape::new().with_quirk(quirk));
        let chunks = chunks(&sent(reply));
        chunks.iter().map(|chunk| chunk["choices"][0].get("finish_reason").cloned()).collect()
    };
    let reasons: [Vec<Option<Value>>; 3] = [
        StreamQuirk::FinishReasonEmpty,
        StreamQuirk::FinishReasonAbsent,
        StreamQuirk::NoFinishReason,
    ]
    .map(reasons);
    let stop = || Some(json!("stop"));
    assert_eq!(reasons[0], [Some(json!("")), Some(json!("")), stop()]);
    assert_eq!(reasons[1], [None, None, stop()]);
    assert_eq!(reasons[2], [Some(Value::Null), Some(Value::Null)]);
}

#[test]
fn usage_can_grow_with_every_chunk() {
    let shape = StreamShape::new().with_quirk(StreamQuirk::UsageInEveryChunk);
    let reply = Reply::text("12345678").with_usage(10, 99).with_stream(shape);
    let chunks = chunks(&sent(reply));
    let totals: Vec<_> = chunks.iter().map(|c| c["usage"]["total_tokens"].as_u64()).collect();
    assert_eq!(totals, [11, 12, 13, 109].map(Some));
}

#[test]
fn a_choice_can_be_one_message_instead_of_deltas() {
    let shape = StreamShape::new().with_quirk(StreamQuirk::MessageInsteadOfDelta);
    let chunks = chunks(&sent(Reply::text("hello").with_stream(shape)));
    assert_eq!(chunks.len(), 1);
    let choice = &chunks[0]["choices"][0];
    assert_eq!((&choice["message"]["content"], choice.get("delta")), (&json!("hello"), None));
    assert_eq!(choice["finish_reason"], "stop");
}

/// The bytes of a stream whose JSON is always `{"choices":[]}`.
fn bytes_with(shape: StreamShape) -> String {
    let mut reply = Reply::text("x").with_field("choices", json!([])).with_stream(shape);
    for name in ["id", "object", "created", "model", "service_tier", "system_fingerprint"] {
        reply = reply.with_field(name, Value::Null);
    }
    let nulls = "\"id\":null,\"object\":null,\"created\":null,\"model\":null,\
                 \"service_tier\":null,\"system_fingerprint\":null,";
    sent(reply).replace(nulls, "")
}

#[test]
fn events_can_have_other_line_ends_comments_fields_and_a_byte_order_mark() {
    let with = |quirk| bytes_with(StreamShape::new().with_quirk(quirk));
    let ends = |end| bytes_with(StreamShape::new().with_line_end(end));
    assert_eq!(ends(LineEnd::Lf), "data: {\"choices\":[]}\n\ndata: [DONE]\n\n");
    assert_eq!(ends(LineEnd::CrLf), "data: {\"choices\":[]}\r\n\r\ndata: [DONE]\r\n\r\n");
    assert_eq!(ends(LineEnd::Cr), "data: {\"choices\":[]}\r\rdata: [DONE]\r\r");
    assert_eq!(with(StreamQuirk::NoDone), "data: {\"choices\":[]}\n\n");
    assert_eq!(with(StreamQuirk::NoSpace), "data:{\"choices\":[]}\n\ndata:[DONE]\n\n");
    assert_eq!(with(StreamQuirk::NoLastBlankLine), "data: {\"choices\":[]}\n\ndata: [DONE]\n");
    assert_eq!(
        with(StreamQuirk::ByteOrderMark),
        "\u{feff}data: {\"choices\":[]}\n\ndata: [DONE]\n\n"
    );
    assert_eq!(
        with(StreamQuirk::Comments),
        ": keep-alive\n\ndata: {\"choices\":[]}\n\n: keep-alive\ndata: [DONE]\n\n"
    );
    assert_eq!(
        with(StreamQuirk::ExtraFields),
        "event: message\nid: 0\nretry: 3000\ndata: {\"choices\":[]}\n\n\
         event: message\nid: 1\nretry: 3000\ndata: [DONE]\n\n"
    );
    let lines = with(StreamQuirk::MultiLineData);
    let joined = lines.replace("\ndata: ", "\n").replacen("data: ", "", 1);
    let (json, _) = joined.split_once("\n\n").expect("two events");
    assert!(json.lines().count() > 3, "{json}");
    assert_eq!(serde_json::from_str::<Value>(json).expect("JSON")["choices"], json!([]));
}

fn faulty(fault: StreamFault) -> (String, Step) {
    let (frames, ending) =
        drain(frames(Reply::text("hello").with_stream(StreamShape::new().with_fault(fault))));
    (text_of(&frames), ending)
}

#[test]
fn a_stream_breaks_off_where_it_is_told_to() {
    let whole = sent(Reply::text("hello"));
    let first_two = whole.split_inclusive("\n\n").take(2).collect::<String>();
    assert_eq!(faulty(StreamFault::CutAfter(2)), (first_two.clone(), Step::Cut));
    assert_eq!(faulty(StreamFault::EndAfter(2)), (first_two.clone(), Step::End));
    assert_eq!(faulty(StreamFault::ResetAfter(2)), (first_two.clone(), Step::Reset));
    assert_eq!(faulty(StreamFault::StallAfter(2)), (first_two, Step::Stall));
    // Its five events are all sent, and still it has no good end.
    assert_eq!(faulty(StreamFault::CutAfter(5)), (whole.clone(), Step::Cut));
    assert_eq!(faulty(StreamFault::CutAfter(6)), (whole, Step::End));
    assert_eq!(faulty(StreamFault::CutAfter(0)), (String::new(), Step::Cut));
    let (half, ending) = drain(frames(Reply::text("hello").cut_in_half()));
    assert_eq!((half.len(), ending), (2, Step::Cut));
    let (half, ending) = drain(frames(Reply::text("hello").reset_at(BreakPoint::InBody)));
    assert_eq!((half.len(), ending), (2, Step::Reset));
    let (half, ending) = drain(frames(Reply::text("hello").stalled_at(BreakPoint::InBody)));
    assert_eq!((half.len(), ending), (2, Step::Stall));
}

#[test]
fn an_event_can_be_no_json_or_an_error_object() {
    let (text, ending) = faulty(StreamFault::NotJson(1));
    let events: Vec<&str> = text.split_terminator("\n\n").collect();
    assert_eq!((events.len(), ending), (5, Step::End));
    assert!(serde_json::from_str::<Value>(&events[1]["data: ".len()..]).is_err());
    let fault = StreamFault::Error { at: 1, code: "gone".to_owned(), message: "mine".to_owned() };
    let (text, ending) = faulty(fault);
    let events: Vec<&str> = text.split_terminator("\n\n").collect();
    assert_eq!((events.len(), ending), (2, Step::End));
    let object: Value = serde_json::from_str(&events[1]["data: ".len()..]).expect("JSON");
    assert_eq!(
        object["error"],
        json!({"message": "mine", "type": "server_error", "param": null, "code": "gone"})
    );
}

#[test]
fn an_event_can_be_as_large_as_one_likes() {
    let (text, ending) = faulty(StreamFault::Oversized { at: 1, bytes: 200_000 });
    let events: Vec<&str> = text.split_inclusive("\n\n").collect();
    assert_eq!((events[1].len(), events.len(), ending), (200_000, 5, Step::End));
    let data: Value = serde_json::from_str(&events[1]["data: ".len()..]).expect("JSON");
    assert_eq!(data["choices"][0]["delta"]["content"], "hell");
    assert_eq!(faulty(StreamFault::Oversized { at: 1, bytes: 9 }).0, sent(Reply::text("hello")));
    let endless = StreamFault::Oversized { at: 0, bytes: u64::MAX };
    let mut frames = frames(Reply::text("x").with_stream(StreamShape::new().with_fault(endless)));
    for _ in 0..1_000 {
        assert!(matches!(frames.next(), Step::Frame(frame) if frame.events == 0));
    }
}

#[test]
fn packing_changes_the_frames_and_no_byte() {
    let whole = sent(Reply::text("Grüße, 🦀!"));
    let events = whole.matches("\n\n").count();
    for packing in [
        Packing::Events,
        Packing::Gathered(500),
        Packing::Split(1),
        Packing::Split(0),
        Packing::Split(97),
    ] {
        let shape = StreamShape::new().with_packing(packing);
        let (frames, ending) = drain(frames(Reply::text("Grüße, 🦀!").with_stream(shape)));
        assert_eq!((text_of(&frames), ending), (whole.clone(), Step::End));
        assert_eq!(frames.iter().map(|frame| frame.events).sum::<usize>(), events);
        let (last, others) = frames.split_last().expect("frames");
        assert!(!last.bytes.is_empty());
        for Frame { bytes, events, .. } in others {
            match packing {
                Packing::Events => assert_eq!(*events, 1),
                Packing::Gathered(_) => assert!(bytes.len() >= 500 && bytes.ends_with(b"\n\n")),
                Packing::Split(each) => assert_eq!(bytes.len(), each.max(1)),
            }
        }
    }
}

#[test]
fn given_bytes_are_sent_as_they_stand_event_by_event() {
    let bytes = b"data: 1\n\n: x\r\n\r\ndata: \xff\r\rdata: 4".to_vec();
    let reply = |shape| Reply::raw_stream(bytes.clone()).with_stream(shape);
    let sizes = |frames: &[Frame]| frames.iter().map(|f| f.bytes.len()).collect::<Vec<_>>();
    let (all, ending) = drain(frames(reply(StreamShape::new())));
    assert_eq!((sizes(&all), ending), (vec![9, 7, 9, 7], Step::End));
    assert_eq!(all.iter().flat_map(|frame| frame.bytes.to_vec()).collect::<Vec<_>>(), bytes);
    let cut = StreamShape::new().with_fault(StreamFault::CutAfter(2));
    let (all, ending) = drain(frames(reply(cut)));
    assert_eq!((sizes(&all), ending), (vec![9, 7], Step::Cut));
}

#[test]
fn a_huge_text_is_made_while_it_is_sent() {
    let (frames, _) = drain(frames(Reply::huge(100_000)));
    let message = message(&chunks(&text_of(&frames)), 0);
    assert_eq!(message["message"]["content"].as_str().map(str::len), Some(100_000));
    assert!(frames.len() < 12);
}

#[test]
fn what_is_no_list_of_choices_is_sent_as_it_stands() {
    for choices in [json!([]), json!("x"), json!([1]), Value::Null] {
        let chunks = chunks(&sent(Reply::text("x").with_field("choices", choices.clone())));
        assert_eq!(chunks.len(), 1);
        assert_eq!(chunks[0]["choices"], choices);
    }
}

#[test]
fn deltas_are_made_one_by_one_however_many_they_are() {
    let text = "x".repeat(100_000);
    let shape = Arc::new(StreamShape::new().with_delta_size(1));
    let document = json!({"choices": [{"index": 0, "message": {"content": text}}]});
    let chunks = Chunks::new(&request(), document, None, &shape);
    let mut frames = Frames::new(Events::of_chunks(chunks, &shape));
    let mut events = 0;
    while let Step::Frame(frame) = frames.next() {
        events += frame.events;
    }
    assert_eq!(events, 100_003);
}

#[test]
fn the_end_of_each_calls_arguments_is_known() {
    let calls = [("c1", "add", "{\"a\":1}"), ("c2", "sub", "")];
    let (frames, _) = drain(frames(Reply::tool_calls(calls)));
    let closed: Vec<_> = frames.iter().map(|frame| frame.closed.concat()).collect();
    assert_eq!(closed, ["", "", "", "c1", "c2", "", ""]);
}

#[test]
fn a_pace_is_kept_between_events_and_not_within_one() {
    let shape =
        StreamShape::new().with_pace(Duration::from_millis(1)).with_packing(Packing::Split(3));
    let mut frames =
        frames(Reply::raw_stream(Bytes::from_static(b"12345\n\n6\n\n")).with_stream(shape));
    let steps: Vec<String> = std::iter::from_fn(|| match frames.next() {
        Step::Frame(frame) => Some(String::from_utf8_lossy(&frame.bytes).into_owned()),
        Step::Wait => Some("wait".to_owned()),
        _ => None,
    })
    .collect();
    assert_eq!(steps, ["123", "45\n", "wait", "\n6\n", "wait", "\n"]);
}
