//! A run that is written down while it goes, and taken up from what was written.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use openai_tools::{
    DynTool, ErrorKind, Outcome, ToolError, ToolSettings, Toolbox,
    chat::FinishReason,
    run::{
        CallState, Decision, Run, RunError, SavedRun, WaitReason,
        journal::{Journal, JournalError, Record, Recovered, recover},
    },
    structured::AnswerStep,
    testing::{Reply, ScriptedCall},
};
use serde_json::json;
use tests::{TestServer, definition, transcript_is_answered};

/// What happened, in order: records, and the runs of tools between them.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Entry>>>);

#[derive(Clone, Debug, PartialEq)]
enum Entry {
    Kept(Box<Record>),
    Ran(&'static str),
}

impl Log {
    fn push(&self, entry: Entry) {
        self.0.lock().expect("no panic").push(entry);
    }

    fn entries(&self) -> Vec<Entry> {
        self.0.lock().expect("no panic").clone()
    }

    fn records(&self) -> Vec<Record> {
        let entries = self.entries().into_iter();
        entries
            .filter_map(|entry| if let Entry::Kept(record) = entry { Some(*record) } else { None })
            .collect()
    }

    fn ran(&self, name: &str) -> usize {
        self.entries()
            .iter()
            .filter(|entry| matches!(entry, Entry::Ran(tool) if *tool == name))
            .count()
    }

