//! What is sent again, after what wait, and how often.

use std::time::{Duration, SystemTime};

use openai_tools::{
    Error, ErrorKind, Run,
    client::RetryPolicy,
    testing::{Recorded, Reply},
};
use serde_json::json;
use tests::TestServer;

async fn ask(server: &TestServer) -> Result<Run, Error> {
    Ok(server.client().run("m").user("hi").await?)
}

/// The first answer is a failure, the second one is good: how often was asked?
async fn attempts_after(failure: Reply) -> (Result<Run, Error>, u64) {
    let server = TestServer::scripted([failure, Reply::text("good")]).await;
    let run = ask(&server).await;
    (run, server.request_count())
}

#[both_apis::test]
async fn what_may_pass_is_sent_again_byte_for_byte() {
    for failure in [
        Reply::error(408, "timeout", "slow"),
        Reply::error(409, "conflict", "busy"),
        Reply::error(429, "rate_limit_exceeded", "slow down"),
        Reply::error(500, "server_error", "oops"),
        Reply::error(502, "bad_gateway", "oops"),
        Reply::error(503, "overloaded", "oops"),
        Reply::error(504, "gateway_timeout", "oops"),
        Reply::error(529, "overloaded", "oops"),
        Reply::raw(502, "text/html", "<html>Bad gateway</html>"),
        Reply::json(200, &json!({"error": {"message": "overloaded", "code": 503}})),
        Reply::closed(),
        Reply::text("half of it").cut_in_half(),
        Reply::text("half of it").chunked().cut_in_half(),
    ] {
        let shown = format!("{failure:?}");
        let server = TestServer::scripted([failure, Reply::text("good")]).await;
        let run = ask(&server).await.expect(&shown);
        assert_eq!(run.text(), "good");
        assert_eq!(run.turns()[0].response.attempts, 2, "{shown}");
        assert_eq!(run.request_id(), Some("req_000002"));
        let requests = server.requests();
        assert_eq!(requests.len(), 2, "{shown}");
        assert_eq!(requests[0].body(), requests[1].body());
    }
}

#[both_apis::test]
async fn what_will_not_pass_is_not_sent_again() {
    for (failure, status) in [
        (Reply::error(400, "invalid_value", "no"), 400),
        (Reply::error(401, "invalid_api_key", "no"), 401),
        (Reply::error(403, "forbidden", "no"), 403),
        (Reply::error(404, "model_not_found", "no"), 404),
        (Reply::error(413, "too_large", "no"), 413),
        (Reply::error(422, "unprocessable", "no"), 422),
        (Reply::error(429, "insufficient_quota", "no money"), 429),
        (Reply::error(429, "insufficient_quota", "no").with_header("x-should-retry", "true"), 429),
        (Reply::json(429, &json!({"error": {"type": "insufficient_quota"}})), 429),
        (Reply::json(200, &json!({"error": {"message": "bad", "code": 400}})), 200),
    ] {
        let (run, requests) = attempts_after(failure).await;
        let error = run.expect_err("a failure");
        assert_eq!(error.kind(), ErrorKind::Api);
        assert_eq!(error.status(), Some(status));
        assert_eq!(requests, 1, "{status}");
        assert_eq!(error.attempts(), 1);
        assert!(!error.is_retryable(), "{status}");
    }
}

#[both_apis::test]
async fn the_server_says_whether_to_send_again() {
    let told = |status, retry| Reply::error(status, "x", "y").with_header("x-should-retry", retry);
    let (run, requests) = attempts_after(told(400, "true")).await;
    assert!(run.is_ok());
    assert_eq!(requests, 2);
    let (run, requests) = attempts_after(told(503, "false")).await;
    assert!(!run.expect_err("a failure").is_retryable());
    assert_eq!(requests, 1);
}

#[both_apis::test]
async fn three_attempts_are_the_default_and_the_error_counts_them() {
    let server =
        TestServer::scripted(std::iter::repeat(Reply::error(503, "overloaded", "x"))).await;
    let error = ask(&server).await.expect_err("it never passes");
    assert_eq!(server.request_count(), 3);
    assert_eq!(error.attempts(), 3);
    assert!(error.is_retryable(), "it may pass later");
    assert_eq!(error.request_id(), Some("req_000003"));
}

#[both_apis::test]
async fn the_number_of_attempts_can_be_set_up_to_ten() {
    for (retries, attempts) in [(0, 1), (1, 2), (9, 10), (1_000, 10)] {
        let failing = std::iter::repeat(Reply::error(500, "server_error", "x"));
        let server = TestServer::scripted(failing).await;
        let short = Duration::from_micros(10);
        let policy = RetryPolicy::new().with_backoff(short, short).with_max_retries(retries);
        let client = server.client_builder().retry(policy).build().expect("good");
        let error = client.run("m").user("hi").await.expect_err("it never passes");
        assert_eq!(server.request_count(), attempts);
        assert_eq!(u64::from(error.error().attempts()), attempts);
    }
}

/// The time between the first two requests: at least what the client had waited.
async fn waited(failure: Reply) -> Duration {
    let server = TestServer::scripted([failure, Reply::text("good")]).await;
    let _ = ask(&server).await.expect("good the second time");
    let requests = server.requests();
    requests[1].received_at() - requests[0].received_at()
}

#[both_apis::test]
async fn no_attempt_is_made_before_the_wait_that_the_server_asks_for() {
    let busy = |header: &str, value: &str| {
        Reply::error(429, "rate_limit_exceeded", "x").with_header(header, value)
    };
    assert!(waited(busy("retry-after-ms", "120")).await >= Duration::from_millis(120));
    assert!(waited(busy("retry-after", "0.15")).await >= Duration::from_millis(150));
    assert!(waited(busy("retry-after", "1")).await >= Duration::from_secs(1));
    // Both: the exact one holds.
    let both = busy("retry-after-ms", "50").with_header("retry-after", "3600");
    assert!(waited(both).await >= Duration::from_millis(50));
}

