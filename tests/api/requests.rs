//! What a request says on the wire.

use openai_tools::{
    Client, ErrorKind, Message, ToolChoice, ToolName, Toolbox,
    chat::{AllowedMode, Image, ImageDetail, ReasoningEffort},
    run::RunBuilder,
    testing::Reply,
};
use serde_json::{Value, json};
use tests::{TestServer, echo, echo_call, is_chat, unused_tool};

fn tools() -> Toolbox {
    Toolbox::new()
        .with(echo())
        .and_then(|tools| tools.with(unused_tool("other")))
        .expect("distinct")
}

fn name(name: &str) -> ToolName {
    ToolName::parse(name).expect("legal")
}

/// What is sent for a run that is answered at once.
async fn sent(build: impl FnOnce(&Client) -> RunBuilder) -> Value {
    let server = TestServer::scripted([Reply::text("ok")]).await;
    let run = build(&server.client()).await.expect("the server takes it");
    assert_eq!(run.text(), "ok");
    server.asked(0)
}

#[both_apis::test]
async fn what_is_not_set_is_not_sent() {
    let sent = sent(|client| client.run("gpt-5.2").user("hi")).await;
    let expected = json!({"model": "gpt-5.2", "messages": [{"role": "user", "content": "hi"}]});
    assert_eq!(sent, expected);
}

#[both_apis::test]
async fn each_setting_is_sent_under_the_name_of_the_wire() {
    let server = TestServer::scripted([Reply::text("ok")]).await;
    let run = server
        .client()
        .run("gpt-5.2")
        .user("hi")
        .temperature(0.5)
        .max_tokens(99)
        .reasoning_effort(ReasoningEffort::XHigh)
        .metadata("customer", "42")
        .metadata("shop", "hanoi")
        .extra("service_tier", "flex")
        .extra("safety_identifier", "abc")
        .extra("x_unknown", json!({"a": [1, null]}));
    // The Responses API has none.
    let run = if is_chat() { run.seed(-7) } else { run };
    let _ = run.await.expect("the server takes it");
    let mut expected = json!({
        "model": "gpt-5.2",
        "temperature": 0.5,
        "metadata": {"customer": "42", "shop": "hanoi"},
        "service_tier": "flex",
        "safety_identifier": "abc",
        "x_unknown": {"a": [1, null]},
    });
    let of_api = if is_chat() {
        json!({
            "messages": [{"role": "user", "content": "hi"}],
            "seed": -7, "max_completion_tokens": 99, "reasoning_effort": "xhigh",
        })
    } else {
        json!({
            "input": [{"role": "user", "content": "hi"}],
            "max_output_tokens": 99, "reasoning": {"effort": "xhigh"},
        })
    };
    expected.as_object_mut().expect("an object").extend(of_api.as_object().expect("one").clone());
    assert_eq!(server.sent(0), expected);
}

#[both_apis::test]
async fn every_reasoning_effort_is_a_word_of_the_wire() {
    for (effort, word) in [
        (ReasoningEffort::None, "none"),
        (ReasoningEffort::Minimal, "minimal"),
        (ReasoningEffort::Low, "low"),
        (ReasoningEffort::Medium, "medium"),
        (ReasoningEffort::High, "high"),
        (ReasoningEffort::XHigh, "xhigh"),
        (ReasoningEffort::Max, "max"),
    ] {
        let sent = sent(|client| client.run("m").user("hi").reasoning_effort(effort)).await;
        assert_eq!(sent["reasoning_effort"], word);
    }
}

#[both_apis::test]
async fn an_extra_field_that_belongs_to_the_run_is_refused_before_it_is_sent() {
    let server = TestServer::scripted([]).await;
    for field in ["messages", "model", "tools", "tool_choice", "stream", "n", "response_format"] {
        let run = server.client().run("m").user("hi").extra(field, json!(1)).await;
        let error = run.expect_err("a contradiction");
        assert_eq!(error.error().kind(), ErrorKind::InvalidRequest, "{field}");
        assert!(error.to_string().contains(&format!("`{field}`")), "{error}");
        assert_eq!(error.error().attempts(), 0);
        assert_eq!(error.transcript().len(), 1, "what was said is kept");
    }
    assert_eq!(server.request_count(), 0);
}

#[both_apis::test]
async fn a_request_that_no_server_would_take_is_refused_before_it_is_sent() {
    let server = TestServer::scripted([]).await;
    let client = server.client();
    for (run, why) in [
        (client.run("m"), "there is no message"),
        (client.run("").user("hi"), "the model's name is empty"),
        (client.run("m").user("hi").tool_choice(ToolChoice::Required), "there are no tools"),
        (
            client.run("m").user("hi").tools(tools()).tool_choice(ToolChoice::Named(name("gone"))),
            "`gone`, which is not in the tools",
        ),
        (
            client.run("m").user("hi").tools(tools()).tool_choice(ToolChoice::Allowed {
                mode: AllowedMode::Auto,
                tools: vec![name("echo").into(), name("gone").into()],
            }),
            "`gone`, which is not in the tools",
        ),
    ] {
        let error = run.await.expect_err(why);
        assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(why), "{error}");
    }
    assert_eq!(server.request_count(), 0);
}

