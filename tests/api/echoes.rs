//! What a server says once and the crate would say often, or to others: long words, ids that stand
//! twice, keys in unexpected places.

use std::sync::{Arc, Mutex};

use openai_tools::{
    Outcome, Toolbox,
    chat::{Api, FinishReason},
    run::{
        RunLimits, SavedRun, WaitingCall,
        journal::{Decision, Journal, JournalError, Record},
    },
    testing::Reply,
    tool,
};
use serde_json::{Value, json};
use tests::{TestServer, wire::whole};

/// Look something up.
#[tool(read_only)]
fn look(n: i64) -> String {
    format!("seen {n}")
}

/// Delete a file.
#[tool(needs_approval)]
fn delete(path: String) -> String {
    format!("{path} is deleted")
}

#[both_apis::test]
async fn a_finish_reason_of_a_megabyte_is_not_repeated_for_each_of_many_calls() {
    let calls: Vec<_> = (0..10_000)
        .map(|n| json!({"id": n.to_string(), "function": {"name": "look", "arguments": "{}"}}))
        .collect();
    let body = whole(&json!({"tool_calls": calls}), &"x".repeat(1 << 20));
    let server = TestServer::scripted([Reply::json(200, &body)]).await;
    let run = server.client().run("m").user("u").await.expect("cut off, which is no error");
    assert!(matches!(run.outcome(), Outcome::Incomplete(_)));
    assert_eq!(run.calls().count(), 10_000);
    assert!(run.calls().all(|call| call.output.text.len() < 200));
}

#[test]
fn nor_is_one_that_a_journal_holds() {
    let long = format!("\"{}\"", "x".repeat(65));
    let read: FinishReason = serde_json::from_str(&long).expect("a word");
    assert_eq!(read, FinishReason::Other("unknown".to_owned()));
    let newer: FinishReason = serde_json::from_str("\"tired\"").expect("a word");
    assert_eq!(newer, FinishReason::Other("tired".to_owned()));
}

fn item(call_id: &str, n: i64) -> Value {
    json!({
        "type": "function_call", "id": "fc_1", "call_id": call_id, "name": "look",
        "arguments": json!({"n": n}).to_string(),
    })
}

fn event(data: &Value) -> String {
    format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap_or_default())
}

#[both_apis::test]
async fn two_calls_whose_items_share_an_id_both_get_their_output() {
    let early = item("b", 2);
    let last = json!({"status": "completed", "output": [item("a", 1), early]});
    let events = [
        json!({"type": "response.output_item.added", "output_index": 0, "item": early}),
        json!({"type": "response.output_item.done", "output_index": 0, "item": early}),
        json!({"type": "response.completed", "response": last}),
    ];
    let answer = json!({"status": "completed", "output": [{
        "type": "message", "content": [{"type": "output_text", "text": "done"}],
    }]});
    let end = event(&json!({"type": "response.completed", "response": answer}));
    let script =
        [Reply::raw_stream(events.iter().map(event).collect::<String>()), Reply::raw_stream(end)];
    let server = TestServer::scripted(script).await;
    let tools = Toolbox::new().with(look).expect("one tool");
    let run = server.client().run("m").api(Api::Responses).tools(tools).user("u").stream();
    let run = run.finish().await.expect("an outcome");
    assert_eq!(*run.outcome(), Outcome::Completed("done".to_owned()));
    let outputs: Vec<_> = run.calls().map(|call| call.output.text.as_str()).collect();
    assert_eq!(outputs, ["seen 1", "seen 2"]);
}

#[both_apis::test]
async fn no_reason_makes_an_incomplete_response_whole() {
    for reason in ["stop", "tool_calls"] {
        let body = json!({
            "status": "incomplete", "incomplete_details": {"reason": reason},
            "output": [item("a", 1)],
        });
        let server = TestServer::scripted([Reply::json(200, &body)]).await;
        let tools = Toolbox::new().with(look).expect("one tool");
        let run = server.client().run("m").api(Api::Responses).tools(tools).user("u");
        let run = run.await.expect("cut off, which is no error");
        assert!(matches!(run.outcome(), Outcome::Incomplete(_)), "{:?}", run.outcome());
        assert!(run.calls().all(|call| call.output.text.starts_with("not run")));
    }
}

