//! What comes after the finish reason, which only chat completions have beside an end, and what comes
//! out of order.

use std::time::Duration;

use openai_tools::{ErrorKind, Outcome, Run, ToolSettings, Toolbox, run::RunLimits};
use serde_json::json;
use tests::wire::chunk;

use super::scene::{Piece, Probe, READ_ONLY, Scene, Told, arguments, call, end, read, text};

fn finish(reason: &str) -> Piece {
    Piece::Bytes(chunk(&json!({}), Some(reason)))
}

fn done() -> Piece {
    Piece::Bytes("data: [DONE]\n\n".to_owned())
}

/// Reads a run with a tool that has effects and no required parameters.
async fn told(pieces: &[Piece]) -> (Told, Vec<i64>) {
    let probe = Probe::default();
    let tools = Toolbox::new().with(probe.tool("book", 10, ToolSettings::new())).expect("one");
    let scene = Scene::new([pieces.to_vec(), super::scene::says("Done.")]);
    let told = read(scene.client().run("m").tools(tools).user("go").stream()).await;
    (told, probe.begun())
}

fn completed(told: Told) -> String {
    let run: Run = told.run();
    let Outcome::Completed(text) = run.outcome() else { panic!("{:?}", run.outcome()) };
    text.clone()
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_cut_behind_the_finish_reason_runs_nothing() {
    let whole = [call(0, "a", "book"), arguments(0, r#"{"n":1}"#), finish("tool_calls")];
    for last in [Some(Piece::Break), Some(Piece::Wait(1_000_000)), None] {
        let more = [call(1, "b", "book"), arguments(1, r#"{"n":2}"#), call(2, "c", "book")];
        let pieces = [&whole[..], &more, last.as_slice()].concat();
        let (told, begun) = told(&pieces).await;
        let kind = told.error.map(|error| error.error().kind());
        let expected = match last {
            Some(Piece::Wait(_)) => ErrorKind::IdleTimeout,
            _ => ErrorKind::StreamCut,
        };
        assert_eq!((kind, begun), (Some(expected), Vec::new()));
    }
    let (told, begun) = told(&whole).await;
    assert_eq!((completed(told).as_str(), begun), ("Done.", vec![1]));
}

#[tokio::test(start_paused = true)]
async fn a_text_that_goes_on_behind_the_finish_reason_needs_another_end() {
    let cut = [text("The answer is 4"), finish("stop"), text("2 and the")];
    let (broken, _) = told(&[&cut[..], &[Piece::Break]].concat()).await;
    assert_eq!(broken.error.map(|error| error.error().kind()), Some(ErrorKind::StreamCut));
    for last in [finish("stop"), done()] {
        let (whole, _) = told(&[&cut[..], &[last, Piece::Break]].concat()).await;
        assert_eq!(completed(whole), "The answer is 42 and the");
    }
}

#[tokio::test(start_paused = true)]
async fn comments_hold_back_no_whole_answer() {
    let comment = [Piece::Wait(1_000), Piece::Bytes(": k\n\n".to_owned())];
    let pieces = [&[text("hi"), finish("stop")][..], &vec![comment; 1_000].concat()].concat();
    let (answered, _) = told(&pieces).await;
    assert_eq!(answered.at("ended completed"), Some(5_000));
    assert_eq!(completed(answered), "hi");
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_time_is_up_takes_a_response_that_is_whole() {
    let limits = RunLimits::new().with_wall_time(Duration::from_secs(2));
    let scene = Scene::new([vec![text("hi"), finish("stop"), Piece::Wait(100_000)]]);
    let run = scene.client().run("m").limits(limits.clone()).user("go").stream();
    let told = read(run).await;
    assert_eq!(told.at("ended completed"), Some(2_000));
    assert_eq!(completed(told), "hi");

    let calls = [call(0, "a", "book"), arguments(0, r#"{"n":1}"#), finish("tool_calls")];
    let scene = Scene::new([[&calls[..], &[Piece::Wait(100_000)]].concat()]);
    let probe = Probe::default();
    let tools = Toolbox::new().with(probe.tool("book", 10, ToolSettings::new())).expect("one");
    let run = scene.client().run("m").tools(tools).limits(limits).user("go").stream();
    let run = read(run).await.run();
    assert!(matches!(run.outcome(), Outcome::Limit(_)), "{:?}", run.outcome());
    assert_eq!(run.turns().len(), 1);
    assert!(probe.begun().is_empty(), "no call starts when the time is up");
}

/// The `n` of the calls in the order in which they began, and those whose output was dropped.
async fn begun(indexes: &[(usize, &str)]) -> (Vec<i64>, usize) {
    let probe = Probe::default();
    let tools = [
        probe.tool("look", 10, READ_ONLY),
        probe.tool("count", 10, READ_ONLY.with_sequential(true)),
    ];
    let mut pieces = Vec::new();
    for (index, name) in indexes {
        pieces.push(call(*index, &format!("c{index}"), name));
        pieces.push(arguments(*index, &format!(r#"{{"n":{index}}}"#)));
        pieces.push(Piece::Wait(100));
    }
    let scene = Scene::new([[&pieces[..], &end("tool_calls")].concat(), super::scene::says("x")]);
    let tools = Toolbox::new().extend(tools).expect("distinct");
    let told = read(scene.client().run("m").tools(tools).user("go").stream()).await;
    let run = told.run();
    (probe.begun(), run.dropped_calls().len())
}

#[both_apis::test(start_paused = true)]
async fn calls_that_come_out_of_order_run_in_the_order_of_the_response() {
    assert_eq!(begun(&[(1, "count"), (0, "count")]).await, (vec![0, 1], 0));
    assert_eq!(begun(&[(1, "look"), (0, "count")]).await, (vec![0, 1], 0));
    assert_eq!(begun(&[(0, "look"), (2, "look"), (1, "count")]).await.0, [0, 0, 1, 2]);
    assert_eq!(begun(&[(0, "look"), (1, "look"), (2, "count")]).await, (vec![0, 1, 2], 0));
}
