//! Streams of the built-in server to clients that are not ours: bytes, times and ends. What is about
//! chunks is over chat completions alone; the events of the Responses API are in `responses`.

use std::time::{Duration, Instant};

use openai_tools::testing::{
    Packing, Recorded, Reply, Server, StreamFault, StreamQuirk, StreamShape,
};
use serde_json::{Value, json};
use tests::{
    TestServer,
    document::{check_chunk, check_response},
    wire::events_up_to,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::server::weather;

fn user(text: &str) -> Value {
    let said = if tests::is_chat() { "messages" } else { "input" };
    let mut request = json!({"model": "m"});
    request[said] = json!([{"role": "user", "content": text}]);
    request
}

fn streamed(mut request: Value) -> Value {
    request["stream"] = json!(true);
    if tests::is_chat() {
        request["stream_options"] = json!({"include_usage": true});
    }
    request
}

async fn post(server: &Server, body: &Value) -> reqwest::Response {
    let url = format!("{}/{}", server.base_url(), tests::path());
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    client.post(url).json(body).send().await.expect("an answer")
}

/// The chunks of a good answer to a request.
async fn chunks(server: &Server, body: &Value) -> Vec<Value> {
    let response = post(server, body).await;
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert!(response.headers().contains_key("x-request-id"));
    let text = response.text().await.expect("a whole body");
    let mut events: Vec<&str> = text.split_terminator("\n\n").collect();
    assert_eq!(events.pop(), Some("data: [DONE]"));
    let data = events.into_iter().map(|event| event.strip_prefix("data: ").expect("data"));
    data.map(|data| serde_json::from_str(data).expect("JSON")).collect()
}

/// What a field of the deltas, such as `/content`, adds up to.
fn sum(chunks: &[Value], pointer: &str) -> String {
    let choices = chunks.iter().map(|chunk| &chunk["choices"][0]["delta"]);
    choices.filter_map(|delta| delta.pointer(pointer)?.as_str()).collect()
}

/// A request over a socket of its own, whose answer is read by hand.
async fn connect(server: &Server, body: &Value) -> TcpStream {
    let body = body.to_string();
    let mut socket = TcpStream::connect(server.address()).await.expect("a connection");
    let head = format!(
        "POST /v1/{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        tests::path(),
        body.len()
    );
    socket.write_all([head, body].concat().as_bytes()).await.expect("sent");
    socket
}

/// The chunks of an HTTP body as they stand on the wire, and whether it has come to its end.
async fn http_chunks(socket: &mut TcpStream) -> (Vec<Vec<u8>>, bool) {
    let mut read = Vec::new();
    // A reset is as good an end as any other.
    let _ = socket.read_to_end(&mut read).await;
    let head = read.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head");
    let mut rest = &read[head + 4..];
    let mut chunks = Vec::new();
    while let Some(line) = rest.windows(2).position(|bytes| bytes == b"\r\n") {
        let length = std::str::from_utf8(&rest[..line]).expect("hexadecimal");
        let length = usize::from_str_radix(length, 16).expect("hexadecimal");
        if length == 0 {
            return (chunks, true);
        }
        chunks.push(rest[line + 2..line + 2 + length].to_vec());
        rest = &rest[line + 2 + length + 2..];
    }
    (chunks, false)
}

fn recorded(server: &TestServer) -> Recorded {
    server.requests().pop().expect("a request")
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[tokio::test]
async fn every_chunk_of_an_automatic_answer_is_valid() {
    let server = TestServer::automatic().await;
    let question = user("What is the weather in Hanoi and in Paris?");
    let mut with_tools = question.clone();
    with_tools["tools"] = json!([weather()]);
    let mut several = user("Hello!");
    several["n"] = json!(3);
    let mut cut = user("Tell me a long story");
    cut["max_completion_tokens"] = json!(2);
    let mut typed = user("Where is Hanoi?");
    typed["response_format"] = json!({"type": "json_schema", "json_schema": {
        "name": "place", "strict": true, "schema": weather()["function"]["parameters"],
    }});
    for request in [user("Hello!"), user("Please refuse"), with_tools, several, cut, typed] {
        let mut without_usage = request.clone();
        without_usage["stream"] = json!(true);
        for request in [streamed(request), without_usage] {
            for chunk in chunks(&server, &request).await {
                assert_eq!(check_chunk(&chunk), Ok(()), "{chunk:#}");
            }
        }
    }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[tokio::test]
async fn every_chunk_of_a_scripted_answer_is_valid() {
    let calls = || Reply::tool_calls([("c1", "add", "{\"a\":1}"), ("c2", "gone", "no JSON")]);
    let shape = StreamShape::new;
    let replies = [
        Reply::text("hi"),
        Reply::refusal("no"),
        calls(),
        calls().with_stream(shape().with_interleaved_calls().with_delta_size(1)),
        calls().with_stream(shape().with_quirk(StreamQuirk::WholeCalls)),
        calls().with_stream(shape().with_fault(StreamFault::Oversized { at: 1, bytes: 9_000 })),
        calls().with_stream(shape().with_quirk(StreamQuirk::UsageInEveryChunk)),
        Reply::text("cut").with_finish_reason("length"),
        Reply::text("hi").with_usage(1, 2).with_reasoning("hm"),
    ];
    let count = replies.len();
    let server = TestServer::scripted(replies).await;
    for _ in 0..count {
        for chunk in chunks(&server, &streamed(user("hi"))).await {
            assert_eq!(check_chunk(&chunk), Ok(()), "{chunk:#}");
        }
    }
    assert!(check_chunk(&json!({"choices": []})).is_err());
}

#[tokio::test]
async fn a_stream_holds_the_answer_that_the_same_request_gets_unstreamed() {
    let server = TestServer::automatic().await;
    let mut question = user("What is the weather in Hanoi and in Paris?");
    question["tools"] = json!([weather()]);
    for request in [user("Hello!"), user("Please refuse"), question] {
        let whole: Value = post(&server, &request).await.json().await.expect("JSON");
        assert_eq!(check_response(&whole), Ok(()));
        let chunks = chunks(&server, &streamed(request)).await;
        for name in ["id", "created", "model", "service_tier", "system_fingerprint"] {
            assert!(chunks.iter().all(|chunk| chunk[name] == whole[name]), "{name}");
        }
        let (usage, chunks) = chunks.split_last().expect("chunks");
        assert_eq!((&usage["usage"], &usage["choices"]), (&whole["usage"], &json!([])));
        let last = &chunks.last().expect("chunks")["choices"][0];
        assert_eq!(last["finish_reason"], whole["choices"][0]["finish_reason"]);
        let message = &whole["choices"][0]["message"];
        assert_eq!(sum(chunks, "/content"), message["content"].as_str().unwrap_or_default());
        assert_eq!(sum(chunks, "/refusal"), message["refusal"].as_str().unwrap_or_default());
        let calls = message["tool_calls"].as_array().into_iter().flatten();
        let arguments: String =
            calls.clone().filter_map(|call| call["function"]["arguments"].as_str()).collect();
        assert_eq!(sum(chunks, "/tool_calls/0/function/arguments"), arguments);
        let ids: String = calls.filter_map(|call| call["id"].as_str()).collect();
        assert_eq!(sum(chunks, "/tool_calls/0/id"), ids);
    }
}

#[tokio::test]
async fn a_custom_tools_call_is_streamed_in_the_form_of_an_unstreamed_one() {
    let calls =
        json!([{"id": "c1", "type": "custom", "custom": {"name": "sql", "input": "select"}}]);
    let server =
        TestServer::scripted([Reply::text("x").with_message_field("tool_calls", calls)]).await;
    let chunks = chunks(&server, &streamed(user("hi"))).await;
    assert_eq!(sum(&chunks, "/tool_calls/0/type"), "custom");
    assert_eq!(sum(&chunks, "/tool_calls/0/custom/name"), "sql");
    assert_eq!(sum(&chunks, "/tool_calls/0/custom/input"), "select");
    // The document leaves such calls out of its chunks; nothing else may be wrong with them.
    for mut chunk in chunks {
        if let Some(call) = chunk.pointer_mut("/choices/0/delta/tool_calls/0") {
            call.as_object_mut().expect("an object").remove("type");
        }
        assert_eq!(check_chunk(&chunk), Ok(()));
    }
}

#[tokio::test]
async fn what_is_refused_unstreamed_is_refused_as_a_stream() {
    let server = TestServer::scripted([Reply::error(503, "overloaded", "later"), Reply::text("x")])
        .await
        .with_invalid_requests();
    let mut wrong = streamed(user("hi"));
    wrong["messages"] = json!([]);
    let mut unasked = user("hi");
    unasked["stream_options"] = json!({"include_usage": true});
    for request in [wrong, unasked] {
        let response = post(&server, &request).await;
        assert_eq!(response.status().as_u16(), 400);
        let body: Value = response.json().await.expect("JSON");
        assert_eq!(body["error"]["type"], "invalid_request_error");
    }
    let response = post(&server, &streamed(user("hi"))).await;
    assert_eq!(response.status().as_u16(), 503);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(sum(&chunks(&server, &streamed(user("hi"))).await, "/content"), "x");
}

#[tokio::test]
async fn each_event_is_an_http_chunk_of_its_own_unless_they_are_packed() {
    let packed =
        |packing| Reply::text("12345678").with_stream(StreamShape::new().with_packing(packing));
    let server = TestServer::scripted([
        packed(Packing::Events),
        packed(Packing::Gathered(700)),
        packed(Packing::Split(10)),
    ])
    .await;
    let request = streamed(user("hi"));
    let (events, ended) = http_chunks(&mut connect(&server, &request).await).await;
    assert!(ended && events.len() == 6, "{}", events.len());
    assert!(events.iter().all(|event| event.starts_with(b"data: ") && event.ends_with(b"\n\n")));
    let (gathered, ended) = http_chunks(&mut connect(&server, &request).await).await;
    assert!(ended && gathered[0].len() >= 700 && gathered[0].ends_with(b"\n\n"));
    let (split, ended) = http_chunks(&mut connect(&server, &request).await).await;
    assert!(ended && split[..split.len() - 1].iter().all(|chunk| chunk.len() == 10));
    assert_eq!((gathered.concat(), split.concat()), (events.concat(), events.concat()));
}

#[both_apis::test]
async fn a_cut_stream_has_no_end_and_an_early_end_has_one() {
    let with = |fault| Reply::text("hello").with_stream(StreamShape::new().with_fault(fault));
    let server = TestServer::scripted([
        with(StreamFault::CutAfter(2)),
        with(StreamFault::EndAfter(2)),
        Reply::text("hello").cut_in_half(),
    ])
    .await;
    for ends in [false, true, false] {
        let (events, ended) = http_chunks(&mut connect(&server, &streamed(user("hi"))).await).await;
        assert_eq!(ended, ends);
        assert!(events.len() >= 2 && !events.concat().ends_with(b"[DONE]\n\n"));
        let recorded = recorded(&server);
        recorded.ended().await;
        // That the server broke off is none of the client's doing.
        assert!(!recorded.is_abandoned() && recorded.event_count() == events.len() as u64);
    }
}

#[both_apis::test]
async fn a_client_that_leaves_in_the_middle_is_noticed() {
    let stall = StreamShape::new().with_fault(StreamFault::StallAfter(3));
    let server = TestServer::start(
        Server::builder()
            .script([Reply::text("hello"), Reply::text("ok").with_stream(StreamShape::new())])
            .stream(stall),
    )
    .await;
    let mut socket = connect(&server, &streamed(user("hi"))).await;
    server.wait_for_requests(1).await;
    let recorded = recorded(&server);
    assert!(recorded.wait_for_events(3).await);
    let mut some = [0; 64];
    socket.read_exact(&mut some).await.expect("it has begun");
    assert!(!recorded.is_abandoned() && recorded.answered_at().is_none());
    drop(socket);
    recorded.ended().await;
    assert!(recorded.is_abandoned());
    assert!(!recorded.wait_for_events(4).await);

    let whole = post(&server, &streamed(user("hi"))).await.text().await.expect("a whole body");
    assert!(whole.contains("\"ok\""), "{whole}");
    let recorded = server.requests().pop().expect("a request");
    recorded.ended().await;
    assert!(!recorded.is_abandoned());
}

#[both_apis::test]
async fn a_client_that_leaves_while_it_waits_is_noticed() {
    let server = TestServer::scripted([Reply::text("x").with_delay(Duration::MAX)]).await;
    let socket = connect(&server, &user("hi")).await;
    server.wait_for_requests(1).await;
    drop(socket);
    let recorded = recorded(&server);
    recorded.ended().await;
    assert!(recorded.is_abandoned() && recorded.status().is_none());
}

#[both_apis::test(start_paused = true)]
async fn events_keep_their_pace_and_their_times_are_recorded() {
    let pace = Duration::from_millis(20);
    let shape = StreamShape::new().with_pace(pace).with_quirk(StreamQuirk::WholeCalls);
    let calls = (0..8).map(|n| (format!("c{n}"), "add", json!({"a": n})));
    let server = TestServer::scripted([Reply::tool_calls(calls).with_stream(shape)]).await;
    let (events, ended) = http_chunks(&mut connect(&server, &streamed(user("hi"))).await).await;
    assert!(ended);
    let recorded = recorded(&server);
    let times = recorded.event_times();
    assert_eq!(times.len(), events.len());
    if tests::is_chat() {
        // The role, eight calls, the finish reason, the usage, the end.
        assert_eq!(times.len(), 12);
    }
    for pair in times.windows(2) {
        let distance = pair[1] - pair[0];
        assert!(distance >= pace && distance < 2 * pace, "{distance:?}");
    }
    for n in 0..8 {
        let closed = |event: &Vec<u8>| {
            let event = String::from_utf8_lossy(event);
            let words = if tests::is_chat() { "c" } else { "response.output_item.done\"" };
            event.contains(words) && event.contains(&format!("\"c{n}\""))
        };
        let at = events.iter().position(closed).expect("the end of its arguments");
        let sent = recorded.arguments_sent_at(&format!("c{n}")).expect("it was sent");
        // The Responses API says more than once that nothing is missing.
        assert!(sent <= times[at] && times[at] - sent <= pace, "{sent:?}");
    }
    assert_eq!(recorded.arguments_sent_at("c8"), None);
}

#[both_apis::test]
async fn events_reach_the_client_while_the_stream_goes_on() {
    let count = usize::try_from(events_up_to(1)).expect("few");
    let shape = StreamShape::new().with_fault(StreamFault::StallAfter(events_up_to(1)));
    let server = TestServer::scripted([Reply::text("hello").with_stream(shape)]).await;
    let mut response = post(&server, &streamed(user("hi"))).await;
    let mut text = Vec::new();
    while text.windows(2).filter(|two| two == b"\n\n").count() < count {
        text.extend_from_slice(&response.chunk().await.expect("no error").expect("no end"));
    }
    assert!(String::from_utf8_lossy(&text).contains("\"hell\""));
    assert!(recorded(&server).event_times()[count - 1] <= Instant::now());
}

#[tokio::test]
async fn a_closure_sees_that_a_stream_is_asked_for() {
    let server = TestServer::scripted(std::iter::repeat_with(|| {
        Reply::with(|request| Reply::text(request["stream"].to_string()))
    }))
    .await;
    let streamed = chunks(&server, &streamed(user("hi"))).await;
    assert_eq!(sum(&streamed, "/content"), "true");
    let whole: Value = post(&server, &user("hi")).await.json().await.expect("JSON");
    assert_eq!(whole["choices"][0]["message"]["content"], "null");
}

#[tokio::test]
async fn given_bytes_are_streamed_whatever_is_asked_for() {
    let bytes = "data: {\"choices\":[]}\r\n\r\n: gone\n\ndata: [DONE]";
    let server = TestServer::scripted(std::iter::repeat(Reply::raw_stream(bytes))).await;
    for request in [user("hi"), streamed(user("hi"))] {
        let response = post(&server, &request).await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.text().await.expect("a body"), bytes);
    }
}
