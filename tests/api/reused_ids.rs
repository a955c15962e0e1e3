//! Servers that number the calls of each response anew: an id says which call it is in its own
//! response only.

use std::sync::{Arc, Mutex};

use openai_tools::{
    DynTool, Outcome, ToolError, ToolSettings, Toolbox,
    run::{
        Decision, RunBuilder, SavedRun,
        journal::{Journal, JournalError, Record, recover},
    },
    testing::{Reply, ScriptedCall},
};
use serde_json::{Value, json};
use tests::{TestServer, definition, transcript_is_answered};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Record>>>);

impl Journal for Log {
    fn append(&mut self, record: &Record) -> Result<(), JournalError> {
        self.0.lock().expect("no panic").push(record.clone());
        Ok(())
    }
}

/// Tools with effects, of which `ask` waits for approval, and what was done.
fn tools() -> (Toolbox, Arc<Mutex<Vec<String>>>) {
    let done: Arc<Mutex<Vec<String>>> = Arc::default();
    let tool = |name: &'static str, settings: ToolSettings| {
        let done = Arc::clone(&done);
        let parameters = definition(name, json!({"n": {"type": "integer"}}));
        DynTool::new(parameters, move |arguments: Value, _| {
            let output = format!("{name} {}", arguments["n"]);
            done.lock().expect("no panic").push(output.clone());
            async move { Ok::<_, ToolError>(output) }
        })
        .with_settings(settings)
    };
    let tools = [
        tool("act", ToolSettings::new()),
        tool("look", ToolSettings::new().with_read_only(true)),
        tool("ask", ToolSettings::new().with_needs_approval(true)),
    ];
    (Toolbox::new().extend(tools).expect("distinct names"), done)
}

/// Three responses whose calls have the same ids, and an answer.
fn script(third: &str) -> [Reply; 4] {
    let call =
        |id: &str, name: &str, n: u32| -> ScriptedCall { (id, name, json!({"n": n})).into() };
    let calls = |other: &str, n: u32| {
        Reply::tool_calls([call("call_0", "look", n), call("call_1", other, n + 1)])
    };
    [calls("act", 0), calls("act", 2), calls(third, 4), Reply::text("done")]
}

const ALL: [&str; 6] = ["look 0", "act 1", "look 2", "act 3", "look 4", "ask 5"];

/// What the server was told in its last request.
fn told(server: &TestServer) -> Vec<String> {
    let last = server.requests().len() - 1;
    let messages = server.asked_messages(last).into_iter();
    let outputs = messages.filter(|message| message["role"] == "tool");
    outputs.map(|output| output["content"].as_str().expect("a text").to_owned()).collect()
}

#[both_apis::test]
async fn each_call_runs_and_is_answered_in_its_own_response() {
    for streamed in [false, true] {
        let server = TestServer::scripted(script("act")).await;
        let (tools, done) = tools();
        let run = server.client().run("m").tools(tools).user("go");
        let run = if streamed { run.stream().finish().await } else { run.await };
        let run = run.expect("no error");
        assert_eq!(run.text(), "done");
        assert!(transcript_is_answered(run.transcript()));
        assert_eq!(done.lock().expect("no panic").len(), 6);
        let expected = ["look 0", "act 1", "look 2", "act 3", "look 4", "act 5"];
        assert_eq!(told(&server), expected, "streamed: {streamed}");
    }
}

/// Runs up to the call that waits, puts the run away with `put_away` and goes on with what that gives.
async fn in_two_parts(
    journal: &Log,
    put_away: impl FnOnce(SavedRun) -> SavedRun,
    go_on: impl FnOnce(RunBuilder, SavedRun) -> RunBuilder,
) {
    let server = TestServer::scripted(script("ask")).await;
    let (tools, done) = tools();
    let run = server.client().run("m").tools(&tools).user("go").journal(journal.clone());
    let run = run.await.expect("no error");
    assert!(matches!(run.outcome(), Outcome::Pending(calls) if calls.len() == 1));
    let mut saved = put_away(run.save().expect("it can be saved"));
    saved.decide(&"call_1".into(), Decision::Approved).expect("it waits");
    let run = go_on(server.client().run("m").tools(&tools), saved).await.expect("no error");
    assert_eq!(run.text(), "done");
    assert_eq!(told(&server), ALL);
    assert_eq!(done.lock().expect("no panic").as_slice(), ALL, "each ran once");
}

#[both_apis::test]
async fn a_run_that_is_put_away_knows_them_apart() {
    let as_json = |saved: SavedRun| {
        let text = serde_json::to_string(&saved).expect("JSON");
        serde_json::from_str(&text).expect("a saved run")
    };
    in_two_parts(&Log::default(), as_json, RunBuilder::resume).await;
}

#[both_apis::test]
async fn a_journal_knows_them_apart() {
    let log = Log::default();
    let records = log.clone();
    let recovered = move |_| {
        let records = records.0.lock().expect("no panic").clone();
        let recovered = recover(records).expect("consistent").expect("a run had begun");
        assert!(recovered.in_doubt.is_empty());
        recovered.saved
    };
    in_two_parts(&log, recovered, RunBuilder::resume).await;
}
