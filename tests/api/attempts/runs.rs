//! What a run sets its requests, and the times of a run, of a turn and of its tools.

use std::{future::IntoFuture, num::NonZeroUsize, time::Duration};

use openai_tools::{
    DynTool, ErrorKind, Outcome, Run, ToolError, ToolSettings, Toolbox,
    client::RetryPolicy,
    run::{Budget, Decision, Limit, RunBuilder, RunLimits},
    structured::Text,
    tool::CallFailure,
};
use serde_json::json;
use tests::{definition, tool, transcript_is_answered, wire};
use tokio::time::{Instant, sleep};

use super::scene::{Script, Step, Take};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn run(script: &Script) -> RunBuilder<Text> {
    let policy = RetryPolicy::new().with_max_retries(9);
    script.builder().retry(policy).build().expect("good").run("m").user("u")
}

fn busy() -> Take {
    Take::error(429).header("retry-after", "4")
}

/// A response that asks for these calls: the names of their tools.
fn asks(names: &[&str]) -> Take {
    let calls = names.iter().enumerate().map(|(n, name)| {
        json!({
            "id": format!("c{n}"), "type": "function",
            "function": {"name": name, "arguments": "{}"},
        })
    });
    let message = json!({"role": "assistant", "tool_calls": calls.collect::<Vec<_>>()});
    Take::body(vec![Step::send(wire::whole(&message, "tool_calls").to_string())])
}

/// A tool that takes so many seconds.
fn takes(name: &str, seconds: u64) -> DynTool {
    tool(name, move |_| async move {
        sleep(Duration::from_secs(seconds)).await;
        Ok::<_, ToolError>("done")
    })
}

fn tools(tools: impl IntoIterator<Item = DynTool>) -> Toolbox {
    Toolbox::new().extend(tools).expect("distinct")
}

/// Awaits it as a whole, or by its events.
async fn ended(
    run: RunBuilder<Text>,
    streamed: bool,
) -> Result<Run, Box<openai_tools::run::RunError>> {
    let end = if streamed { run.stream().finish().await } else { run.await };
    end.map_err(Box::new)
}

fn told(run: &Run) -> Vec<(&str, Option<CallFailure>)> {
    run.calls().map(|made| (&*made.output.text, made.output.failure.clone())).collect()
}

#[both_apis::test(start_paused = true)]
async fn no_retry_is_waited_for_that_would_begin_after_the_end_of_the_run() {
    for streamed in [false, true] {
        let script = Script::new([busy(), busy(), busy(), busy()]);
        let limits = RunLimits::new().with_wall_time(seconds(10));
        let error = ended(run(&script).limits(limits), streamed).await.expect_err("no time");
        assert_eq!(error.error().status(), Some(429));
        assert_eq!(script.asked_ms(), [0, 4_000, 8_000]);
        assert_eq!(script.elapsed(), seconds(8), "it is told at once");
        assert_eq!(error.spent().attempts, 3);
    }
}

#[both_apis::test(start_paused = true)]
async fn an_attempt_in_flight_ends_with_the_time_of_the_run_and_not_with_its_own() {
    for streamed in [false, true] {
        let script = Script::new([busy(), Take::silence()]);
        let limits = RunLimits::new().with_wall_time(seconds(10));
        let run = ended(run(&script).limits(limits), streamed).await.expect("an outcome");
        assert_eq!(run.outcome(), &Outcome::Limit(Limit::WallTime(seconds(10))));
        assert_eq!(script.elapsed(), seconds(10));
        assert_eq!(run.spent().attempts, 2);
    }
}

#[both_apis::test(start_paused = true)]
async fn the_attempts_of_a_budget_are_never_passed_by_retries() {
    for streamed in [false, true] {
        let script = Script::new(std::iter::repeat_n(Take::error(503), 9));
        let limits = RunLimits::new().with_attempts(2);
        let error = ended(run(&script).limits(limits), streamed).await.expect_err("it fails");
        assert_eq!((error.error().status(), error.error().attempts()), (Some(503), 2));
        assert_eq!((script.asked().len(), error.spent().attempts), (2, 2));
    }
}

