//! Limits are outcomes that keep the transcript, in which every call is answered.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use openai_tools::{
    Client, DynTool, Outcome, Run, ToolContext, ToolError, Toolbox,
    run::{Limit, RunLimits},
    testing::Reply,
    tool::CallFailure,
};
use serde_json::json;
use tests::{
    TestServer, block_until_cancelled, definition, echo, echo_call, tool, transcript_is_answered,
};

fn echo_box() -> Toolbox {
    Toolbox::new().with(echo()).expect("one tool")
}

/// Goes on with the transcript of a run that reached a limit; the server checks it.
async fn go_on(client: &Client, tools: &Toolbox, run: Run) {
    assert!(transcript_is_answered(run.transcript()));
    let next = client.run("m").tools(tools).messages(run.into_transcript()).user("go on").await;
    assert_eq!(next.expect("the server takes the transcript").text(), "went on");
}

#[both_apis::test]
async fn the_limit_of_turns_keeps_the_outputs_of_the_last_one() {
    let script = [
        Reply::tool_calls([echo_call(1)]),
        Reply::tool_calls([echo_call(2)]),
        Reply::text("went on"),
    ];
    let server = TestServer::scripted(script).await;
    let (client, tools) = (server.client(), echo_box());
    let limits = RunLimits::new().with_turns(2);
    let run = client.run("m").tools(&tools).user("go").limits(limits).await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::Turns(2)));
    assert_eq!(server.request_count(), 2);
    let outputs: Vec<_> = run.calls().map(|record| record.output.text.as_str()).collect();
    assert_eq!(outputs, ["echo 1", "echo 2"]);
    go_on(&client, &tools, run).await;
}

#[both_apis::test]
async fn the_default_limit_of_turns_is_16() {
    let ask = std::iter::repeat_with({
        let mut n = 0;
        move || {
            n += 1;
            Reply::tool_calls([echo_call(n)])
        }
    });
    let server = TestServer::scripted(ask).await;
    let run = server.client().run("m").tools(echo_box()).user("go").await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::Turns(16)));
    assert_eq!(server.request_count(), 16);
}

#[both_apis::test]
async fn no_call_runs_of_a_response_that_asks_for_more_than_are_left() {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let count = tool("count", move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok("counted"))
    });
    let calls =
        |ids: &[&'static str]| ids.iter().map(|id| (*id, "count", json!({}))).collect::<Vec<_>>();
    let script = [
        Reply::tool_calls(calls(&["a", "b"])),
        Reply::tool_calls(calls(&["c", "d"])),
        Reply::text("went on"),
    ];
    let server = TestServer::scripted(script).await;
    let (client, tools) = (server.client(), Toolbox::new().with(count).expect("one tool"));
    let limits = RunLimits::new().with_tool_calls(3);
    let run = client.run("m").tools(&tools).user("go").limits(limits).await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::ToolCalls(3)));
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    let failures: Vec<_> = run.calls().map(|record| record.output.failure.clone()).collect();
    let reached = Some(CallFailure::LimitReached);
    assert_eq!(failures, [None, None, reached.clone(), reached]);
    let told = &run.calls().last().expect("a call").output.text;
    assert_eq!(told, "not run: the limit of 3 tool calls is reached");
    go_on(&client, &tools, run).await;
}

#[both_apis::test]
async fn no_response_is_asked_for_that_the_tokens_have_no_room_for() {
    let script = [
        Reply::tool_calls([echo_call(1)]).with_usage(400, 0),
        Reply::tool_calls([echo_call(2)]).with_usage(400, 100),
        Reply::text("went on"),
    ];
    let server = TestServer::scripted(script).await;
    let (client, tools) = (server.client(), echo_box());
    let limits = RunLimits::new().with_total_tokens(1_000);
    let run = client.run("m").tools(&tools).user("go").limits(limits).await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::TotalTokens(1_000)));
    assert_eq!(run.usage().total_tokens, 900, "the next one would have 400 at the least");
    assert_eq!(server.request_count(), 2);
    go_on(&client, &tools, run).await;
}

#[both_apis::test]
async fn an_answer_that_takes_the_last_tokens_is_still_an_answer() {
    let server = TestServer::scripted([Reply::text("done").with_usage(2_000, 1)]).await;
    let limits = RunLimits::new().with_total_tokens(1_000);
    let run = server.client().run("m").user("go").limits(limits).await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Completed("done".to_owned()));
}

