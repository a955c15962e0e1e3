//! Tools whose calls hold a text in place of JSON, over both APIs.

use std::sync::{Arc, Mutex};

use openai_tools::{
    Callable, Client, DynTool, ErrorKind, Tool, ToolChoice, ToolContext, ToolDefinition, ToolError,
    ToolName, Toolbox,
    chat::{AllowedMode, Api},
    run::{Event, SavedRun},
    testing::{Reply, ScriptedCall},
    tool,
    tool::{CallFailure, CallKind, CustomFormat},
    toolbox,
};
use serde_json::{Value, json};
use tests::TestServer;

const GRAMMAR: &str = r#"start: "on" | "off""#;

/// Switch the light.
#[tool(custom, lark = GRAMMAR)]
async fn switch(
    /// What to do.
    word: String,
) -> Result<String, ToolError> {
    Ok(format!("light {word}"))
}

/// Dial a number.
#[tool(custom, regex = "[0-9]{2,5}", read_only)]
fn dial(number: String) -> String {
    format!("{number} is busy")
}

/// Run a query.
#[tool(custom)]
fn query(sql: String) -> usize {
    sql.len()
}

fn phone() -> Toolbox {
    let tools = Toolbox::new().with(switch).and_then(|tools| tools.with(dial));
    tools.and_then(|tools| tools.with(query)).expect("distinct")
}

fn client(server: &TestServer, api: Api) -> Client {
    server.client_builder().api(api).build().expect("a good configuration")
}

const APIS: [Api; 2] = [Api::ChatCompletions, Api::Responses];

#[tokio::test]
async fn a_text_goes_to_the_tool_and_its_output_back_in_the_form_of_each_api() {
    for api in APIS {
        let calls = [
            ScriptedCall::custom("c1", "switch", "on"),
            ScriptedCall::custom("c2", "dial", "115"),
            ScriptedCall::custom("c3", "query", "select \"1\"\n"),
        ];
        let script = [Reply::tool_calls(calls), Reply::text("done")];
        let server = TestServer::scripted(script).await;
        let run = client(&server, api).run("m").tools(phone()).user("go").await.expect("a run");
        let outputs: Vec<_> = run.calls().map(|made| made.output.text.as_str()).collect();
        assert_eq!(outputs, ["light on", "115 is busy", "11"]);
        assert!(run.calls().all(|made| *made.call.kind() == CallKind::Custom));

        let first = server.sent(0)["tools"].take();
        let (told, grammar) = match api {
            Api::Responses => (&first[0], &first[0]["format"]),
            _ => (&first[0]["custom"], &first[0]["custom"]["format"]["grammar"]),
        };
        assert_eq!((&first[0]["type"], &told["name"]), (&json!("custom"), &json!("switch")));
        assert_eq!(told["description"], "Switch the light.");
        assert_eq!((&grammar["syntax"], &grammar["definition"]), (&json!("lark"), &json!(GRAMMAR)));
        let sent = server.sent(1);
        if api == Api::Responses {
            let answers = sent["input"].as_array().expect("items");
            assert_eq!(answers[1]["type"], "custom_tool_call");
            assert_eq!(
                answers[5],
                json!({"type": "custom_tool_call_output", "call_id": "c2", "output": "115 is busy"})
            );
        } else {
            let calls = &sent["messages"][1]["tool_calls"];
            assert_eq!(
                calls[0],
                json!({"id": "c1", "type": "custom", "custom": {"name": "switch", "input": "on"}})
            );
            assert_eq!(sent["messages"][3]["content"], "115 is busy");
        }
    }
}

#[tokio::test]
async fn a_text_that_does_not_match_its_expression_is_told_to_the_model() {
    for api in APIS {
        let calls = [
            ScriptedCall::custom("c1", "dial", "one"),
            ScriptedCall::custom("c2", "dail", "115"),
            ScriptedCall::custom("c3", "dial", "115"),
        ];
        let script = [Reply::tool_calls(calls), Reply::text("sorry")];
        let server = TestServer::scripted(script).await;
        let run = client(&server, api).run("m").tools(phone()).user("go").await.expect("a run");
        let failures: Vec<_> = run.calls().map(|made| made.output.failure.clone()).collect();
        assert_eq!(
            failures,
            [Some(CallFailure::InvalidArguments), Some(CallFailure::UnknownTool), None]
        );
        let told = &run.calls().next().expect("a call").output.text;
        assert!(told.contains("[0-9]{2,5}") && told.contains("number"), "{told}");
    }
}

#[tokio::test]
async fn in_a_stream_a_read_only_one_starts_when_its_text_is_whole() {
    for api in APIS {
        let calls = [ScriptedCall::custom("c1", "dial", "11558")];
        let script = [Reply::tool_calls(calls), Reply::text("done")];
        let server = TestServer::scripted(script).await;
        let mut events = client(&server, api).run("m").tools(phone()).user("go").stream();
        let (mut text, mut ran) = (String::new(), 0);
        while let Some(event) = events.next().await {
            match event.expect("no error") {
                Event::Arguments { text: piece, .. } => text.push_str(&piece),
                Event::ToolStarted(call) => {
                    assert_eq!((call.arguments.as_str(), text.as_str()), ("11558", "11558"));
                    ran += 1;
                }
                Event::EarlyOutputDropped(_) => panic!("it was the call that was asked for"),
                _ => {}
            }
        }
        assert_eq!(ran, 1);
    }
}

