//! Servers with an accent: the same run, typed answer and stream against each of them.

use openai_tools::{
    Client, ErrorKind, Image, Message, ToolChoice, ToolName, Toolbox,
    chat::{AllowedMode, Api, Request, ResponseFormat},
    client::ClientBuilder,
    provider::{FieldRule, Provider, Quirks, ToolChoiceWords},
    testing::{Reply, Server},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tests::{echo, echo_call, unused_tool};

#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
struct Trip {
    city: String,
    days: u8,
}

/// Every preset, and a server that has every quirk at once.
fn all() -> Vec<Provider> {
    let awkward = Quirks::new()
        .with_field("stream_options", FieldRule::LeftOut)
        .with_field("max_completion_tokens", FieldRule::Renamed("max_tokens".to_owned()))
        .with_strict(false)
        .with_tool_choice(ToolChoiceWords::nothing())
        .with_developer_role(false)
        .with_json_schema(false)
        .with_json_object(false)
        .with_arguments_as_object(true)
        .with_reasoning_field("thoughts")
        .with_image_urls(false)
        .with_done_as_end(true)
        .with_responses(false);
    let awkward = Provider::new("awkward", "http://localhost:1/v1").with_quirks(awkward);
    let mut all = Provider::presets();
    all.push(awkward);
    all
}

async fn playing(provider: Provider, script: impl IntoIterator<Item = Reply>) -> Server {
    let script: Vec<_> = script.into_iter().collect();
    Server::builder().provider(provider).script(script).start().await.expect("a free port")
}

fn builder(server: &Server) -> ClientBuilder {
    let provider = server.provider().expect("it plays one");
    Client::builder().provider(provider).api_key("k-0123456789")
}

fn client(server: &Server) -> Client {
    builder(server).build().expect("a good configuration")
}

fn tools() -> Toolbox {
    let tools = Toolbox::new().with(echo()).and_then(|tools| tools.with(unused_tool("other")));
    tools.expect("distinct")
}

fn script() -> [Reply; 3] {
    [
        Reply::tool_calls([echo_call(1), echo_call(2)]).with_reasoning("two calls, then"),
        Reply::tool_calls([echo_call(3)]),
        Reply::text("done"),
    ]
}

#[tokio::test]
async fn a_run_with_parallel_calls_goes_well_on_every_server() {
    for provider in all() {
        for streamed in [false, true] {
            let server = playing(provider.clone(), script()).await;
            let run = client(&server)
                .run("some/model")
                .tools(tools())
                .developer("Be brief.")
                .max_tokens(100)
                .parallel_tool_calls(true)
                .user("go");
            let run = if streamed { run.stream().finish().await } else { run.await };
            let run = run.unwrap_or_else(|error| panic!("{}: {error:?}", provider.name));
            assert_eq!(run.text(), "done", "{}", provider.name);
            let outputs: Vec<_> = run.calls().map(|call| call.output.text.as_str()).collect();
            assert_eq!(outputs, ["echo 1", "echo 2", "echo 3"], "{}", provider.name);
            assert_eq!(server.request_count(), 3);
        }
    }
}

#[tokio::test]
async fn a_typed_answer_begins_with_what_the_server_has() {
    for provider in all() {
        for streamed in [false, true] {
            let answer = Reply::text(r#"{"city": "Hanoi", "days": 4}"#);
            let server = playing(provider.clone(), [answer]).await;
            let run = client(&server).parse::<Trip>("m").user("Four days in Hanoi");
            let run = if streamed { run.stream().finish().await } else { run.await };
            let run = run.unwrap_or_else(|error| panic!("{}: {error:?}", provider.name));
            let trip = run.into_value().expect("a value");
            assert_eq!(trip, Trip { city: "Hanoi".to_owned(), days: 4 });
            let sent: Value = server.requests()[0].json();
            let format = sent["response_format"]["type"].as_str();
            let expected = match &provider.quirks {
                quirks if quirks.json_schema => Some("json_schema"),
                quirks if quirks.json_object => Some("json_object"),
                _ => None,
            };
            assert_eq!(format, expected, "{}", provider.name);
            if expected != Some("json_schema") {
                assert!(sent["messages"][0]["content"].to_string().contains("JSON Schema"));
            }
        }
    }
}

#[tokio::test]
async fn the_responses_api_is_used_where_there_is_one() {
    for provider in all() {
        let server =
            playing(provider.clone(), [Reply::tool_calls([echo_call(1)]), Reply::text("done")])
                .await;
        let run = client(&server).run("m").api(Api::Responses).tools(tools()).developer("d");
        let run = run.user("go").await;
        if provider.quirks.responses {
            let run = run.unwrap_or_else(|error| panic!("{}: {error:?}", provider.name));
            assert_eq!(run.text(), "done");
        } else {
            let error = run.expect_err("refused").into_error();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert!(error.to_string().contains("no Responses API"), "{error}");
            assert_eq!(server.request_count(), 0);
        }
    }
}

#[tokio::test]
async fn tool_choices_mean_the_same_on_every_server_or_are_refused() {
    let name = |name| ToolName::parse(name).expect("legal");
    let choices = [
        ToolChoice::None,
        ToolChoice::Auto,
        ToolChoice::Required,
        ToolChoice::Named(name("echo")),
        ToolChoice::Allowed { mode: AllowedMode::Auto, tools: vec![name("echo")] },
        ToolChoice::Allowed { mode: AllowedMode::Required, tools: vec![name("echo")] },
    ];
    for provider in all() {
        let words = &provider.quirks.tool_choice;
        for choice in &choices {
            let server = playing(provider.clone(), [Reply::text("ok")]).await;
            let run = client(&server).run("m").tools(tools()).tool_choice(choice.clone());
            let run = run.user("go").await;
            let demands = matches!(
                choice,
                ToolChoice::Required
                    | ToolChoice::Named(_)
                    | ToolChoice::Allowed { mode: AllowedMode::Required, .. }
            );
            if demands && words.required.is_none() {
                let error = run.expect_err("refused").into_error();
                assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{choice:?}");
                continue;
            }
            let run = run.unwrap_or_else(|error| panic!("{} {choice:?}: {error:?}", provider.name));
            assert_eq!(run.text(), "ok");
        }
    }
}

#[tokio::test]
async fn azure_is_asked_by_deployment_version_and_its_own_header() {
    let server = playing(Provider::azure("", "2024-10-21"), [Reply::text("ok")]).await;
    let run = client(&server).run("my gpt").user("hi").await.expect("an outcome");
    assert_eq!(run.text(), "ok");
    let request = &server.requests()[0];
    let path = "/v1/deployments/my%20gpt/chat/completions?api-version=2024-10-21";
    assert_eq!(request.path(), path);
    assert_eq!(request.header("api-key"), Some("k-0123456789"));
    assert_eq!(request.header("authorization"), None);
}

#[tokio::test]
async fn what_was_thought_goes_back_where_the_server_wants_it() {
    let server = playing(Provider::deepseek(), script()).await;
    let run = client(&server).run("m").tools(tools()).user("go").await.expect("an outcome");
    assert_eq!(run.text(), "done");
    let messages = server.requests()[2].json()["messages"].clone();
    assert_eq!(messages[1]["reasoning_content"], "two calls, then");
    assert_eq!(messages[4]["reasoning_content"], "");
}

#[tokio::test]
async fn what_a_server_cannot_be_told_is_refused_before_the_request() {
    let server = playing(Provider::ollama(), []).await;
    let client = client(&server);
    let image = Image::url("https://example.com/i.png");
    let run = client.run("m").user_parts(["Look:".into(), image.into()]).await;
    assert_eq!(run.expect_err("refused").into_error().kind(), ErrorKind::InvalidRequest);
    let run = client.run("m").tools(tools()).parallel_tool_calls(false).user("go").await;
    let error = run.expect_err("refused").into_error();
    assert!(
        error.to_string().contains("ollama") && error.to_string().contains("parallel"),
        "{error}"
    );

    let server = playing(Provider::deepseek(), []).await;
    let mut request = Request::new("m");
    request.messages.push(Message::user("hi"));
    let schema = json!({"type": "object"});
    let contract = openai_tools::schema::Contract::given(schema, false).expect("a schema");
    let name = ToolName::parse("a").expect("legal");
    request.format = ResponseFormat::JsonSchema { name, contract };
    let error = builder(&server).build().expect("good").send(&request).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(server.request_count(), 0);
}

#[tokio::test]
async fn a_stream_without_a_finish_reason_is_cut_unless_the_server_is_known_for_it() {
    let provider = Provider::new("p", "").with_quirks(Quirks::new().with_done_as_end(true));
    let server = playing(provider, [Reply::text("hi"), Reply::text("hi")]).await;
    let run = client(&server).run("m").user("go").stream().finish().await;
    assert_eq!(run.expect("whole").text(), "hi");
    let plain = Client::builder().base_url(server.base_url()).build().expect("good");
    let run = plain.run("m").user("go").stream().finish().await;
    assert_eq!(run.expect_err("cut").into_error().kind(), ErrorKind::StreamCut);
}

#[test]
fn a_provider_without_a_place_needs_one() {
    let error = Client::builder().provider(Provider::azure_v1("")).build().expect_err("nowhere");
    assert_eq!(error.kind(), ErrorKind::Config);
    let azure = Provider::azure_v1("https://r.openai.azure.com/");
    assert_eq!(azure.base_url, "https://r.openai.azure.com/openai/v1");
    assert!(Client::builder().provider(azure).api_key("k").build().is_ok());
}
