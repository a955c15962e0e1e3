//! Streams of numbered events whose server counts wrongly, or not at all.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use bytes::Bytes;
use openai_tools::{
    Client, Error, ErrorKind, Message,
    chat::{Api, Delta, Request},
    client::{Body, Sending, Transport},
    responses::StreamEvent,
};
use serde_json::{Value, json};

/// A server that answers each connection with the next of these lists of events, then with the last
/// one again and again.
struct Events {
    connections: Vec<Vec<Value>>,
    asked: Arc<AtomicUsize>,
}

impl Transport for Events {
    fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
        if request.uri().path().ends_with("/cancel") {
            return Box::pin(std::future::ready(Ok(http::Response::new(Body::full("{}".into())))));
        }
        let at = self.asked.fetch_add(1, SeqCst).min(self.connections.len() - 1);
        let events = self.connections[at].iter().map(|event| format!("data: {event}\n\n"));
        let body = Body::full(events.collect::<String>().into());
        let response = http::Response::builder().header("content-type", "text/event-stream");
        Box::pin(std::future::ready(Ok(response.body(body).expect("a response"))))
    }
}

fn serving(connections: Vec<Vec<Value>>) -> (Client, Arc<AtomicUsize>) {
    let asked = Arc::<AtomicUsize>::default();
    let transport = Events { connections, asked: Arc::clone(&asked) };
    let client = Client::builder().transport(transport).api(Api::Responses);
    (client.build().expect("a good configuration"), asked)
}

fn delta(number: Option<u64>) -> Value {
    let mut event = json!({"type": "response.output_text.delta", "item_id": "m", "output_index": 0,
        "content_index": 0, "delta": "x", "logprobs": []});
    if let Some(number) = number {
        event["sequence_number"] = number.into();
    }
    event
}

fn deltas(numbers: impl IntoIterator<Item = u64>) -> Vec<Value> {
    numbers.into_iter().map(|number| delta(Some(number))).collect()
}

fn begun(number: u64) -> Value {
    json!({"type": "response.created", "sequence_number": number,
        "response": {"id": "resp_1", "object": "response", "status": "in_progress", "output": []}})
}

fn completed(number: u64) -> Value {
    json!({"type": "response.completed", "sequence_number": number, "response": {
        "id": "resp_1", "object": "response", "status": "completed", "output": []}})
}

