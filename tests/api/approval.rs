//! Calls that wait for the application: turn by turn, asked inline, put away and taken up again.

use std::sync::{Arc, Mutex};

use openai_tools::{
    CancellationToken, Client, DynTool, Outcome, ToolError, ToolSettings, Toolbox,
    run::{CallState, Decision, Limit, RunLimits, SavedRun, StartedRun, WaitReason},
    testing::{Reply, ScriptedCall},
    tool::CallFailure,
};
use serde_json::{Value, json};
use tests::{TestServer, definition, echo, echo_call, transcript_is_answered};

/// What `pay` has paid, in order.
type Paid = Arc<Mutex<Vec<u64>>>;

fn pay(paid: &Paid, settings: ToolSettings) -> DynTool {
    let paid = Arc::clone(paid);
    let definition = definition("pay", json!({"euros": {"type": "integer"}}));
    DynTool::new(definition, move |arguments: Value, _| {
        let euros = arguments["euros"].as_u64().unwrap_or_default();
        paid.lock().expect("no panic").push(euros);
        async move { Ok::<_, ToolError>(format!("paid {euros}")) }
    })
    .with_settings(settings)
}

/// `pay` needs approval, `echo` does not, `ask_user` has no code.
fn tools(paid: &Paid) -> Toolbox {
    Toolbox::new()
        .with(pay(paid, ToolSettings::new().with_needs_approval(true)))
        .and_then(|tools| tools.with(echo()))
        .and_then(|tools| tools.with(DynTool::declared(definition("ask_user", json!({})))))
        .expect("three tools")
}

fn pay_call(id: &str, euros: i64) -> ScriptedCall {
    (id, "pay", json!({"euros": euros})).into()
}

fn outputs(run: &openai_tools::Run) -> Vec<&str> {
    run.calls().map(|made| made.output.text.as_str()).collect()
}

fn paid_so_far(paid: &Paid) -> Vec<u64> {
    paid.lock().expect("no panic").clone()
}

