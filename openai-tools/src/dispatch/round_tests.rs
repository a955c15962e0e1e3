use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};

use super::*;
use crate::tool::{DynTool, IntoTools, ToolContext, ToolDefinition, ToolError, Toolbox};

/// A tool `look` that takes `n` milliseconds and counts how often it ran.
fn round() -> (Round, Arc<AtomicUsize>) {
    let schema = json!({
        "type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"],
    });
    let definition = ToolDefinition::new("look", schema).build().expect("legal");
    let ran = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&ran);
    let look = DynTool::new(definition, move |arguments: Value, _: ToolContext| {
        count.fetch_add(1, Ordering::SeqCst);
        async move {
            let n = arguments["n"].as_u64().expect("a number");
            tokio::time::sleep(Duration::from_millis(n)).await;
            if n == 13 {
                return Err(ToolError::fatal("thirteen"));
            }
            Ok(n)
        }
    });
    let tools = Toolbox::new().with(look).expect("one tool").into_tools();
    let stop = CancellationToken::new();
    (Round::new(tools, DispatchLimits::default(), stop, Instant::now()), ran)
}

fn call(id: &str, n: u32) -> ToolCall {
    ToolCall::new(id, "look", format!(r#"{{"n":{n}}}"#))
}

async fn texts(mut round: Round) -> Vec<String> {
    round.ended(|_, _| {}).await;
    round.finish().records.into_iter().map(|record| record.output.text).collect()
}

fn named(name: &str) -> ToolCall {
    ToolCall::new("", name, "")
}

#[tokio::test(start_paused = true)]
async fn early_calls_count_whatever_the_order_of_the_response() {
    let (mut round, ran) = round();
    for n in 0..3 {
        let slot = round.hold(&named("look"));
        round.start_early(slot, call(&format!("c{n}"), n), None);
    }
    let calls = [call("c2", 2), call("c0", 0), call("c1", 1)];
    assert!(round.release(&calls, &[2, 0, 1]).is_empty());
    assert_eq!(texts(round).await, ["2", "0", "1"]);
    assert_eq!(ran.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn every_call_is_answered_even_if_slots_are_missing_repeated_or_unknown() {
    for slots in [&[][..], &[0, 0, 0], &[7, 8, 9], &[2, 1]] {
        let (mut round, _) = round();
        round.hold(&named("look"));
        let calls = [call("c0", 0), call("c1", 1), call("c2", 2)];
        round.release(&calls, slots);
        assert_eq!(texts(round).await, ["0", "1", "2"], "{slots:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_changed_after_it_ended_runs_anew_and_its_first_output_is_dropped() {
    let (mut round, ran) = round();
    let slot = round.hold(&named("look"));
    round.start_early(slot, call("c0", 1), None);
    round.ended(|_, _| {}).await;
    assert_eq!(round.record(slot).map(|record| record.output.text.as_str()), Some("1"));
    let dropped = round.release(&[call("c0", 2)], &[slot]);
    assert_eq!(dropped.len(), 1);
    assert_eq!(dropped[0].output.text, "1");
    assert_eq!(texts(round).await, ["2"]);
    assert_eq!(ran.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_call_that_was_taken_back_is_not_the_end_of_the_next_one() {
    let (mut round, _) = round();
    let slot = round.hold(&named("look"));
    round.start_early(slot, call("c0", 1), None);
    assert_eq!(poll_fn(|cx| round.poll_happened(cx)).await, Some(Happened::Started(slot)));
    // Its end is told by now, and nobody has looked.
    tokio::time::sleep(Duration::from_millis(5)).await;
    let taken = round.take_back(slot).expect("it ran");
    assert_eq!(taken.output.failure, Some(CallFailure::Cancelled));
    round.release(&[call("c0", 2)], &[slot]);
    assert_eq!(texts(round).await, ["2"]);
}

#[tokio::test(start_paused = true)]
async fn an_early_call_that_ends_the_run_does_so_when_the_response_asks_for_it() {
    let (mut round, ran) = round();
    let slot = round.hold(&named("look"));
    round.start_early(slot, call("c0", 13), None);
    round.ended(|_, _| {}).await;
    assert!(!round.stop.is_cancelled());
    round.release(&[call("c0", 13), call("c1", 1)], &[slot]);
    round.ended(|_, _| {}).await;
    let dispatched = round.finish();
    assert_eq!(dispatched.fatal.expect("fatal").tool, "look");
    assert_eq!(dispatched.records[1].output.failure, Some(CallFailure::Cancelled));
    assert_eq!(ran.load(Ordering::SeqCst), 1, "the other never started");
}

#[tokio::test(start_paused = true)]
async fn what_is_taken_back_leaves_nothing_behind() {
    let (mut round, ran) = round();
    for n in 0..3 {
        let slot = round.hold(&named("look"));
        round.start_early(slot, call(&format!("c{n}"), 1_000 * n), None);
    }
    assert_eq!(poll_fn(|cx| round.poll_happened(cx)).await, Some(Happened::Started(0)));
    assert_eq!(round.take_all_back().len(), 3);
    assert!(texts(round).await.is_empty());
    assert!(ran.load(Ordering::SeqCst) <= 3);
}

#[tokio::test(start_paused = true)]
async fn no_early_call_overtakes_one_without_a_name() {
    let (mut round, ran) = round();
    let nameless = round.hold(&named(""));
    let slot = round.hold(&named("look"));
    round.start_early(slot, call("c1", 1), None);
    assert_eq!(poll_fn(|cx| round.poll_happened(cx)).await, None);
    round.rename(nameless, &named("look"));
    assert_eq!(poll_fn(|cx| round.poll_happened(cx)).await, Some(Happened::Started(slot)));
    round.ended(|_, _| {}).await;
    assert_eq!(ran.load(Ordering::SeqCst), 1);
}
