//! Streamed runs over a real socket, read from another thread.

use openai_tools::{
    Toolbox,
    run::Event,
    testing::{Reply, StreamShape},
};
use tests::{TestServer, echo, echo_call, transcript_is_answered};

#[both_apis::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_small_chunks_arrive_whole_and_in_order() {
    let words = "abcdefghijklmnopqrstuvwxy".repeat(800);
    let server = TestServer::scripted([
        Reply::text(words.clone()).with_stream(StreamShape::new().with_delta_size(1))
    ])
    .await;
    let mut stream = server.client().run("m").user("go").stream();
    let mut said = String::new();
    while let Some(event) = stream.next().await {
        if let Event::Text(text) = event.expect("no error") {
            said.push_str(&text);
        }
    }
    assert_eq!(said, words);
}

#[both_apis::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_calls_of_a_stream_are_answered_in_call_order() {
    let calls: Vec<_> = (0..8).map(echo_call).collect();
    let shape = StreamShape::new().with_delta_size(2).with_interleaved_calls();
    let script = [Reply::tool_calls(calls).with_stream(shape), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let tools = Toolbox::new().with(echo()).expect("one tool");
    let run = server.client().run("m").tools(tools).user("go").stream().finish().await;
    let run = run.expect("a run");
    let outputs: Vec<_> = run.calls().map(|record| record.output.text.clone()).collect();
    assert_eq!(outputs, (0..8).map(|n| format!("echo {n}")).collect::<Vec<_>>());
    assert!(transcript_is_answered(run.transcript()));
    assert_eq!(run.text(), "done");
}

#[both_apis::test]
async fn what_fails_before_the_first_piece_is_repeated_and_told() {
    let script = [Reply::error(503, "overloaded", "later"), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let mut stream = server.client().run("m").user("go").stream();
    let first = stream.next().await.expect("an event").expect("no error");
    assert!(matches!(first, Event::Retried { attempts: 2 }), "{first:?}");
    let run = stream.finish().await.expect("a run");
    assert_eq!((run.text(), run.turns()[0].response.attempts), ("done", 2));
}
