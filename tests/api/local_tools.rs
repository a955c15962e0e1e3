//! Shells, patches and computers that the application runs, over a real socket.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use openai_tools::{
    Client, DynTool, ErrorKind, Outcome, ToolContext, ToolDefinition, ToolError, ToolSettings,
    Toolbox,
    chat::{Api, HostedTool},
    run::{Decision, Event, RunLimits, SavedRun, WaitReason},
    testing::{Reply, ScriptedCall},
    tool::{
        ApplyPatch, CallFailure, CallKind, CommandOutput, Computer, ComputerAction, ComputerOutput,
        ComputerRequest, FileChange, LocalShell, LocalShellRequest, Screenshot, Shell,
        ShellRequest, ToolSearch,
    },
};
use serde_json::{Value, json};
use tests::{TestServer, echo, echo_call, transcript_is_answered};

/// Runs nothing, and remembers what it was asked for.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<String>>>);

impl Asked {
    fn note(&self, asked: impl Into<String>) {
        self.0.lock().expect("no panic").push(asked.into());
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().expect("no panic").clone()
    }
}

impl Shell for Asked {
    type Error = ToolError;

    async fn run(
        &self,
        request: ShellRequest,
        _: ToolContext,
    ) -> Result<Vec<CommandOutput>, ToolError> {
        self.note(request.commands.join(";"));
        if request.commands.iter().any(|command| command == "sleep") {
            std::future::pending::<()>().await;
        }
        if request.commands.is_empty() {
            return Err(ToolError::for_model("nothing to run"));
        }
        let output = |command: &String| CommandOutput::exited(0, format!("{command} ran"), "");
        Ok(request.commands.iter().map(output).collect())
    }
}

impl LocalShell for Asked {
    type Error = ToolError;

    async fn run(
        &self,
        request: LocalShellRequest,
        context: ToolContext,
    ) -> Result<CommandOutput, ToolError> {
        assert_eq!(request.env, BTreeMap::new());
        self.note(format!("{} {}", context.call_id(), request.command.join(" ")));
        Ok(CommandOutput::timed_out("half", ""))
    }
}

impl ApplyPatch for Asked {
    type Error = ToolError;

    async fn apply(&self, change: FileChange, _: ToolContext) -> Result<String, ToolError> {
        self.note(change.path());
        match change {
            FileChange::Delete { path } => Err(ToolError::for_model(format!("{path} stays"))),
            _ => Ok("made".to_owned()),
        }
    }
}

impl Computer for Asked {
    type Error = ToolError;

    async fn act(
        &self,
        request: ComputerRequest,
        _: ToolContext,
    ) -> Result<ComputerOutput, ToolError> {
        let actions: Vec<_> = request.actions.iter().map(ComputerAction::as_str).collect();
        self.note(actions.join(","));
        // Longer than any other output may be.
        let screen = Screenshot::bytes("image/png", &vec![7; 300_000]);
        Ok(ComputerOutput::new(screen).acknowledging(request.pending_safety_checks))
    }
}

fn client(server: &TestServer) -> Client {
    server.client_builder().api(Api::Responses).build().expect("a good configuration")
}

fn input(server: &TestServer, index: usize) -> Vec<Value> {
    server.sent(index)["input"].as_array().expect("items").clone()
}

fn item<'a>(items: &'a [Value], kind: &str) -> &'a Value {
    items.iter().find(|item| item["type"] == kind).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn the_model_gets_what_its_commands_and_changes_came_to() {
    let asks = Reply::tool_calls([
        ScriptedCall::shell("c1", ["ls", "pwd"]),
        ScriptedCall::local_shell("c2", ["cat", "a"]),
        ScriptedCall::apply_patch("c3", json!({"type": "create_file", "path": "a", "diff": "+x"})),
        ScriptedCall::apply_patch("c4", json!({"type": "delete_file", "path": "b"})),
        ScriptedCall::computer("c5", [json!({"type": "wait"}), json!({"type": "screenshot"})], []),
        echo_call(6),
    ]);
    let server = TestServer::scripted([asks, Reply::text("done")]).await;
    let asked = Asked::default();
    let run = client(&server)
        .run("m")
        .tools(Toolbox::new().with(echo()).expect("one tool"))
        .hosted_tool(HostedTool::web_search())
        .shell(asked.clone())
        .local_shell(asked.clone())
        .apply_patch(asked.clone())
        .computer(asked.clone())
        .user("go")
        .await
        .expect("a run");
    assert_eq!(run.text(), "done");
    let mut all = asked.all();
    all.sort();
    assert_eq!(all, ["a", "b", "c2 cat a", "ls;pwd", "wait,screenshot"]);
    assert_eq!(run.spent().tool_calls, 6);

    let tools = server.sent(0)["tools"].take();
    let kinds: Vec<_> =
        tools.as_array().expect("a list").iter().map(|tool| &tool["type"]).collect();
    assert_eq!(
        kinds,
        ["function", "shell", "local_shell", "apply_patch", "computer", "web_search"]
    );
    let items = input(&server, 1);
    let shell = item(&items, "shell_call_output");
    assert_eq!(shell["output"][1]["stdout"], "pwd ran");
    assert_eq!(shell["output"][1]["outcome"], json!({"type": "exit", "exit_code": 0}));
    let local = item(&items, "local_shell_call_output");
    let told: Value =
        serde_json::from_str(local["output"].as_str().expect("a text")).expect("JSON");
    assert_eq!(told, json!({"stdout": "half", "stderr": "", "exit_code": "timeout"}));
    let patches: Vec<_> = items
        .iter()
        .filter(|item| item["type"] == "apply_patch_call_output")
        .map(|item| (&item["status"], &item["output"]))
        .collect();
    assert_eq!(
        patches,
        [(&json!("completed"), &json!("made")), (&json!("failed"), &json!("b stays"))]
    );
    let computer = item(&items, "computer_call_output");
    let image = computer["output"]["image_url"].as_str().expect("a URL");
    assert!(image.starts_with("data:image/png;base64,") && image.len() > 400_000);
    // The calls went back as they came.
    assert_eq!(item(&items, "shell_call")["action"]["commands"], json!(["ls", "pwd"]));
}

