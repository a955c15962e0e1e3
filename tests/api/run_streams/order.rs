//! Sequential tools run alone, in their place; a tool that needs approval does not run.

use std::num::NonZeroUsize;

use openai_tools::{
    Outcome, ToolCall, ToolSettings, Toolbox,
    dispatch::{DispatchLimits, Dispatcher},
    tool::CallFailure,
};

use super::scene::{Piece, Probe, READ_ONLY, Scene, arguments, call, end, read, says};

fn tools(probe: &Probe) -> Toolbox {
    let sequential = ToolSettings::new().with_sequential(true);
    let alone = READ_ONLY.with_sequential(true);
    let guarded = READ_ONLY.with_needs_approval(true);
    let tools = [
        probe.tool("look", 10, READ_ONLY),
        probe.tool("book", 10, sequential),
        probe.tool("count", 10, alone),
        probe.tool("delete", 10, guarded),
    ];
    Toolbox::new().extend(tools).expect("distinct")
}

fn calls(names: &[&str]) -> Vec<ToolCall> {
    let call = |(n, name): (usize, &&str)| {
        ToolCall::new(format!("c{n}"), *name, format!(r#"{{"n":{n}}}"#))
    };
    names.iter().enumerate().map(call).collect()
}

#[tokio::test(start_paused = true)]
async fn a_sequential_call_runs_alone_in_its_place() {
    let probe = Probe::default();
    let dispatcher = Dispatcher::new(tools(&probe));
    let calls = calls(&["look", "look", "book", "look", "book", "look"]);
    let records = dispatcher.dispatch(&calls).await.records;
    let times: Vec<_> = records
        .iter()
        .map(|record| (record.started.as_millis(), record.finished.as_millis()))
        .collect();
    assert_eq!(times, [(0, 10), (0, 10), (10, 20), (20, 30), (30, 40), (40, 50)]);
    assert!(records.iter().all(|record| record.output.is_ok()));
}

#[tokio::test(start_paused = true)]
async fn a_sequential_call_that_cannot_run_holds_up_nobody() {
    let probe = Probe::default();
    let limits = DispatchLimits::default().with_concurrency(NonZeroUsize::MIN);
    let dispatcher = Dispatcher::new(tools(&probe)).with_limits(limits);
    let mut calls = calls(&["book", "look", "book"]);
    calls[0].arguments = "{".to_owned();
    let records = dispatcher.dispatch(&calls).await.records;
    assert_eq!(records[0].output.failure, Some(CallFailure::InvalidJson));
    assert_eq!(probe.begun(), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_needs_approval_is_not_run_and_says_so() {
    let probe = Probe::default();
    let dispatched = Dispatcher::new(tools(&probe)).dispatch(&calls(&["delete", "look"])).await;
    let record = &dispatched.records[0];
    assert_eq!(record.output.failure, Some(CallFailure::NotApproved));
    assert!(record.output.text.contains("has to be approved"), "{}", record.output.text);
    assert_eq!(probe.begun(), [1]);
}

async fn started(names: &[&str]) -> (Vec<Option<u64>>, Probe) {
    let probe = Probe::default();
    let mut pieces = Vec::new();
    for (n, name) in names.iter().enumerate() {
        pieces.extend([call(n, &format!("c{n}"), name), arguments(n, &format!(r#"{{"n":{n}}}"#))]);
    }
    pieces.push(Piece::Wait(100));
    let scene = Scene::new([[&pieces[..], &end("tool_calls")].concat(), says("Done.")]);
    let told = read(scene.client().run("m").tools(tools(&probe)).user("go").stream()).await;
    let started = (0..names.len()).map(|n| told.at(&format!("started c{n}"))).collect();
    let run = told.run();
    let waiting = match run.outcome() {
        Outcome::Pending(waiting) => waiting.len(),
        _ => 0,
    };
    assert_eq!(run.calls().count() + waiting, names.len());
    assert!(run.dropped_calls().is_empty());
    (started, probe)
}

#[both_apis::test(start_paused = true)]
async fn no_early_call_overtakes_a_sequential_one() {
    let (started, _) = started(&["look", "book", "look"]).await;
    assert_eq!(started, [Some(0), Some(100), Some(110)]);
}

#[both_apis::test(start_paused = true)]
async fn a_sequential_call_that_changes_nothing_does_not_start_early_either() {
    let (started, _) = started(&["look", "count", "look", "book", "count"]).await;
    assert_eq!(started, [Some(0), Some(100), Some(110), Some(120), Some(130)]);
}

#[both_apis::test(start_paused = true)]
async fn what_needs_approval_waits_while_what_changes_nothing_starts_early() {
    let (started, probe) = started(&["delete", "look"]).await;
    assert_eq!(started, [None, Some(0)]);
    assert_eq!(probe.begun(), [1]);
}