#[both_apis::test(start_paused = true)]
async fn parallel_runs_share_the_attempts_of_their_budget_exactly() {
    let script = Script::new(std::iter::repeat_n(Take::error(503), 50));
    let budget = Budget::new(RunLimits::new().with_attempts(7));
    let runs: Vec<_> =
        (0..4).map(|_| tokio::spawn(run(&script).budget(&budget).into_future())).collect();
    for run in runs {
        run.await.expect("no panic").expect_err("it fails");
    }
    assert_eq!((script.asked().len(), budget.spent().attempts), (7, 7));
}

#[both_apis::test(start_paused = true)]
async fn what_one_request_does_not_use_is_there_for_another() {
    let script = Script::new([Take::good(), Take::error(503), Take::good()]);
    let budget = Budget::new(RunLimits::new().with_attempts(3));
    assert_eq!(run(&script).budget(&budget).await.expect("an outcome").text(), "hi");
    assert_eq!(run(&script).budget(&budget).await.expect("an outcome").text(), "hi");
    assert_eq!(budget.spent().attempts, 3);
}

#[both_apis::test(start_paused = true)]
async fn a_turn_that_takes_too_long_ends_the_run_with_what_was_done() {
    for streamed in [false, true] {
        let script = Script::new([asks(&["quick"]), Take::silence()]);
        let run = run(&script).tools(tools([takes("quick", 3)])).turn_timeout(seconds(5));
        let run = ended(run, streamed).await.expect("an outcome");
        assert_eq!(run.outcome(), &Outcome::Limit(Limit::TurnTime(seconds(5))));
        assert_eq!(script.elapsed(), seconds(8), "the second turn has a time of its own");
        assert_eq!(told(&run), [("done", None)]);
        assert!(transcript_is_answered(run.transcript()));
        let error = run.into_value().expect_err("no value").to_string();
        assert_eq!(error, "the run has no value: the limit of 5s for one turn is reached");
    }
}

#[both_apis::test(start_paused = true)]
async fn the_time_of_a_turn_stops_its_tools_and_keeps_the_outputs_of_the_others() {
    let script = Script::new([asks(&["quick", "slow"]).after(seconds(2))]);
    let tools = tools([takes("quick", 1), takes("slow", 50)]);
    let run = run(&script).tools(tools).turn_timeout(seconds(5)).await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::TurnTime(seconds(5))));
    assert_eq!(script.elapsed(), seconds(5));
    let stopped = ("the call was cancelled while it ran", Some(CallFailure::Cancelled));
    assert_eq!(told(&run), [("done", None), stopped]);
}

#[both_apis::test(start_paused = true)]
async fn by_default_one_turn_may_take_600_seconds() {
    let script = Script::new([Take::silence()]);
    let forever = || RunLimits::new().with_wall_time(Duration::MAX);
    let client = || script.builder().timeout(Duration::MAX).first_byte_timeout(Duration::MAX);
    let run = client().build().expect("good").run("m").user("u").limits(forever());
    let run = run.await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::TurnTime(seconds(600))));
    let run = client().build().expect("good").run("m").user("u").limits(forever());
    let endless = run.turn_timeout(Duration::MAX).into_future();
    assert!(tokio::time::timeout(seconds(500_000), endless).await.is_err(), "switched off");
}

#[both_apis::test(start_paused = true)]
async fn where_run_and_turn_end_together_it_is_the_run_that_ended() {
    let script = Script::new([Take::silence()]);
    let client = script.builder().timeout(Duration::MAX).first_byte_timeout(Duration::MAX);
    let run = client.build().expect("good").run("m").user("u").await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::WallTime(seconds(600))));
}

#[both_apis::test(start_paused = true)]
async fn calls_that_take_too_long_together_are_answered_once_each_and_the_run_goes_on() {
    let script = Script::new([asks(&["quick", "slow", "slow", "slow"]), Take::good()]);
    let run = run(&script)
        .tools(tools([takes("quick", 1), takes("slow", 4)]))
        .tool_concurrency(NonZeroUsize::MIN)
        .all_tools_timeout(seconds(7))
        .await
        .expect("an outcome");
    assert_eq!((run.text(), script.elapsed()), ("hi", seconds(7)));
    let late = Some(CallFailure::TurnTimedOut);
    let of_this_turn = "the calls of this turn took longer than 7s together, and this one was";
    let (stopped, not_started) =
        (format!("{of_this_turn} stopped"), format!("{of_this_turn} not started"));
    let expected =
        [("done", None), ("done", None), (&*stopped, late.clone()), (&*not_started, late)];
    assert_eq!(told(&run), expected);
    assert!(transcript_is_answered(run.transcript()));
    assert_eq!(run.turns()[0].calls.len(), 4);
}

