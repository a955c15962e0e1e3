//! What becomes of calls that go wrong: each in one response with seven good siblings.

use std::{
    collections::HashMap,
    error::Error as _,
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use openai_tools::{
    DynTool, ErrorKind, Message, Outcome, Run, ToolContext, ToolDefinition, ToolError,
    ToolSettings, Toolbox,
    dispatch::{CallRecord, Dispatcher},
    testing::{Reply, ScriptedCall},
    tool::{CallFailure, ToolCall},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tests::{
    TestServer, block_until_cancelled, definition, echo, echo_call, tool, transcript_is_answered,
    unused_tool,
};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

/// The place of the bad call among the eight.
const BAD: usize = 3;

/// Eight calls: the bad one, and seven of `echo`.
fn eight_calls(name: &str, arguments: &str) -> Vec<ScriptedCall> {
    let bad = ("c3", name, arguments).into();
    let mut calls: Vec<_> = (0..8).filter(|n| *n != 3).map(echo_call).collect();
    calls.insert(BAD, bad);
    calls
}

fn toolbox(others: impl IntoIterator<Item = DynTool>) -> Toolbox {
    Toolbox::new().with(echo()).and_then(|tools| tools.extend(others)).expect("distinct names")
}

/// Runs the eight calls, checks what holds whatever is wrong with one of them, and gives back what
/// became of that one.
pub(super) async fn among_seven(
    name: &str,
    arguments: &str,
    others: impl IntoIterator<Item = DynTool>,
) -> CallRecord {
    let script = [Reply::tool_calls(eight_calls(name, arguments)), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let run = server.client().run("gpt-5.2").tools(toolbox(others)).user("go");
    let run = run.await.expect("the run goes on");

    assert_eq!(run.outcome(), &Outcome::Completed("done".to_owned()));
    assert_eq!(run.turns().len(), 2);
    let records: Vec<&CallRecord> = run.calls().collect();
    let ids: Vec<&str> = records.iter().map(|record| record.call.id.as_str()).collect();
    assert_eq!(ids, ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"]);
    for (n, record) in records.iter().enumerate() {
        assert_eq!(record.output.call_id, record.call.id);
        assert!(record.started <= record.finished);
        if n != BAD {
            assert_eq!(record.output.text, format!("echo {n}"));
            assert!(record.output.is_ok());
        }
    }
    assert!(transcript_is_answered(run.transcript()));

    // What the server got: the calls as it had sent them, and one message for each, in order.
    let sent = server.asked_messages(1);
    assert_eq!(sent.len(), 2 + 8);
    assert_eq!(sent[1]["tool_calls"].as_array().expect("calls").len(), 8);
    assert_eq!(sent[1]["tool_calls"][BAD]["function"]["arguments"], arguments);
    for (message, record) in sent[2..].iter().zip(&records) {
        let expected = json!({
            "role": "tool", "tool_call_id": record.call.id, "content": record.output.text,
        });
        assert_eq!(message, &expected);
    }
    records[BAD].clone()
}

fn unit_tool() -> DynTool {
    let unit = json!({"type": "string", "enum": ["celsius", "fahrenheit"]});
    DynTool::new(definition("temperature", json!({"unit": unit})), |_, _: ToolContext| async {
        Err::<(), _>(ToolError::fatal("the arguments were not checked"))
    })
}

#[both_apis::test]
async fn an_unknown_tool_is_told_with_the_nearest_name() {
    let record = among_seven("ecko", "{}", []).await;
    assert_eq!(record.output.failure, Some(CallFailure::UnknownTool));
    assert_eq!(record.output.text, "unknown tool `ecko`; did you mean `echo`? Known tools: echo");
}

#[both_apis::test]
async fn an_unknown_tool_that_is_like_none_is_told_all_names() {
    let record = among_seven("delete_everything", "{}", [unused_tool("search")]).await;
    assert_eq!(record.output.failure, Some(CallFailure::UnknownTool));
    assert_eq!(record.output.text, "unknown tool `delete_everything`; known tools: echo, search");
}

#[both_apis::test]
async fn arguments_that_are_not_json_are_told_with_the_place() {
    let record = among_seven("echo", r#"{"n": 3"#, []).await;
    assert_eq!(record.output.failure, Some(CallFailure::InvalidJson));
    assert!(record.output.text.starts_with("not valid JSON: "), "{}", record.output.text);
    assert!(record.output.text.contains("line 1"), "{}", record.output.text);
}

#[both_apis::test]
async fn arguments_that_break_the_schema_are_told_place_rule_and_what_is_allowed() {
    let record = among_seven("temperature", r#"{"unit":"kelvin"}"#, [unit_tool()]).await;
    assert_eq!(record.output.failure, Some(CallFailure::InvalidArguments));
    assert_eq!(
        record.output.text,
        r#"- at /unit: expected one of "celsius", "fahrenheit", found "kelvin""#
    );
}

#[both_apis::test]
async fn at_most_a_handful_of_problems_is_told() {
    let numbers: Vec<String> = (0..8).map(|n| format!("n{n}")).collect();
    let integer = |name: &String| (name.clone(), json!({"type": "integer"}));
    let many = DynTool::new(
        definition("many", numbers.iter().map(integer).collect::<serde_json::Map<_, _>>().into()),
        |_, _: ToolContext| async { Ok::<_, ToolError>(()) },
    );
    let wrong: serde_json::Map<_, _> =
        numbers.iter().map(|name| (name.clone(), json!("text"))).collect();
    let record = among_seven("many", &Value::from(wrong).to_string(), [many]).await;
    assert_eq!(record.output.failure, Some(CallFailure::InvalidArguments));
    let lines: Vec<&str> = record.output.text.lines().collect();
    assert_eq!(lines.len(), 6, "{lines:?}");
    assert_eq!(lines[5], "and 3 more");
}

#[both_apis::test]
async fn arguments_that_the_type_refuses_are_told_with_the_place() {
    #[derive(Deserialize)]
    struct Guests {
        guests: u8,
    }
    let book = DynTool::typed(
        definition("book", json!({"guests": {"type": "integer"}})),
        |arguments: Guests, _: ToolContext| async move { Ok::<_, ToolError>(arguments.guests) },
    );
    let record = among_seven("book", r#"{"guests":300}"#, [book]).await;
    assert_eq!(record.output.failure, Some(CallFailure::InvalidArguments));
    assert!(record.output.text.starts_with("- at /guests: "), "{}", record.output.text);
}

#[both_apis::test]
async fn a_blocking_tool_reads_its_type_and_runs_off_the_async_threads() {
    #[derive(Deserialize)]
    struct Guests {
        guests: u8,
    }
    let own = std::thread::current().id();
    let book = || {
        DynTool::typed_blocking(
            definition("book", json!({"guests": {"type": "integer"}})),
            move |arguments: Guests, _: ToolContext| {
                assert_ne!(std::thread::current().id(), own);
                Ok::<_, ToolError>(arguments.guests + 1)
            },
        )
    };
    let record = among_seven("book", r#"{"guests":3}"#, [book()]).await;
    assert_eq!(record.output.text, "4");
    let record = among_seven("book", r#"{"guests":300}"#, [book()]).await;
    assert_eq!(record.output.failure, Some(CallFailure::InvalidArguments));
}

#[both_apis::test]
async fn no_arguments_at_all_are_good_for_a_tool_without_parameters() {
    for nothing in ["", " ", "{}"] {
        let now = tool("now", |_| async { Ok("noon") });
        let record = among_seven("now", nothing, [now]).await;
        assert_eq!(record.output.text, "noon", "{nothing:?}");
        assert!(record.output.is_ok());
    }
}

#[both_apis::test]
async fn no_arguments_at_all_are_told_to_a_tool_with_parameters() {
    let record = among_seven("echo", "", []).await;
    assert_eq!(record.output.failure, Some(CallFailure::InvalidJson));
}

#[both_apis::test]
async fn an_error_is_told_in_its_own_words() {
    let search = tool("search", |_| async {
        Err::<(), _>(ToolError::from(io::Error::other("no such city; try Hanoi")))
    });
    let record = among_seven("search", "{}", [search]).await;
    assert_eq!(record.output.failure, Some(CallFailure::Failed));
    assert_eq!(record.output.text, "no such city; try Hanoi");
    assert!(record.error.expect("the source").to_string().contains("no such city"));
}

#[both_apis::test]
async fn a_panic_of_an_async_tool_is_told_without_its_words() {
    let search = tool("search", |_| async {
        assert!(!std::hint::black_box(true), "the secret of the application");
        Ok(())
    });
    let record = among_seven("search", "{}", [search]).await;
    assert_eq!(record.output.failure, Some(CallFailure::Panicked));
    assert_eq!(record.output.text, "the tool failed unexpectedly (it panicked)");
    // The application is told.
    assert!(record.error.expect("the payload").to_string().contains("the secret"));
}

#[both_apis::test]
async fn a_panic_before_the_first_await_is_told_too() {
    let search = tool("search", |_| {
        assert!(!std::hint::black_box(true), "at once");
        std::future::ready(Ok(()))
    });
    let record = among_seven("search", "{}", [search]).await;
    assert_eq!(record.output.failure, Some(CallFailure::Panicked));
}

#[both_apis::test]
async fn a_panic_of_a_sync_tool_is_told() {
    let search = DynTool::blocking(definition("search", json!({})), |_, _: ToolContext| {
        assert!(!std::hint::black_box(true), "the secret of the application");
        Ok::<_, ToolError>(())
    });
    let record = among_seven("search", "{}", [search]).await;
    assert_eq!(record.output.failure, Some(CallFailure::Panicked));
    assert_eq!(record.output.text, "the tool failed unexpectedly (it panicked)");
    assert!(record.error.expect("the payload").to_string().contains("the secret"));
}

/// Dispatches the eight calls without a server, so that the clock can be paused, and gives back what
/// the bad one came to.
async fn dispatched_among_seven(slow: DynTool) -> CallRecord {
    let dispatcher = Dispatcher::new(toolbox([slow]));
    let calls = (0..8).map(|n| match n {
        BAD => ToolCall::new("c3", "slow", "{}"),
        n => ToolCall::new(format!("c{n}"), "echo", format!(r#"{{"n":{n}}}"#)),
    });
    let records = dispatcher.dispatch(&calls.collect::<Vec<_>>()).await.records;
    for (n, record) in records.iter().enumerate().filter(|(n, _)| *n != BAD) {
        assert_eq!(record.output.text, format!("echo {n}"));
    }
    records[BAD].clone()
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_the_tool_itself_is_told() {
    let slow = tool("slow", |_| std::future::pending::<Result<(), ToolError>>());
    let slow = slow.with_settings(ToolSettings::new().with_timeout(Duration::from_millis(20)));
    let record = dispatched_among_seven(slow).await;
    assert_eq!(record.output.failure, Some(CallFailure::TimedOut));
    assert_eq!(record.output.text, "the tool took longer than 20ms and was stopped");
    assert!(record.finished >= record.started + Duration::from_millis(20));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_a_sync_tool_is_told_and_the_tool_sees_it() {
    let (entered, mut running) = mpsc::unbounded_channel();
    let (saw, mut seen) = mpsc::unbounded_channel();
    let slow = DynTool::blocking(definition("slow", json!({})), move |_, context: ToolContext| {
        entered.send(()).expect("the test waits");
        block_until_cancelled(&context);
        saw.send(()).expect("the test waits");
        Ok::<_, ToolError>("too late")
    });
    let slow = slow.with_settings(ToolSettings::new().with_timeout(Duration::from_millis(20)));
    let dispatched = tokio::spawn(dispatched_among_seven(slow));
    running.recv().await.expect("it begins");
    tokio::time::advance(Duration::from_millis(21)).await;
    let record = dispatched.await.expect("no panic");
    assert_eq!(record.output.failure, Some(CallFailure::TimedOut));
    seen.recv().await.expect("the tool has seen its cancellation");
}

#[both_apis::test]
async fn an_output_that_cannot_be_serialised_is_told() {
    let table = tool("table", |_| async { Ok(HashMap::from([(vec![1], 2)])) });
    let record = among_seven("table", "{}", [table]).await;
    assert_eq!(record.output.failure, Some(CallFailure::Failed));
    let told = record.output.text;
    assert!(told.starts_with("the tool ran, but its output cannot be sent: "), "{told}");
}

/// A tool that never ends, and cancels the run once its seven siblings are done.
fn canceller(stop: CancellationToken, done: Arc<Semaphore>) -> DynTool {
    tool("hang", move |_| {
        let (stop, done) = (stop.clone(), Arc::clone(&done));
        async move {
            let _all = done.acquire_many(7).await.expect("open");
            stop.cancel();
            std::future::pending::<Result<(), ToolError>>().await
        }
    })
}

#[both_apis::test]
async fn a_cancelled_call_is_answered_and_the_outputs_of_its_siblings_are_kept() {
    let done = Arc::new(Semaphore::new(0));
    let finished = Arc::clone(&done);
    let work = DynTool::new(
        definition("work", json!({"n": {"type": "integer"}})),
        move |arguments: Value, _: ToolContext| {
            let finished = Arc::clone(&finished);
            async move {
                finished.add_permits(1);
                Ok::<_, ToolError>(format!("work {}", arguments["n"]))
            }
        },
    );
    let stop = CancellationToken::new();
    let tools = toolbox([work, canceller(stop.clone(), done)]);
    let calls: Vec<ScriptedCall> = (0..8)
        .map(|n| match n {
            BAD => (format!("c{n}"), "hang", json!({})).into(),
            n => (format!("c{n}"), "work", json!({"n": n})).into(),
        })
        .collect();
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("resumed")]).await;
    let client = server.client();
    let run: Run =
        client.run("gpt-5.2").tools(&tools).user("go").cancellation(stop).await.expect("no error");

    assert_eq!(run.outcome(), &Outcome::Cancelled);
    assert_eq!(server.request_count(), 1);
    let outputs: Vec<&str> = run.calls().map(|record| record.output.text.as_str()).collect();
    for (n, output) in outputs.iter().enumerate().filter(|(n, _)| *n != BAD) {
        assert_eq!(*output, format!("work {n}"));
    }
    assert_eq!(outputs[BAD], "the call was cancelled while it ran");
    assert!(transcript_is_answered(run.transcript()));

    let resumed = client
        .run("gpt-5.2")
        .tools(&tools)
        .messages(run.into_transcript())
        .user("go on")
        .await
        .expect("the server takes the transcript");
    assert_eq!(resumed.text(), "resumed");
}

#[both_apis::test]
async fn a_fatal_error_ends_the_run_and_every_call_is_answered() {
    let started = Arc::new(AtomicU32::new(0));
    let others = Arc::clone(&started);
    let hang = tool("hang", move |_| {
        others.fetch_add(1, Ordering::SeqCst);
        std::future::pending::<Result<(), ToolError>>()
    });
    let begun = Arc::clone(&started);
    let ledger = tool("ledger", move |_| {
        let begun = Arc::clone(&begun);
        async move {
            while begun.load(Ordering::SeqCst) < 6 {
                tokio::task::yield_now().await;
            }
            Err::<(), _>(ToolError::fatal(io::Error::other("the ledger is corrupt")))
        }
    });
    let mut calls: Vec<ScriptedCall> =
        (0..6).map(|n| (format!("h{n}"), "hang", json!({})).into()).collect();
    calls.insert(2, ("boom", "ledger", json!({})).into());
    calls.push(echo_call(7));
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("resumed")]).await;
    let tools = toolbox([hang, ledger]);
    let client = server.client();
    let error = client.run("gpt-5.2").tools(&tools).user("go").await.expect_err("a fatal error");

    assert_eq!(error.error().kind(), ErrorKind::FatalTool);
    assert_eq!(error.to_string(), "a tool ended the run: `ledger`");
    assert_eq!(error.source().expect("the tool's own").to_string(), "the ledger is corrupt");
    assert_eq!(server.request_count(), 1);
    assert_eq!(error.turns().len(), 1);
    let failures: Vec<_> = error.calls().map(|record| record.output.failure.clone()).collect();
    assert_eq!(failures.len(), 8);
    assert_eq!(failures[2], Some(CallFailure::Fatal));
    assert_eq!(failures[7], None, "what was done before is kept");
    let cancelled = failures.iter().filter(|f| **f == Some(CallFailure::Cancelled)).count();
    assert_eq!(cancelled, 6);
    assert!(transcript_is_answered(error.transcript()));
    // What ended the run is not for the model.
    let told = error.transcript().iter().filter_map(|message| match message {
        Message::Tool(output) => Some(output.text.as_str()),
        _ => None,
    });
    assert!(told.clone().all(|text| !text.contains("corrupt")));

    let transcript = error.into_transcript();
    let resumed = client.run("gpt-5.2").tools(&tools).messages(transcript).user("again").await;
    assert_eq!(resumed.expect("the server takes the transcript").text(), "resumed");
}

#[both_apis::test]
async fn calls_that_share_an_id_or_have_none_are_answered_each() {
    let echo_call = |id: &str, n: u32| -> ScriptedCall { (id, "echo", json!({"n": n})).into() };
    let calls = [
        echo_call("", 0),
        echo_call("", 1),
        echo_call("a", 2),
        echo_call("a", 3),
        // The same call told twice is one call.
        echo_call("a", 2),
    ];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let tools = toolbox([]);
    let run = server.client().run("gpt-5.2").tools(tools).user("go").await.expect("no error");
    assert_eq!(run.text(), "done");
    let outputs: Vec<&str> = run.calls().map(|record| record.output.text.as_str()).collect();
    assert_eq!(outputs, ["echo 0", "echo 1", "echo 2", "echo 3"]);
    let sent = server.asked_messages(1);
    let ids: Vec<&str> =
        sent[2..].iter().map(|message| message["tool_call_id"].as_str().expect("an id")).collect();
    let asked: Vec<&str> = sent[1]["tool_calls"]
        .as_array()
        .expect("calls")
        .iter()
        .map(|call| call["id"].as_str().expect("an id"))
        .collect();
    assert_eq!(ids, asked);
    assert!(ids.iter().all(|id| !id.is_empty()));
    let distinct: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), 4);
}

#[both_apis::test]
async fn ids_that_come_again_in_a_later_turn_are_answered_there() {
    let call = |n: u32| -> ScriptedCall { ("", "echo", json!({"n": n})).into() };
    let script = [
        Reply::tool_calls([call(0), call(1)]),
        Reply::tool_calls([call(2), call(3)]),
        Reply::text("done"),
    ];
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(toolbox([])).user("go").await.expect("no error");
    assert_eq!(run.text(), "done");
    let contents: Vec<Value> = server
        .asked_messages(2)
        .into_iter()
        .filter(|message| message["role"] == "tool")
        .map(|message| message["content"].clone())
        .collect();
    assert_eq!(contents, ["echo 0", "echo 1", "echo 2", "echo 3"]);
}

#[both_apis::test]
async fn an_output_that_is_too_long_is_cut_and_says_so() {
    let long = tool("long", |_| async { Ok("ü".repeat(1 << 20)) });
    let record = among_seven("long", "{}", [long]).await;
    assert!(record.output.is_ok());
    let text = record.output.text;
    assert!(text.len() < 256 * 1024 + 100, "{}", text.len());
    assert!(text.ends_with("[cut here: the first 262144 of 2097152 bytes]"));
}

#[both_apis::test]
async fn arguments_without_an_end_of_depth_are_refused() {
    let record = among_seven("echo", &"[".repeat(100_000), []).await;
    assert_eq!(record.output.failure, Some(CallFailure::InvalidJson));
    assert!(record.output.text.len() < 500);
}

#[both_apis::test]
async fn arguments_with_very_many_problems_are_told_in_short() {
    let list = json!({"type": "array", "items": {"type": "integer"}});
    let sum =
        DynTool::new(definition("sum", json!({"numbers": list})), |_, _: ToolContext| async {
            Ok::<_, ToolError>(0)
        });
    let arguments = json!({"numbers": vec!["no number"; 20_000]}).to_string();
    let record = among_seven("sum", &arguments, [sum]).await;
    assert_eq!(record.output.failure, Some(CallFailure::InvalidArguments));
    assert!(record.output.text.len() < 2_000, "{}", record.output.text.len());
    assert!(record.output.text.contains("at /numbers/0: "));
}

#[both_apis::test]
async fn a_tool_made_at_run_time_from_the_json_of_openai_is_called() {
    let json = json!({"type": "function", "function": {
        "name": "lookup",
        "description": "Looks up a key.",
        "parameters": {"type": "object", "properties": {"key": {"type": "string"}}},
    }});
    let definition = ToolDefinition::from_json(&json).expect("a definition");
    let lookup = DynTool::new(definition, |arguments: Value, _: ToolContext| async move {
        Ok::<_, ToolError>(json!({"found": arguments["key"]}))
    });
    let record = among_seven("lookup", r#"{"key":"a"}"#, [lookup]).await;
    assert_eq!(record.output.text, r#"{"found":"a"}"#);
}

#[both_apis::test]
async fn a_tool_that_is_not_strict_is_sent_as_it_stands_and_checked_all_the_same() {
    let schema = json!({"type": "object", "properties": {"key": {"type": "string"}}});
    let definition =
        ToolDefinition::new("lookup", schema.clone()).with_strict(false).build().expect("legal");
    let lookup =
        DynTool::new(definition, |_: Value, _: ToolContext| async { Ok::<_, ToolError>("found") });
    let script = [Reply::tool_calls([("c0", "lookup", json!({"key": 7}))]), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(toolbox([lookup])).user("go").await.expect("no error");
    let function = &server.asked(0)["tools"][1]["function"];
    assert_eq!(function["strict"], false);
    assert_eq!(function["parameters"], schema);
    let record = run.calls().next().expect("a call");
    assert_eq!(record.output.failure, Some(CallFailure::InvalidArguments));
}

#[test]
fn two_tools_of_one_name_are_refused_and_both_are_named() {
    let describe = |text: &str| {
        let definition = ToolDefinition::new("search", json!({"type": "object", "properties": {}}))
            .with_description(text)
            .build()
            .expect("legal");
        DynTool::new(definition, |_, _: ToolContext| async { Ok::<_, ToolError>(()) })
    };
    let error = Toolbox::new()
        .with(describe("Searches the web."))
        .and_then(|tools| tools.with(describe("Searches the shop.")))
        .expect_err("the name is taken");
    assert_eq!(error.kind(), ErrorKind::Definition);
    for named in ["`search`", "Searches the web.", "Searches the shop."] {
        assert!(error.to_string().contains(named), "{error}");
    }
}
