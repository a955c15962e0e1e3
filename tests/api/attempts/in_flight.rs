//! One client for many runs: no more requests in flight than it was told.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use futures_util::future::join_all;
use openai_tools::{
    Client, Toolbox,
    testing::{Recorded, Reply},
};
use tests::{TestServer, echo, echo_call};

use super::scene::{Script, Step, Take, good_body, read, request, said};

fn at_most(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).expect("not zero")
}

/// How many requests were with the server at the same time, at the most.
fn most_in_flight(requests: &[Recorded]) -> usize {
    let received = requests.iter().map(Recorded::received_at);
    let in_flight = |at| {
        let open = |request: &&Recorded| {
            let ended = request.answered_at();
            request.received_at() <= at && ended.is_none_or(|ended| ended > at)
        };
        requests.iter().filter(open).count()
    };
    received.map(in_flight).max().unwrap_or(0)
}

#[both_apis::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_runs_share_the_limit_of_their_client() {
    for streamed in [false, true] {
        let slow = Duration::from_millis(5);
        let answer = move |body: &serde_json::Value| {
            let asked = body["messages"].as_array().expect("messages").len() == 1;
            let reply = if asked { Reply::tool_calls([echo_call(1)]) } else { Reply::text("done") };
            reply.with_delay(slow)
        };
        let server = TestServer::scripted(std::iter::repeat(Reply::with_chat(answer))).await;
        let client = server.client_builder().max_in_flight(at_most(3)).build().expect("good");
        let tools = Arc::new(Toolbox::new().with(echo()).expect("one tool"));
        let runs = (0..24).map(|_| {
            let run = client.clone().run("m").tools(&*tools).user("go");
            tokio::spawn(async move {
                if !streamed {
                    return run.await.expect("good").text().to_owned();
                }
                let mut events = run.stream();
                while events.next().await.transpose().expect("good").is_some() {}
                "done".to_owned()
            })
        });
        for said in join_all(runs).await {
            assert_eq!(said.expect("no panic"), "done");
        }
        let requests = server.requests();
        assert_eq!(requests.len(), 48);
        let most = most_in_flight(&requests);
        assert!((2..=3).contains(&most), "{most} in flight, streamed: {streamed}");
    }
}

#[both_apis::test(start_paused = true)]
async fn those_that_wait_go_in_the_order_in_which_they_came() {
    let second = Duration::from_secs(1);
    let script = Script::new(std::iter::repeat_n(Take::good().after(second), 6));
    let client = script.builder().max_in_flight(at_most(2)).build().expect("good");
    let ask = |number: u32| {
        let client = client.clone();
        async move {
            let response = client.send(&request()).await.expect("good");
            (number, response.attempt_log[0].held_back.as_secs())
        }
    };
    let held_back = join_all((0..6).map(ask)).await;
    assert_eq!(held_back, [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (5, 2)]);
    assert_eq!(script.asked_ms(), [0, 0, 1_000, 1_000, 2_000, 2_000]);
}

#[both_apis::test(start_paused = true)]
async fn a_place_is_held_to_the_end_of_the_body_and_not_while_waiting_for_another_attempt() {
    let slow_body = || {
        let body = good_body();
        let (left, right) = body.split_at(9);
        let steps = [Step::send(left.to_owned()), Step::seconds(4), Step::send(right.to_owned())];
        Take::body(steps.to_vec())
    };
    let busy = Take::error(429).header("retry-after", "10");
    let script = Script::new([slow_body(), busy, slow_body(), slow_body()]);
    let client = script.builder().max_in_flight(NonZeroUsize::MIN).build().expect("good");
    let ask = async || client.send(&request()).await;
    let (first, second, third) = tokio::join!(ask(), ask(), ask());
    for response in [first, second, third] {
        response.expect("good");
    }
    // The second is refused when the first is whole; the third goes meanwhile.
    assert_eq!(script.asked_ms(), [0, 4_000, 4_000, 14_000]);
}

fn endless() -> Take {
    Take::stream(vec![Step::send(": hello\n\n"), Step::seconds(1_000_000)])
}

async fn is_free(client: &Client, script: &Script) -> bool {
    let before = script.asked().len();
    let _ = tokio::time::timeout(Duration::from_secs(1), client.send(&request())).await;
    script.asked().len() > before
}

#[both_apis::test(start_paused = true)]
async fn a_stream_gives_up_its_place_at_its_end_or_when_it_is_dropped() {
    let whole = || Take::stream(vec![Step::send(said("hi"))]);
    let script = Script::new([endless(), Take::good(), whole(), Take::good()]);
    let client = script.builder().max_in_flight(NonZeroUsize::MIN).build().expect("good");

    let mut stream = client.stream(&request()).await.expect("a head");
    let read_on = tokio::time::timeout(Duration::from_secs(1), stream.next()).await;
    assert!(read_on.is_err(), "nothing comes");
    assert!(!is_free(&client, &script).await, "while it is read");
    drop(stream);
    assert!(is_free(&client, &script).await, "when it is dropped");

    let stream = client.stream(&request()).await.expect("a head");
    read(stream).await.expect("whole");
    assert!(is_free(&client, &script).await, "at its end");
}

#[both_apis::test(start_paused = true)]
async fn whoever_gives_up_while_waiting_or_in_flight_takes_no_place() {
    let script = Script::new([Take::silence(), Take::silence(), Take::good()]);
    let client = script.builder().max_in_flight(NonZeroUsize::MIN).build().expect("good");
    let second = Duration::from_secs(1);
    let held = tokio::spawn({
        let client = client.clone();
        async move { client.send(&request()).await.map(drop) }
    });
    tokio::task::yield_now().await;
    for _ in 0..100 {
        assert!(tokio::time::timeout(second, client.send(&request())).await.is_err());
    }
    assert_eq!(script.asked().len(), 1, "none of them was sent");
    held.abort();
    assert!(held.await.is_err(), "it was in flight");
    assert!(tokio::time::timeout(second, client.stream(&request())).await.is_err());
    client.send(&request()).await.expect("the place is free");
    assert_eq!(script.asked().len(), 3);
}
