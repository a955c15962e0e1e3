//! Servers with an accent: the same run, typed answer and stream against each of them.

use openai_tools::{
    Client, ErrorKind, Image, Message, RunError, ToolChoice, ToolName, Toolbox,
    chat::{AllowedMode, Api, ConversationState, Request, ResponseFormat},
    client::ClientBuilder,
    provider::{AnswerQuirks, FieldRule, Provider, Quirks, ToolChoiceWords, UsageTold},
    run::Event,
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

/// Every preset, a server that has every quirk at once, and one for each form of answers.
fn all() -> Vec<Provider> {
    let answers = AnswerQuirks::new()
        .with_arguments_as_object(true)
        .with_whole_calls(true)
        .with_index_missing(true)
        .with_id_missing(true)
        .with_finish_reason_empty(true)
        .with_reasoning_field("reasoning")
        .with_usage(UsageTold::Never);
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
        .with_files(false)
        .with_audio_input(false)
        .with_custom_tools(false)
        .with_hosted_tools(false)
        .with_done_as_end(true)
        .with_keeps_responses(false)
        .with_reasoning_items(false)
        .with_answers(answers);
    let named =
        |name: &str, quirks| Provider::new(name, "http://localhost:1/v1").with_quirks(quirks);
    let answering = |name: &str, answers| named(name, Quirks::new().with_answers(answers));
    let mut all = Provider::presets();
    all.extend([
        named("awkward", awkward.clone()),
        named("awkward chat", awkward.with_responses(false)),
        answering("objects", AnswerQuirks::new().with_arguments_as_object(true)),
        answering("whole calls", AnswerQuirks::new().with_whole_calls(true)),
        answering("no index", AnswerQuirks::new().with_index_missing(true).with_whole_calls(true)),
        answering("no ids", AnswerQuirks::new().with_id_missing(true)),
        answering("empty reasons", AnswerQuirks::new().with_finish_reason_empty(true)),
        answering("no usage", AnswerQuirks::new().with_usage(UsageTold::Never)),
        answering("usage always", AnswerQuirks::new().with_usage(UsageTold::Always)),
    ]);
    all
}

/// A server, an API that it has, and whether it streams.
struct Case {
    provider: Provider,
    api: Api,
    streamed: bool,
}

impl Case {
    /// Every case there is.
    fn all() -> Vec<Self> {
        let mut cases = Vec::new();
        for provider in all() {
            for (api, streamed) in [
                (Api::ChatCompletions, false),
                (Api::ChatCompletions, true),
                (Api::Responses, false),
                (Api::Responses, true),
            ] {
                if api == Api::ChatCompletions || provider.quirks.responses {
                    cases.push(Self { provider: provider.clone(), api, streamed });
                }
            }
        }
        cases
    }
}

/// Finishes a run as the case has it.
macro_rules! finish {
    ($case:expr, $run:expr) => {{
        let run = $run.api($case.api);
        let run = if $case.streamed { run.stream().finish().await } else { run.await };
        run.unwrap_or_else(|error| panic!("{}: {error:?}", $case))
    }};
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { provider, api, streamed } = self;
        write!(f, "{} over {} (streamed: {streamed})", provider.name, api.as_str())
    }
}

