//! Calls that an application sees and changes before they run, and outputs before they are sent.

use std::sync::{Arc, Mutex};

use openai_tools::{ToolSettings, Toolbox, run::Event, testing::Reply, tool::CallFailure};
use serde_json::json;
use tests::{TestServer, echo, echo_call, transcript_is_answered};

fn echo_box() -> Toolbox {
    let read_only = ToolSettings::new().with_read_only(true);
    Toolbox::new().with(echo().with_settings(read_only)).expect("one tool")
}

#[both_apis::test]
async fn names_and_arguments_can_be_repaired_before_they_are_checked() {
    let calls = [("a", "Echo", json!({"n": "1"})), ("b", "echo", json!({"n": "two"}))];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let run = server.client().run("m").tools(echo_box()).user("go").on_call(move |call| {
        log.lock().expect("no panic").push(call.id.to_string());
        call.name = call.name.to_lowercase();
        call.arguments = call.arguments.replace("\"1\"", "1");
    });
    let run = run.await.expect("an outcome");
    let records: Vec<_> = run.calls().collect();
    assert_eq!(records[0].output.text, "echo 1");
    assert_eq!(records[0].arguments.as_deref(), Some(r#"{"n":1}"#));
    assert_eq!(records[0].call.name, "Echo", "as the model made it");
    assert_eq!(records[1].output.failure, Some(CallFailure::InvalidArguments));
    assert_eq!(*seen.lock().expect("no panic"), ["a", "b"], "each once");
    assert_eq!(server.asked(1)["messages"][1]["tool_calls"][0]["function"]["name"], "Echo");
}

#[both_apis::test]
async fn outputs_can_be_rewritten_before_they_are_sent() {
    let calls = [echo_call(1), ("x", "unknown", json!({})).into()];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let run = server.client().run("m").tools(echo_box()).user("go").on_output(|call, output| {
        output.text = format!("{}: {}", call.name, output.failure.is_some());
        output.call_id = "another".into();
    });
    let run = run.await.expect("an outcome");
    assert_eq!(server.asked(1)["messages"][2]["content"], "echo: false");
    assert_eq!(server.asked(1)["messages"][3]["content"], "unknown: true");
    assert!(transcript_is_answered(run.transcript()), "the ids stay");
}

#[both_apis::test]
async fn a_stream_shows_each_call_once_and_tells_what_is_sent() {
    let script = [Reply::tool_calls([echo_call(1), echo_call(2)]), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let seen = Arc::new(Mutex::new(0));
    let count = Arc::clone(&seen);
    let mut events = server
        .client()
        .run("m")
        .tools(echo_box())
        .user("go")
        .on_call(move |call| {
            *count.lock().expect("no panic") += 1;
            call.arguments = call.arguments.replace('1', "10");
        })
        .on_output(|_, output| output.text.push('!'))
        .stream();
    let mut told = Vec::new();
    while let Some(event) = events.next().await {
        match event.expect("no error") {
            Event::ToolFinished(record) => told.push(record.output.text),
            Event::Ended(run) => {
                let sent: Vec<_> = run.calls().map(|made| made.output.text.as_str()).collect();
                assert_eq!(sent, ["echo 10!", "echo 2!"]);
            }
            _ => {}
        }
    }
    told.sort();
    assert_eq!(told, ["echo 10!", "echo 2!"]);
    assert_eq!(*seen.lock().expect("no panic"), 2);
}