fn reasons(outcome: Option<&Outcome>) -> Vec<(String, WaitReason)> {
    match outcome {
        Some(Outcome::Pending(calls)) => {
            calls.iter().map(|waiting| (waiting.call.id.to_string(), waiting.reason)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[both_apis::test]
async fn each_call_can_be_approved_denied_changed_or_answered_before_it_runs() {
    let calls = [
        pay_call("a", 1),
        pay_call("b", 2),
        pay_call("c", 3),
        ("d", "ask_user", json!({})).into(),
        echo_call(5),
        echo_call(6),
    ];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let paid = Paid::default();
    let mut run = server.client().run("m").tools(tools(&paid)).user("go").start();
    let turn = run.next_turn().await.expect("a response").expect("a turn");
    let found: Vec<_> =
        turn.pending().map(|call| (call.call().name.clone(), call.reason())).collect();
    let needs = Some(WaitReason::NeedsApproval);
    let (pay, echo) = (("pay".to_owned(), needs), ("echo".to_owned(), None));
    let ask = ("ask_user".to_owned(), Some(WaitReason::NoCode));
    assert_eq!(found, [pay.clone(), pay.clone(), pay, ask, echo.clone(), echo]);
    let mut pending: Vec<_> = turn.pending().collect();
    pending[0].approve();
    pending[1].deny("too dear");
    pending[2].change_arguments(r#"{"euros": 30}"#);
    pending[2].approve();
    pending[3].answer("he says yes");
    pending[4].deny("");
    assert!(paid_so_far(&paid).is_empty(), "nothing runs before the next turn");
    let last = run.next_turn().await.expect("a response").expect("a turn");
    assert_eq!(last.text(), "done");
    assert_eq!(last.pending().count(), 0);
    assert!(run.next_turn().await.expect("no error").is_none());
    assert_eq!(run.outcome(), Some(&Outcome::Completed("done".to_owned())));
    let run = run.finish().await.expect("an outcome");
    let told = [
        "paid 1",
        "not run: the call was denied: too dear",
        "paid 30",
        "he says yes",
        "not run: the call was denied",
        "echo 6",
    ];
    assert_eq!(outputs(&run), told);
    let records: Vec<_> = run.calls().collect();
    assert_eq!(records[1].output.failure, Some(CallFailure::NotApproved));
    assert_eq!(records[2].arguments.as_deref(), Some(r#"{"euros": 30}"#));
    assert_eq!(records[2].call.arguments, r#"{"euros":3}"#, "the model's own");
    assert!(transcript_is_answered(run.transcript()));
    assert_eq!((run.spent().tool_calls, paid.lock().expect("no panic").len()), (6, 2));
}

#[both_apis::test]
async fn undecided_calls_keep_the_run_waiting_while_the_others_run() {
    let calls = [pay_call("a", 1), echo_call(2), pay_call("b", 3)];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let paid = Paid::default();
    let mut run = server.client().run("m").tools(tools(&paid)).user("go").start();
    run.next_turn()
        .await
        .expect("a response")
        .expect("a turn")
        .pending()
        .next()
        .expect("a")
        .approve();
    for _ in 0..3 {
        assert!(run.next_turn().await.expect("no error").is_none());
        assert_eq!(reasons(run.outcome()), [("b".to_owned(), WaitReason::NeedsApproval)]);
    }
    assert_eq!((paid_so_far(&paid), server.request_count()), (vec![1], 1));
    run.pending().for_each(|call| call.deny("no"));
    let turn = run.next_turn().await.expect("a response").expect("a turn");
    assert_eq!(turn.text(), "done");
    let run = run.finish().await.expect("an outcome");
    assert_eq!(outputs(&run), ["paid 1", "echo 2", "not run: the call was denied: no"]);
    assert!(transcript_is_answered(run.transcript()));
}

#[both_apis::test]
async fn an_awaited_run_ends_pending_and_goes_on_in_another_process() {
    let calls = [pay_call("a", 1), echo_call(2), ("u", "ask_user", json!({})).into()];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let paid = Paid::default();
    let client = server.client();
    let run = client.run("m").tools(tools(&paid)).user("go").await.expect("an outcome");
    let waits = [("a".to_owned(), WaitReason::NeedsApproval), ("u".to_owned(), WaitReason::NoCode)];
    assert_eq!(reasons(Some(run.outcome())), waits);
    assert_eq!(outputs(&run), ["echo 2"]);
    let stored = run.save().expect("whole").to_json();

    let mut saved = SavedRun::from_json(&stored).expect("readable");
    assert!(matches!(saved.calls()[1].state, CallState::Answered(_)));
    assert_eq!((saved.spent().turns, saved.spent().tool_calls), (1, 1));
    saved.decide(&"a".into(), Decision::Approved).expect("pending");
    saved.decide(&"u".into(), Decision::Answered("yes".to_owned())).expect("pending");
    let taken_up = client.run(saved.model()).tools(tools(&paid)).resume(saved.clone());
    let run = taken_up.user("Be brief.").await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Completed("done".to_owned()));
    assert_eq!(outputs(&run), ["paid 1", "echo 2", "yes"]);
    assert_eq!(paid_so_far(&paid), [1]);
    assert_eq!((run.spent().turns, run.spent().tool_calls), (2, 3));
    let messages = &server.asked(1)["messages"];
    let roles: Vec<_> = messages.as_array().expect("a list").iter().map(|m| &m["role"]).collect();
    assert_eq!(roles, ["user", "assistant", "tool", "tool", "tool", "user"]);
}

#[both_apis::test]
async fn a_run_that_is_taken_up_shows_the_calls_that_waited() {
    let script = [Reply::tool_calls([pay_call("a", 1)]), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let paid = Paid::default();
    let client = server.client();
    let mut first = client.run("m").tools(tools(&paid)).user("go").start();
    first.next_turn().await.expect("a response").expect("a turn");
    first.pending().for_each(|call| call.change_arguments(r#"{"euros": 7}"#));
    let saved = first.save().expect("it waits");
    drop(first);
    let mut run = client.run("m").tools(tools(&paid)).resume(saved).start();
    let turn = run.next_turn().await.expect("no request").expect("a turn");
    let call = turn.pending().next().expect("the call");
    assert_eq!(
        (call.arguments(), call.reason()),
        (r#"{"euros": 7}"#, Some(WaitReason::NeedsApproval))
    );
    call.approve();
    assert_eq!(server.request_count(), 1);
    assert_eq!(run.finish().await.expect("an outcome").text(), "done");
    assert_eq!(paid_so_far(&paid), [7]);
}

#[both_apis::test]
async fn approval_can_depend_on_the_arguments() {
    let calls = [pay_call("a", 10), pay_call("b", 100)];
    let server = TestServer::scripted([Reply::tool_calls(calls)]).await;
    let paid = Paid::default();
    let tools = Toolbox::new().with(pay(&paid, ToolSettings::new())).expect("one tool");
    let tools = tools.needs_approval_if("pay", |arguments| arguments["euros"].as_u64() > Some(50));
    let tools = tools.expect("there is such a tool");
    assert!(tools.clone().needs_approval_if("pray", |_| true).is_err());
    let run = server.client().run("m").tools(&tools).user("go").await.expect("an outcome");
    assert_eq!(reasons(Some(run.outcome())), [("b".to_owned(), WaitReason::NeedsApproval)]);
    assert_eq!(paid_so_far(&paid), [10]);
}

#[both_apis::test]
async fn a_rule_that_panics_asks_for_approval_and_bad_arguments_are_told_at_once() {
    let calls = [pay_call("a", 10), ("b", "pay", json!({"euros": "ten"})).into()];
    let server = TestServer::scripted([Reply::tool_calls(calls)]).await;
    let paid = Paid::default();
    let tool = pay(&paid, ToolSettings::new()).with_approval_if(|_| panic!("a mistake"));
    let tools = Toolbox::new().with(tool).expect("one tool");
    let run = server.client().run("m").tools(&tools).user("go").await.expect("an outcome");
    assert_eq!(reasons(Some(run.outcome())), [("a".to_owned(), WaitReason::NeedsApproval)]);
    let told = run.calls().next().expect("b is answered").output.failure.clone();
    assert_eq!(told, Some(CallFailure::InvalidArguments));
}

#[both_apis::test]
async fn who_is_asked_inline_decides_while_the_others_run() {
    let calls = [
        pay_call("a", 1),
        pay_call("b", 2),
        echo_call(3),
        ("u", "ask_user", json!({})).into(),
        pay_call("z", 4),
    ];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let paid = Paid::default();
    let run =
        server.client().run("m").tools(tools(&paid)).user("go").on_approval(|waiting| async move {
            Some(match waiting.call.id.as_str() {
                "a" => Decision::Approved,
                "b" => Decision::Denied("no".to_owned()),
                "u" => Decision::Answered("yes".to_owned()),
                _ => Decision::Arguments(r#"{"euros": 40}"#.to_owned()),
            })
        });
    let run = run.await.expect("an outcome");
    let told = ["paid 1", "not run: the call was denied: no", "echo 3", "yes", "paid 40"];
    assert_eq!(outputs(&run), told);
    assert_eq!(paid_so_far(&paid), [1, 40]);
}

#[both_apis::test]
async fn who_does_not_decide_leaves_the_run_pending() {
    let server = TestServer::scripted([Reply::tool_calls([pay_call("a", 1), echo_call(2)])]).await;
    let paid = Paid::default();
    let run = server.client().run("m").tools(tools(&paid)).user("go");
    let run = run.on_approval(|_| async { None }).await.expect("an outcome");
    assert_eq!(reasons(Some(run.outcome())), [("a".to_owned(), WaitReason::NeedsApproval)]);
}

#[both_apis::test]
async fn a_run_that_is_stopped_while_somebody_is_asked_answers_every_call() {
    let server = TestServer::scripted([Reply::tool_calls([pay_call("a", 1), echo_call(2)])]).await;
    let paid = Paid::default();
    let stop = CancellationToken::new();
    let asked = stop.clone();
    let run = server.client().run("m").tools(tools(&paid)).user("go").cancellation(stop);
    let run = run.on_approval(move |_| {
        asked.cancel();
        std::future::pending()
    });
    let run = run.await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Cancelled);
    assert!(transcript_is_answered(run.transcript()));
    assert_eq!(outputs(&run)[0], "the call was cancelled before it started");
    assert!(paid_so_far(&paid).is_empty());
}

#[both_apis::test]
async fn a_sequential_call_waits_for_the_undecided_one_before_it() {
    let sequential = ToolSettings::new().with_sequential(true);
    let paid = Paid::default();
    let first = DynTool::declared(definition("first", json!({})));
    let tools = Toolbox::new().with(first).and_then(|tools| tools.with(pay(&paid, sequential)));
    let tools = tools.expect("two tools");
    let calls = [("f", "first", json!({})).into(), pay_call("a", 1)];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let mut run: StartedRun = server.client().run("m").tools(&tools).user("go").start();
    run.next_turn().await.expect("a response").expect("a turn");
    assert!(run.next_turn().await.expect("no error").is_none());
    assert!(paid_so_far(&paid).is_empty(), "its place is after the first");
    run.pending().next().expect("the first").answer("done by hand");
    let run = run.finish().await.expect("an outcome");
    assert_eq!(outputs(&run), ["done by hand", "paid 1"]);
}

#[both_apis::test]
async fn an_error_leaves_a_started_run_where_it_stood() {
    let script =
        [Reply::tool_calls([echo_call(1)]), Reply::error(400, "bad", "no"), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let tools = Toolbox::new().with(echo()).expect("one tool");
    let mut run = server.client().run("m").tools(&tools).user("go").start();
    run.next_turn().await.expect("a response").expect("a turn");
    let error = run.next_turn().await.expect_err("a status of 400");
    assert_eq!((error.error().status(), error.calls().count()), (Some(400), 1));
    assert_eq!(run.next_turn().await.expect("a response").expect("a turn").text(), "done");
}

#[both_apis::test]
async fn a_limit_that_is_raised_lets_a_saved_run_go_on() {
    let script = [Reply::tool_calls([echo_call(1)]), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let tools = Toolbox::new().with(echo()).expect("one tool");
    let client: Client = server.client();
    let run = client.run("m").tools(&tools).user("go").limits(RunLimits::new().with_turns(1)).await;
    let run = run.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::Turns(1)));
    let saved = run.save().expect("whole");
    let same = client.run("m").tools(&tools).resume(saved.clone());
    let same = same.limits(RunLimits::new().with_turns(1)).await.expect("an outcome");
    assert_eq!(same.outcome(), &Outcome::Limit(Limit::Turns(1)), "what was used stays used");
    let more = client.run("m").tools(&tools).resume(saved).await.expect("an outcome");
    assert_eq!((more.text(), more.spent().turns), ("done", 2));
}
