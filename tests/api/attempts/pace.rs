//! One client for many runs: no faster than the server's rate limits, where it is asked for.

use std::time::Duration;

use futures_util::future::join_all;
use openai_tools::client::RetryPolicy;

use super::scene::{Script, Take, request};

fn told(remaining: u32) -> Take {
    Take::good()
        .header("x-ratelimit-limit-requests", "60")
        .header("x-ratelimit-remaining-requests", remaining.to_string())
        .header("x-ratelimit-reset-requests", "60s")
}

#[both_apis::test(start_paused = true)]
async fn without_being_asked_for_no_header_holds_a_request_back() {
    let script = Script::new(std::iter::repeat_with(|| told(0)).take(3));
    let client = script.builder().build().expect("good");
    for _ in 0..3 {
        client.send(&request()).await.expect("good");
    }
    assert_eq!(script.asked_ms(), [0, 0, 0]);
}

#[both_apis::test(start_paused = true)]
async fn an_empty_bucket_holds_requests_back_as_it_fills() {
    let script = Script::new([told(0), Take::good(), Take::good(), Take::good()]);
    let client = script.builder().pace_by_rate_limits(true).build().expect("good");
    client.send(&request()).await.expect("good");
    let clone = client.clone();
    let asks = [&client, &clone, &client].map(|client| async {
        client.send(&request()).await.expect("good").attempt_log[0].held_back.as_secs()
    });
    assert_eq!(join_all(asks).await, [1, 2, 3]);
    assert_eq!(script.asked_ms(), [0, 1_000, 2_000, 3_000]);
}

#[both_apis::test(start_paused = true)]
async fn what_one_request_was_told_holds_for_all_of_its_model() {
    let busy = Take::error(429).header("retry-after", "5");
    let script = Script::new([busy, Take::good(), Take::good(), Take::good()]);
    let never = RetryPolicy::new().with_max_retries(0);
    let client = script.builder().retry(never).pace_by_rate_limits(true).build().expect("good");
    client.send(&request()).await.expect_err("a 429");
    let mut another = request();
    "another".clone_into(&mut another.model);
    client.send(&another).await.expect("good");
    client.send(&request()).await.expect("good");
    client.stream(&request()).await.expect("good");
    assert_eq!(script.asked_ms(), [0, 0, 5_000, 5_000]);
}

#[both_apis::test(start_paused = true)]
async fn the_pace_counts_against_the_total_time() {
    let script = Script::new([told(0), Take::good()]);
    let policy = RetryPolicy::new().with_total_time(Duration::from_millis(500));
    let client = script.builder().retry(policy).pace_by_rate_limits(true).build().expect("good");
    client.send(&request()).await.expect("good");
    let error = client.send(&request()).await.expect_err("no time");
    assert_eq!(error.kind(), openai_tools::ErrorKind::TotalTimeout);
    assert_eq!(script.elapsed().as_millis(), 500);
}