pub(crate) async fn playing(provider: Provider, script: impl IntoIterator<Item = Reply>) -> Server {
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

pub(crate) fn script() -> [Reply; 3] {
    [
        Reply::tool_calls([echo_call(1), echo_call(2)]).with_reasoning("two calls, then"),
        Reply::tool_calls([echo_call(3)]),
        Reply::text("done"),
    ]
}

#[tokio::test]
async fn a_run_with_parallel_calls_goes_well_on_every_server() {
    for case in Case::all() {
        let server = playing(case.provider.clone(), script()).await;
        let run = client(&server)
            .run("some/model")
            .tools(tools())
            .developer("Be brief.")
            .max_tokens(100)
            .parallel_tool_calls(true)
            .user("go");
        let run = finish!(case, run);
        assert_eq!(run.text(), "done", "{case}");
        let outputs: Vec<_> = run.calls().map(|call| call.output.text.as_str()).collect();
        assert_eq!(outputs, ["echo 1", "echo 2", "echo 3"], "{case}");
        assert_eq!(server.request_count(), 3, "{case}");
        let thought = run.turns()[0].response.message.reasoning.as_deref();
        let knows_thoughts =
            case.api == Api::ChatCompletions || case.provider.quirks.reasoning_items;
        assert_eq!(thought, knows_thoughts.then_some("two calls, then"), "{case}");
        let is_told = case.provider.quirks.answers.usage != UsageTold::Never;
        let asked = !case.provider.quirks.fields.contains_key("stream_options");
        let always = case.provider.quirks.answers.usage == UsageTold::Always;
        let told = run.turns().iter().all(|turn| turn.response.usage.is_some());
        let streamed_chat = case.streamed && case.api == Api::ChatCompletions;
        assert_eq!(told, is_told && (always || asked || !streamed_chat), "{case}");
    }
}

#[tokio::test]
async fn a_typed_answer_begins_with_what_the_server_has() {
    for case in Case::all() {
        const ANSWER: &str = r#"{"city": "Hanoi", "days": 4}"#;
        let quirks = &case.provider.quirks;
        let formless = case.api == Api::Responses
            && quirks.fields.get("text.format") == Some(&FieldRule::Refused);
        let by_tool = (formless || !quirks.json_schema) && quirks.tool_choice.required.is_some();
        let answer = if by_tool {
            Reply::tool_calls([("c1", "final_answer", ANSWER)])
        } else {
            Reply::text(ANSWER)
        };
        let server = playing(case.provider.clone(), [answer]).await;
        let run = client(&server).parse::<Trip>("m").user("Four days in Hanoi");
        let trip = finish!(case, run).into_value().expect("a value");
        assert_eq!(trip, Trip { city: "Hanoi".to_owned(), days: 4 }, "{case}");
        let sent: Value = server.requests()[0].json();
        let (format, told) = match case.api {
            Api::Responses => (&sent["text"]["format"]["type"], &sent["input"]),
            _ => (&sent["response_format"]["type"], &sent["messages"]),
        };
        let expected = match quirks {
            _ if by_tool || formless => None,
            quirks if quirks.json_schema => Some("json_schema"),
            quirks if quirks.json_object => Some("json_object"),
            _ => None,
        };
        assert_eq!(format.as_str(), expected, "{case}");
        assert_eq!(sent.get("tools").is_some(), by_tool, "{case}");
        if expected != Some("json_schema") && !by_tool {
            assert!(told[0]["content"].to_string().contains("JSON Schema"), "{case}: {sent}");
        }
    }
}

#[tokio::test]
async fn text_and_calls_come_as_events_from_every_server() {
    for case in Case::all().into_iter().filter(|case| case.streamed) {
        let script = [
            Reply::tool_calls([echo_call(1), echo_call(2)]).with_reasoning("first, then"),
            Reply::text("it is done"),
        ];
        let server = playing(case.provider.clone(), script).await;
        let run = client(&server).run("m").api(case.api).tools(tools()).user("go");
        let (mut text, mut started, mut outputs, mut ended) = (String::new(), 0, Vec::new(), false);
        let mut events = run.stream();
        while let Some(event) = events.next().await {
            match event.unwrap_or_else(|error| panic!("{case}: {error:?}")) {
                Event::Text(piece) => text.push_str(&piece),
                Event::ToolStarted(_) => started += 1,
                Event::ToolFinished(output) => outputs.push(output.output.text.clone()),
                Event::Ended(_) => ended = true,
                _ => {}
            }
        }
        outputs.sort();
        assert_eq!((text.as_str(), started), ("it is done", 2), "{case}");
        assert_eq!(outputs, ["echo 1", "echo 2"], "{case}");
        assert!(ended, "{case}");
    }
}

#[tokio::test]
async fn what_a_server_has_not_of_the_responses_api_is_refused_before_the_request() {
    for provider in all() {
        let server = playing(provider.clone(), [Reply::text("done")]).await;
        let run = || client(&server).run("m").api(Api::Responses).user("go");
        let told = |error: RunError| {
            let error = error.into_error();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{}", provider.name);
            error.to_string()
        };
        if !provider.quirks.responses {
            let why = told(run().await.expect_err("refused"));
            assert!(why.contains("no Responses API"), "{why}");
        }
        if !(provider.quirks.responses && provider.quirks.keeps_responses) {
            told(run().state(ConversationState::Server).await.expect_err("refused"));
            told(run().background(true).await.expect_err("refused"));
            assert_eq!(server.request_count(), 0, "{}", provider.name);
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
        ToolChoice::Allowed { mode: AllowedMode::Auto, tools: vec![name("echo").into()] },
        ToolChoice::Allowed { mode: AllowedMode::Required, tools: vec![name("echo").into()] },
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
