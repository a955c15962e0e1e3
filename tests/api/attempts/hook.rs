use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use openai_tools::{
    ErrorKind,
    client::{AttemptVerdict, FailedAttempt, RetryPolicy, TransportErrorKind},
};

use super::scene::{Script, Step, Take, read, request, said};

/// What a hook saw: number, kind, status, milliseconds of the attempt and of the wait after it.
type Seen = (u32, ErrorKind, Option<u16>, u128, Option<u128>);

fn seen(attempt: &FailedAttempt<'_>) -> Seen {
    let FailedAttempt { attempt: number, error, duration, wait, .. } = attempt;
    let wait = wait.map(|wait| wait.as_millis());
    (*number, error.kind(), error.status(), duration.as_millis(), wait)
}

#[both_apis::test(start_paused = true)]
async fn the_hook_sees_each_failed_attempt_with_what_is_to_follow() {
    let told: Arc<Mutex<Vec<Seen>>> = Arc::default();
    let script = Script::new([
        Take::error(429).header("retry-after-ms", "70").after(Duration::from_millis(5)),
        Take::broken(TransportErrorKind::Connect),
        Take::error(400),
    ]);
    let client = script.builder().on_attempt({
        let told = Arc::clone(&told);
        move |attempt| {
            told.lock().expect("no panic").push(seen(attempt));
            AttemptVerdict::Follow
        }
    });
    let error = client.build().expect("good").send(&request()).await.expect_err("a 400");
    let told = told.lock().expect("no panic");
    assert_eq!(told[0], (1, ErrorKind::Api, Some(429), 5, Some(70)));
    let (number, kind, status, took, wait) = told[1];
    assert_eq!((number, kind, status, took), (2, ErrorKind::Connection, None, 0));
    // The second wait of the backoff, less a quarter at most.
    assert!(wait.is_some_and(|wait| (750..=1_000).contains(&wait)), "{wait:?}");
    assert_eq!(told[2], (3, ErrorKind::Api, Some(400), 0, None), "there is none after it");
    assert_eq!((told.len(), error.attempts()), (3, 3));
}

#[both_apis::test(start_paused = true)]
async fn a_veto_of_the_hook_ends_the_request_with_the_error_of_the_attempt() {
    for streamed in [false, true] {
        let script = Script::new([Take::error(503), Take::error(529), Take::good()]);
        let client = script.builder().on_attempt(|attempt| match attempt.error.status() {
            Some(529) => AttemptVerdict::Stop,
            _ => AttemptVerdict::Follow,
        });
        let client = client.build().expect("good");
        let error = if streamed {
            client.stream(&request()).await.expect_err("vetoed")
        } else {
            client.send(&request()).await.expect_err("vetoed")
        };
        assert_eq!((error.status(), error.attempts()), (Some(529), 2));
        assert!(error.is_retryable(), "it is the application that does not want to");
        let log = error.attempt_log();
        assert!(log[0].wait.is_some() && log[1].wait.is_none());
        assert_eq!(script.asked().len(), 2);
    }
}

#[both_apis::test(start_paused = true)]
async fn a_hook_brings_about_no_attempt_that_the_policy_rules_out() {
    let script = Script::new([Take::error(400), Take::good()]);
    let client = script.builder().on_attempt(|_| AttemptVerdict::Follow).build().expect("good");
    client.send(&request()).await.expect_err("a 400");
    let none = RetryPolicy::new().with_max_retries(0);
    let script = Script::new([Take::error(503), Take::good()]);
    let client = script.builder().retry(none).on_attempt(|_| AttemptVerdict::Follow);
    client.build().expect("good").send(&request()).await.expect_err("a 503");
    assert_eq!(script.asked().len(), 1);
}

#[both_apis::test(start_paused = true)]
async fn a_stream_that_breaks_before_its_first_event_is_seen_and_vetoed_too() {
    let broken = || Take::stream(vec![Step::send(": hello\n\n"), Step::Break]);
    let script = Script::new([broken(), broken(), Take::stream(vec![Step::send(said("hi"))])]);
    let client = script.builder().on_attempt(|attempt| {
        if attempt.attempt < 2 { AttemptVerdict::Follow } else { AttemptVerdict::Stop }
    });
    let stream = client.build().expect("good").stream(&request()).await.expect("a head");
    let error = read(stream).await.expect_err("vetoed");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::StreamCut, 2));
    assert_eq!(script.asked().len(), 2);
}
