//! Turns until a final answer, and what is left of a run.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use openai_tools::{
    Message, Outcome, ToolError, Toolbox, chat::FinishReason, run::IncompleteReason,
    testing::Reply, tool::CallFailure,
};
use serde_json::{Value, json};
use tests::{TestServer, echo, echo_call, tool, transcript_is_answered};
use tokio_util::sync::CancellationToken;

fn echo_box() -> Toolbox {
    Toolbox::new().with(echo()).expect("one tool")
}

#[both_apis::test]
async fn a_run_without_tools_is_one_turn() {
    let server = TestServer::scripted([Reply::text("Hello!")]).await;
    let run = server.client().run("gpt-5.2").system("Be brief.").user("Hi").await.expect("good");
    assert_eq!(run.outcome(), &Outcome::Completed("Hello!".to_owned()));
    assert_eq!(run.text(), "Hello!");
    assert_eq!(run.turns().len(), 1);
    assert_eq!(run.calls().count(), 0);
    assert_eq!(run.request_id(), Some("req_000001"));
    assert_eq!(run.into_value().expect("a text"), "Hello!");
}

#[both_apis::test]
async fn the_outputs_of_each_turn_go_into_the_next_request() {
    let script = [
        Reply::tool_calls([echo_call(1), echo_call(2)]).with_usage(100, 10),
        Reply::tool_calls([echo_call(3)]).with_usage(200, 20),
        Reply::text("all three").with_usage(300, 30),
    ];
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(echo_box()).user("go").await.expect("good");

    assert_eq!(run.text(), "all three");
    let calls: Vec<usize> = run.turns().iter().map(|turn| turn.calls.len()).collect();
    assert_eq!(calls, [2, 1, 0]);
    let usage = run.usage();
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.total_tokens), (600, 60, 660));
    assert_eq!(run.request_id(), Some("req_000003"));
    assert!(run.turns().is_sorted_by_key(|turn| turn.started));
    assert!(run.turns().iter().all(|turn| turn.started <= turn.responded));
    assert!(run.turns().iter().all(|turn| turn.responded <= run.duration()));

    let roles = |index| -> Vec<String> {
        let messages = server.asked_messages(index);
        messages.iter().map(|m| m["role"].as_str().expect("a role").to_owned()).collect()
    };
    assert_eq!(roles(0), ["user"]);
    assert_eq!(roles(1), ["user", "assistant", "tool", "tool"]);
    assert_eq!(roles(2), ["user", "assistant", "tool", "tool", "assistant", "tool"]);
    // What was said once is sent again as it was: the server's cache of prompts lives on it.
    assert_eq!(server.asked_messages(2)[..4], server.asked_messages(1)[..]);
    assert_eq!(server.asked(0)["tools"], server.asked(2)["tools"]);
}

