//! What some servers do in their own way, and a run is not to notice.

use openai_tools::{ErrorKind, Outcome};
use serde_json::json;
use tests::wire;

use super::scene::{Piece, Probe, Scene, arguments, call, end, look_and_act, read, says, text};

fn bytes(text: &str) -> Piece {
    Piece::Bytes(text.to_owned())
}

#[both_apis::test(start_paused = true)]
async fn a_whole_response_behind_comments_is_a_response() {
    let body = wire::whole(&json!({"content": "4"}), "stop").to_string();
    let (one, other) = body.split_at(9);
    let pieces = [": kee", "p alive\n\n", ":\r\n", &format!("\r\n: {{\n{one}"), other].map(bytes);
    let scene = Scene::new([pieces.to_vec()]);
    let run = scene.client().run("m").user("2 + 2?").stream().finish().await.expect("a run");
    assert_eq!(run.outcome(), &Outcome::Completed("4".to_owned()));
}

#[both_apis::test(start_paused = true)]
async fn events_behind_comments_are_events() {
    let scene = Scene::new([[vec![bytes(": {\n\n: ["), bytes("\n\n")], says("hi")].concat()]);
    let run = scene.client().run("m").user("go").stream().finish().await.expect("a run");
    assert_eq!(run.outcome(), &Outcome::Completed("hi".to_owned()));
}

// Of servers of chat completions.
#[tokio::test(start_paused = true)]
async fn announced_snapshots_are_told_as_what_is_new_and_start_no_tool_early() {
    let probe = Probe::default();
    let calls = [
        text("ha"),
        text("haha"),
        call(0, "c0", "look"),
        arguments(0, r#"{"n":1}"#),
        Piece::Wait(10),
        arguments(0, r#"{"n":12}"#),
    ];
    let scene = Scene::new([[&calls[..], &end("tool_calls")].concat(), says("done")]);
    let client = scene.client_builder().stream_snapshots(true).build().expect("good");
    let told = read(client.run("m").tools(look_and_act(&probe, 1)).user("go").stream()).await;
    assert_eq!(told.words()[..2], ["0 text ha", "0 text ha"]);
    let run = told.run();
    assert_eq!(run.turns()[0].response.message.text.as_deref(), Some("haha"));
    assert_eq!(run.outcome(), &Outcome::Completed("done".to_owned()));
    assert_eq!(probe.begun(), [12]);
}

// Of servers of chat completions.
#[tokio::test(start_paused = true)]
async fn a_snapshot_that_takes_back_what_was_told_ends_the_stream() {
    let scene = Scene::new([[&[text("Hello"), text("Help")][..], &end("stop")].concat()]);
    let client = scene.client_builder().stream_snapshots(true).build().expect("good");
    let told = read(client.run("m").user("go").stream()).await;
    let error = told.error.expect("an error");
    assert_eq!(error.error().kind(), ErrorKind::InvalidChunk);
    assert_eq!(error.arrived().and_then(|message| message.text.as_deref()), Some("Hello"));
}