#[both_apis::test]
async fn a_date_to_retry_after_is_waited_for() {
    let date = SystemTime::now() + Duration::from_secs(2);
    let reply = Reply::error(503, "overloaded", "x")
        .with_header("retry-after", httpdate::fmt_http_date(date));
    waited(reply).await;
    // The header has whole seconds.
    assert!(SystemTime::now() >= date - Duration::from_secs(1));
}

#[both_apis::test]
async fn a_wait_that_is_too_long_is_not_waited_for_and_told() {
    let reply = Reply::error(429, "rate_limit_exceeded", "x").with_header("retry-after", "61");
    let (run, requests) = attempts_after(reply).await;
    let error = run.expect_err("too long a wait");
    assert_eq!(requests, 1);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(61)));
    assert!(error.is_retryable());

    let reply = Reply::error(429, "rate_limit_exceeded", "x").with_header("retry-after", "1e300");
    let (run, requests) = attempts_after(reply).await;
    assert!(run.is_err());
    assert_eq!(requests, 1, "a wait that is longer than any is no reason to try at once");
}

#[both_apis::test]
async fn a_wait_that_makes_no_sense_is_replaced_by_the_backoff() {
    for nonsense in ["soon", "-1", "NaN"] {
        let reply = Reply::error(503, "overloaded", "x").with_header("retry-after", nonsense);
        let (run, requests) = attempts_after(reply).await;
        assert!(run.is_ok(), "{nonsense}");
        assert_eq!(requests, 2);
    }
}

#[both_apis::test]
async fn the_backoff_doubles() {
    let failing = std::iter::repeat(Reply::error(500, "server_error", "x"));
    let server = TestServer::scripted(failing).await;
    let (first, longest) = (Duration::from_millis(40), Duration::from_millis(100));
    let policy = RetryPolicy::new().with_backoff(first, longest).with_max_retries(3);
    let client = server.client_builder().retry(policy).build().expect("good");
    client.run("m").user("hi").await.expect_err("it never passes");
    let at: Vec<_> = server.requests().iter().map(Recorded::received_at).collect();
    let waits: Vec<_> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // Each wait is shortened by a quarter at most.
    for (wait, least) in waits.iter().zip([30, 60, 75]) {
        assert!(*wait >= Duration::from_millis(least), "{waits:?}");
    }
}

#[both_apis::test]
async fn an_attempt_that_takes_too_long_is_sent_again() {
    let script = [Reply::text("late").with_delay(Duration::MAX)];
    let server =
        TestServer::scripted(script.into_iter().chain(std::iter::repeat(Reply::text("good"))))
            .await;
    let client = server.client_builder().timeout(Duration::from_millis(300)).build().expect("good");
    let run = client.run("m").user("hi").await.expect("good the second time");
    assert_eq!(run.text(), "good");
    assert!(run.turns()[0].response.attempts >= 2);
}

#[both_apis::test]
async fn a_timeout_has_its_own_kind() {
    let server = TestServer::scripted([Reply::text("late").with_delay(Duration::MAX)]).await;
    let timeout = Duration::from_millis(30);
    let policy = RetryPolicy::new().with_max_retries(0);
    let client = server.client_builder().timeout(timeout).retry(policy).build().expect("good");
    let error = client.run("m").user("hi").await.expect_err("it takes too long");
    assert_eq!(error.error().kind(), ErrorKind::Timeout);
    assert!(error.error().is_retryable());
    assert_eq!(error.error().attempts(), 1);
    assert!(error.duration() >= timeout);
}

#[both_apis::test]
async fn a_server_that_is_not_there_is_a_failed_connection() {
    let server = TestServer::scripted([]).await;
    let client = server.client();
    drop(server);
    let error = client.run("m").user("hi").await.expect_err("nobody is there");
    assert_eq!(error.error().kind(), ErrorKind::Connection);
    assert!(error.error().is_retryable());
    assert_eq!(error.error().attempts(), 3);
    assert_eq!(error.error().status(), None);
}

#[both_apis::test]
async fn a_connection_that_is_lost_every_time_keeps_what_is_known() {
    let server = TestServer::scripted(std::iter::repeat(Reply::closed())).await;
    let error = ask(&server).await.expect_err("no answer");
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert_eq!((error.status(), error.attempts()), (None, 3));

    let half = std::iter::repeat(Reply::text("half of it").cut_in_half());
    let server = TestServer::scripted(half).await;
    let error = ask(&server).await.expect_err("half an answer");
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert_eq!((error.status(), error.request_id()), (Some(200), Some("req_000003")));
    assert!(!error.payload().expect("the half").is_empty());
}

#[both_apis::test]
async fn a_retry_in_a_later_turn_runs_no_tool_again() {
    let script = [
        Reply::tool_calls([tests::echo_call(1)]),
        Reply::error(503, "overloaded", "x"),
        Reply::closed(),
        Reply::text("done"),
    ];
    let server = TestServer::scripted(script).await;
    let tools = openai_tools::Toolbox::new().with(tests::echo()).expect("one tool");
    let run = server.client().run("m").tools(tools).user("go").await.expect("good");
    assert_eq!(run.text(), "done");
    assert_eq!(run.calls().count(), 1);
    let attempts: Vec<_> = run.turns().iter().map(|turn| turn.response.attempts).collect();
    assert_eq!(attempts, [1, 3]);
}
