//! Turn by turn, and told while it happens.

use openai_tools::{
    DynTool, ErrorKind, ToolError, ToolSettings, Toolbox,
    run::{Event, PendingCall, StartedRun},
    testing::Reply,
};
use serde_json::json;
use tests::{TestServer, definition, tool};

/// Text and names of tools, in the order in which they were told.
async fn told<T: Send + 'static>(run: &mut StartedRun<T>) -> String {
    let mut told = String::new();
    let mut events = run.stream_turn();
    while let Some(event) = events.next().await {
        match event {
            Event::Text(text) => told += &text,
            Event::CallBegan { name, .. } => told.extend(["<", name.as_str(), "?>"]),
            Event::ToolStarted(call) => told.extend(["<", call.name.as_str(), ">"]),
            Event::ToolFinished(made) => told.extend(["<=", &made.output.text, ">"]),
            Event::Turn(_) => told += "<turn>",
            _ => {}
        }
    }
    told
}

fn tools() -> Toolbox {
    let read_only = ToolSettings::new().with_read_only(true);
    let look = DynTool::new(definition("look", json!({"n": {"type": "integer"}})), |_, _| async {
        Ok::<_, ToolError>("seen")
    });
    let act = tool("act", |_| async { Ok("done") });
    let act = act.with_settings(ToolSettings::new().with_needs_approval(true));
    Toolbox::new().extend([look.with_settings(read_only), act]).expect("two tools")
}

fn script() -> [Reply; 2] {
    let calls = [("a", "look", json!({"n": 1})), ("b", "act", json!({}))];
    [Reply::tool_calls(calls), Reply::text("all is well")]
}

#[both_apis::test]
async fn each_step_tells_its_calls_and_its_response_and_no_call_starts_unseen() {
    let server = TestServer::scripted(script()).await;
    let mut run = server.client().run("m").tools(tools()).user("go").start();
    assert_eq!(told(&mut run).await, "<look?><act?>");
    // Its end is told by the twin, too.
    let turn = run.next_turn().await.expect("a response").expect("a turn");
    assert_eq!(turn.pending().count(), 2);
    turn.pending().for_each(PendingCall::approve);
    let second = told(&mut run).await;
    assert!(second.ends_with("<turn>all is well<turn>"), "{second}");
    for part in ["<look>", "<act>", "<=seen>", "<=done>"] {
        assert_eq!(second.matches(part).count(), 1, "{part} in {second}");
    }
    let mut events = run.stream_turn();
    while events.next().await.is_some() {}
    assert!(events.finish().await.expect("the last turn").is_some());
    assert_eq!(told(&mut run).await, "", "nothing comes after the answer");
    let run = run.finish().await.expect("an outcome");
    assert_eq!((run.text(), run.turns().len()), ("all is well", 2));
    assert!(run.first_event().is_some());
}

#[both_apis::test]
async fn a_step_whose_events_nobody_reads_on_comes_to_its_end_all_the_same() {
    // More than what may wait for a reader.
    let long = "x ".repeat(20_000);
    let server = TestServer::scripted([Reply::text(long.clone())]).await;
    let mut run = server.client().run("m").user("go").start();
    assert!(run.stream_turn().next().await.is_some());
    let turn = run.next_turn().await.expect("a response").expect("a turn");
    assert_eq!(turn.text(), long);
}

#[both_apis::test]
async fn events_of_a_step_go_on_where_they_were_left() {
    let server = TestServer::scripted([Reply::text("all is well")]).await;
    let mut run = server.client().run("m").user("go").start();
    let mut text = String::new();
    loop {
        // A new reader for each event.
        match run.stream_turn().next().await {
            Some(Event::Text(more)) => text += &more,
            Some(_) => {}
            None => break,
        }
    }
    assert_eq!(text, "all is well");
    assert_eq!(run.finish().await.expect("an outcome").text(), "all is well");
}

#[both_apis::test]
async fn a_typed_answer_grows_in_the_steps_of_its_run() {
    let answer = Reply::text(json!({"value": [1, 2, 3]}).to_string());
    let server = TestServer::scripted([answer]).await;
    let mut run = server.client().parse::<Vec<u32>>("m").user("go").start();
    let mut partials = 0;
    let mut events = run.stream_turn();
    while let Some(event) = events.next().await {
        partials += u32::from(matches!(event, Event::Partial(_)));
    }
    assert!(events.finish().await.expect("a response").is_some());
    assert!(partials > 0);
}

#[both_apis::test]
async fn a_step_that_cannot_begin_has_no_events_and_says_why() {
    let server = TestServer::scripted([]).await;
    let mut run = server.client().run("").user("go").start();
    let mut events = run.stream_turn();
    assert!(events.next().await.is_none());
    let error = events.finish().await.expect_err("no model");
    assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
    assert_eq!(server.request_count(), 0);
}
