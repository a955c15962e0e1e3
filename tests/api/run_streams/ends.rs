//! Slow readers, readers that go away, and runs that are stopped.

use std::time::Duration;

use openai_tools::{
    CancellationToken, Outcome,
    run::{Event, RunLimits},
    tool::CallFailure,
};
use tests::transcript_is_answered;
use tokio::time::sleep;

use super::scene::{Piece, Probe, Scene, arguments, call, end, look_and_act, read, text};

#[both_apis::test(start_paused = true)]
async fn a_slow_reader_slows_the_server_and_no_tool() {
    const PIECES: usize = 10_000;
    let probe = Probe::default();
    let mut pieces = vec![call(0, "c0", "look"), arguments(0, r#"{"n":1}"#)];
    pieces.extend((0..PIECES).map(|_| text("x")));
    pieces.extend(end("stop"));
    let scene = Scene::new([pieces, super::scene::says("Done.")]);
    let mut stream = scene.client().run("m").tools(look_and_act(&probe, 10)).user("go").stream();
    assert!(stream.next().await.is_some());
    sleep(Duration::from_secs(1)).await;
    let read = scene.pieces_read();
    assert!(read < 2_000, "{read} pieces were read for a reader that took one event");
    assert_eq!(probe.ended(), 1, "the tool went on");

    let mut texts = 0;
    let mut ended = None;
    while let Some(event) = stream.next().await {
        match event.expect("no error") {
            Event::Text(text) => texts += text.len(),
            Event::Ended(run) => ended = Some(run),
            _ => {}
        }
    }
    assert_eq!(texts, PIECES + "Done.".len());
    let run = ended.expect("an end");
    let record = run.calls().next().expect("a call");
    assert_eq!(record.finished, Duration::from_millis(10), "its output was collected in time");
}

#[both_apis::test(start_paused = true)]
async fn dropping_the_stream_stops_the_tools_and_closes_the_connection() {
    let probe = Probe::default();
    let pieces = vec![call(0, "c0", "look"), arguments(0, r#"{"n":1}"#), Piece::Wait(60_000)];
    let scene = Scene::new([pieces]);
    let mut stream =
        scene.client().run("m").tools(look_and_act(&probe, 60_000)).user("go").stream();
    while let Some(event) = stream.next().await {
        if let Event::ToolStarted(_) = event.expect("no error") {
            break;
        }
    }
    sleep(Duration::from_millis(1)).await;
    assert_eq!((scene.bodies_dropped(), probe.begun().len(), probe.ended()), (0, 1, 0));
    drop(stream);
    sleep(Duration::from_millis(1)).await;
    assert_eq!((scene.bodies_dropped(), probe.ended()), (1, 1));
}

#[both_apis::test(start_paused = true)]
async fn a_cancelled_run_keeps_what_had_arrived() {
    let probe = Probe::default();
    let pieces =
        vec![text("Let"), call(0, "c0", "look"), arguments(0, r#"{"n":1}"#), Piece::Wait(60_000)];
    let scene = Scene::new([pieces]);
    let stop = CancellationToken::new();
    let run = scene.client().run("m").tools(look_and_act(&probe, 60_000)).user("go");
    let stream = run.cancellation(stop.clone()).stream();
    let cancel = async {
        sleep(Duration::from_millis(50)).await;
        stop.cancel();
    };
    let (told, ()) = tokio::join!(read(stream), cancel);
    assert_eq!(told.at("ended cancelled"), Some(50));
    let run = told.run();
    assert_eq!(run.arrived().and_then(|message| message.text.as_deref()), Some("Let"));
    assert_eq!(run.dropped_calls()[0].output.failure, Some(CallFailure::Cancelled));
    assert_eq!(run.transcript().len(), 1);
    assert_eq!((scene.bodies_dropped(), probe.ended()), (1, 1));
}

#[both_apis::test(start_paused = true)]
async fn the_wall_time_ends_a_stream_and_its_early_calls() {
    let probe = Probe::default();
    let pieces = vec![call(0, "c0", "look"), arguments(0, r#"{"n":1}"#), Piece::Wait(60_000)];
    let scene = Scene::new([pieces]);
    let limits = RunLimits::new().with_wall_time(Duration::from_secs(2));
    let run = scene.client().run("m").tools(look_and_act(&probe, 60_000)).user("go").limits(limits);
    let told = read(run.stream()).await;
    assert_eq!(told.at("ended limit"), Some(2_000));
    tokio::task::yield_now().await;
    assert_eq!((scene.bodies_dropped(), probe.ended()), (1, 1));
}

#[both_apis::test(start_paused = true)]
async fn a_run_cancelled_while_its_tools_run_answers_every_call() {
    let probe = Probe::default();
    let pieces = [
        call(0, "c0", "look"),
        arguments(0, r#"{"n":0}"#),
        call(1, "c1", "act"),
        arguments(1, r#"{"n":1}"#),
    ];
    let scene = Scene::new([[&pieces[..], &end("tool_calls")].concat()]);
    let stop = CancellationToken::new();
    let run = scene.client().run("m").tools(look_and_act(&probe, 60_000)).user("go");
    let stream = run.cancellation(stop.clone()).stream();
    let cancel = async {
        sleep(Duration::from_millis(50)).await;
        stop.cancel();
    };
    let (told, ()) = tokio::join!(read(stream), cancel);
    let run = told.run();
    assert_eq!(run.outcome(), &Outcome::Cancelled);
    assert!(run.calls().all(|record| record.output.failure == Some(CallFailure::Cancelled)));
    assert!(transcript_is_answered(run.transcript()));
    assert!(run.arrived().is_none() && run.dropped_calls().is_empty());
}

#[both_apis::test(start_paused = true)]
async fn the_first_event_has_its_time_however_late_it_is_read() {
    let scene = Scene::new([[&[Piece::Wait(20), text("hi")][..], &end("stop")].concat()]);
    let mut stream = scene.client().run("m").user("go").stream();
    let begun = tokio::time::timeout(Duration::from_millis(1), stream.next()).await;
    assert!(begun.is_err(), "nothing has come yet");
    sleep(Duration::from_secs(1)).await;
    let run = stream.finish().await.expect("a run");
    assert_eq!(run.first_event(), Some(Duration::from_millis(20)));
    assert!(run.first_event() <= Some(run.duration()));
}

#[both_apis::test(start_paused = true)]
async fn the_events_of_calls_show_their_tool_and_no_arguments() {
    let pieces = [call(0, "c0", "look"), arguments(0, r#"{"n":4711}"#)];
    let scene = Scene::new([[&pieces[..], &end("stop")].concat(), super::scene::says("Done.")]);
    let run = scene.client().run("m").tools(look_and_act(&Probe::default(), 0)).user("go");
    let told = read(run.stream()).await;
    let shown = format!("{:?}", told.events);
    assert!(shown.contains(r#"name: "look""#), "{shown}");
    assert!(!shown.contains("4711"), "{shown}");
}
