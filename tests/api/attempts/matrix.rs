//! Every failure that may pass or may not, over real sockets: faced with a plain request and with a
//! stream.

use std::time::{Duration, SystemTime};

use openai_tools::{
    Client, Error, ErrorKind,
    chat::Response,
    client::{RetryPolicy, TransportErrorKind},
    error::AttemptRecord,
    testing::{Reply, Server, StreamShape},
};
use serde_json::json;
use tests::TestServer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::scene::{Script, Step, Take, good_body, read, request, said};

async fn ask(client: &Client, streamed: bool) -> Result<Response, Error> {
    if streamed {
        read(client.stream(&request()).await?).await
    } else {
        client.send(&request()).await
    }
}

/// Status, kind, and whether there was a wait, of each attempt.
fn summary(log: &[AttemptRecord]) -> Vec<(Option<u16>, Option<ErrorKind>, bool)> {
    log.iter().map(|attempt| (attempt.status, attempt.error, attempt.wait.is_some())).collect()
}

fn error(status: u16) -> Reply {
    Reply::error(status, "x", "y")
}

#[both_apis::test]
async fn what_may_pass_is_tried_again_and_each_attempt_is_written_down() {
    let told = |status: u16, value: &str| error(status).with_header("x-should-retry", value);
    let api = Some(ErrorKind::Api);
    for (failure, status, kind) in [
        (error(408), Some(408), api),
        (error(409), Some(409), api),
        (error(429), Some(429), api),
        (error(500), Some(500), api),
        (error(503), Some(503), api),
        (error(599), Some(599), api),
        (told(400, "true"), Some(400), api),
        (error(429).with_header("retry-after-ms", "3"), Some(429), api),
        (error(429).with_header("retry-after", "0.003"), Some(429), api),
        (Reply::raw(502, "text/html", "<html>"), Some(502), api),
        (Reply::json(200, &json!({"error": {"code": 503}})), Some(200), api),
        (Reply::closed(), None, Some(ErrorKind::Connection)),
    ] {
        let shown = format!("{failure:?}");
        for streamed in [false, true] {
            let server = TestServer::scripted([failure.clone(), Reply::text("good")]).await;
            let response = ask(&server.client(), streamed).await.expect(&shown);
            assert_eq!(response.message.text.as_deref(), Some("good"), "{shown}");
            let log = &response.attempt_log;
            let expected = [(status, kind, true), (Some(200), None, false)];
            assert_eq!(summary(log), expected, "{shown}, streamed: {streamed}");
            assert_eq!(log[1].request_id, response.request_id);
            assert_eq!((response.attempts, server.request_count()), (2, 2));
        }
    }
}

#[both_apis::test]
async fn what_will_not_pass_is_tried_once() {
    let told = |status: u16, value: &str| error(status).with_header("x-should-retry", value);
    for failure in [
        error(301),
        error(400),
        error(401),
        error(403),
        error(404),
        error(413),
        error(422),
        told(429, "false"),
        told(503, "false"),
        Reply::error(429, "insufficient_quota", "no"),
        Reply::error(429, "insufficient_quota", "no").with_header("retry-after", "0"),
        error(429).with_header("retry-after", "3600"),
    ] {
        let shown = format!("{failure:?}");
        for streamed in [false, true] {
            let server = TestServer::scripted([failure.clone(), Reply::text("good")]).await;
            let failed = ask(&server.client(), streamed).await.expect_err(&shown);
            assert_eq!((failed.kind(), failed.attempts()), (ErrorKind::Api, 1), "{shown}");
            let status = failed.status();
            assert_eq!(summary(failed.attempt_log()), [(status, Some(ErrorKind::Api), false)]);
            assert_eq!(server.request_count(), 1, "{shown}");
        }
    }
}