#[both_apis::test]
async fn the_transcript_can_be_read_and_continued() {
    let script = [Reply::tool_calls([echo_call(1)]), Reply::text("one"), Reply::text("two")];
    let server = TestServer::scripted(script).await;
    let client = server.client();
    let run = client.run("m").tools(echo_box()).system("s").user("u").await.expect("good");

    let [
        Message::System(system),
        Message::User(_),
        Message::Assistant(asked),
        Message::Tool(output),
        Message::Assistant(answer),
    ] = run.transcript()
    else {
        panic!("{:?}", run.transcript());
    };
    assert_eq!(system, "s");
    assert_eq!(asked.tool_calls[0].name, "echo");
    assert_eq!(asked.tool_calls[0].arguments, r#"{"n":1}"#);
    assert_eq!(output.text, "echo 1");
    assert_eq!(answer.text.as_deref(), Some("one"));

    let next = client.run("m").messages(run.into_transcript()).user("and now?").await;
    assert_eq!(next.expect("good").text(), "two");
    let sent = server.asked_messages(2);
    assert_eq!(sent.len(), 6);
    assert_eq!(sent[5], json!({"role": "user", "content": "and now?"}));
}

#[both_apis::test]
async fn a_transcript_survives_json() {
    let script = [Reply::tool_calls([echo_call(1)]), Reply::text("one"), Reply::text("two")];
    let server = TestServer::scripted(script).await;
    let client = server.client();
    let run = client.run("m").tools(echo_box()).user("go").await.expect("good");
    let put_away = serde_json::to_string(run.transcript()).expect("JSON");
    let taken_up: Vec<Message> = serde_json::from_str(&put_away).expect("the same");
    assert_eq!(taken_up, run.transcript());
    let next = client.run("m").messages(taken_up).user("next").await.expect("good");
    assert_eq!(next.text(), "two");
}

#[both_apis::test]
async fn the_automatic_server_is_answered_in_parallel_and_uses_the_outputs() {
    let weather = openai_tools::DynTool::new(
        tests::definition("get_weather", json!({"city": {"type": "string"}})),
        |arguments: Value, _: openai_tools::ToolContext| async move {
            Ok::<_, ToolError>(format!("21 degrees in {}", arguments["city"]))
        },
    );
    let tools = Toolbox::new().with(weather).expect("one tool");
    let server = TestServer::automatic().await;
    let question = "What is the weather in Hanoi and in Paris?";
    let run = server.client().run("gpt-5.2").tools(tools).user(question).await.expect("good");
    assert!(matches!(run.outcome(), Outcome::Completed(_)));
    assert_eq!(run.turns().len(), 2);
    assert_eq!(run.turns()[0].calls.len(), 2, "both cities in one response");
    assert!(run.calls().all(|record| record.output.is_ok()));
    assert!(run.text().contains("21 degrees"), "{}", run.text());
}

#[both_apis::test]
async fn a_refusal_is_an_outcome() {
    let script = [Reply::refusal("I cannot help with that."), Reply::text("sure")];
    let server = TestServer::scripted(script).await;
    let client = server.client();
    let run = client.run("m").user("do harm").await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Refusal("I cannot help with that.".to_owned()));
    assert_eq!(run.text(), "");
    // A refusal is part of the conversation.
    let next = client.run("m").messages(run.into_transcript()).user("something else").await;
    assert_eq!(next.expect("good").text(), "sure");
    assert_eq!(server.asked_messages(1)[1]["refusal"], "I cannot help with that.");
}

#[both_apis::test]
async fn a_text_that_is_cut_off_is_incomplete_and_kept() {
    for (reason, expected) in [
        ("length", IncompleteReason::Length),
        ("content_filter", IncompleteReason::ContentFilter),
        ("function_call", IncompleteReason::Other("function_call".to_owned())),
        ("tired", IncompleteReason::Other("tired".to_owned())),
    ] {
        let server =
            TestServer::scripted([Reply::text("The first ha").with_finish_reason(reason)]).await;
        let run = server.client().run("m").user("tell").await.expect("an outcome");
        assert_eq!(run.outcome(), &Outcome::Incomplete(expected));
        assert_eq!(run.text(), "The first ha");
        assert_eq!(run.turns()[0].response.finish_reason.as_str(), reason);
    }
}

#[both_apis::test]
async fn calls_of_a_response_that_is_cut_off_do_not_run() {
    for reason in ["length", "content_filter", "tired"] {
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        let delete = tool("delete", move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Ok("deleted"))
        });
        let calls = [("c1", "delete", "{}"), ("c2", "delete", "{")];
        let script = [Reply::tool_calls(calls).with_finish_reason(reason), Reply::text("ok")];
        let server = TestServer::scripted(script).await;
        let client = server.client();
        let tools = Toolbox::new().with(delete).expect("one tool");
        let run = client.run("m").tools(&tools).user("go").await.expect("an outcome");

        assert_eq!(run.outcome().as_str(), "incomplete", "{reason}");
        assert_eq!(runs.load(Ordering::SeqCst), 0);
        assert_eq!(server.request_count(), 1);
        for record in run.calls() {
            assert_eq!(record.output.failure, Some(CallFailure::ResponseIncomplete));
            assert!(record.output.text.contains(reason), "{}", record.output.text);
        }
        assert_eq!(run.calls().count(), 2);
        assert!(transcript_is_answered(run.transcript()));
        let next = client.run("m").tools(&tools).messages(run.into_transcript()).user("go on");
        assert_eq!(next.await.expect("the server takes the transcript").text(), "ok");
    }
}