#[both_apis::test(start_paused = true)]
async fn by_default_the_calls_of_a_turn_may_take_300_seconds_together() {
    for (timeout, told_after) in [(None, 300), (Some(Duration::MAX), 400)] {
        let script = Script::new([asks(&["slow"]), Take::good()]);
        let slow = takes("slow", 400).with_settings(ToolSettings::new().with_timeout(seconds(500)));
        let mut run = run(&script).tools(tools([slow]));
        if let Some(timeout) = timeout {
            run = run.all_tools_timeout(timeout);
        }
        assert_eq!(run.await.expect("an outcome").text(), "hi");
        assert_eq!(script.elapsed(), seconds(told_after));
    }
}

#[both_apis::test(start_paused = true)]
async fn the_time_that_a_call_waits_for_approval_is_no_time_of_its_tools() {
    let script = Script::new([asks(&["quick", "ask"]), Take::good()]);
    let ask = takes("ask", 3).with_settings(ToolSettings::new().with_needs_approval(true));
    let run = run(&script)
        .tools(tools([takes("quick", 3), ask]))
        .all_tools_timeout(seconds(7))
        .on_approval(|_| async {
            sleep(seconds(100)).await;
            Some(Decision::Approved)
        });
    let run = run.await.expect("an outcome");
    assert_eq!(told(&run), [("done", None), ("done", None)]);
    assert_eq!(script.elapsed(), seconds(103));
}

#[both_apis::test(start_paused = true)]
async fn the_time_of_a_turn_stands_while_the_application_decides() {
    let ask = takes("ask", 3).with_settings(ToolSettings::new().with_needs_approval(true));
    let script = Script::new([asks(&["ask"]).after(seconds(2)), Take::good(), Take::silence()]);
    let mut run = run(&script).tools(tools([ask])).turn_timeout(seconds(6)).start();
    let turn = run.next_turn().await.expect("a response").expect("a turn");
    sleep(seconds(100)).await;
    turn.pending().for_each(openai_tools::run::PendingCall::approve);
    let turn = run.next_turn().await.expect("a response").expect("a turn");
    assert_eq!(turn.text(), "hi");
    assert!(run.next_turn().await.expect("an outcome").is_none());
    let run = run.finish().await.expect("an outcome");
    assert_eq!(run.outcome().as_str(), "completed");
}

#[both_apis::test(start_paused = true)]
async fn of_one_tool_no_more_calls_run_at_once_than_it_or_the_run_says() {
    let two = NonZeroUsize::new(2).expect("not 0");
    for (of_tool, of_run, took) in
        [(None, None, 3), (Some(two), None, 6), (Some(two), Some(NonZeroUsize::MIN), 12)]
    {
        let names = ["slow", "slow", "slow", "slow", "other"];
        let script = Script::new([asks(&names), Take::good()]);
        let mut settings = ToolSettings::new();
        if let Some(of_tool) = of_tool {
            settings = settings.with_concurrency(of_tool);
        }
        let (ended, mut others) = tokio::sync::mpsc::unbounded_channel();
        let other = DynTool::new(definition("other", json!({})), move |_, _| {
            let _ = ended.send(Instant::now());
            async { Ok::<_, ToolError>("done") }
        });
        let began = Instant::now();
        let mut run = run(&script).tools(tools([takes("slow", 3).with_settings(settings), other]));
        if let Some(of_run) = of_run {
            run = run.tool_concurrency_of("slow", of_run);
        }
        let run = run.await.expect("an outcome");
        assert_eq!(script.elapsed(), seconds(took));
        let other = others.recv().await.expect("it ran");
        assert!(other - began < seconds(1), "calls of other tools pass by");
        assert!(run.calls().all(|made| made.output.failure.is_none()));
    }
}

#[both_apis::test(start_paused = true)]
async fn the_clients_own_end_of_time_is_an_error_and_no_limit_of_the_run() {
    let script = Script::new([Take::silence()]);
    let policy = RetryPolicy::new().with_total_time(seconds(10));
    let client = script.builder().retry(policy).build().expect("good");
    let error = client.run("m").user("u").await.expect_err("no time");
    assert_eq!(error.error().kind(), ErrorKind::TotalTimeout);
}
