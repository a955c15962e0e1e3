//! Background responses: asked for until they are whole, taken up again, cancelled.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use openai_tools::{
    Client, Error, ErrorKind, Message,
    chat::{Api, Delta, Request},
    client::{Body, ClientBuilder, RetryPolicy, Sending, Transport},
    responses::{ResponseStatus, StreamEvent},
    run::RunLimits,
    testing::{Reply, Server, StreamFault, StreamShape},
};
use serde_json::json;
use tests::TestServer;

fn client(server: &TestServer) -> Client {
    server.client_builder().api(Api::Responses).build().expect("a good configuration")
}

fn request() -> Request {
    let mut request = Request::new("m");
    request.messages.push(Message::user("go"));
    request.settings.background = true;
    request
}

fn asked(server: &TestServer) -> Vec<String> {
    let requests = server.requests();
    requests.iter().map(|r| format!("{} {}", r.method(), r.path())).collect()
}

/// A server with a response that comes to no end.
async fn endless() -> TestServer {
    TestServer::start(Server::builder().background_polls(u32::MAX)).await
}

#[tokio::test(start_paused = true)]
async fn a_background_response_is_asked_for_until_it_is_whole() {
    let script = [Reply::text("done")];
    let server = TestServer::start(Server::builder().script(script).background_polls(3)).await;
    let began = tokio::time::Instant::now();
    let response = client(&server).send(&request()).await.expect("good");
    assert_eq!(response.message.text.as_deref(), Some("done"));
    assert_eq!(response.attempts, 1);
    let log = &response.attempt_log;
    assert_eq!(
        log.iter().map(|record| record.poll).collect::<Vec<_>>(),
        [false, true, true, true, true]
    );
    let waits: Vec<_> = log.iter().map(|record| record.wait.map(|wait| wait.as_millis())).collect();
    assert_eq!(waits, [Some(500), Some(750), Some(1_125), Some(1_687), None]);
    assert!(log.iter().all(|record| (record.status, record.error) == (Some(200), None)));
    assert_eq!(server.sent(0)["background"], true);
    let get = format!("GET /v1/responses/{}", response.id.expect("an id"));
    let expected = ["POST /v1/responses", &get, &get, &get, &get].map(str::to_owned);
    assert_eq!(asked(&server), expected);
    // 0.5 s, and each time half as much again.
    let waited = began.elapsed().as_millis();
    assert!((4_060..4_500).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn a_run_in_the_background_calls_its_tools() {
    let script = [Reply::tool_calls([tests::echo_call(1)]), Reply::text("done")];
    for streamed in [false, true] {
        let server = TestServer::scripted(script.clone()).await;
        let tools = openai_tools::Toolbox::new().with(tests::echo());
        let run = client(&server).run("m").background(true).tools(tools.expect("one tool"));
        let run = run.user("go");
        let run = if streamed { run.stream().finish().await } else { run.await };
        assert_eq!(run.expect("good").text(), "done");
    }
}

#[tokio::test(start_paused = true)]
async fn a_background_response_that_nobody_waits_for_is_cancelled() {
    let server = endless().await;
    let client = client(&server);
    let (waiting, went) = (client.clone(), request());
    let task = tokio::spawn(async move { waiting.send(&went).await.map(|_| ()) });
    server.wait_for_requests(3).await;
    task.abort();
    assert!(task.await.expect_err("aborted").is_cancelled());
    server.wait_for_requests(4).await;
    let last = asked(&server).pop().expect("a request");
    assert!(last.starts_with("POST") && last.ends_with("/cancel"), "{last}");
    let id = last.split('/').nth(3).expect("an id").to_owned();
    // The request for it may still be under way.
    let kept = client.responses().cancel(&id).await.expect("known");
    assert_eq!(kept.status, Some(ResponseStatus::Cancelled));
}

#[tokio::test(start_paused = true)]
async fn a_background_response_is_cancelled_when_the_time_of_the_run_is_up() {
    let server = endless().await;
    let limits = RunLimits::new().with_wall_time(Duration::from_secs(7));
    let run = client(&server).run("m").background(true).limits(limits).user("go").await;
    assert_eq!(run.expect("an outcome").outcome().as_str(), "limit");
    let polled = asked(&server).len();
    server.wait_for_requests(u64::try_from(polled).expect("few") + 1).await;
    let last = asked(&server).pop().expect("a request");
    assert!(last.ends_with("/cancel"), "{last}");
}

#[tokio::test(start_paused = true)]
async fn a_background_response_that_fails_is_asked_for_no_more() {
    let error = json!({"code": "server_error", "message": "no"});
    let reply = Reply::text("").with_field("status", json!("failed")).with_field("error", error);
    let server = TestServer::scripted([reply]).await;
    let error = client(&server).send(&request()).await.expect_err("failed");
    assert_eq!(error.kind(), ErrorKind::Api);
    assert!(error.response_id().is_some());
    assert_eq!(asked(&server).len(), 3);
}

/// How long a response without an end is waited for, and what it comes to.
async fn given_up(client: ClientBuilder, server: &TestServer) -> (u64, Error) {
    let client = client.api(Api::Responses).build().expect("a good configuration");
    let began = tokio::time::Instant::now();
    let error = client.send(&request()).await.expect_err("it has no end");
    assert_eq!(error.kind(), ErrorKind::TotalTimeout);
    assert_eq!(error.attempts(), 1);
    assert_eq!(error.attempt_log().len(), asked(server).len());
    let waited = began.elapsed().as_secs();

    // It goes on, and its id is all that it takes to take it up or to cancel it.
    let id = error.response_id().expect("it has begun").to_owned();
    let kept = client.responses().retrieve(&id).await.expect("known");
    assert_eq!(kept.status, Some(ResponseStatus::InProgress));
    let kept = client.responses().cancel(&id).await.expect("known");
    assert_eq!(kept.status, Some(ResponseStatus::Cancelled));
    (waited, error)
}

#[tokio::test(start_paused = true)]
async fn the_total_time_holds_for_a_background_response_and_all_that_is_asked_after_it() {
    let server = endless().await;
    let retry = RetryPolicy::new().with_total_time(Duration::from_secs(30));
    let (waited, error) = given_up(server.client_builder().retry(retry), &server).await;
    assert_eq!(waited, 30);
    assert_eq!(error.to_string(), "the time for the request is up");
}

#[tokio::test(start_paused = true)]
async fn a_background_response_without_an_end_is_waited_for_for_an_hour() {
    let server = endless().await;
    let (waited, error) = given_up(server.client_builder(), &server).await;
    assert_eq!(waited, 3_600);
    assert!(error.to_string().contains("not whole after 3600s"), "{error}");
    let server = endless().await;
    let impatient = server.client_builder().background_timeout(Duration::from_secs(60));
    assert_eq!(given_up(impatient, &server).await.0, 60);
}

/// Takes a request, and answers no question about it.
struct Silent;

impl Transport for Silent {
    fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
        if request.method() != http::Method::POST {
            return Box::pin(std::future::pending());
        }
        let body = Body::full(Bytes::from_static(br#"{"id": "resp_1", "status": "queued"}"#));
        Box::pin(std::future::ready(Ok(http::Response::new(body))))
    }
}

#[tokio::test(start_paused = true)]
async fn the_total_time_holds_while_the_server_is_asked_how_far_a_response_is() {
    let retry = RetryPolicy::new().with_total_time(Duration::from_secs(20));
    let client = Client::builder().transport(Silent).retry(retry).api(Api::Responses);
    let began = tokio::time::Instant::now();
    let client = client.build().expect("a good configuration");
    let error = client.send(&request()).await.expect_err("nothing comes");
    assert_eq!((error.kind(), began.elapsed().as_secs()), (ErrorKind::TotalTimeout, 20));
    assert_eq!((error.response_id(), error.attempts()), (Some("resp_1"), 1));
}

/// Takes requests for responses, and has no time for anything else.
struct Overloaded(Arc<Mutex<Vec<String>>>);

impl Transport for Overloaded {
    fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
        let asked = format!("{} {}", request.method(), request.uri().path());
        let (status, body) = match &*asked {
            "POST /v1/responses" => (200, r#"{"id": "resp_1", "status": "queued"}"#),
            _ => (503, r#"{"error": {"message": "overloaded"}}"#),
        };
        self.0.lock().expect("no panic").push(asked);
        let body = Body::full(Bytes::from_static(body.as_bytes()));
        let response = http::Response::builder().status(status).body(body).expect("a response");
        Box::pin(std::future::ready(Ok(response)))
    }
}

#[tokio::test(start_paused = true)]
async fn a_background_response_that_an_overloaded_server_does_not_tell_of_is_cancelled() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let builder = Client::builder().transport(Overloaded(Arc::clone(&asked)));
    let client = builder.api(Api::Responses).build().expect("a good configuration");
    let error = client.send(&request()).await.expect_err("overloaded");
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(503)));
    assert_eq!((error.attempts(), error.attempt_log().len()), (1, 4));
    assert_eq!(error.response_id(), Some("resp_1"));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let last = asked.lock().expect("no panic").last().cloned();
    // The request for it may be tried again.
    assert_eq!(last.as_deref(), Some("POST /v1/responses/resp_1/cancel"));
}

#[tokio::test(start_paused = true)]
async fn a_streamed_background_response_that_fails_is_not_cancelled() {
    let error = json!({"code": "server_error", "message": "no"});
    let reply = Reply::text("").with_field("status", json!("failed")).with_field("error", error);
    let server = TestServer::scripted([reply]).await;
    let client = client(&server);
    let mut stream = client.stream(&request()).await.expect("a head");
    let error = loop {
        match stream.next().await.expect("an error") {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Api);
    drop(stream);
    let before = asked(&server);
    client.responses().retrieve("resp_x").await.expect_err("unknown");
    assert_eq!(asked(&server).len(), before.len() + 1);
}

#[tokio::test]
async fn what_has_no_background_is_refused_before_the_request() {
    let server = TestServer::automatic().await;
    let mut unstored = request();
    unstored.settings.extra.insert("store".to_owned(), json!(false));
    for error in [
        server.client().send(&request()).await.err(),
        server.client().stream(&request()).await.err(),
        client(&server).send(&unstored).await.err(),
    ] {
        assert_eq!(error.expect("refused").kind(), ErrorKind::InvalidRequest);
    }
    assert_eq!(server.request_count(), 0);
}

/// What a stream comes to, and how often it was asked for.
async fn streamed(reply: Reply) -> (String, u64) {
    let server = TestServer::scripted([reply]).await;
    let mut stream = client(&server).stream(&request()).await.expect("a stream");
    let mut said = String::new();
    while let Some(delta) = stream.next().await {
        if let Delta::Text(text) = delta.expect("a delta") {
            said.push_str(&text);
        }
    }
    let response = stream.into_response().expect("a good end");
    assert_eq!(response.message.text.as_deref(), Some(said.as_str()));
    (said, server.request_count())
}

const TEXT: &str = "One text in many pieces, of which none is lost and none comes twice.";

#[tokio::test(start_paused = true)]
async fn a_stream_is_taken_up_again_wherever_it_is_cut() {
    for events in 1..30 {
        // Each connection is cut after so many events.
        let cut = StreamShape::new().with_fault(StreamFault::CutAfter(events));
        let (said, requests) = streamed(Reply::text(TEXT).with_stream(cut)).await;
        assert_eq!(said, TEXT, "{events}");
        assert!(requests > 1 || events > 25, "{events}: {requests}");
    }
    for bytes in [Reply::text(TEXT).cut_in_half(), Reply::text(TEXT)] {
        assert_eq!(streamed(bytes).await.0, TEXT);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_does_not_move_is_given_up() {
    let cut = StreamShape::new().with_fault(StreamFault::CutAfter(0));
    let server = TestServer::scripted([Reply::text(TEXT).with_stream(cut)]).await;
    let mut stream = client(&server).stream(&request()).await.expect("a head");
    let error = loop {
        match stream.next().await.expect("an error") {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    // Nothing had said what the response is called: it is asked for anew, and the script is over.
    assert_eq!(error.kind(), ErrorKind::Api);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_dropped_is_cancelled() {
    let pace = StreamShape::new().with_pace(Duration::from_secs(1));
    let server = TestServer::scripted([Reply::text(TEXT).with_stream(pace)]).await;
    let mut stream = client(&server).stream(&request()).await.expect("a stream");
    stream.next().await.expect("a delta").expect("a text");
    drop(stream);
    server.wait_for_requests(2).await;
    assert!(asked(&server)[1].ends_with("/cancel"));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_read_to_its_end_is_not_cancelled() {
    assert_eq!(streamed(Reply::text(TEXT)).await, (TEXT.to_owned(), 1));
}

#[tokio::test(start_paused = true)]
async fn events_can_be_read_from_any_of_them_on() {
    let cut = StreamShape::new().with_fault(StreamFault::CutAfter(4));
    let server = TestServer::scripted([Reply::text(TEXT).with_stream(cut)]).await;
    let client = client(&server);
    let mut first = client.stream(&request()).await.expect("a stream");
    while first.next().await.is_some() {}
    let id = first.into_response().expect("a good end").id.expect("an id");

    let numbers = async |after: Option<u64>| {
        let events = client.responses().retrieve_stream(&id);
        let mut events = match after {
            Some(after) => events.starting_after(after),
            None => events,
        };
        let (mut numbers, mut text) = (Vec::new(), String::new());
        while let Some(event) = events.next().await {
            let event = event.expect("an event");
            numbers.push(event.sequence_number().expect("a number"));
            match event {
                StreamEvent::OutputTextDelta(delta) => text.push_str(&delta.delta),
                StreamEvent::Completed(completed) => {
                    assert_eq!(completed.response.status, Some(ResponseStatus::Completed));
                }
                StreamEvent::Other(_) => panic!("an unknown event"),
                _ => {}
            }
        }
        assert_eq!(events.last_sequence_number(), numbers.last().copied());
        (numbers, text)
    };
    let (all, text) = numbers(None).await;
    assert_eq!(text, TEXT);
    let last = *all.last().expect("events");
    assert_eq!(all, (0..=last).collect::<Vec<_>>());
    let (behind, _) = numbers(Some(9)).await;
    assert_eq!(behind, (10..=last).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn events_are_told_once_whoever_stops_waiting_for_them() {
    let pace = StreamShape::new().with_pace(Duration::from_millis(12));
    let server = TestServer::scripted([Reply::text(TEXT).with_stream(pace)]).await;
    let client = client(&server);
    let mut first = client.stream(&request()).await.expect("a stream");
    while first.next().await.is_some() {}
    let id = first.into_response().expect("a good end").id.expect("an id");

    let mut events = client.responses().retrieve_stream(&id);
    let mut numbers = Vec::new();
    let mut given_up = 0;
    let mut next = events.next().await;
    while let Some(event) = next {
        numbers.extend(event.expect("an event").sequence_number());
        next = loop {
            match tokio::time::timeout(Duration::from_millis(5), events.next()).await {
                Ok(next) => break next,
                Err(_) => given_up += 1,
            }
        };
    }
    assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>());
    assert!(numbers.len() > 20 && given_up > 0, "{} events, {given_up}", numbers.len());
}

#[tokio::test]
async fn only_what_was_streamed_in_the_background_can_be_streamed_again() {
    let server = TestServer::scripted([Reply::text("now")]).await;
    let client = client(&server);
    let mut now = request();
    now.settings.background = false;
    let id = client.send(&now).await.expect("good").id.expect("an id");
    let mut events = client.responses().retrieve_stream(&id);
    let error = events.next().await.expect("an error").expect_err("refused");
    assert_eq!(error.status(), Some(400));
    assert!(events.next().await.is_none());
    let error = client.responses().cancel(&id).await.expect_err("refused");
    assert_eq!(error.status(), Some(400));
}
