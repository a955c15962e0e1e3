//! What is told, in which order, and that it comes to what the run without a stream comes to.

use std::time::Duration;

use futures_util::StreamExt;
use openai_tools::{Outcome, ToolSettings, Toolbox, run::Event};
use serde_json::{Value, json};
use tests::wire::whole;
use tokio::time::timeout;

use super::scene::{Piece, Probe, READ_ONLY, Scene, arguments, call, end, read, says, text, word};

fn two_turns() -> Vec<Vec<Piece>> {
    let calls = [
        text("Let me "),
        text("see."),
        call(0, "c0", "look"),
        arguments(0, r#"{"n""#),
        arguments(0, ":1}"),
        Piece::Wait(100),
        call(1, "c1", "act"),
        arguments(1, r#"{"n":2}"#),
        Piece::Wait(100),
    ];
    vec![[&calls[..], &end("tool_calls")].concat(), says("Done.")]
}

fn tools(probe: &Probe) -> Toolbox {
    let tools = Toolbox::new().with(probe.tool("look", 10, READ_ONLY));
    tools
        .and_then(|tools| tools.with(probe.tool("act", 10, ToolSettings::new())))
        .expect("distinct")
}

#[both_apis::test(start_paused = true)]
async fn events_are_told_in_the_order_in_which_they_happen() {
    let probe = Probe::default();
    let scene = Scene::new(two_turns());
    let told = read(scene.client().run("m").tools(tools(&probe)).user("go").stream()).await;
    assert!(told.error.is_none());
    assert_eq!(
        told.words(),
        [
            "0 text Let me ",
            "0 text see.",
            "0 began 0 c0 look",
            r#"0 arguments 0 {"n""#,
            "0 arguments 0 :1}",
            "0 complete 0",
            "0 started c0",
            "10 finished c0 ok",
            "100 began 1 c1 act",
            r#"100 arguments 1 {"n":2}"#,
            "100 complete 1",
            "200 started c1",
            "210 finished c1 ok",
            "210 turn 2",
            "210 text Done.",
            "210 turn 0",
            "210 ended completed",
        ]
    );
    let turn = told.events.iter().find_map(|(_, event)| match event {
        Event::Turn(turn) => Some(turn),
        _ => None,
    });
    assert_eq!(turn.and_then(|turn| turn.response.usage).map(|usage| usage.total_tokens), Some(7));
    assert_eq!(told.run().text(), "Done.");
}

#[both_apis::test(start_paused = true)]
async fn a_streamed_run_comes_to_what_the_run_without_a_stream_comes_to() {
    let call = |id: &str, name: &str, arguments: &str| json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}});
    let calls = [call("c0", "look", r#"{"n":1}"#), call("c1", "act", r#"{"n":2}"#)];
    let asks = json!({"role": "assistant", "content": "Let me see.", "tool_calls": calls});
    let done = json!({"role": "assistant", "content": "Done."});
    let plain = Scene::whole([whole(&asks, "tool_calls"), whole(&done, "stop")]);
    let streamed = Scene::new(two_turns());
    let probe = Probe::default();
    let expected = plain.client().run("m").tools(tools(&probe)).user("go").await.expect("a run");
    for early_start in [true, false] {
        let streamed = if early_start { &streamed } else { &Scene::new(two_turns()) };
        let run = streamed.client().run("m").tools(tools(&probe)).user("go");
        let run = run.early_start(early_start).stream().finish().await.expect("a run");

        assert_eq!(run.outcome(), expected.outcome());
        assert!(run.transcript() == expected.transcript(), "the transcripts differ");
        assert_eq!(run.usage(), expected.usage());
        assert_eq!(run.turns().len(), expected.turns().len());
        assert!(run.dropped_calls().is_empty() && run.arrived().is_none());
        for (ours, theirs) in run.calls().zip(expected.calls()) {
            assert_eq!((&ours.call, &ours.output), (&theirs.call, &theirs.output));
        }
        let messages = |scene: &Scene| -> Vec<Value> {
            let of = |request: &Value| {
                request.get("messages").or(request.get("input")).expect("a conversation").clone()
            };
            scene.requests().iter().map(of).collect()
        };
        assert_eq!(messages(streamed), messages(&plain));
    }
}

#[both_apis::test(start_paused = true)]
async fn it_is_a_stream_for_those_who_have_streams() {
    let scene = Scene::new([says("hi")]);
    let words: Vec<_> = scene
        .client()
        .run("m")
        .user("go")
        .stream()
        .map(|event| word(&event.expect("no error")))
        .collect()
        .await;
    assert_eq!(words, ["text hi", "turn 0", "ended completed"]);
}

#[both_apis::test(start_paused = true)]
async fn no_event_is_lost_when_next_is_dropped() {
    let pieces = [text("a"), Piece::Wait(50), text("b"), Piece::Wait(50)];
    let scene = Scene::new([[&pieces[..], &end("stop")].concat()]);
    let mut stream = scene.client().run("m").user("go").stream();
    let mut words = Vec::new();
    loop {
        match timeout(Duration::from_millis(7), stream.next()).await {
            Err(_) => {}
            Ok(Some(event)) => words.push(word(&event.expect("no error"))),
            Ok(None) => break,
        }
    }
    assert_eq!(words, ["text a", "text b", "turn 0", "ended completed"]);
}

#[both_apis::test(start_paused = true)]
async fn nothing_is_sent_before_the_stream_is_read() {
    let scene = Scene::new([says("hi")]);
    let stream = scene.client().run("m").user("go").stream();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(scene.requests().is_empty());
    let run = stream.finish().await.expect("a run");
    assert_eq!(run.outcome(), &Outcome::Completed("hi".to_owned()));
}

#[both_apis::test(start_paused = true)]
async fn a_request_that_is_not_valid_ends_the_stream_at_once() {
    let scene = Scene::new([]);
    let told = read(scene.client().run("").user("go").stream()).await;
    assert!(told.events.is_empty());
    assert_eq!(told.error.expect("an error").error().kind().as_str(), "invalid_request");
}
