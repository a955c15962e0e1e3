use std::{num::NonZeroUsize, time::Duration};

use openai_tools::{ErrorKind, client::RetryPolicy};

use super::scene::{Script, Step, Take, good_body, read, request, said};

fn within(seconds: u64) -> RetryPolicy {
    RetryPolicy::new().with_max_retries(9).with_total_time(Duration::from_secs(seconds))
}

#[both_apis::test(start_paused = true)]
async fn no_wait_is_begun_that_would_end_after_the_deadline() {
    let busy = || Take::error(429).header("retry-after", "4");
    let script = Script::new([busy(), busy(), busy(), Take::good()]);
    let client = script.builder().retry(within(10)).build().expect("good");
    let error = client.send(&request()).await.expect_err("no time");
    assert_eq!((error.status(), error.attempts()), (Some(429), 3), "the failure itself is told");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(4)));
    assert!(error.is_retryable());
    assert_eq!(script.asked_ms(), [0, 4_000, 8_000]);
    assert_eq!(script.elapsed().as_secs(), 8, "at once, and not at the deadline");
}

#[both_apis::test(start_paused = true)]
async fn an_attempt_that_runs_at_the_deadline_is_given_up() {
    let late_body = Take::body(vec![Step::send(good_body()), Step::seconds(100)]);
    for (last, status) in [(Take::silence(), None), (late_body, Some(200))] {
        let busy = Take::error(429).header("retry-after", "4");
        let script = Script::new([busy, last]);
        let client = script.builder().retry(within(10)).build().expect("good");
        let error = client.send(&request()).await.expect_err("no time");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::TotalTimeout, 2));
        assert_eq!(error.status(), status);
        assert_eq!(error.to_string().split(" (").next(), Some("the time for the request is up"));
        assert_eq!(script.elapsed().as_secs(), 10);
        let kinds: Vec<_> = error.attempt_log().iter().map(|attempt| attempt.error).collect();
        assert_eq!(kinds, [Some(ErrorKind::Api), Some(ErrorKind::TotalTimeout)]);
    }
}

#[both_apis::test(start_paused = true)]
async fn the_deadline_holds_for_a_stream_however_far_it_has_come() {
    let whole = said("hi");
    let (first, rest) = whole.split_at(whole.find("\n\n").expect("an event") + 2);
    let ticks = std::iter::repeat_n([Step::send(": tick\n\n"), Step::seconds(3)], 100).flatten();
    let steps = std::iter::once(Step::send(first.to_owned()))
        .chain(ticks)
        .chain([Step::send(rest.to_owned())]);
    let script = Script::new([Take::stream(steps.collect())]);
    let client = script.builder().retry(within(10)).build().expect("good");
    let stream = client.stream(&request()).await.expect("a head");
    let error = read(stream).await.expect_err("no time");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::TotalTimeout, 1));
    assert_eq!(script.elapsed().as_secs(), 10);

    let silent = || Take::stream(vec![Step::seconds(1_000)]);
    let script = Script::new([Take::error(503), silent()]);
    let client = script.builder().retry(within(10)).build().expect("good");
    let error = read(client.stream(&request()).await.expect("a head")).await.expect_err("no time");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::TotalTimeout, 2));
    assert_eq!(script.elapsed().as_secs(), 10);
}

#[both_apis::test(start_paused = true)]
async fn a_server_that_never_pauses_does_not_make_a_stream_forget_the_time() {
    // Bytes that are always there: the reader itself never waits.
    let flood = std::iter::repeat_n(Step::send(": tick\n\n"), 2_000);
    let script = Script::new([Take::stream(flood.collect())]);
    let client = script.builder().retry(within(0)).build().expect("good");
    let error = client.stream(&request()).await.expect_err("no time at all");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::TotalTimeout, 0));
    assert!(script.asked().is_empty(), "nothing is sent once the time is up");

    // The last events of the flood come when the time is up.
    let steps = std::iter::repeat_n(Step::send(": tick\n\n"), 70)
        .chain([Step::seconds(11)])
        .chain(std::iter::repeat_n(Step::send(": tick\n\n"), 70));
    let script = Script::new([Take::stream(steps.collect())]);
    let client = script.builder().retry(within(10)).build().expect("good");
    let error = read(client.stream(&request()).await.expect("a head")).await.expect_err("no time");
    assert_eq!(error.kind(), ErrorKind::TotalTimeout);
}

#[both_apis::test(start_paused = true)]
async fn waiting_for_others_in_flight_counts_against_the_deadline() {
    let script = Script::new([Take::stream(vec![Step::seconds(60)])]);
    let client = script.builder().retry(within(10)).max_in_flight(NonZeroUsize::MIN);
    let client = client.build().expect("good");
    let held = client.stream(&request()).await.expect("a head");
    for streamed in [false, true] {
        let began = tokio::time::Instant::now();
        let error = if streamed {
            client.stream(&request()).await.expect_err("no time")
        } else {
            client.send(&request()).await.expect_err("no time")
        };
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::TotalTimeout, 0));
        assert!(error.is_retryable());
        assert_eq!(began.elapsed().as_secs(), 10);
    }
    drop(held);
    assert_eq!(script.asked().len(), 1);
}

#[both_apis::test(start_paused = true)]
async fn a_total_time_beyond_every_clock_is_none() {
    let script = Script::new([Take::error(503), Take::good()]);
    let policy = RetryPolicy::new().with_total_time(Duration::MAX);
    let client = script.builder().retry(policy).build().expect("good");
    assert_eq!(client.send(&request()).await.expect("good").attempts, 2);
}
