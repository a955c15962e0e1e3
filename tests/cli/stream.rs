//! `openai-tools run --stream`.

use std::{
    io::{self, Write},
    time::Duration,
};

use openai_tools::{
    cli::{self, Console, Exit},
    testing::{Reply, StreamFault, StreamShape},
};
use serde_json::{Value, json};
use tests::wire::events_up_to;
use tokio_util::sync::CancellationToken;

use super::scene::{File, Scene, api_option, two_calls, weather_file};

fn answers() -> [Reply; 2] {
    [two_calls(), Reply::text("Hanoi.").with_usage(20, 1)]
}

/// Takes the times out of a report, and gives those of the stream back.
fn take_times(report: &mut Value) -> Vec<Option<f64>> {
    let mut times = Vec::new();
    let mut take = |object: &mut Value, names: &[&str], of_stream: &str| {
        let object = object.as_object_mut().expect("an object");
        for name in names {
            assert!(object.shift_remove(*name).is_some_and(|time| time.is_f64()), "{name}");
        }
        times.extend(object.shift_remove(of_stream).map(|time| time.as_f64()));
    };
    take(report, &["duration_ms"], "first_event_ms");
    for call in report["calls"].as_array_mut().expect("calls") {
        take(call, &["started_ms", "finished_ms"], "arguments_complete_ms");
    }
    for attempt in report["attempt_log"].as_array_mut().expect("attempts") {
        take(attempt, &["duration_ms", "held_back_ms"], "");
    }
    times
}

#[both_apis::test]
fn the_streamed_report_is_the_unstreamed_one_with_more_times() {
    let tools = weather_file("streamed.json");
    let arguments = ["--tools", tools.path(), "Where is it warmer?"];
    let (exit, mut unstreamed) = Scene::new(answers()).report(&arguments);
    let scene = Scene::new(answers());
    let (streamed_exit, mut streamed) = scene.report(&[&["--stream"], &arguments[..]].concat());
    assert_eq!((exit, streamed_exit), (Exit::Success, Exit::Success));
    assert!(scene.requests().iter().all(|request| request.json()["stream"] == true));
    assert_eq!(take_times(&mut unstreamed), []);
    let whole = streamed["duration_ms"].as_f64();
    let times = take_times(&mut streamed);
    assert!(times.len() == 3 && times.iter().all(Option::is_some), "{times:?}");
    assert!(times[1..].iter().chain([&whole]).all(|later| times[0] <= *later), "{times:?}");
    assert_eq!(streamed, unstreamed);
}

#[both_apis::test]
fn calls_start_when_their_arguments_are_there() {
    let pace = StreamShape::new().with_delta_size(1_000).with_pace(Duration::from_millis(100));
    let scene = Scene::new([two_calls().with_stream(pace), Reply::text("Hanoi.")]);
    let tools = weather_file("early.json");
    let (_, report) = scene.report(&["--stream", "--tools", tools.path(), "Where is it warmer?"]);
    let time = |call: usize, name: &str| report["calls"][call][name].as_f64().expect("a time");
    let complete = |call| time(call, "arguments_complete_ms");
    let first = report["first_event_ms"].as_f64().expect("a time");
    assert!(first <= complete(0), "{report}");
    assert!(first <= report["duration_ms"].as_f64().expect("a time"), "{report}");
    assert!(complete(0) <= time(0, "started_ms"), "{report}");
    assert!(time(0, "started_ms") < complete(1), "{report}");
}