#[both_apis::test]
async fn the_wall_time_stops_tools_and_keeps_what_is_done() {
    let hang = tool("hang", |_| std::future::pending::<Result<(), ToolError>>());
    let spin = DynTool::blocking(definition("spin", json!({})), |_, context: ToolContext| {
        block_until_cancelled(&context);
        Ok::<_, ToolError>("too late")
    });
    let tools = echo_box().extend([hang, spin]).expect("distinct");
    let calls = [echo_call(1), ("h", "hang", json!({})).into(), ("s", "spin", json!({})).into()];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("went on")]).await;
    let client = server.client();
    let wall_time = Duration::from_millis(1_500);
    let limits = RunLimits::new().with_wall_time(wall_time);
    let run = client.run("m").tools(&tools).user("go").limits(limits).await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::WallTime(wall_time)));
    assert!(run.duration() >= wall_time);
    let failures: Vec<_> = run.calls().map(|record| record.output.failure.clone()).collect();
    let stopped = Some(CallFailure::Cancelled);
    assert_eq!(failures, [None, stopped.clone(), stopped]);
    go_on(&client, &tools, run).await;
}

#[both_apis::test]
async fn calls_that_the_wall_time_leaves_no_room_for_are_answered_too() {
    let hang = tool("hang", |_| std::future::pending::<Result<(), ToolError>>());
    let tools = echo_box().with(hang).expect("distinct");
    let calls = [("h", "hang", json!({})).into(), echo_call(1), echo_call(2)];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("went on")]).await;
    let client = server.client();
    let run = client
        .run("m")
        .tools(&tools)
        .user("go")
        .tool_concurrency(NonZeroUsize::MIN)
        .limits(RunLimits::new().with_wall_time(Duration::from_millis(1_500)))
        .await
        .expect("an outcome");
    assert_eq!(run.outcome().as_str(), "limit");
    let outputs: Vec<_> = run.calls().map(|record| record.output.text.as_str()).collect();
    let before = "the call was cancelled before it started";
    assert_eq!(outputs, ["the call was cancelled while it ran", before, before]);
    go_on(&client, &tools, run).await;
}

#[both_apis::test]
async fn the_wall_time_stops_a_request() {
    let server = TestServer::scripted([
        Reply::text("late").with_delay(Duration::MAX),
        Reply::text("went on"),
    ])
    .await;
    let (client, tools) = (server.client(), echo_box());
    let wall_time = Duration::from_millis(30);
    let limits = RunLimits::new().with_wall_time(wall_time);
    let run = client.run("m").tools(&tools).user("go").limits(limits).await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::WallTime(wall_time)));
    assert_eq!(run.transcript().len(), 1);
    go_on(&client, &tools, run).await;
}

#[both_apis::test]
async fn a_limit_says_which_it_is_when_the_value_is_asked_for() {
    let server = TestServer::scripted([Reply::tool_calls([echo_call(1)])]).await;
    let limits = RunLimits::new().with_turns(1);
    let run = server.client().run("m").tools(echo_box()).user("go").limits(limits).await;
    let error = run.expect("an outcome").into_value().expect_err("no value");
    assert_eq!(error.to_string(), "the run has no value: the limit of 1 turns is reached");
}

#[both_apis::test]
async fn a_limit_of_nothing_sends_nothing() {
    for limits in [RunLimits::new().with_turns(0), RunLimits::new().with_total_tokens(0)] {
        let server = TestServer::scripted([]).await;
        let run = server.client().run("m").user("go").limits(limits).await.expect("an outcome");
        assert_eq!(run.outcome().as_str(), "limit");
        assert_eq!(server.request_count(), 0);
    }
}

#[both_apis::test]
async fn limits_beyond_every_clock_are_none() {
    let limits = RunLimits::new()
        .with_wall_time(Duration::MAX)
        .with_turns(u32::MAX)
        .with_tool_calls(u32::MAX)
        .with_total_tokens(u64::MAX);
    let script =
        [Reply::tool_calls([echo_call(1)]).with_usage(u64::MAX, u64::MAX), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let run = server
        .client()
        .run("m")
        .tools(echo_box())
        .tool_timeout(Duration::MAX)
        .user("go")
        .limits(limits)
        .await
        .expect("an outcome");
    // The tokens that a server claims to have used can reach any limit, and overflow none.
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::TotalTokens(u64::MAX)));
    assert_eq!(run.calls().next().expect("a call").output.text, "echo 1");
}
