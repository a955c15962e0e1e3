//! Namespaces, tools that are looked for, programs, and which tools a turn may call.

use std::sync::Arc;

use openai_tools::{
    Client, DynTool, ErrorKind, ToolDefinition, ToolError, ToolName, Toolbox,
    chat::{Api, HostedTool},
    testing::{Reply, ScriptedCall},
    tool,
    tool::{CallFailure, Caller, Namespace, ToolForm},
    toolbox,
};
use serde_json::{Value, json};
use tests::{TestServer, echo, echo_call};

struct Crm;

/// Customers and what they have ordered.
#[toolbox(namespace = "crm")]
impl Crm {
    /// Find a customer.
    #[tool(defer_loading)]
    async fn find(&self, name: String) -> String {
        format!("customer {name}")
    }

    /// Greet a customer.
    #[tool(custom)]
    fn greet(text: String) -> String {
        text
    }
}

struct Stock;

#[toolbox(namespace = "stock", description = "What is in store.")]
impl Stock {
    /// Find an article.
    #[tool(allowed_callers(direct, programmatic))]
    async fn find(&self, name: String) -> String {
        format!("article {name}")
    }
}

/// Sizes of an article.
#[derive(serde::Serialize, schemars::JsonSchema)]
struct Size {
    /// In metres.
    width: f64,
}

/// Measure an article.
#[tool(allowed_callers(programmatic))]
fn measure(article: String) -> Size {
    Size { width: f64::from(u8::try_from(article.len()).unwrap_or(0)) }
}

fn tools() -> Toolbox {
    let tools = Toolbox::new().extend(Arc::new(Crm).tools());
    let tools = tools.and_then(|tools| tools.extend(Arc::new(Stock).tools()));
    tools.and_then(|tools| tools.with(measure)).expect("distinct")
}

fn client(server: &TestServer) -> Client {
    server.client_builder().api(Api::Responses).build().expect("a good configuration")
}

#[tokio::test]
async fn a_call_reaches_the_tool_of_its_namespace() {
    let call = |id: &str| ScriptedCall::from((id, "find", json!({"name": "x"})));
    let asks = Reply::tool_calls([
        call("c1").in_namespace("crm"),
        call("c2").in_namespace("stock"),
        call("c3"),
        call("c4").in_namespace("other"),
        ScriptedCall::custom("c5", "greet", "hello").in_namespace("crm"),
        ScriptedCall::custom("c6", "greet", "hi"),
        ("c7", "crm.find", json!({"name": "x"})).into(),
    ]);
    let server = TestServer::scripted([asks, Reply::text("done")]).await;
    let run = client(&server)
        .run("m")
        .tools(tools())
        .hosted_tool(HostedTool::tool_search())
        .hosted_tool(HostedTool::programmatic_tool_calling())
        .user("go")
        .await
        .expect("a run");
    let unknown = "unknown tool `find`";
    let outputs: Vec<_> = run
        .calls()
        .map(|made| match made.output.failure {
            Some(CallFailure::UnknownTool) => "unknown",
            _ => made.output.text.as_str(),
        })
        .collect();
    // Two tools are called `find`: without its namespace nobody knows which is meant.
    assert_eq!(
        outputs,
        ["customer x", "article x", "unknown", "unknown", "hello", "hi", "unknown"]
    );
    let told = &run.calls().nth(2).expect("a call").output.text;
    assert!(told.starts_with(unknown) && told.contains("crm.find"), "{told}");

    let listed = server.sent(0)["tools"].take();
    assert_eq!(
        (&listed[0]["type"], &listed[0]["name"], &listed[0]["description"]),
        (&json!("namespace"), &json!("crm"), &json!("Customers and what they have ordered."))
    );
    assert_eq!(listed[0]["tools"][0]["defer_loading"], true);
    assert_eq!(listed[0]["tools"][1]["type"], "custom");
    assert_eq!(listed[1]["tools"][0]["allowed_callers"], json!(["direct", "programmatic"]));
    assert_eq!(listed[2]["output_schema"]["properties"]["width"]["type"], "number");
}

