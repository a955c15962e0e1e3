use std::time::Duration;

use openai_tools::{
    Error, ErrorKind,
    client::{ClientBuilder, RetryPolicy, TransportErrorKind},
};

use super::scene::{Script, Step, Take, good_body, read, request, said};

/// What one attempt comes to, and after how many seconds.
async fn end(
    take: Take,
    streamed: bool,
    set: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> (ErrorKind, u64, Error) {
    let script = Script::new([take]);
    let builder = script.builder().retry(RetryPolicy::new().with_max_retries(0));
    let client = set(builder).build().expect("good");
    let ended = if streamed {
        match client.stream(&request()).await {
            Ok(stream) => read(stream).await,
            Err(error) => Err(error),
        }
    } else {
        client.send(&request()).await
    };
    let error = ended.expect_err("a time limit");
    assert!(error.is_retryable(), "{error}");
    (error.kind(), script.elapsed().as_secs(), error)
}

fn halves(text: &str) -> (String, String) {
    let (left, right) = text.split_at(text.len() / 2);
    (left.to_owned(), right.to_owned())
}

#[both_apis::test(start_paused = true)]
async fn by_default_silence_ends_after_600_s_before_a_response_and_120_s_within() {
    let (half, _) = halves(&good_body());
    let stalls = Take::body(vec![Step::send(half), Step::seconds(10_000)]);
    let head_only = Take::body(vec![Step::seconds(10_000)]);
    for (take, streamed, kind, seconds) in [
        (Take::silence(), false, ErrorKind::FirstByteTimeout, 600),
        (Take::silence(), true, ErrorKind::FirstByteTimeout, 600),
        (head_only.clone(), false, ErrorKind::FirstByteTimeout, 600),
        (head_only, true, ErrorKind::FirstByteTimeout, 600),
        (stalls.clone(), false, ErrorKind::IdleTimeout, 120),
        (stalls, true, ErrorKind::IdleTimeout, 120),
    ] {
        let (ended, after, _) = end(take, streamed, |builder| builder).await;
        assert_eq!((ended, after), (kind, seconds), "streamed: {streamed}");
    }
}

#[both_apis::test(start_paused = true)]
async fn each_limit_is_told_by_a_kind_of_its_own() {
    let seconds = Duration::from_secs;
    let drip = || {
        let (left, right) = halves(&good_body());
        let mut steps = vec![Step::send(left)];
        steps.extend(std::iter::repeat_n([Step::seconds(2), Step::send(" ")], 20).flatten());
        steps.push(Step::send(right));
        Take::body(steps)
    };
    let set = |first, idle, whole| {
        move |builder: ClientBuilder| {
            let builder = builder.first_byte_timeout(seconds(first)).idle_timeout(seconds(idle));
            builder.timeout(seconds(whole))
        }
    };
    let (kind, after, error) = end(Take::silence(), false, set(7, 1, 9)).await;
    assert_eq!((kind, after), (ErrorKind::FirstByteTimeout, 7));
    assert_eq!(error.to_string(), "the server is silent: nothing came within 7s");
    let (kind, after, error) = end(Take::silence(), true, set(9, 1, 7)).await;
    assert_eq!((kind, after), (ErrorKind::Timeout, 7), "the limit on the whole is nearer");
    assert_eq!(error.to_string(), "the attempt took too long: no whole response within 7s");
    for streamed in [false, true] {
        let (kind, after, error) = end(drip(), streamed, set(1, 3, 9)).await;
        assert_eq!((kind, after), (ErrorKind::Timeout, 9), "signs of life do not make it whole");
        assert_eq!(error.status(), Some(200));
    }
    let (kind, after, error) = end(drip(), false, set(9, 1, 9)).await;
    assert_eq!((kind, after), (ErrorKind::IdleTimeout, 1));
    assert!(error.payload().is_some_and(|payload| !payload.is_empty()), "what had come is kept");

    let connect = Take::broken(TransportErrorKind::ConnectTimeout);
    let (kind, _, error) = end(connect, false, |builder| builder).await;
    assert_eq!(kind, ErrorKind::ConnectTimeout);
    assert_eq!(error.to_string(), "connecting took too long");
}

#[both_apis::test(start_paused = true)]
async fn comments_are_no_first_event_of_a_stream() {
    let steps = std::iter::repeat_n([Step::send(": wait\n\n"), Step::seconds(1)], 100).flatten();
    let take = Take::stream(steps.collect());
    let (kind, after, _) =
        end(take, true, |builder| builder.first_byte_timeout(Duration::from_secs(30))).await;
    assert_eq!((kind, after), (ErrorKind::FirstByteTimeout, 30));
}

#[both_apis::test(start_paused = true)]
async fn a_stream_as_a_whole_may_take_longer_than_an_attempt() {
    let whole = said("hi");
    let (first, rest) = whole.split_at(whole.find("\n\n").expect("an event") + 2);
    let mut steps = vec![Step::send(first.to_owned())];
    steps.extend(std::iter::repeat_n([Step::seconds(100), Step::send(": tick\n\n")], 20).flatten());
    steps.push(Step::send(rest.to_owned()));
    let script = Script::new([Take::stream(steps)]);
    let client = script.builder().build().expect("good");
    let response = read(client.stream(&request()).await.expect("a head")).await.expect("whole");
    assert_eq!(response.message.text.as_deref(), Some("hi"));
    assert_eq!(script.elapsed().as_secs(), 2_000);
    assert_eq!(response.attempt_log[0].duration.as_secs(), 2_000);
}

#[both_apis::test(start_paused = true)]
async fn each_attempt_has_its_own_time() {
    let script = Script::new([Take::silence(), Take::good().after(Duration::from_secs(599))]);
    let client = script.builder().build().expect("good");
    let response = client.send(&request()).await.expect("good the second time");
    assert_eq!(response.attempt_log[0].error, Some(ErrorKind::FirstByteTimeout));
    assert_eq!(response.attempt_log[1].duration.as_secs(), 599);
}

#[both_apis::test(start_paused = true)]
async fn an_error_that_stalls_in_its_body_holds_up_no_attempt() {
    let stalls = Take::error(503).with_body(vec![Step::send("{"), Step::seconds(1_000)]);
    let script = Script::new([stalls, Take::good()]);
    let client = script.builder().build().expect("good");
    let response = client.send(&request()).await.expect("good the second time");
    assert_eq!(response.attempt_log[0].status, Some(503));
    assert_eq!(response.attempt_log[0].duration.as_secs(), 5);
}
