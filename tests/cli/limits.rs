//! Times, limits and attempts, against a server that fails.

use std::time::Duration;

use openai_tools::{
    cli::Exit,
    testing::{Reply, StreamFault, StreamShape},
};
use serde_json::json;
use tests::wire::events_up_to;

use crate::scene::{Scene, two_calls, weather_file};

#[both_apis::test]
fn each_attempt_is_reported_with_its_status_and_its_wait() {
    let busy = |wait: &str| {
        Reply::error(429, "rate_limit_exceeded", "Slow down.").with_header("retry-after-ms", wait)
    };
    let scene =
        Scene::new([busy("40"), Reply::error(503, "overloaded", "Busy."), Reply::text("hi")]);
    let (exit, report) = scene.report(&["Hello"]);
    assert_eq!(exit, Exit::Success);
    let log = report["attempt_log"].as_array().expect("attempts");
    let seen: Vec<_> = log.iter().map(|a| (a["status"].as_u64(), a["error"].as_str())).collect();
    assert_eq!(seen, [(Some(429), Some("api")), (Some(503), Some("api")), (Some(200), None)]);
    assert!(log.iter().all(|attempt| attempt["turn"] == 1));
    assert!(log[0]["wait_ms"].as_f64().expect("a wait") >= 40.0, "{report}");
    assert!(log[1]["wait_ms"].is_number() && log[2]["wait_ms"].is_null(), "{report}");
    assert_eq!((&report["attempts"], &report["budget"]["attempts"]), (&json!(3), &json!(3)));
    let ids: Vec<_> = scene.requests().iter().map(|r| r.request_id().to_owned()).collect();
    assert_eq!(
        log.iter().map(|a| a["request_id"].as_str()).collect::<Vec<_>>(),
        [Some(&*ids[0]), Some(&*ids[1]), Some(&*ids[2])]
    );
}

#[both_apis::test]
fn the_attempts_of_a_request_that_failed_are_reported_with_its_turn() {
    let scene = Scene::new([two_calls(), Reply::error(400, "bad", "Bad.")]);
    let (exit, report) =
        scene.report(&["--tools", weather_file("attempts.json").path(), "Is it warm?"]);
    assert_eq!(exit, Exit::Failure);
    let log = report["attempt_log"].as_array().expect("attempts");
    let seen: Vec<_> = log.iter().map(|a| (a["turn"].as_u64(), a["status"].as_u64())).collect();
    assert_eq!(seen, [(Some(1), Some(200)), (Some(2), Some(400))]);
    assert_eq!(log[1]["error"], "api");
}

#[both_apis::test]
fn a_response_that_does_not_begin_is_given_up_after_the_timeout() {
    let late = || Reply::text("late").with_delay(Duration::MAX);
    let scene = Scene::new([late(), late(), late()]);
    let (exit, report) = scene.report(&["--timeout", "30ms", "Hello"]);
    assert_eq!((exit, &report["outcome"]), (Exit::Failure, &json!("error")));
    assert_eq!(report["error"]["kind"], "first_byte_timeout");
    assert_eq!(report["attempt_log"].as_array().map(Vec::len), Some(3));
    assert_eq!(report["attempt_log"][0]["error"], "first_byte_timeout");
}

#[both_apis::test]
fn a_stream_that_falls_silent_is_given_up_after_the_timeout() {
    let stall = Reply::text("It is warm in Hanoi, as it always is.")
        .with_stream(StreamShape::new().with_fault(StreamFault::StallAfter(events_up_to(2))));
    let scene = Scene::new([stall]);
    let (exit, report) = scene.report(&["--stream", "--timeout", "50ms", "Hello"]);
    assert_eq!((exit, &report["error"]["kind"]), (Exit::Failure, &json!("idle_timeout")));
}

#[both_apis::test]
fn the_deadline_ends_a_run_as_a_limit_with_what_was_done() {
    let tools = weather_file("deadline.json");
    for stream in [&[][..], &["--stream"]] {
        let scene = Scene::new([two_calls(), Reply::text("late").with_delay(Duration::MAX)]);
        let options = ["--tools", tools.path(), "--deadline", "300ms", "Hello"];
        let (exit, report) = scene.report(&[stream, &options].concat());
        assert_eq!(exit, Exit::Finding);
        assert_eq!(
            (&report["outcome"], &report["reason"]),
            (&json!("limit"), &json!("wall_time")),
            "{report}"
        );
        assert_eq!(report["calls"].as_array().map(Vec::len), Some(2));
        assert_eq!(report["budget"]["tool_calls"], 2);
    }
}

#[both_apis::test]
fn of_a_response_with_too_many_calls_none_is_run() {
    let scene = Scene::new([two_calls()]);
    let tools = weather_file("too_many.json");
    let (exit, report) = scene.report(&["--tools", tools.path(), "--max-tool-calls", "1", "Hi"]);
    assert_eq!(exit, Exit::Finding);
    assert_eq!((&report["outcome"], &report["reason"]), (&json!("limit"), &json!("tool_calls")));
    assert_eq!(report["budget"]["tool_calls"], 0);
}
