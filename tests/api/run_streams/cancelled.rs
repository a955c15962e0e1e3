//! Each async function dropped in the middle: what its docs say of cancel safety.

use std::{future::Future, time::Duration};

use openai_tools::{
    Message, Outcome, ToolCall, chat::Request, dispatch::Dispatcher, tool::CallFailure,
};
use serde_json::{Value, json};
use tests::wire;
use tokio::time::{sleep, timeout};

use super::{
    scene::{Piece, Probe, Scene, arguments, call, end, look_and_act, says, text, word},
    typed::pieces,
};

/// Waits for 3 ms at a time: what is awaited is dropped and made anew, over and over.
macro_rules! impatiently {
    ($future:expr) => {
        loop {
            if let Ok(done) = timeout(Duration::from_millis(3), $future).await {
                break done;
            }
        }
    };
}

/// A call, told slowly, and then some text.
fn slow_turns() -> Scene {
    let wait = Piece::Wait(10);
    let calls = [
        call(0, "c0", "act"),
        wait.clone(),
        arguments(0, r#"{"n""#),
        wait.clone(),
        arguments(0, ":1}"),
        wait.clone(),
    ];
    let said = [text("do"), wait.clone(), text("ne"), wait];
    let first = [&calls[..], &end("tool_calls")].concat();
    Scene::new([first, [&said[..], &end("stop")].concat()])
}

/// A response without streaming, after some time.
fn whole(after_ms: u64, message: &Value, finish_reason: &str) -> Vec<Piece> {
    let body = wire::whole(message, finish_reason).to_string();
    vec![Piece::Wait(after_ms), Piece::Bytes(body)]
}

/// A response without streaming that calls `act`.
fn whole_call(after_ms: u64) -> Vec<Piece> {
    let function = json!({"name": "act", "arguments": r#"{"n":1}"#});
    let call = json!({"id": "c0", "type": "function", "function": function});
    whole(after_ms, &json!({"tool_calls": [call]}), "tool_calls")
}

/// Drops a future after 5 ms, and waits until what it held is gone.
async fn cut_short<T>(future: impl Future<Output = T>) {
    assert!(timeout(Duration::from_millis(5), future).await.is_err(), "it ended by itself");
    sleep(Duration::from_millis(1)).await;
}

/// A response that calls `look` and does not end for a minute.
fn stalled() -> Scene {
    Scene::new([vec![call(0, "c0", "look"), arguments(0, r#"{"n":1}"#), Piece::Wait(60_000)]])
}

fn request() -> Request {
    let mut request = Request::new("m");
    request.messages.push(Message::user("go"));
    request
}

#[both_apis::test(start_paused = true)]
async fn events_of_a_run_with_tools_are_told_once_whoever_stops_waiting_for_them() {
    let probe = Probe::default();
    let run =
        |scene: &Scene| scene.client().run("m").tools(look_and_act(&probe, 10)).user("go").stream();
    let mut patient = run(&slow_turns());
    let mut expected = Vec::new();
    while let Some(event) = patient.next().await {
        expected.push(word(&event.expect("no error")));
    }
    assert!(expected.iter().any(|word| word == "finished c0 ok"), "{expected:?}");

    let mut stream = run(&slow_turns());
    let mut words = Vec::new();
    while let Some(event) = impatiently!(stream.next()) {
        words.push(word(&event.expect("no error")));
    }
    assert_eq!(words, expected);
    assert_eq!(probe.begun(), [1, 1], "once in each run");
}

#[both_apis::test(start_paused = true)]
async fn elements_of_a_list_are_told_once_whoever_stops_waiting_for_them() {
    let pieces = pieces("{\"value\":[\"a\",\"b\",\"c\"]}", 2);
    let slow = pieces.into_iter().flat_map(|piece| [piece, Piece::Wait(10)]);
    let scene = Scene::new([slow.chain(end("stop")).collect()]);
    let mut elements = scene.client().parse::<Vec<String>>("m").user("go").stream().elements();
    let mut told = Vec::new();
    while let Some(element) = impatiently!(elements.next()) {
        told.push(element.expect("no error"));
    }
    assert_eq!(told, ["a", "b", "c"]);
    let run = elements.finish().await.expect("an end");
    assert_eq!(run.outcome(), &Outcome::Completed(told));
}

#[both_apis::test(start_paused = true)]
async fn a_step_goes_on_when_nobody_waits_for_it_and_calls_no_tool_twice() {
    let scene = Scene::new([whole_call(10), whole(10, &json!({"content": "done"}), "stop")]);
    let probe = Probe::default();
    let mut run = scene.client().run("m").tools(look_and_act(&probe, 10)).user("go").start();
    let calls = loop {
        match timeout(Duration::from_millis(3), run.next_turn()).await {
            Ok(turn) => break turn.expect("no error").expect("a turn").pending().count(),
            Err(_) => assert_eq!(scene.requests().len(), 1),
        }
    };
    assert_eq!(calls, 1);
    assert_eq!(probe.begun(), [0; 0], "it waits for the decision");
    let last = impatiently!(async {
        run.next_turn().await.map(|turn| turn.map(|turn| turn.text().to_owned()))
    });
    assert_eq!(last.expect("no error").expect("a turn"), "done");
    assert_eq!((probe.begun(), scene.requests().len()), (vec![1], 2));
}

#[both_apis::test(start_paused = true)]
async fn finishing_a_stream_that_is_given_up_stops_its_run() {
    let probe = Probe::default();
    let scene = stalled();
    let tools = look_and_act(&probe, 60_000);
    cut_short(scene.client().run("m").tools(tools).user("go").stream().finish()).await;
    assert_eq!((probe.begun().len(), probe.ended(), scene.bodies_dropped()), (1, 1, 1));
}

#[both_apis::test(start_paused = true)]
async fn finishing_a_list_that_is_given_up_stops_its_run() {
    let probe = Probe::default();
    let scene = stalled();
    let run = scene.client().parse::<Vec<String>>("m").tools(look_and_act(&probe, 60_000));
    cut_short(run.user("go").stream().elements().finish()).await;
    assert_eq!((probe.begun().len(), probe.ended(), scene.bodies_dropped()), (1, 1, 1));
}

#[both_apis::test(start_paused = true)]
async fn finishing_a_started_run_that_is_given_up_stops_its_tools() {
    let probe = Probe::default();
    let scene = Scene::new([whole_call(1)]);
    let run = scene.client().run("m").tools(look_and_act(&probe, 60_000)).user("go").start();
    cut_short(run.finish()).await;
    assert_eq!((probe.begun(), probe.ended()), (vec![1], 1));
}

#[both_apis::test(start_paused = true)]
async fn sending_that_is_given_up_closes_the_connection() {
    let scene = Scene::new([vec![Piece::Wait(60_000)]]);
    cut_short(scene.client().send(&request())).await;
    assert_eq!(scene.bodies_dropped(), 1);
}

#[both_apis::test(start_paused = true)]
async fn deltas_are_told_once_whoever_stops_waiting_for_them() {
    let scene = Scene::new([vec![text("a"), Piece::Wait(10), text("b"), Piece::Wait(10)]
        .into_iter()
        .chain(end("stop"))
        .collect()]);
    let mut stream = scene.client().stream(&request()).await.expect("a head");
    let mut told = 0;
    while let Some(delta) = impatiently!(stream.next()) {
        delta.expect("no error");
        told += 1;
    }
    assert_eq!(told, 2);
    let response = stream.into_response().expect("a good end");
    assert_eq!(response.message.text.as_deref(), Some("ab"));
}

#[tokio::test(start_paused = true)]
async fn a_dispatch_that_is_given_up_drops_its_tools() {
    let probe = Probe::default();
    let dispatcher = Dispatcher::new(look_and_act(&probe, 60_000));
    let calls =
        [ToolCall::new("c0", "look", r#"{"n":1}"#), ToolCall::new("c1", "act", r#"{"n":2}"#)];
    cut_short(dispatcher.dispatch(&calls)).await;
    assert_eq!((probe.begun().len(), probe.ended()), (2, 2));
}

#[both_apis::test(start_paused = true)]
async fn the_default_timeout_holds_for_tools_without_their_own() {
    let probe = Probe::default();
    let calls = [call(0, "c0", "act"), arguments(0, r#"{"n":1}"#)];
    let scene = Scene::new([[&calls[..], &end("tool_calls")].concat(), says("done")]);
    let limit = Duration::from_millis(20);
    let run = scene.client().run("m").tools(look_and_act(&probe, 60_000)).tool_timeout(limit);
    let run = run.user("go").stream().finish().await.expect("the run goes on");
    let record = run.calls().next().expect("a call");
    assert_eq!(record.output.failure, Some(CallFailure::TimedOut));
    assert_eq!(record.finished, record.started + limit);
}