#[both_apis::test]
async fn each_tool_choice_has_its_form_and_a_demand_holds_for_the_first_response_only() {
    let function = |name: &str| json!({"type": "function", "function": {"name": name}});
    let allowed = |mode: &str| {
        json!({"type": "allowed_tools", "allowed_tools": {
            "mode": mode, "tools": [function("echo")],
        }})
    };
    let only_echo = |mode| ToolChoice::Allowed { mode, tools: vec![name("echo").into()] };
    for (choice, first, second) in [
        (ToolChoice::Auto, json!("auto"), json!("auto")),
        (ToolChoice::Required, json!("required"), Value::Null),
        (ToolChoice::Named(name("echo")), function("echo"), Value::Null),
        (only_echo(AllowedMode::Required), allowed("required"), allowed("auto")),
        (only_echo(AllowedMode::Auto), allowed("auto"), allowed("auto")),
    ] {
        let script = [Reply::tool_calls([echo_call(1)]), Reply::text("done")];
        let server = TestServer::scripted(script).await;
        let run = server.client().run("m").tools(tools()).user("go").tool_choice(choice).await;
        assert_eq!(run.expect("the server takes it").text(), "done");
        assert_eq!(server.asked(0)["tool_choice"], first);
        assert_eq!(server.asked(1)["tool_choice"], second);
        assert_eq!(server.asked(1)["tools"].as_array().map(Vec::len), Some(2));
    }
}

#[both_apis::test]
async fn no_tool_may_be_called_while_all_stay_in_the_request() {
    let sent =
        sent(|client| client.run("m").tools(tools()).user("hi").tool_choice(ToolChoice::None))
            .await;
    assert_eq!(sent["tool_choice"], "none");
    assert_eq!(sent["tools"].as_array().map(Vec::len), Some(2));
}

#[both_apis::test]
async fn parallel_calls_can_be_switched_off() {
    for parallel in [true, false] {
        let sent =
            sent(|client| client.run("m").tools(tools()).user("hi").parallel_tool_calls(parallel))
                .await;
        assert_eq!(sent["parallel_tool_calls"], parallel);
    }
}

#[both_apis::test]
async fn what_servers_refuse_without_tools_is_not_sent_without_tools() {
    let sent = sent(|client| {
        let run = client.run("m").tools(Toolbox::new()).user("hi");
        run.parallel_tool_calls(true).tool_choice(ToolChoice::Auto)
    })
    .await;
    for field in ["tools", "tool_choice", "parallel_tool_calls"] {
        assert_eq!(sent.get(field), None, "{field}");
    }
}

#[both_apis::test]
async fn a_tool_is_sent_with_name_description_strict_schema_and_strict() {
    let definition = openai_tools::ToolDefinition::new(
        "search",
        json!({"type": "object", "properties": {
            "query": {"type": "string", "description": "What to look for."},
            "limit": {"type": "integer"},
        }, "required": ["query"]}),
    )
    .with_description("Searches the shop.")
    .build()
    .expect("legal");
    let search = openai_tools::DynTool::new(definition, |_, _: openai_tools::ToolContext| async {
        Ok::<_, openai_tools::ToolError>(())
    });
    let tools = Toolbox::new().with(search).expect("one tool");
    let sent = sent(|client| client.run("m").tools(tools).user("hi")).await;
    let expected = json!([{"type": "function", "function": {
        "name": "search",
        "description": "Searches the shop.",
        "parameters": {
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "What to look for."},
                "limit": {"type": ["integer", "null"]},
            },
            "required": ["query", "limit"],
            "additionalProperties": false,
        },
        "strict": true,
    }}]);
    assert_eq!(sent["tools"], expected);
}

#[both_apis::test]
async fn each_role_is_sent_in_its_form_and_in_order() {
    let sent = sent(|client| {
        client
            .run("m")
            .developer("Obey.")
            .system("Be brief.")
            .user("Hi")
            .assistant("Hello")
            .user_parts([
                "Which cat is this?".into(),
                Image::url("https://example.com/cat.png").with_detail(ImageDetail::Low).into(),
                Image::bytes("image/png", b"\x89PNG").into(),
            ])
            .message(Message::user("And?"))
    })
    .await;
    let expected = json!([
        {"role": "developer", "content": "Obey."},
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": [
            {"type": "text", "text": "Which cat is this?"},
            {"type": "image_url",
             "image_url": {"url": "https://example.com/cat.png", "detail": "low"}},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
        ]},
        {"role": "user", "content": "And?"},
    ]);
    assert_eq!(sent["messages"], expected);
}

#[both_apis::test]
async fn calls_and_outputs_written_by_hand_are_sent_as_messages() {
    use openai_tools::{ToolCall, ToolOutput};
    let mut asked = openai_tools::chat::AssistantMessage::default();
    asked.tool_calls = vec![ToolCall::new("c1", "echo", r#"{"n": 1}"#)];
    let sent = sent(|client| {
        let run = client.run("m").user("go").message(Message::Assistant(asked));
        run.message(Message::Tool(ToolOutput::new("c1", "echo 1")))
    })
    .await;
    let expected = json!([
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": null, "tool_calls": [
            {"id": "c1", "type": "function",
             "function": {"name": "echo", "arguments": "{\"n\": 1}"}},
        ]},
        {"role": "tool", "tool_call_id": "c1", "content": "echo 1"},
    ]);
    assert_eq!(sent["messages"], expected);
}

#[both_apis::test]
async fn a_conversation_that_leaves_a_call_open_is_refused_by_the_server() {
    let mut asked = openai_tools::chat::AssistantMessage::default();
    asked.tool_calls = vec![openai_tools::ToolCall::new("c1", "echo", "{}")];
    let server = TestServer::scripted([Reply::text("never")]).await;
    let run = server.client().run("m").user("go").message(Message::Assistant(asked)).user("?");
    let error = run.await.expect_err("a call is open");
    assert_eq!(error.error().status(), Some(400));
    assert!(!error.error().is_retryable());
    assert_eq!(server.request_count(), 1);
}