/// The numbers that are given out, and how it ends.
async fn told(client: &Client, after: Option<u64>) -> (Vec<Option<u64>>, Option<Error>) {
    let events = client.responses().retrieve_stream("resp_1");
    let mut events = match after {
        Some(after) => events.starting_after(after),
        None => events,
    };
    let mut numbers = Vec::new();
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => numbers.push(event.sequence_number()),
            Err(error) => {
                assert!(events.next().await.is_none());
                return (numbers, Some(error));
            }
        }
    }
    (numbers, None)
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_begins_anew_shows_no_event_twice() {
    let (client, asked) = serving(vec![
        deltas(0..3),
        deltas(0..3),
        deltas(1..5),
        [deltas(0..6), vec![completed(6)]].concat(),
    ]);
    let (numbers, error) = told(&client, None).await;
    assert!(error.is_none());
    assert_eq!(numbers, (0..7).map(Some).collect::<Vec<_>>());
    assert_eq!(asked.load(SeqCst), 4);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_brings_nothing_new_is_given_up_by_the_retry_policy() {
    let (client, asked) = serving(vec![deltas(0..3)]);
    let (numbers, error) = told(&client, None).await;
    assert_eq!(numbers.len(), 3);
    let error = error.expect("it does not go on");
    assert_eq!(error.kind(), ErrorKind::StreamCut);
    // The one that brought something, and two retries of what it did not bring.
    assert_eq!(asked.load(SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn events_without_numbers_do_not_keep_a_stream_alive_for_ever() {
    let (client, asked) = serving(vec![vec![delta(None)]]);
    let (numbers, error) = told(&client, None).await;
    assert_eq!((numbers, asked.load(SeqCst)), (vec![None], 1));
    assert_eq!(error.expect("it is cut").kind(), ErrorKind::StreamCut);
    let (client, asked) =
        serving(vec![vec![delta(None), delta(Some(0))], vec![delta(Some(1)), delta(None)]]);
    let (numbers, error) = told(&client, None).await;
    assert_eq!((numbers, asked.load(SeqCst)), (vec![None, Some(0), Some(1), None], 2));
    assert_eq!(error.expect("it is cut").kind(), ErrorKind::StreamCut);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_missing_is_asked_for_again_and_is_an_error_if_it_does_not_come() {
    let rest = [deltas(1..6), vec![completed(6)]].concat();
    let (client, asked) = serving(vec![deltas([0, 2, 3]), rest]);
    let (numbers, error) = told(&client, None).await;
    assert!(error.is_none());
    assert_eq!(numbers, (0..7).map(Some).collect::<Vec<_>>());
    assert_eq!(asked.load(SeqCst), 2);

    let (client, asked) = serving(vec![deltas([7, 8])]);
    let (numbers, error) = told(&client, Some(5)).await;
    let error = error.expect("6 is missing");
    assert_eq!((numbers, asked.load(SeqCst)), (vec![], 3));
    assert_eq!(error.kind(), ErrorKind::InvalidChunk);
    assert!(error.to_string().contains("event 7 came behind event 5"), "{error}");
    assert_eq!(error.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_repeats_itself_on_one_connection_is_left() {
    let again = deltas((0..3).chain(std::iter::repeat_n(1, 100)));
    let (client, asked) = serving(vec![again]);
    let (numbers, error) = told(&client, None).await;
    assert_eq!((numbers.len(), asked.load(SeqCst)), (3, 3));
    assert_eq!(error.expect("it is left").kind(), ErrorKind::InvalidChunk);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_larger_than_a_response_may_be_is_an_error() {
    let mut large = delta(Some(0));
    large["delta"] = "x".repeat(2 * 1024 * 1024).into();
    let events = Events { connections: vec![vec![large]], asked: Arc::default() };
    let client = Client::builder().transport(events).max_response_bytes(1_000).build();
    let (numbers, error) = told(&client.expect("good"), None).await;
    assert!(numbers.is_empty());
    assert_eq!(error.expect("it is too large").kind(), ErrorKind::ResponseTooLarge);
}

/// The text of a response that is streamed in the background, and how it ends.
async fn said(connections: Vec<Vec<Value>>) -> (String, Option<Error>, usize) {
    let (client, asked) = serving(connections);
    let mut request = Request::new("m");
    request.messages.push(Message::user("go"));
    request.settings.background = true;
    let mut stream = client.stream(&request).await.expect("a head");
    let mut text = String::new();
    loop {
        match stream.next().await {
            Some(Ok(Delta::Text(delta))) => text.push_str(&delta),
            Some(Ok(_)) => {}
            Some(Err(error)) => return (text, Some(error), asked.load(SeqCst)),
            None => return (text, None, asked.load(SeqCst)),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_deltas_of_a_background_response_come_once_whatever_its_server_counts() {
    let first = [vec![begun(0)], deltas(1..3)].concat();
    let (text, error, asked) =
        said(vec![first.clone(), [deltas(0..4), vec![completed(4)]].concat()]).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!((text.as_str(), asked), ("xxx", 2));
    // It brings nothing more.
    let (text, error, asked) = said(vec![first.clone()]).await;
    assert_eq!((text.as_str(), asked), ("xx", 3));
    assert_eq!(error.expect("cut").kind(), ErrorKind::StreamCut);
    // What is behind an event without a number cannot be asked for.
    let (text, error, asked) = said(vec![[first.clone(), vec![delta(None)]].concat()]).await;
    assert_eq!((text.as_str(), asked), ("xxx", 1));
    assert_eq!(error.expect("cut").kind(), ErrorKind::StreamCut);
    // The third is missing.
    let (text, error, asked) = said(vec![first, deltas([4, 5])]).await;
    assert_eq!((text.as_str(), asked), ("xx", 3));
    assert_eq!(error.expect("a gap").kind(), ErrorKind::InvalidChunk);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_asked_in_short_turns_comes_to_its_end() {
    /// Needs a second for each answer.
    struct Slow(Events);

    impl Transport for Slow {
        fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
            Box::pin(async {
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                self.0.send(request).await
            })
        }
    }

    let asked = Arc::<AtomicUsize>::default();
    let connections = vec![deltas(0..3), [deltas(3..4), vec![completed(4)]].concat()];
    let events = Events { connections, asked: Arc::clone(&asked) };
    let client = Client::builder().transport(Slow(events)).build().expect("good");
    let mut events = client.responses().retrieve_stream("resp_1");
    let mut numbers = Vec::new();
    for _ in 0..1_000 {
        // Each call but the last of a second is dropped.
        let turn = std::time::Duration::from_millis(100);
        match tokio::time::timeout(turn, events.next()).await {
            Err(_elapsed) => {}
            Ok(Some(event)) => numbers.push(event.expect("an event").sequence_number()),
            Ok(None) => break,
        }
    }
    assert_eq!(numbers, (0..5).map(Some).collect::<Vec<_>>());
    assert_eq!(asked.load(SeqCst), 2);
}

#[test]
fn an_event_without_its_number_is_kept_as_it_came() {
    let event: StreamEvent = serde_json::from_value(delta(None)).expect("an event");
    assert_eq!(event.sequence_number(), None);
    assert_eq!(serde_json::to_value(&event).expect("JSON"), delta(None));
}