#[both_apis::test]
async fn who_approves_sees_the_arguments_that_run() {
    let call = Reply::tool_calls([("c1", "delete", json!({"path": "a"}))]);
    let server = TestServer::scripted([call, Reply::text("done")]).await;
    let tools = Toolbox::new().with(delete).expect("one tool");
    let run = server.client().run("m").tools(&tools).user("u").await.expect("it waits");
    assert!(!format!("{:?}", run.outcome()).contains("path"), "no arguments in what is logged");
    let mut saved = run.save().expect("whole");
    saved.decide(&"c1".into(), Decision::Arguments(r#"{"path":"b"}"#.to_owned())).expect("known");
    let saved = SavedRun::from_json(&saved.to_json()).expect("a saved run");

    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let run = server.client().run("m").tools(&tools).resume(saved);
    let run = run.on_approval(move |waiting: WaitingCall| {
        kept.lock().expect("no panic").push((waiting.call.arguments, waiting.arguments));
        async { Some(Decision::Approved) }
    });
    let run = run.await.expect("approved");
    assert_eq!(run.calls().next().map(|call| &*call.output.text), Some("b is deleted"));
    let seen = seen.lock().expect("no panic");
    assert_eq!(*seen, [(r#"{"path":"a"}"#.to_owned(), r#"{"path":"b"}"#.to_owned())]);
}

#[both_apis::test]
async fn a_key_in_the_words_of_a_good_response_is_not_printed() {
    let key = TestServer::KEY;
    let mut body = whole(&json!({"content": "hi"}), key);
    body["id"] = json!(format!("id-{key}"));
    body["model"] = json!(format!("{}{key}", "x".repeat(250)));
    let stream = if tests::is_chat() {
        let chunk = json!({
            "id": body["id"], "model": body["model"],
            "choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": key}],
        });
        format!("data: {chunk}\n\ndata: [DONE]\n\n")
    } else {
        event(&json!({"type": "response.incomplete", "response": body}))
    };
    let script = [Reply::json(200, &body), Reply::raw_stream(stream)];
    let server = TestServer::scripted(script).await;
    let client = server.client();
    let whole = client.run("m").user("u").await.expect("an outcome");
    let streamed = client.run("m").user("u").stream().finish().await.expect("an outcome");
    for run in [whole, streamed] {
        let shown = format!("{:?} {:?}", run.turns()[0].response, run.outcome());
        assert!(shown.contains("id-[key]") && !shown.contains(&key[..10]), "{shown}");
    }
}

#[tokio::test]
async fn what_was_reasoned_and_what_is_kept_of_items_counts_as_transcript() {
    let call = json!({"id": "c", "function": {"name": "look", "arguments": "{\"n\":1}"}});
    let message = json!({"reasoning_content": "x".repeat(5_000), "tool_calls": [call]});
    let reasoned = whole(&message, "tool_calls");
    let unknown = json!({"type": "newer", "data": "x".repeat(5_000)});
    let kept = json!({"status": "completed", "output": [unknown, item("a", 1)]});
    for (api, body) in [(Api::ChatCompletions, reasoned), (Api::Responses, kept)] {
        let server = TestServer::scripted([Reply::json(200, &body)]).await;
        let tools = Toolbox::new().with(look).expect("one tool");
        let limits = RunLimits::new().with_transcript_bytes(4_000);
        let run = server.client().run("m").api(api).tools(tools).limits(limits).user("u");
        let run = run.await.expect("a limit");
        assert!(matches!(run.outcome(), Outcome::Limit(_)), "{api:?}: {:?}", run.outcome());
    }
}

#[cfg(unix)]
#[test]
fn what_keeps_nothing_is_no_journal() {
    use openai_tools::run::journal::{FileJournal, JournalErrorKind};
    let error = FileJournal::open("/dev/null").expect_err("no file");
    assert_eq!(error.kind(), JournalErrorKind::NotAJournal);
}

/// Print control characters, which JSON writes with six bytes each.
#[tool]
fn print(n: i64) -> String {
    format!("{n}{}", "\u{1}".repeat(250 * 1024))
}

/// The bytes of the longest record.
#[derive(Clone, Default)]
struct Longest(Arc<Mutex<usize>>);

impl Journal for Longest {
    fn append(&mut self, record: &Record) -> Result<(), JournalError> {
        let bytes = serde_json::to_vec(record).expect("JSON").len();
        let mut longest = self.0.lock().expect("no panic");
        *longest = bytes.max(*longest);
        Ok(())
    }
}

#[both_apis::test]
async fn outputs_that_do_not_fit_one_record_of_a_journal_are_kept_in_several() {
    const LARGEST_RECORD: usize = 64 * 1024 * 1024;
    let calls = (0..60).map(|n: i64| (n.to_string(), "print", json!({"n": n})));
    let server = TestServer::scripted([Reply::tool_calls(calls)]).await;
    let tools = Toolbox::new().with(print).expect("one tool");
    let longest = Longest::default();
    let run = server.client().run("m").tools(&tools).user("u").journal(longest.clone());
    let run = run.await.expect("a limit");
    assert!(matches!(run.outcome(), Outcome::Limit(_)), "of tokens, by their number");
    assert!(*longest.0.lock().expect("no panic") < LARGEST_RECORD);

    // The same run, taken up with its outputs.
    let mut messages = run.into_transcript();
    messages.truncate(2);
    let ids: Vec<_> = (0..60).map(|n: i64| n.to_string()).collect();
    let calls: Vec<_> = ids
        .iter()
        .map(|id| json!({"id": id, "output": {"call_id": id, "text": "\u{1}".repeat(250 * 1024)}}))
        .collect();
    let saved = json!({
        "format": "openai-tools saved run", "version": {"major": 1, "minor": 1}, "model": "m",
        "messages": messages, "calls": calls,
    });
    let saved = SavedRun::from_json(&saved.to_string()).expect("whole");
    let longest = Longest::default();
    let run = server.client().run("m").tools(tools).resume(saved).journal(longest.clone());
    assert!(matches!(run.await.expect("a limit").outcome(), Outcome::Limit(_)));
    assert!(*longest.0.lock().expect("no panic") < LARGEST_RECORD);
}