#[tokio::test]
async fn calls_beside_the_finish_reason_stop_run() {
    // Several servers of chat completions say so; the Responses API has no finish reasons.
    let script =
        [Reply::tool_calls([echo_call(1)]).with_finish_reason("stop"), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(echo_box()).user("go").await.expect("good");
    assert_eq!(run.calls().next().expect("a call").output.text, "echo 1");
    assert_eq!(run.turns()[0].response.finish_reason, FinishReason::Stop);
}

#[both_apis::test]
async fn a_text_beside_calls_is_kept() {
    let script = [
        Reply::tool_calls([echo_call(1)]).with_message_field("content", json!("Let me see.")),
        Reply::text("done"),
    ];
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(echo_box()).user("go").await.expect("good");
    assert_eq!(run.turns()[0].response.message.text.as_deref(), Some("Let me see."));
    assert_eq!(server.asked_messages(1)[1]["content"], "Let me see.");
}

#[both_apis::test]
async fn cancelling_while_the_server_thinks_is_an_outcome() {
    let script = [Reply::tool_calls([echo_call(1)]), Reply::text("late").with_delay(Duration::MAX)];
    let server = TestServer::scripted(script).await;
    let stop = CancellationToken::new();
    let run = server.client().run("m").tools(echo_box()).user("go").cancellation(stop.clone());
    let run = tokio::spawn(run.into_future());
    server.wait_for_requests(2).await;
    stop.cancel();
    let run = run.await.expect("no panic").expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Cancelled);
    assert_eq!(run.turns().len(), 1);
    assert_eq!(run.calls().next().expect("a call").output.text, "echo 1");
    assert!(transcript_is_answered(run.transcript()));
}

#[both_apis::test]
async fn cancelling_does_not_wait_for_the_next_attempt() {
    let busy = Reply::error(429, "rate_limit_exceeded", "x").with_header("retry-after", "50");
    let server = TestServer::scripted([busy]).await;
    let stop = CancellationToken::new();
    let run = server.client().run("m").user("go").cancellation(stop.clone());
    let run = tokio::spawn(run.into_future());
    server.wait_for_requests(1).await;
    stop.cancel();
    let soon = tokio::time::timeout(Duration::from_secs(30), run).await;
    let run = soon.expect("at once").expect("no panic").expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Cancelled);
}

#[both_apis::test]
async fn a_run_that_is_cancelled_before_it_starts_sends_nothing() {
    let server = TestServer::scripted([]).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let run = server.client().run("m").user("go").cancellation(stop).await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Cancelled);
    assert_eq!(run.transcript().len(), 1);
    assert_eq!(server.request_count(), 0);
}

#[both_apis::test]
async fn every_outcome_without_a_value_says_so_when_asked_for_it() {
    let server =
        TestServer::scripted([Reply::refusal("no"), Reply::text("x").with_finish_reason("length")])
            .await;
    for expected in ["the model refused", "the response was cut off: length"] {
        let run = server.client().run("m").user("go").await.expect("an outcome");
        let error = run.into_value().expect_err("no value");
        assert_eq!(error.kind(), openai_tools::ErrorKind::NoValue);
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.request_id().is_some());
    }
}

#[both_apis::test]
async fn runs_of_one_client_do_not_disturb_each_other() {
    let choose = Reply::with_chat(|request| {
        let messages = request["messages"].as_array().expect("a list");
        match messages.len() {
            1 => Reply::tool_calls([(
                "c0",
                "echo",
                json!({"n": messages[0]["content"].as_str().expect("a text").parse::<u32>().expect("a number")}),
            )]),
            _ => Reply::text(messages[2]["content"].as_str().expect("an output")),
        }
    });
    let server = TestServer::scripted(std::iter::repeat(choose)).await;
    let (client, tools) = (server.client(), echo_box());
    let runs = (0..32).map(|n| client.run("m").tools(&tools).user(n.to_string()).into_future());
    let runs = futures_util::future::join_all(runs).await;
    for (n, run) in runs.into_iter().enumerate() {
        assert_eq!(run.expect("good").text(), format!("echo {n}"));
    }
}