#[tokio::test]
async fn a_program_is_answered_by_its_id() {
    let asks =
        Reply::tool_calls([
            ScriptedCall::from(("c1", "measure", json!({"article": "abc"}))).by_program("p1")
        ]);
    let server = TestServer::scripted([asks, Reply::text("done")]).await;
    let run = client(&server)
        .run("m")
        .tools(Toolbox::new().with(measure).expect("one tool"))
        .hosted_tool(HostedTool::programmatic_tool_calling())
        .user("go")
        .await
        .expect("a run");
    assert_eq!(run.calls().next().and_then(|made| made.call.program()), Some("p1"));
    let items = server.sent(1)["input"].take();
    let output = items.as_array().expect("items").last().expect("an output").clone();
    assert_eq!(output["caller"], json!({"type": "program", "caller_id": "p1"}));
    assert_eq!(output["output"], r#"{"width":3.0}"#);
}

#[tokio::test]
async fn tools_that_nobody_could_find_are_refused() {
    let none: Vec<HostedTool> = Vec::new();
    let search = vec![HostedTool::tool_search()];
    for (hosted, told) in [(none, "`crm.find`"), (search, "`measure`")] {
        let server = TestServer::scripted([Reply::text("no")]).await;
        let mut run = client(&server).run("m").tools(tools()).user("go");
        for tool in hosted {
            run = run.hosted_tool(tool);
        }
        let error = run.await.expect_err("refused");
        assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(told), "{error}");
        assert_eq!(server.request_count(), 0);
    }
}

#[tokio::test]
async fn chat_completions_have_no_such_form() {
    let definition = |form: ToolForm| {
        let parameters = json!({"type": "object", "properties": {}});
        ToolDefinition::new("f", parameters).with_form(form).build().expect("legal")
    };
    let namespace = Namespace::new("n", "d").expect("legal");
    let forms = [
        (ToolForm::new().with_namespace(namespace), "namespace"),
        (ToolForm::new().with_defer_loading(true), "looked for"),
        (ToolForm::new().with_allowed_callers([Caller::Programmatic]), "who may call it"),
    ];
    for (form, told) in forms {
        let tool = DynTool::new(definition(form), |_: Value, _| async { Ok::<_, ToolError>(()) });
        let server = TestServer::scripted([Reply::text("no")]).await;
        let tools = Toolbox::new().with(tool).expect("one tool");
        let error = server.client().run("m").tools(tools).user("go").await.expect_err("refused");
        assert!(error.to_string().contains(told), "{error}");
        assert_eq!(server.request_count(), 0);
    }
}

#[tokio::test]
async fn a_turn_allows_some_tools_while_the_list_stays_the_same() {
    let other = ToolDefinition::new("other", json!({"type": "object", "properties": {}}));
    let other = DynTool::new(other.build().expect("legal"), |_: Value, _| async {
        Ok::<_, ToolError>("other")
    });
    let tools = Toolbox::new().with(echo()).and_then(|tools| tools.with(other)).expect("distinct");
    for api in [Api::ChatCompletions, Api::Responses] {
        let script = [
            Reply::tool_calls([echo_call(1)]),
            Reply::tool_calls([("c9", "other", json!({}))]),
            Reply::text("done"),
        ];
        let server = TestServer::scripted(script).await;
        let name = |name| ToolName::parse(name).expect("legal");
        let run = server.client().run("m").api(api).tools(&tools).user("go").on_turn(move |next| {
            match next.turn() {
                0 => next.allow([name("echo")]),
                1 => next.allow([name("other")]),
                _ => next.allow_all(),
            }
        });
        assert_eq!(run.await.expect("a run").text(), "done");
        let body = |index: usize| server.requests()[index].body().to_vec();
        let list = |index: usize| -> String {
            let body = String::from_utf8(body(index)).expect("UTF-8");
            let from = body.find("\"tools\":[{\"type\":\"function\"").expect("a list");
            let json = &body[from + "\"tools\":".len()..];
            let mut values = serde_json::Deserializer::from_str(json).into_iter::<Value>();
            values.next().expect("a value").expect("JSON");
            json[..values.byte_offset()].to_owned()
        };
        assert_eq!((list(0), list(1)), (list(1), list(2)));
        let choice = |index: usize| server.sent(index)["tool_choice"].take();
        assert_eq!(choice(0)["type"], "allowed_tools");
        assert_ne!(choice(0), choice(1));
        assert_eq!(choice(2), Value::Null);
    }
}

#[tokio::test]
async fn a_turn_cannot_allow_what_is_not_there() {
    let server = TestServer::scripted([Reply::text("no")]).await;
    let nothing = ToolName::parse("nothing").expect("legal");
    let tools = Toolbox::new().with(echo()).expect("one tool");
    let run = server.client().run("m").tools(tools).user("go");
    let error = run.on_turn(move |next| next.allow([nothing.clone()])).await.expect_err("refused");
    assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
    assert_eq!(server.request_count(), 0);
}