#[tokio::test]
async fn a_call_that_fails_or_takes_too_long_has_an_output_in_its_own_form() {
    let asks = Reply::tool_calls([
        ScriptedCall::shell("c1", Vec::<String>::new()),
        ScriptedCall::shell("c2", ["sleep"]),
        ScriptedCall::apply_patch("c3", json!({"type": "rename_file", "path": "a"})),
    ]);
    // The model writes a change that the document does not have.
    let server = TestServer::scripted([asks, Reply::text("sorry")]).await.with_invalid_requests();
    let slow = ToolSettings::new().with_timeout(Duration::from_millis(20));
    let run = client(&server)
        .run("m")
        .local_tool(DynTool::shell(Asked::default()).with_settings(slow))
        .apply_patch(Asked::default())
        .user("go")
        .await
        .expect("a run");
    let failures: Vec<_> = run.calls().map(|made| made.output.failure.clone()).collect();
    let invalid = Some(CallFailure::InvalidArguments);
    assert_eq!(failures, [Some(CallFailure::Failed), Some(CallFailure::TimedOut), invalid]);
    let items = input(&server, 1);
    let outcome = |id: &str| {
        let found =
            items.iter().find(|item| item["call_id"] == id && item["type"] == "shell_call_output");
        found.expect("an output")["output"][0]["outcome"].clone()
    };
    assert_eq!(outcome("c1"), json!({"type": "exit", "exit_code": 1}));
    assert_eq!(outcome("c2"), json!({"type": "timeout"}));
    assert_eq!(item(&items, "apply_patch_call_output")["status"], "failed");
}

#[tokio::test]
async fn commands_wait_for_approval_and_survive_their_process() {
    let asks = Reply::tool_calls([ScriptedCall::shell("c1", ["rm a"])]);
    let server = TestServer::scripted([asks, Reply::text("done")]).await;
    let asked = Asked::default();
    let careful = || {
        let careful = ToolSettings::new().with_needs_approval(true);
        DynTool::shell(asked.clone()).with_settings(careful)
    };
    let run = client(&server).run("m").local_tool(careful()).user("go").await.expect("a run");
    let Outcome::Pending(waiting) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert_eq!(waiting[0].reason, WaitReason::NeedsApproval);
    assert_eq!((waiting[0].call.kind(), asked.all().len()), (&CallKind::Shell, 0));

    let saved = serde_json::to_string(&run.save().expect("one that waits")).expect("JSON");
    let saved: SavedRun = serde_json::from_str(&saved).expect("a saved run");
    let run = client(&server)
        .run("m")
        .local_tool(careful())
        .resume(saved)
        .on_approval(|_| async { Some(Decision::Approved) })
        .await
        .expect("taken up");
    assert_eq!((run.text(), asked.all()), ("done", vec!["rm a".to_owned()]));
    assert!(transcript_is_answered(run.transcript()));
    let items = input(&server, 1);
    assert_eq!(item(&items, "shell_call_output")["output"][0]["stdout"], "rm a ran");
}