#[both_apis::test]
async fn half_a_response_is_tried_again_while_nothing_of_it_was_shown() {
    let server = TestServer::scripted([Reply::text("x").cut_in_half(), Reply::text("good")]).await;
    let response = ask(&server.client(), false).await.expect("good the second time");
    let cut = (Some(200), Some(ErrorKind::Connection), true);
    assert_eq!(summary(&response.attempt_log), [cut, (Some(200), None, false)]);

    // Its head only.
    let empty = [Reply::raw(200, "application/json", " \n"), Reply::text("good")];
    let server = TestServer::start(Server::builder().script(empty).without_checks()).await;
    let response = ask(&server.client(), false).await.expect("good the second time");
    let unreadable = (Some(200), Some(ErrorKind::InvalidResponse), true);
    assert_eq!(summary(&response.attempt_log), [unreadable, (Some(200), None, false)]);
    let empty = Reply::raw_stream("");
    let server = Server::builder().script([empty, Reply::text("good")]).without_checks();
    let server = TestServer::start(server).await;
    let response = ask(&server.client(), true).await.expect("good the second time");
    let cut = (Some(200), Some(ErrorKind::StreamCut), true);
    assert_eq!(summary(&response.attempt_log), [cut, (Some(200), None, false)]);

    // A part that was shown cannot be taken back.
    let part = said("shown");
    let part = &part[..part.find("\n\n").expect("an event") + 2];
    let server = Server::builder().script([Reply::raw_stream(part.to_owned())]).without_checks();
    let server = TestServer::start(server).await;
    let failed = ask(&server.client(), true).await.expect_err("half");
    assert_eq!((failed.kind(), failed.attempts()), (ErrorKind::StreamCut, 1));
    assert_eq!(server.request_count(), 1);
}

/// Reads a request and resets the connection after these bytes of a response.
async fn reset(listener: &TcpListener, response: &str) {
    let (mut socket, _) = listener.accept().await.expect("a connection");
    take_request(&mut socket).await;
    socket.write_all(response.as_bytes()).await.expect("the client listens");
    if !response.is_empty() {
        // What is not read when the reset comes is lost: the client is to have it.
        socket.flush().await.expect("no buffer");
        tokio::task::yield_now().await;
    }
    socket.set_zero_linger().expect("a socket");
}

async fn take_request(socket: &mut TcpStream) {
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        assert_ne!(socket.read_buf(&mut request).await.expect("a request"), 0, "it was closed");
    }
}

#[both_apis::test]
async fn a_reset_before_or_after_the_head_is_tried_again() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n";
    for begun in ["", "HTTP/1.1 200", head] {
        for streamed in [false, true] {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let base_url = format!("http://{}/v1", listener.local_addr().expect("bound"));
            let short = Duration::from_millis(1);
            let policy = RetryPolicy::new().with_backoff(short, short);
            let client = Client::builder()
                .base_url(base_url)
                .api(tests::api())
                .retry(policy)
                .build()
                .expect("good");
            let body = good_body();
            let server = tokio::spawn(async move {
                reset(&listener, begun).await;
                let (mut socket, _) = listener.accept().await.expect("a connection");
                take_request(&mut socket).await;
                let good = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                socket.write_all((good + &body).as_bytes()).await.expect("the client listens");
                socket
            });
            let response = ask(&client, streamed).await.expect("good the second time");
            let log = &response.attempt_log;
            assert_eq!(response.attempts, 2, "{begun:?}");
            assert!(log[0].error.is_some() && log[0].wait.is_some(), "{log:?}");
            drop(server.await.expect("no panic"));
        }
    }
}