    /// Records and tools in short.
    fn story(&self) -> Vec<String> {
        let tell_record = |record| match record {
            Record::Begin { messages, .. } => format!("begin {}", messages.len()),
            Record::CallsStarted { call_ids } => format!("started {}", call_ids.len()),
            Record::CallsEnded { outputs } => format!("ended {}", outputs.len()),
            Record::Decided { .. } => "decided".to_owned(),
            Record::End { outcome } => format!("end {outcome}"),
            Record::Messages { re_ask, .. } => format!("messages {re_ask}"),
            Record::Response { .. } => "response".to_owned(),
            _ => "?".to_owned(),
        };
        let tell = |entry| match entry {
            Entry::Ran(name) => name.to_owned(),
            Entry::Kept(record) => tell_record(*record),
        };
        self.entries().into_iter().map(tell).collect()
    }
}

impl Journal for Log {
    fn append(&mut self, record: &Record) -> Result<(), JournalError> {
        self.push(Entry::Kept(Box::new(record.clone())));
        Ok(())
    }
}

/// Fails from a record on.
struct Failing(u32);

impl Journal for Failing {
    fn append(&mut self, _: &Record) -> Result<(), JournalError> {
        self.0 = self.0.checked_sub(1).ok_or_else(|| std::io::Error::other("full"))?;
        Ok(())
    }
}

fn tool(log: &Log, name: &'static str, settings: ToolSettings) -> DynTool {
    let log = log.clone();
    DynTool::new(definition(name, json!({})), move |_, _| {
        log.push(Entry::Ran(name));
        async move { Ok::<_, ToolError>(format!("{name} done")) }
    })
    .with_settings(settings)
}

fn tools(log: &Log) -> Toolbox {
    let new = ToolSettings::new;
    let tools = [
        tool(log, "act", new()),
        tool(log, "look", new().with_read_only(true)),
        tool(log, "put", new().with_idempotent(true)),
        tool(log, "ask", new().with_needs_approval(true)),
    ];
    Toolbox::new().extend(tools).expect("four tools")
}

fn call(id: &str, name: &str) -> ScriptedCall {
    (id, name, json!({})).into()
}

fn recovered(records: &[Record]) -> Recovered {
    recover(records.iter().cloned()).expect("consistent").expect("begun")
}

#[both_apis::test]
async fn what_has_effects_is_written_down_before_it_starts_and_all_after_it_ended() {
    let log = Log::default();
    let script = [
        Reply::tool_calls([call("a", "look")]),
        Reply::tool_calls([call("b", "act"), call("c", "nothing")]),
        Reply::text("done"),
    ];
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(tools(&log)).user("go").journal(log.clone());
    let run = run.await.expect("an outcome");
    let story = log.story();
    // What changes nothing starts whenever it likes.
    let records: Vec<_> = story.iter().filter(|what| *what != "look").collect();
    assert_eq!(records[..4], ["begin 1", "response", "ended 1", "response"]);
    let place = |of: &str| records.iter().position(|what| *what == of).expect(of);
    assert!(place("started 1") < place("act"), "{story:?}");
    assert_eq!(story.last().map(String::as_str), Some("end completed"));
    let Recovered { saved, outcome, in_doubt, .. } = recovered(&log.records());
    assert_eq!((saved.messages(), in_doubt.len()), (run.transcript(), 0));
    assert_eq!(outcome.as_deref(), Some("completed"));
    assert_eq!(saved.spent(), run.spent());
}

#[both_apis::test]
async fn a_run_cut_off_after_any_record_is_taken_up_and_does_nothing_twice() {
    let whole = Log::default();
    let first = || Reply::tool_calls([call("a", "act"), call("l", "look"), call("p", "put")]);
    let server = TestServer::scripted([first(), Reply::text("done")]).await;
    let run = server.client().run("m").tools(tools(&whole)).user("go").journal(whole.clone());
    let transcript = run.await.expect("an outcome").into_transcript();
    let records = whole.records();
    for kept in 1..=records.len() {
        let asked = records[..kept].iter().filter(|r| matches!(r, Record::Response { .. })).count();
        let script = [first(), Reply::text("done")].into_iter().skip(asked);
        let server = TestServer::scripted(script).await;
        let log = Log::default();
        for record in &records[..kept] {
            log.push(Entry::Kept(Box::new(record.clone())));
        }
        let mut recovered = recovered(&records[..kept]);
        let started = records[..kept].iter().any(|r| matches!(r, Record::CallsStarted { .. }));
        let answered = |id: &str| {
            let calls = recovered.saved.calls();
            calls.is_empty() && asked > 0
                || calls
                    .iter()
                    .any(|call| call.call.id == id && matches!(call.state, CallState::Answered(_)))
        };
        let act_ran = started && !answered("a");
        let (a_before, p_before) = (answered("a"), answered("p"));
        if act_ran {
            assert!(recovered.in_doubt.iter().any(|call| call.id == "a"), "after {kept} records");
            let decision = Decision::Answered("it was done".to_owned());
            recovered.saved.decide(&"a".into(), decision).expect("in doubt");
        }
        let client = server.client();
        let run = client.run("m").tools(tools(&log)).resume_journal(recovered, log.clone());
        let run: Run = run.await.expect("an outcome");
        assert_eq!(run.text(), "done", "after {kept} records");
        assert!(transcript_is_answered(run.transcript()));
        assert_eq!(run.transcript().len(), transcript.len(), "after {kept} records");
        assert_eq!(log.ran("act"), usize::from(!act_ran && !a_before), "after {kept} records");
        assert_eq!(log.ran("put"), usize::from(!p_before), "after {kept} records: idempotent");
        let again = recover(log.records()).expect("consistent").expect("begun");
        assert_eq!(again.saved.messages(), run.transcript(), "after {kept} records");
    }
}

#[both_apis::test]
async fn a_call_in_doubt_waits_for_the_application() {
    let whole = Log::default();
    let server = TestServer::scripted([Reply::tool_calls([call("a", "act")])]).await;
    let run = server.client().run("m").tools(tools(&whole)).user("go").journal(whole.clone());
    let _error: RunError = run.await.expect_err("the script is over");
    let records = whole.records();
    let started = records.iter().position(|r| matches!(r, Record::CallsStarted { .. }));
    let records = &records[..=started.expect("it started")];
    let server = TestServer::scripted([Reply::text("done")]).await;
    let (client, log) = (server.client(), Log::default());
    let saved = recovered(records).saved;
    let run = client.run("m").tools(tools(&log)).resume(saved.clone()).await.expect("an outcome");
    let Outcome::Pending(waiting) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert_eq!(waiting[0].reason, WaitReason::InDoubt);
    assert_eq!((log.ran("act"), server.request_count()), (0, 0));
    let none = Toolbox::new();
    let run = client.run("m").tools(&none).resume(saved.clone()).await.expect("an outcome");
    assert_eq!(run.outcome().as_str(), "pending", "nor is it answered where its tool is gone");

    let mut saved = run.save().expect("whole");
    assert_eq!(saved.in_doubt().count(), 1, "it stays in doubt");
    saved.decide(&"a".into(), Decision::Approved).expect("in doubt");
    saved = SavedRun::from_json(&saved.to_json()).expect("whole");
    let run = client.run("m").tools(tools(&log)).resume(saved).await.expect("an outcome");
    assert_eq!((run.text(), log.ran("act")), ("done", 1));
    assert_eq!(run.spent().tool_calls, 1, "it is one call, however often it was started");
}

#[both_apis::test]
async fn a_call_that_waits_for_its_turn_is_in_no_doubt() {
    let log = Log::default();
    let next = tool(&log, "next", ToolSettings::new().with_sequential(true));
    let tools = Toolbox::new().with(next).expect("one tool");
    let calls = ["a", "b", "c"].map(|id| call(id, "next"));
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let run = server.client().run("m").tools(&tools).user("go").journal(log.clone());
    let _run = run.await.expect("an outcome");
    let story = log.story().join(", ");
    let one = "started 1, next, ended 1";
    assert!(story.contains(&[one, one, one].join(", ")), "{story}");
    let records = log.records();
    let starts =
        (0..records.len()).filter(|at| matches!(records[*at], Record::CallsStarted { .. }));
    for (at, id) in starts.zip(["a", "b", "c"]) {
        let Recovered { saved, in_doubt, .. } = recovered(&records[..=at]);
        assert_eq!(in_doubt.iter().map(|call| call.id.as_str()).collect::<Vec<_>>(), [id]);
        assert_eq!(saved.in_doubt().count(), 1);
    }
}

#[both_apis::test]
async fn a_run_that_was_put_away_with_its_answer_comes_to_it_and_asks_nobody() {
    let script = [Reply::text("done"), Reply::text("more")];
    let server = TestServer::scripted(script).await;
    let client = server.client();
    let saved = client.run("m").user("go").await.expect("an outcome").save().expect("whole");
    assert_eq!(saved.finish_reason(), Some(&FinishReason::Stop));
    let saved = SavedRun::from_json(&saved.to_json()).expect("whole");
    let log = Log::default();
    let run = client.run("m").resume(saved.clone()).journal(log.clone()).await;
    let run = run.expect("an outcome");
    assert_eq!((run.outcome(), server.request_count()), (&Outcome::Completed("done".into()), 1));
    // Its journal knows it, too.
    assert_eq!(recovered(&log.records()[..1]).saved.finish_reason(), Some(&FinishReason::Stop));
    let run = client.run("m").resume(saved).user("and?").await.expect("an outcome");
    assert_eq!((run.text(), server.request_count()), ("more", 2));
}

#[both_apis::test]
async fn decisions_are_kept_and_a_saved_run_begins_a_new_journal() {
    let (first, second) = (Log::default(), Log::default());
    let script = [Reply::tool_calls([call("q", "ask"), call("l", "look")]), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let client = server.client();
    let run = client.run("m").tools(tools(&first)).user("go").journal(first.clone());
    let run = run.await.expect("an outcome");
    assert_eq!(first.story().last().map(String::as_str), Some("end pending"));
    let mut saved = run.save().expect("whole");
    saved.decide(&"q".into(), Decision::Approved).expect("pending");
    let run = client.run("m").tools(tools(&second)).resume(saved).journal(second.clone());
    let run = run.await.expect("an outcome");
    assert_eq!((second.ran("ask"), second.ran("look")), (1, 0));
    let story = second.story();
    assert_eq!(story[..2], ["begin 2", "decided"].map(str::to_owned));
    let Recovered { saved, .. } = recovered(&second.records());
    assert_eq!(saved.messages(), run.transcript());
    assert_eq!(saved.spent(), run.spent());
}

#[both_apis::test]
async fn a_journal_that_fails_stops_the_run_before_anything_with_effects_runs() {
    for kept in 0..3 {
        let log = Log::default();
        let script = [Reply::tool_calls([call("a", "act"), call("b", "act")]), Reply::text("done")];
        let server = TestServer::scripted(script).await;
        let run = server.client().run("m").tools(tools(&log)).user("go").journal(Failing(kept));
        let error = run.await.expect_err("the journal fails");
        assert_eq!(error.error().kind(), ErrorKind::Journal);
        assert!(std::error::Error::source(&error).is_some());
        assert_eq!(log.ran("act"), 0, "after {kept} records");
        assert!(transcript_is_answered(error.transcript()));
    }
}

#[both_apis::test]
async fn a_journal_that_fails_later_ends_the_run_with_what_was_done() {
    let log = Log::default();
    let requests = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&requests);
    let script = std::iter::from_fn(move || {
        count.fetch_add(1, Ordering::SeqCst);
        Some(Reply::tool_calls([call("a", "act")]))
    });
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(tools(&log)).user("go").journal(Failing(3));
    let error = run.await.expect_err("the journal fails");
    assert_eq!(error.error().kind(), ErrorKind::Journal);
    assert_eq!((log.ran("act"), server.request_count()), (1, 1));
    assert_eq!(error.calls().next().expect("a call").output.text, "act done");
}

#[both_apis::test]
async fn an_answer_that_came_as_a_call_is_judged_when_the_run_is_taken_up() {
    let answer = |id: &str, n: &str| {
        Reply::tool_calls([(id, "final_answer", format!(r#"{{"value":{n}}}"#))])
    };
    let log = Log::default();
    let server = TestServer::scripted([answer("a1", "-1"), answer("a2", "7")]).await;
    let client = server.client();
    let run = || client.parse::<u8>("m").answer_step(AnswerStep::Tool);
    let done = run().user("go").journal(log.clone()).await.expect("a run");
    assert_eq!(done.outcome(), &Outcome::Completed(7));
    let story =
        ["begin 1", "response", "ended 1", "messages true", "response", "ended 1", "end completed"];
    assert_eq!(log.story(), story);
    let records = log.records();
    // Behind any record: the answer is judged, and asked for again if it is bad.
    for (kept, bad_first) in [(2, true), (3, true), (4, false), (5, false), (6, false)] {
        let recovered = recover(records[..kept].to_vec()).expect("good").expect("begun");
        let answers = if bad_first || kept == 4 { vec![answer("b1", "7")] } else { Vec::new() };
        let server = TestServer::scripted(answers).await;
        let client = server.client();
        let run = client.parse::<u8>("m").answer_step(AnswerStep::Tool).resume(recovered.saved);
        let run = run.await.expect("a run");
        assert!(transcript_is_answered(run.transcript()), "{kept}");
        assert_eq!(run.outcome(), &Outcome::Completed(7), "{kept}");
    }
}