#[tokio::test]
async fn choices_name_them_by_their_kind() {
    let name = |name| ToolName::parse(name).expect("legal");
    for api in APIS {
        let script = [Reply::text("a"), Reply::text("b")];
        let server = TestServer::scripted(script).await;
        let client = client(&server, api);
        let named = ToolChoice::Named(name("dial"));
        let allowed =
            ToolChoice::Allowed { mode: AllowedMode::Auto, tools: vec![name("query").into()] };
        for choice in [named, allowed] {
            let run = client.run("m").tools(phone()).user("go").tool_choice(choice);
            let _ = run.await.expect("the server takes it");
        }
        assert_eq!(server.sent(0)["tool_choice"]["type"], "custom");
        let choice = server.sent(1)["tool_choice"].take();
        let allowed = choice.pointer("/allowed_tools/tools/0").unwrap_or(&choice["tools"][0]);
        assert_eq!(allowed["type"], "custom");
    }
}

#[tokio::test]
async fn a_saved_run_keeps_that_a_call_is_custom() {
    let calls = [ScriptedCall::custom("c1", "switch", "off")];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let client = client(&server, Api::ChatCompletions);
    let mut run = client.run("m").tools(phone()).user("go").start();
    run.next_turn().await.expect("a response").expect("a turn");
    let saved = serde_json::to_string(&run.save().expect("a run that waits")).expect("JSON");
    drop(run);
    let saved: SavedRun = serde_json::from_str(&saved).expect("a saved run");
    let run = client.run("m").tools(phone()).resume(saved).await.expect("taken up");
    assert_eq!(run.calls().next().map(|made| made.output.text.as_str()), Some("light off"));
    assert_eq!(server.sent(1)["messages"][1]["tool_calls"][0]["type"], "custom");
}

/// Say a word.
#[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
#[tool(custom, regex = r"\w+")]
struct Say {
    /// The word.
    word: String,
}

impl Callable for Say {
    type Output = String;
    type Error = std::convert::Infallible;

    async fn call(self, _: ToolContext) -> Result<String, Self::Error> {
        Ok(self.word.to_uppercase())
    }
}

/// What can be written.
#[derive(Debug, PartialEq, Tool)]
enum Written {
    /// A line of code.
    #[tool(custom)]
    Code { line: String },
    /// A sum.
    Add { a: i32, b: i32 },
}

struct Office {
    said: Mutex<Vec<String>>,
}

#[toolbox]
impl Office {
    /// Write a note.
    #[tool(custom)]
    async fn note(&self, text: String, #[context] call: openai_tools::ToolCallId) -> String {
        self.said.lock().expect("no panic").push(text);
        call.to_string()
    }
}

#[tokio::test]
async fn structs_variants_and_methods_can_be_custom() {
    let office = Arc::new(Office { said: Mutex::default() });
    let tools = Toolbox::new().with(Say::tool()).and_then(|tools| tools.extend(office.tools()));
    let calls =
        [ScriptedCall::custom("c1", "say", "hi"), ScriptedCall::custom("c2", "note", "{ hm")];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let run = client(&server, Api::Responses).run("m").tools(tools.expect("distinct"));
    let run = run.user("go").await.expect("a run");
    let outputs: Vec<_> = run.calls().map(|made| made.output.text.as_str()).collect();
    assert_eq!(outputs, ["HI", "c2"]);
    assert_eq!(*office.said.lock().expect("no panic"), ["{ hm"]);

    let calls = [
        ScriptedCall::custom("c1", "code", "let x = \"{\";"),
        ("c2", "add", json!({"a": 1, "b": 2})).into(),
    ];
    let server = TestServer::scripted([Reply::tool_calls(calls)]).await;
    let mut request = openai_tools::chat::Request::new("m");
    request.messages.push(openai_tools::Message::user("go"));
    let response = client(&server, Api::ChatCompletions).send(&request).await.expect("a response");
    let read: Vec<Written> =
        response.tool_calls::<Written>().map(|call| call.expect("valid").arguments).collect();
    assert_eq!(
        read,
        [Written::Code { line: "let x = \"{\";".to_owned() }, Written::Add { a: 1, b: 2 }]
    );
}

#[tokio::test]
async fn one_defined_at_run_time_gets_its_text() {
    let definition = ToolDefinition::custom("sum").with_regex(r"\d+\+\d+").build().expect("legal");
    assert_eq!(definition.form().custom(), Some(&CustomFormat::Regex(r"\d+\+\d+".into())));
    let sum = DynTool::custom(definition, |text, _| async move {
        let parts = text.split('+').map(|part| part.parse::<u32>().unwrap_or(0));
        Ok::<_, ToolError>(parts.sum::<u32>())
    });
    let tools = Toolbox::new().with(sum).expect("one tool");
    let calls = [ScriptedCall::custom("c1", "sum", "1+22")];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let run = server.client().run("m").tools(tools).user("go").await.expect("a run");
    assert_eq!(run.calls().next().map(|made| made.output.text.as_str()), Some("23"));
}

#[test]
fn a_definition_of_either_api_is_read() {
    let grammar = json!({"syntax": "regex", "definition": "a+"});
    let nested = json!({"type": "custom", "custom": {"name": "f", "description": "d",
        "format": {"type": "grammar", "grammar": grammar}}});
    let flat = json!({"type": "custom", "name": "f", "description": "d",
        "format": {"type": "grammar", "syntax": "regex", "definition": "a+"}});
    for json in [&nested, &flat] {
        let definition = ToolDefinition::from_json(json).expect("a custom tool");
        assert_eq!(definition.kind(), CallKind::Custom);
        assert_eq!(serde_json::to_value(&definition).expect("JSON"), flat);
        assert_eq!(definition.to_responses(), flat);
    }
    let unknown = json!({"type": "custom", "name": "f", "format": {"type": "picture"}});
    let error = ToolDefinition::from_json(&unknown).expect_err("no format");
    assert_eq!(error.kind(), ErrorKind::Definition);
    let _: Value = unknown;
}