#[both_apis::test(start_paused = true)]
async fn no_attempt_is_made_before_the_told_time_and_the_next_one_at_once_after() {
    let busy = |name: &'static str, value: &str| Take::error(429).header(name, value);
    for streamed in [false, true] {
        let script = Script::new([
            busy("retry-after-ms", "1234.5"),
            busy("retry-after", "7").header("retry-after-ms", "250"),
            busy("retry-after", "0.75"),
            busy("retry-after", "60"),
            busy("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"),
            Take::stream(vec![Step::send(said("hi"))]),
        ]);
        let policy = RetryPolicy::new().with_max_retries(9);
        let client = script.builder().retry(policy).build().expect("good");
        let ended = ask(&client, streamed).await;
        let expected = [1_234_500, 250_000, 750_000, 60_000_000, 0];
        assert_eq!(script.waits().len(), expected.len());
        for (waited, expected) in script.waits().iter().zip(expected) {
            // The clock of these tests has whole milliseconds.
            let waited = waited.as_micros();
            assert!((expected..expected + 2_000).contains(&waited), "{waited} for {expected}");
        }
        if streamed {
            assert_eq!(
                ended.expect("good the sixth time").attempt_log[3].wait.map(|w| w.as_secs()),
                Some(60)
            );
        }
    }
}

#[both_apis::test(start_paused = true)]
async fn a_date_is_waited_for_by_the_clock_on_the_wall() {
    let date = SystemTime::now() + Duration::from_secs(30);
    let busy = Take::error(503).header("retry-after", httpdate::fmt_http_date(date));
    let script = Script::new([busy, Take::good()]);
    let client = script.builder().build().expect("good");
    client.send(&request()).await.expect("good the second time");
    // The header has whole seconds.
    assert!((28..=30).contains(&script.asked()[1].as_secs()), "{:?}", script.asked());
}

#[both_apis::test(start_paused = true)]
async fn there_are_never_more_than_ten_attempts_and_waits_grow_and_differ() {
    let attempts = |retries: u32| async move {
        let failing = std::iter::repeat_with(|| Take::broken(TransportErrorKind::Broken));
        let script = Script::new(failing.take(50));
        let policy = RetryPolicy::new().with_max_retries(retries);
        let client = script.builder().retry(policy).build().expect("good");
        let failed = client.send(&request()).await.expect_err("it never passes");
        assert_eq!(failed.attempts() as usize, script.asked().len());
        script.waits()
    };
    for (retries, most) in [(0, 1), (2, 3), (9, 10), (u32::MAX, 10)] {
        assert_eq!(attempts(retries).await.len() + 1, most);
    }
    let waits = attempts(9).await;
    for (wait, most) in waits.iter().zip([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]) {
        assert!((most * 3 / 4..=most + 1).contains(&wait.as_millis()), "{waits:?}");
    }
    assert_ne!(waits, attempts(9).await, "two that failed together do not come back together");
}

#[both_apis::test]
async fn an_error_tells_all_its_attempts() {
    let script = [
        error(503).with_header("retry-after-ms", "20"),
        Reply::closed(),
        Reply::error(401, "invalid_api_key", "no"),
    ];
    let server = TestServer::scripted(script).await;
    let failed = ask(&server.client(), false).await.expect_err("a 401");
    let log = failed.attempt_log();
    let api = Some(ErrorKind::Api);
    let expected = [
        (Some(503), api, true),
        (None, Some(ErrorKind::Connection), true),
        (Some(401), api, false),
    ];
    assert_eq!(summary(log), expected);
    assert_eq!(log[0].wait, Some(Duration::from_millis(20)));
    assert_eq!(log[0].request_id.as_deref(), Some("req_000001"));
    assert_eq!(log[2].request_id.as_deref(), failed.request_id());
    assert!(log.iter().all(|attempt| attempt.held_back == Duration::ZERO));
}

#[both_apis::test]
async fn a_stream_that_is_not_read_to_its_end_tells_its_attempt() {
    let long = Reply::text("many words of a long answer").with_stream(StreamShape::new());
    let server = TestServer::scripted([error(503), long]).await;
    let mut stream = server.client().stream(&request()).await.expect("a head");
    stream.next().await.expect("a delta").expect("good");
    assert_eq!(stream.attempts(), 2);
    let failed = stream.into_response().expect_err("not at its end");
    let cut = (Some(200), Some(ErrorKind::StreamCut), false);
    assert_eq!(summary(failed.attempt_log()), [(Some(503), Some(ErrorKind::Api), true), cut]);
}
