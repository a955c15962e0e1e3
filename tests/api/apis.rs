//! What is the same over both APIs, from one source.

use std::time::Duration;

use openai_tools::{
    Client, ErrorKind, Message, Outcome, ToolError, Toolbox,
    chat::{Api, Delta, FinishReason, Image, Request},
    run::{Event, IncompleteReason},
    testing::{Packing, Reply, StreamFault, StreamShape},
    tool::CallFailure,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tests::{TestServer, definition, echo, echo_call, tool, transcript_is_answered};

const APIS: [Api; 2] = [Api::ChatCompletions, Api::Responses];

fn client(server: &TestServer, api: Api) -> Client {
    server.client_builder().api(api).build().expect("a good configuration")
}

fn echo_box() -> Toolbox {
    Toolbox::new().with(echo()).expect("one tool")
}

fn hi() -> Request {
    let mut request = Request::new("m");
    request.messages.push(Message::user("hi"));
    request
}

#[tokio::test]
async fn each_api_has_its_path_and_a_run_can_choose_its_own() {
    let server = TestServer::scripted(std::iter::repeat(Reply::text("hi"))).await;
    for of_client in APIS {
        let client = client(&server, of_client);
        let _ = client.run("m").user("hi").await.expect("good");
        for of_run in APIS {
            let _ = client.run("m").api(of_run).user("hi").await.expect("good");
        }
    }
    let paths: Vec<_> = server.requests().iter().map(|request| request.path().to_owned()).collect();
    let (chat, responses) = ("/v1/chat/completions", "/v1/responses");
    assert_eq!(paths, [chat, chat, responses, responses, chat, responses]);
}

#[both_apis::test]
async fn a_run_calls_in_parallel_and_answers_every_call() {
    let api = tests::api();
    let script = [
        Reply::tool_calls([echo_call(1), ("c2", "gone", "{}").into(), echo_call(3)])
            .with_usage(100, 10),
        Reply::tool_calls([("c4", "echo", "{\"n\":")]).with_usage(200, 20),
        Reply::text("done").with_usage(300, 30),
    ];
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(echo_box()).system("s").user("go").await;
    let run = run.expect("an outcome");
    assert_eq!(run.text(), "done");
    assert!(transcript_is_answered(run.transcript()));
    let failures: Vec<_> = run.calls().map(|call| call.output.failure.clone()).collect();
    let unknown = Some(CallFailure::UnknownTool);
    assert_eq!(failures, [None, unknown, None, Some(CallFailure::InvalidJson)]);
    assert_eq!(run.usage().total_tokens, 660);
    assert_eq!(run.request_id(), Some("req_000003"));

    // What was said once is sent again as it was, and a transcript goes on.
    let list = |index| match api {
        Api::Responses => server.sent(index)["input"].as_array().expect("items").clone(),
        _ => server.asked_messages(index),
    };
    assert_eq!(list(2)[..list(1).len()], list(1)[..]);
    let put_away = serde_json::to_string(run.transcript()).expect("JSON");
    let taken_up: Vec<Message> = serde_json::from_str(&put_away).expect("the same");
    assert_eq!(taken_up, run.transcript());
}

#[tokio::test]
async fn a_transcript_of_one_api_goes_on_over_the_other() {
    for (first, second) in [(APIS[0], APIS[1]), (APIS[1], APIS[0])] {
        let asks = Reply::tool_calls([echo_call(1)]).with_reasoning("hm");
        let script = [asks, Reply::text("one"), Reply::text("two")];
        let server = TestServer::scripted(script).await;
        let run = client(&server, first).run("m").tools(echo_box()).user("go").await.expect("good");
        let next = client(&server, second).run("m").messages(run.into_transcript()).user("and?");
        assert_eq!(next.await.expect("good").text(), "two", "{first:?}");
    }
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
struct Place {
    city: String,
    tags: Vec<String>,
}

#[both_apis::test]
async fn a_typed_answer_is_asked_again_until_it_is_right() {
    let script = [
        Reply::text("no JSON"),
        Reply::text(r#"{"city": 7, "tags": []}"#),
        Reply::text(r#"{"city": "Hanoi", "tags": ["lake"]}"#),
    ];
    let server = TestServer::scripted(script).await;
    let run = server.client().parse::<Place>("m").user("Where?").await.expect("good");
    let place = Place { city: "Hanoi".to_owned(), tags: vec!["lake".to_owned()] };
    assert_eq!(run.outcome(), &Outcome::Completed(place));
    assert_eq!(run.turns().len(), 3);
}

#[both_apis::test]
async fn json_mode_and_the_automatic_answers_work() {
    let server = TestServer::automatic().await;
    let client = server.client();
    let run = client.parse::<Place>("m").user("Where is Hanoi?").await.expect("good");
    assert_eq!(run.outcome().as_str(), "completed");
    let run = client.parse::<Value>("m").user("Some JSON").json_mode().await.expect("good");
    assert_eq!(run.outcome().as_str(), "completed");
    let weather = openai_tools::DynTool::new(
        definition("get_weather", json!({"city": {"type": "string"}})),
        |arguments: Value, _: openai_tools::ToolContext| async move {
            Ok::<_, ToolError>(format!("21 degrees in {}", arguments["city"]))
        },
    );
    let tools = Toolbox::new().with(weather).expect("one tool");
    let question = "What is the weather in Hanoi and in Paris?";
    let run = client.run("m").tools(&tools).user(question).await.expect("good");
    assert_eq!(run.turns()[0].calls.len(), 2);
    assert!(run.text().contains("21 degrees"), "{}", run.text());
    let image = Image::url("https://example.com/cat.png");
    let run = client.run("m").user_parts(["Which cat?".into(), image.into()]);
    assert!(!run.await.expect("good").text().is_empty());
}

#[both_apis::test]
async fn a_refusal_and_a_cut_answer_are_outcomes() {
    for streamed in [false, true] {
        let script = [
            Reply::refusal("no"),
            Reply::text("half").with_finish_reason("length"),
            Reply::text("half").with_finish_reason("content_filter"),
            Reply::tool_calls([echo_call(1)]).with_finish_reason("length"),
        ];
        let server = TestServer::scripted(script).await;
        let client = server.client();
        let mut outcomes = Vec::new();
        for _ in 0..4 {
            let run = client.run("m").tools(echo_box()).user("go");
            let run = if streamed {
                let mut ended = None;
                let mut events = run.stream();
                while let Some(event) = events.next().await {
                    if let Event::Ended(run) = event.expect("an event") {
                        ended = Some(*run);
                    }
                }
                ended.expect("an end")
            } else {
                run.await.expect("an outcome")
            };
            assert!(transcript_is_answered(run.transcript()));
            outcomes.push(run.outcome().clone());
        }
        let cut = |reason| Outcome::Incomplete(reason);
        let expected = [
            Outcome::Refusal("no".to_owned()),
            cut(IncompleteReason::Length),
            cut(IncompleteReason::ContentFilter),
            cut(IncompleteReason::Length),
        ];
        assert_eq!(outcomes, expected, "streamed: {streamed}");
    }
}

#[both_apis::test]
async fn a_stream_in_any_form_is_the_unstreamed_response() {
    let replies = || {
        [
            Reply::text("Xin chào, thế giới").with_reasoning("I greet."),
            Reply::tool_calls([echo_call(1), echo_call(2)]),
            Reply::refusal("no"),
            Reply::text("cut").with_finish_reason("length"),
        ]
    };
    let shapes = [
        StreamShape::new(),
        StreamShape::new().with_delta_size(1).with_packing(Packing::Split(7)),
        StreamShape::new().with_delta_size(usize::MAX).with_packing(Packing::Gathered(4096)),
        StreamShape::new().with_interleaved_calls(),
    ];
    for shape in &shapes {
        let script: Vec<_> = replies()
            .into_iter()
            .flat_map(|reply| [reply.clone(), reply.with_stream(shape.clone())])
            .collect();
        let count = script.len() / 2;
        let server = TestServer::scripted(script).await;
        let client = server.client();
        for _ in 0..count {
            let whole = client.send(&hi()).await.expect("readable");
            let mut stream = client.stream(&hi()).await.expect("a head");
            let mut said = String::new();
            while let Some(delta) = stream.next().await {
                if let Delta::Text(text) = delta.expect("a delta") {
                    said.push_str(&text);
                }
            }
            let streamed = stream.into_response().expect("whole");
            assert_eq!(streamed.message, whole.message, "{shape:?}");
            assert_eq!(streamed.finish_reason, whole.finish_reason);
            assert_eq!(streamed.usage, whole.usage);
            assert_eq!(streamed.id, whole.id);
            assert_eq!(said, whole.message.text.unwrap_or_default());
        }
    }
}

#[both_apis::test]
async fn a_stream_that_goes_wrong_is_an_error_of_its_kind() {
    let error =
        StreamFault::Error { at: 6, code: "server_error".to_owned(), message: "x".to_owned() };
    for (fault, kind) in [
        (StreamFault::CutAfter(6), ErrorKind::StreamCut),
        (StreamFault::EndAfter(6), ErrorKind::StreamCut),
        (StreamFault::NotJson(6), ErrorKind::InvalidChunk),
        (error.clone(), ErrorKind::Api),
    ] {
        let shape = StreamShape::new().with_delta_size(1).with_fault(fault.clone());
        let reply = Reply::text("a text of some length").with_stream(shape);
        let server = TestServer::scripted([reply]).await;
        let mut stream = server.client().stream(&hi()).await.expect("a head");
        let mut failed = None;
        while let Some(delta) = stream.next().await {
            failed = failed.or(delta.err());
        }
        let failed = failed.unwrap_or_else(|| panic!("{fault:?}"));
        assert_eq!(failed.kind(), kind, "{fault:?}");
        assert!(stream.arrived().text.is_some_and(|text| "a text of".starts_with(&text[..2])));
    }
}

#[both_apis::test]
async fn what_fails_before_the_first_word_is_tried_again() {
    let broken = StreamShape::new().with_fault(StreamFault::EndAfter(1));
    let script = [
        Reply::error(503, "overloaded", "later"),
        Reply::text("never read").with_stream(broken),
        Reply::text("hello"),
    ];
    let server = TestServer::scripted(script).await;
    let mut stream = server.client().stream(&hi()).await.expect("a head");
    while let Some(delta) = stream.next().await {
        delta.expect("a delta");
    }
    let response = stream.into_response().expect("whole");
    assert_eq!(response.message.text.as_deref(), Some("hello"));
    assert_eq!(response.attempts, 3);
}

#[both_apis::test]
async fn events_tell_a_run_as_it_happens() {
    let script = [Reply::tool_calls([echo_call(1), echo_call(2)]), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let mut events = server.client().run("m").tools(echo_box()).user("go").stream();
    let (mut text, mut complete, mut finished) = (String::new(), 0, Vec::new());
    while let Some(event) = events.next().await {
        match event.expect("an event") {
            Event::ArgumentsComplete { .. } => complete += 1,
            Event::Text(piece) => text.push_str(&piece),
            Event::ToolFinished(record) => finished.push(record.output.text),
            Event::Ended(run) => assert_eq!(run.text(), "done"),
            _ => {}
        }
    }
    finished.sort();
    assert_eq!((text.as_str(), complete), ("done", 2));
    assert_eq!(finished, ["echo 1", "echo 2"]);
}

#[both_apis::test]
async fn a_tool_that_hangs_or_panics_is_told_to_the_model() {
    let tools = Toolbox::new()
        .with(tool("hang", |_| std::future::pending::<Result<(), ToolError>>()))
        .and_then(|tools| {
            tools.with(tool("fall", |_| async {
                let none: Option<()> = None;
                none.ok_or_else(|| ToolError::for_model("it fell"))
            }))
        })
        .expect("distinct");
    let script = [
        Reply::tool_calls([("c1", "hang", json!({})), ("c2", "fall", json!({}))]),
        Reply::text("so be it"),
    ];
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(tools).user("go");
    let run = run.tool_timeout(Duration::from_millis(20)).await.expect("an outcome");
    let failures: Vec<_> = run.calls().map(|call| call.output.failure.clone()).collect();
    let expected = [Some(CallFailure::TimedOut), Some(CallFailure::Failed)];
    assert_eq!(failures, expected);
}

#[both_apis::test]
async fn the_finish_reason_tells_whether_a_response_is_whole() {
    let script = [
        Reply::text("hi"),
        Reply::tool_calls([echo_call(1)]),
        Reply::text("hi").with_finish_reason("tired"),
    ];
    let server = TestServer::scripted(script).await;
    let client = server.client();
    for expected in
        [FinishReason::Stop, FinishReason::ToolCalls, FinishReason::Other("tired".to_owned())]
    {
        let response = client.send(&hi()).await.expect("readable");
        assert_eq!(response.finish_reason, expected);
    }
}