#[tokio::test]
async fn what_a_computer_has_to_have_looked_at_waits_and_is_acknowledged_by_nobody_else() {
    let check = json!({"id": "s1", "code": "malicious_instructions", "message": "Look!"});
    let click = json!({"type": "click", "button": "left", "x": 1, "y": 2});
    let script = || {
        let asks = ScriptedCall::computer("c1", [click.clone()], [check.clone()]);
        [Reply::tool_calls([asks]), Reply::text("done")]
    };
    for approved in [true, false] {
        let server = TestServer::scripted(script()).await;
        let asked = Asked::default();
        let decision = if approved { Decision::Approved } else { Decision::Denied("no".into()) };
        let run =
            client(&server).run("m").computer(asked.clone()).user("go").on_approval(move |_| {
                let decision = decision.clone();
                async move { Some(decision) }
            });
        let _ = run.await.expect("a run");
        assert_eq!(asked.all().len(), usize::from(approved));
        let items = input(&server, 1);
        let output = item(&items, "computer_call_output");
        let acknowledged = if approved { json!([check]) } else { json!([]) };
        assert_eq!(output["acknowledged_safety_checks"], acknowledged);
        let told = items.last().expect("an item")["content"].as_str().unwrap_or_default();
        assert_eq!(told.contains("denied"), !approved, "{told}");
    }
}

#[tokio::test]
async fn they_count_among_the_calls_of_a_run_and_are_events_of_its_stream() {
    let asks =
        Reply::tool_calls([ScriptedCall::shell("c1", ["ls"]), ScriptedCall::shell("c2", ["ls"])]);
    let server = TestServer::scripted([asks.clone(), Reply::text("done")]).await;
    let mut events = client(&server).run("m").shell(Asked::default()).user("go").stream();
    let mut told = Vec::new();
    while let Some(event) = events.next().await {
        match event.expect("no error") {
            Event::ToolStarted(call) => told.push(format!("{} {}", call.id, call.name)),
            Event::ToolFinished(made) => told.push(format!("{} over", made.call.id)),
            _ => {}
        }
    }
    told.sort();
    assert_eq!(told, ["c1 over", "c1 shell", "c2 over", "c2 shell"]);

    let server = TestServer::scripted([asks]).await;
    let asked = Asked::default();
    let limits = RunLimits::new().with_tool_calls(1);
    let run = client(&server).run("m").shell(asked.clone()).limits(limits).user("go");
    assert!(matches!(run.await.expect("a run").outcome(), Outcome::Limit(_)));
    assert!(asked.all().is_empty());
}

#[tokio::test]
async fn a_call_of_a_kind_that_the_run_lacks_is_answered_in_its_form() {
    let asks = Reply::tool_calls([
        ScriptedCall::shell("c1", ["ls"]),
        ("c2", "shell", json!({"commands": ["ls"]})).into(),
    ]);
    let server = TestServer::scripted([asks, Reply::text("sorry")]).await;
    let asked = Asked::default();
    // A function of this name is another thing, and so is a local shell.
    let run = client(&server).run("m").local_shell(asked.clone()).user("go").await.expect("a run");
    assert!(asked.all().is_empty());
    let unknown = Some(CallFailure::UnknownTool);
    assert!(run.calls().all(|made| made.output.failure == unknown));
    let items = input(&server, 1);
    assert_eq!(item(&items, "shell_call_output")["output"][0]["outcome"]["exit_code"], 1);
    assert_eq!(item(&items, "function_call_output")["call_id"], "c2");
}

#[tokio::test]
async fn chat_completions_have_none_of_them() {
    let server = TestServer::scripted([Reply::text("no")]).await;
    let error = server.client().run("m").shell(Asked::default()).user("go").await;
    let error = error.expect_err("refused");
    assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("`shell`"), "{error}");
    assert_eq!(server.request_count(), 0);
}

impl ToolSearch for Asked {
    type Error = ToolError;

    async fn search(&self, query: Value, _: ToolContext) -> Result<Vec<ToolDefinition>, ToolError> {
        self.note(query["goal"].as_str().unwrap_or_default());
        Ok(vec![echo().definition().clone()])
    }
}

#[tokio::test]
async fn a_search_by_the_application_tells_the_model_of_tools() {
    let script = [
        Reply::tool_calls([ScriptedCall::tool_search("c1", json!({"goal": "repeat"}))]),
        Reply::tool_calls([echo_call(3)]),
        Reply::text("done"),
    ];
    let server = TestServer::scripted(script).await;
    let asked = Asked::default();
    let parameters = json!({"type": "object", "properties": {"goal": {"type": "string"}}});
    let run = client(&server)
        .run("m")
        .tools(Toolbox::new().with(echo()).expect("one tool"))
        .tool_search(asked.clone(), "Finds tools by what they are for.", parameters)
        .user("go")
        .await
        .expect("a run");
    assert_eq!((run.text(), asked.all()), ("done", vec!["repeat".to_owned()]));
    let items = input(&server, 1);
    let found = item(&items, "tool_search_output");
    assert_eq!(
        (&found["tools"][0]["name"], &found["execution"]),
        (&json!("echo"), &json!("client"))
    );
}