#[both_apis::test]
fn text_and_calls_are_shown_and_the_report_does_not_repeat_the_text() {
    let scene = Scene::new([two_calls(), Reply::text("Hanoi is \u{1b}[31mwarmer.\nBy far.")]);
    let tools = weather_file("shown.json");
    let ran = scene.run(&["--stream", "--tools", tools.path(), "Where is it warmer?"]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (Exit::Success, ""));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        lines[..5],
        [
            r#"> get_weather {"city":"Hanoi"}"#,
            r#"> get_weather {"city":"Paris"}"#,
            "Hanoi is \u{fffd}[31mwarmer.",
            "By far.",
            "",
        ]
    );
    assert!(lines[5].starts_with("turn 1, "), "{}", lines[5]);
    assert_eq!(ran.stdout.matches("warmer").count(), 1);
    assert!(lines.last().is_some_and(|line| line.starts_with("completed: 2 turns, 2 calls, ")));
}

#[both_apis::test]
fn a_typed_answer_is_shown_as_it_comes_and_then_as_the_value() {
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    let schema = File::new("streamed-answer.json", schema.to_string());
    let scene = Scene::new([Reply::text(r#"{"city":"Hanoi"}"#)]);
    let ran = scene.run(&["--stream", "--output-schema", schema.path(), "Where?"]);
    assert_eq!(ran.exit, Exit::Success);
    assert!(ran.stdout.starts_with("{\"city\":\"Hanoi\"}\n\nturn 1, "), "{}", ran.stdout);
    assert!(ran.stdout.contains("{\n  \"city\": \"Hanoi\"\n}\n"), "{}", ran.stdout);
}

#[both_apis::test]
fn a_refusal_is_shown_once() {
    let ran = Scene::new([Reply::refusal("I would rather not.")]).run(&["--stream", "Go"]);
    assert_eq!(ran.exit, Exit::Finding);
    assert!(ran.stdout.starts_with("I would rather not.\n\nturn 1, "), "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("rather").count(), 1);
}

/// Cancels the run as soon as a text has been shown.
struct CancelAt(&'static str, Vec<u8>, CancellationToken);

impl Write for CancelAt {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.extend_from_slice(bytes);
        if String::from_utf8_lossy(&self.1).contains(self.0) {
            self.2.cancel();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[both_apis::test]
fn text_is_shown_before_the_response_has_ended() {
    // Without what is shown nothing would ever end this run.
    let stall = StreamShape::new().with_fault(StreamFault::StallAfter(events_up_to(1)));
    let scene = Scene::new([Reply::text("hello you").with_stream(stall)]);
    let cancellation = CancellationToken::new();
    let stdout = CancelAt("hell", Vec::new(), cancellation.clone());
    let console = Console::new(stdout, Vec::new()).with_cancellation(cancellation);
    let url = scene.server.base_url();
    let options = ["openai-tools", "run", "--stream", "--base-url", &url, "Hi"];
    let exit = cli::main(options.into_iter().chain(api_option()), console);
    assert_eq!(exit, Exit::Failure);
    scene.runtime.block_on(scene.requests()[0].ended());
    assert!(scene.requests()[0].is_abandoned());
}

#[both_apis::test]
fn a_stream_that_breaks_off_is_an_error_with_what_had_been_shown() {
    let cut = StreamShape::new().with_fault(StreamFault::CutAfter(events_up_to(1)));
    let reply = || Reply::text("hello you").with_stream(cut.clone());
    let ran = Scene::new([reply()]).run(&["--stream", "Hi"]);
    assert_eq!(ran.exit, Exit::Failure);
    assert!(ran.stdout.starts_with("hell\n"), "{}", ran.stdout);
    assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    let (exit, report) = Scene::new([reply()]).report(&["--stream", "Hi"]);
    assert_eq!(exit, Exit::Failure);
    assert_eq!((&report["outcome"], &report["text"]), (&json!("error"), &Value::Null));
    assert!(report["first_event_ms"].is_f64(), "{report}");
}

#[both_apis::test]
fn a_run_without_any_event_has_no_first_one() {
    let (exit, report) = Scene::new([Reply::error(400, "bad", "no")]).report(&["--stream", "Hi"]);
    assert_eq!((exit, report.get("first_event_ms")), (Exit::Failure, Some(&Value::Null)));
}
