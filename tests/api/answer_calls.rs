//! Typed answers where a server knows no schemas of answers: the answer is one call of a tool.

use openai_tools::{
    Client, ErrorKind, Outcome, Run, ToolChoice, ToolName, Toolbox,
    chat::{AllowedMode, Api},
    provider::{Provider, Quirks, ToolChoiceWords},
    run::{Event, IncompleteReason, Limit, RunLimits, RunStream},
    structured::AnswerStep,
    testing::{Reply, ScriptedCall, Server},
    tool::CallFailure,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tests::{TestServer, echo, echo_call, transcript_is_answered, unused_tool};

#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq)]
struct Trip {
    city: String,
    days: u8,
}

const GOOD: &str = r#"{"city":"Hanoi","days":4}"#;

fn trip() -> Trip {
    Trip { city: "Hanoi".to_owned(), days: 4 }
}

fn answer(arguments: &str) -> Reply {
    Reply::tool_calls([("a1", "final_answer", arguments)]).with_usage(5, 6)
}

/// Another id, since calls of one conversation differ in it.
fn again(arguments: &str) -> Reply {
    Reply::tool_calls([("a2", "final_answer", arguments)])
}

fn without_schemas() -> Quirks {
    Quirks::new().with_json_schema(false)
}

async fn playing(quirks: Quirks, replies: impl IntoIterator<Item = Reply>) -> TestServer {
    let provider = Provider::new("no-schemas", "http://localhost:1/v1").with_quirks(quirks);
    let script: Vec<_> = replies.into_iter().collect();
    TestServer::start(Server::builder().provider(provider).script(script)).await
}

async fn scripted(replies: impl IntoIterator<Item = Reply>) -> TestServer {
    playing(without_schemas(), replies).await
}

/// A client that knows the server.
fn client_with(server: &TestServer, quirks: Quirks) -> Client {
    let client = server.client_builder().quirks(quirks).build();
    client.expect("a good configuration")
}

fn client(server: &TestServer) -> Client {
    client_with(server, without_schemas())
}

async fn parse(server: &TestServer) -> Run<Trip> {
    client(server).parse::<Trip>("m").user("Four days in Hanoi").await.expect("an outcome")
}

fn tools() -> Toolbox {
    let tools = Toolbox::new().with(echo()).and_then(|tools| tools.with(unused_tool("other")));
    tools.expect("distinct")
}

fn name(name: &str) -> ToolName {
    ToolName::parse(name).expect("legal")
}

fn named(name: &str) -> Value {
    json!({"type": "function", "function": {"name": name}})
}

fn outputs(run: &Run<Trip>) -> Vec<(Option<CallFailure>, &str)> {
    let outputs = run.transcript().iter().filter_map(|message| match message {
        openai_tools::Message::Tool(output) => Some((output.failure.clone(), &*output.text)),
        _ => None,
    });
    outputs.collect()
}

#[both_apis::test]
async fn the_arguments_of_one_call_are_the_answer() {
    for streamed in [false, true] {
        let server = scripted([answer(GOOD)]).await;
        let run = client(&server).parse::<Trip>("m").user("Four days in Hanoi");
        let run = if streamed { run.stream().finish().await } else { run.await };
        let run = run.expect("an outcome");
        assert_eq!(run.outcome(), &Outcome::Completed(trip()));
        assert_eq!(run.text(), GOOD);
        assert_eq!(run.usage().total_tokens, 11);
        let asked = server.asked(0);
        assert_eq!(asked.get("response_format"), None);
        assert_eq!(asked["tool_choice"], named("final_answer"));
        assert_eq!(asked["tools"].as_array().map(Vec::len), Some(1));
        let function = &asked["tools"][0]["function"];
        assert_eq!(
            (&function["name"], &function["strict"]),
            (&json!("final_answer"), &json!(true))
        );
        assert_eq!(function["parameters"]["required"], json!(["city", "days"]));
        // It is in the transcript, answered, and is no call of a tool of the run's.
        assert!(transcript_is_answered(run.transcript()));
        assert_eq!(outputs(&run), [(None, "The answer is taken.")]);
        assert_eq!((run.calls().count(), run.spent().tool_calls), (0, 0));
    }
}

#[both_apis::test]
async fn roots_that_are_no_objects_are_unwrapped_unseen() {
    let reply = Reply::with_chat(|request| {
        let parameters = &request["tools"][0]["function"]["parameters"];
        let name = parameters["required"][0].as_str().expect("one property");
        Reply::tool_calls([("a1", "final_answer", json!({name: ["a", "b"]}).to_string())])
    });
    let server = scripted([reply]).await;
    let run = client(&server).parse::<Vec<String>>("m").user("go").await.expect("an outcome");
    assert_eq!(run.into_value().expect("a value"), ["a", "b"]);
}

#[both_apis::test]
async fn an_invalid_answer_is_answered_with_its_problems() {
    let server = scripted([answer(r#"{"city":"Hanoi","days":-1}"#), again(GOOD)]).await;
    let run = parse(&server).await;
    assert_eq!(run.outcome(), &Outcome::Completed(trip()));
    assert_eq!(run.spent().re_asks, 1);
    let messages = server.asked_messages(1);
    let last = messages.last().expect("a message");
    assert_eq!((&last["role"], &last["tool_call_id"]), (&json!("tool"), &json!("a1")));
    let told = last["content"].as_str().expect("a text");
    assert!(told.contains("at /days: ") && told.contains("Call this tool again"), "{told}");
    assert!(transcript_is_answered(run.transcript()));
    assert_eq!(outputs(&run)[0].0, Some(CallFailure::NotTaken));
    assert_eq!(server.asked(1)["tool_choice"], named("final_answer"));
}

#[both_apis::test]
async fn the_last_invalid_answer_is_answered_too() {
    let bad = ["a1", "a2", "a3"].map(|id| Reply::tool_calls([(id, "final_answer", "{")]));
    let server = scripted(bad).await;
    let run = parse(&server).await;
    assert_eq!(run.outcome().as_str(), "invalid");
    assert_eq!((run.text(), server.request_count()), ("{", 3));
    assert!(transcript_is_answered(run.transcript()));
    assert!(outputs(&run).iter().all(|(failure, _)| *failure == Some(CallFailure::NotTaken)));
}

#[both_apis::test]
async fn the_check_of_the_caller_counts_and_so_does_the_limit_of_re_asks() {
    let other = GOOD.replace("Hanoi", "Hue");
    let server = scripted([answer(&other), again(GOOD)]).await;
    let check = |trip: &Trip| match trip.city.as_str() {
        "Hanoi" => Ok(()),
        _ => Err("only Hanoi will do".to_owned()),
    };
    let run = client(&server).parse::<Trip>("m").user("go").check(check).await;
    assert_eq!(run.expect("an outcome").outcome(), &Outcome::Completed(trip()));
    assert!(server.sent(1).to_string().contains("only Hanoi will do"));

    let server = scripted([answer(&other)]).await;
    let run = client(&server).parse::<Trip>("m").user("go").check(check).max_re_asks(0).await;
    assert_eq!(run.expect("an outcome").outcome().as_str(), "invalid");
}

#[both_apis::test]
async fn an_answer_in_words_is_taken_and_a_bad_one_asked_for_as_a_call() {
    let server = scripted([Reply::text(GOOD)]).await;
    assert_eq!(parse(&server).await.outcome(), &Outcome::Completed(trip()));

    let server = scripted([Reply::text("Hanoi it is."), again(GOOD)]).await;
    assert_eq!(parse(&server).await.outcome(), &Outcome::Completed(trip()));
    let told = server.asked_messages(1).pop().expect("a message");
    assert_eq!(told["role"], "user");
    let told = told["content"].as_str().expect("a text");
    assert!(told.contains("by calling the tool `final_answer`"), "{told}");
}

#[both_apis::test]
async fn refusals_and_answers_that_are_cut_off_are_what_they_always_are() {
    let server = scripted([Reply::refusal("No.")]).await;
    assert_eq!(parse(&server).await.outcome(), &Outcome::Refusal("No.".to_owned()));
    for (reason, expected) in
        [("length", IncompleteReason::Length), ("content_filter", IncompleteReason::ContentFilter)]
    {
        let server = scripted([answer(GOOD).with_finish_reason(reason)]).await;
        let run = parse(&server).await;
        assert_eq!(run.outcome(), &Outcome::Incomplete(expected));
        assert_eq!(run.text(), GOOD);
        assert!(transcript_is_answered(run.transcript()));
        assert_eq!(outputs(&run)[0].0, Some(CallFailure::ResponseIncomplete));
    }
}

#[both_apis::test]
async fn beside_other_tools_any_call_is_demanded_until_the_answer_is_there() {
    for streamed in [false, true] {
        let server = scripted([Reply::tool_calls([echo_call(1)]), answer(GOOD)]).await;
        let run = client(&server).parse::<Trip>("m").tools(tools()).user("go");
        let run = if streamed { run.stream().finish().await } else { run.await };
        let run = run.expect("an outcome");
        assert_eq!(run.outcome(), &Outcome::Completed(trip()));
        for request in 0..2 {
            let asked = server.asked(request);
            assert_eq!(asked["tool_choice"], "required");
            let names: Vec<_> = (0..3).map(|n| &asked["tools"][n]["function"]["name"]).collect();
            assert_eq!(names, ["echo", "other", "final_answer"]);
        }
        let calls: Vec<_> = run.calls().map(|call| call.output.text.as_str()).collect();
        assert_eq!((calls, run.spent().tool_calls), (vec!["echo 1"], 1));
    }
}

#[both_apis::test]
async fn an_answer_beside_other_calls_is_none_and_they_run() {
    let both = || {
        let early = ScriptedCall::from(("a0", "final_answer", json!({"city": "?", "days": 0})));
        Reply::tool_calls([early, echo_call(1)])
    };
    for streamed in [false, true] {
        let server = scripted([both(), answer(GOOD)]).await;
        let run = client(&server).parse::<Trip>("m").tools(tools()).user("go");
        // It is no call of the run's limits.
        let run = run.limits(RunLimits::new().with_tool_calls(1));
        let run = if streamed { run.stream().finish().await } else { run.await };
        let run = run.expect("an outcome");
        assert_eq!(run.outcome(), &Outcome::Completed(trip()));
        assert!(transcript_is_answered(run.transcript()));
        let outputs = outputs(&run);
        assert_eq!(outputs[0].0, Some(CallFailure::NotTaken));
        assert_eq!(outputs[1], (None, "echo 1"));
        assert_eq!((run.calls().count(), run.spent().re_asks), (1, 0));
    }
    let server = scripted([both()]).await;
    let run = client(&server).parse::<Trip>("m").tools(tools()).user("go");
    let run = run.limits(RunLimits::new().with_tool_calls(0)).await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::ToolCalls(0)));
    assert!(transcript_is_answered(run.transcript()));
}

#[both_apis::test]
async fn of_several_answers_the_first_counts() {
    let bad = r#"{"city":"Hue","days":"x"}"#;
    for (first, second, turns) in [(GOOD, bad, 1), (bad, GOOD, 2)] {
        let calls = [("a1", "final_answer", first), ("b1", "final_answer", second)];
        let server = scripted([Reply::tool_calls(calls), again(GOOD)]).await;
        let run = parse(&server).await;
        assert_eq!(run.outcome(), &Outcome::Completed(trip()));
        assert_eq!(run.turns().len(), turns);
        assert_eq!(outputs(&run)[1].0, Some(CallFailure::NotTaken));
        assert!(transcript_is_answered(run.transcript()));
    }
}

#[both_apis::test]
async fn the_choice_of_the_application_goes_first() {
    let allowed = |mode: &str, names: &[&str]| {
        let tools: Vec<_> = names.iter().map(|name| named(name)).collect();
        json!({"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": tools}})
    };
    let only = |mode| ToolChoice::Allowed { mode, tools: vec![name("echo").into()] };
    let both = &["echo", "final_answer"];
    for (choice, offered, first, second) in [
        (ToolChoice::Auto, true, json!("required"), json!("required")),
        (ToolChoice::Required, false, json!("required"), json!("required")),
        (ToolChoice::Named(name("echo")), true, named("echo"), json!("required")),
        (only(AllowedMode::Auto), true, allowed("required", both), allowed("required", both)),
        (
            only(AllowedMode::Required),
            true,
            allowed("required", &["echo"]),
            allowed("required", both),
        ),
    ] {
        let server = scripted([Reply::tool_calls([echo_call(1)]), answer(GOOD)]).await;
        let run = client(&server).parse::<Trip>("m").tools(tools()).tool_choice(choice.clone());
        let run = run.user("go").await.expect("an outcome");
        assert_eq!(run.outcome(), &Outcome::Completed(trip()), "{choice:?}");
        assert_eq!(server.asked(0)["tool_choice"], first, "{choice:?}");
        assert_eq!(server.asked(1)["tool_choice"], second, "{choice:?}");
        let count = server.asked(0)["tools"].as_array().map(Vec::len);
        assert_eq!(count, Some(if offered { 3 } else { 2 }), "{choice:?}");
    }
    let server = scripted([answer(GOOD)]).await;
    let run = client(&server).parse::<Trip>("m").tools(tools()).tool_choice(ToolChoice::None);
    assert!(run.user("go").await.expect("an outcome").into_value().is_ok());
    assert_eq!(server.asked(0)["tool_choice"], named("final_answer"));
}

#[both_apis::test]
async fn its_name_is_none_of_the_tools() {
    let reply = Reply::tool_calls([("a1", "final_answer_2", GOOD)]);
    let server = scripted([reply]).await;
    let tools = Toolbox::new().with(unused_tool("final_answer")).expect("one tool");
    let run = client(&server).parse::<Trip>("m").tools(tools).user("go").await;
    assert_eq!(run.expect("an outcome").into_value().expect("a value"), trip());
}

#[both_apis::test]
async fn a_server_that_knows_no_names_is_offered_that_tool_alone() {
    let quirks = || {
        let mut words = ToolChoiceWords::words_only();
        words.required = Some("any".to_owned());
        without_schemas().with_tool_choice(words).with_strict(false)
    };
    // What it takes is no request to OpenAI.
    let server = playing(quirks(), [answer(GOOD)]).await.with_invalid_requests();
    let run = client_with(&server, quirks()).parse::<Trip>("m").user("go").await;
    assert_eq!(run.expect("an outcome").into_value().expect("a value"), trip());
    let sent = server.sent(0);
    assert_eq!(sent["tool_choice"], "any");
    assert!(!sent.to_string().contains("strict"), "{sent}");
}

#[both_apis::test]
async fn every_step_can_be_pinned() {
    for (step, format, tools) in [
        (AnswerStep::Schema, json!("json_schema"), false),
        (AnswerStep::Tool, Value::Null, true),
        (AnswerStep::JsonMode, json!("json_object"), false),
        (AnswerStep::Words, Value::Null, false),
    ] {
        let reply = if tools { answer(GOOD) } else { Reply::text(GOOD) };
        let server = TestServer::scripted([reply]).await;
        let run = server.client().parse::<Trip>("m").answer_step(step).user("go").await;
        assert_eq!(run.expect("an outcome").into_value().expect("a value"), trip(), "{step:?}");
        let asked = server.asked(0);
        assert_eq!(asked["response_format"]["type"], format, "{step:?}");
        assert_eq!(asked.get("tools").is_some(), tools, "{step:?}");
        let told = asked["messages"].to_string().contains("JSON Schema");
        assert_eq!(told, matches!(step, AnswerStep::JsonMode | AnswerStep::Words));
    }
    // What the server lacks is said before the request.
    let server = scripted([]).await;
    let nothing = || without_schemas().with_tool_choice(ToolChoiceWords::nothing());
    for (quirks, step) in [(without_schemas(), AnswerStep::Schema), (nothing(), AnswerStep::Tool)] {
        let client = client_with(&server, quirks);
        let run = client.parse::<Trip>("m").answer_step(step).user("go").await;
        assert_eq!(run.expect_err("refused").error().kind(), ErrorKind::InvalidRequest);
    }
    assert_eq!(server.request_count(), 0);
}

/// The growing city in the partial values, and the end.
async fn partials(mut stream: RunStream<Trip>) -> (Vec<String>, Run<Trip>) {
    let mut seen = Vec::new();
    while let Some(event) = stream.next().await {
        match event.expect("no error") {
            Event::Partial(partial) => {
                let city = partial.at("/city").and_then(|city| city.as_str().map(str::to_owned));
                seen.extend(city.filter(|city| seen.last() != Some(city)));
            }
            Event::ToolFinished(call) => assert_ne!(call.call.name, "final_answer"),
            Event::Ended(run) => return (seen, *run),
            _ => {}
        }
    }
    panic!("no end");
}

#[both_apis::test]
async fn a_typed_answer_grows_with_the_arguments() {
    let asks = Reply::tool_calls([echo_call(1)]).with_reasoning("first the tool");
    let bad = answer(r#"{"city":"Hue","days":300}"#);
    let server = scripted([asks, bad, again(GOOD)]).await;
    let run = client(&server).parse::<Trip>("m").tools(tools()).user("go");
    let (seen, run) = partials(run.stream()).await;
    assert_eq!(run.outcome(), &Outcome::Completed(trip()));
    assert!(seen.contains(&"Hue".to_owned()), "{seen:?}");
    assert_eq!(seen.last().map(String::as_str), Some("Hanoi"), "{seen:?}");
}

#[both_apis::test]
async fn a_list_is_told_element_by_element() {
    let list = r#"{"value": ["Hanoi", "Paris"]}"#;
    for script in [
        vec![answer(list)],
        vec![Reply::text(list)],
        vec![Reply::tool_calls([echo_call(1)]), answer(list)],
    ] {
        let server = scripted(script.clone()).await;
        let mut run = client(&server).parse::<Vec<String>>("m").user("Name two cities.");
        if script.len() > 1 {
            run = run.tools(tools());
        }
        let mut cities = run.stream().elements();
        let mut told = Vec::new();
        while let Some(city) = cities.next().await {
            told.push(city.expect("no error"));
        }
        assert_eq!(told, ["Hanoi", "Paris"]);
        let run = cities.finish().await.expect("a run");
        assert_eq!(run.into_value().expect("a value"), told);
    }
}

#[both_apis::test]
async fn turn_by_turn_the_answer_waits_for_nobody() {
    let server = scripted([Reply::tool_calls([echo_call(1)]), answer(GOOD)]).await;
    let mut run = client(&server).parse::<Trip>("m").tools(tools()).user("go").start();
    let turn = run.next_turn().await.expect("a turn").expect("a turn");
    assert_eq!(turn.pending().count(), 1);
    let turn = run.next_turn().await.expect("a turn").expect("a turn");
    assert_eq!(turn.pending().count(), 0);
    assert_eq!(run.outcome(), Some(&Outcome::Completed(trip())));
    assert!(run.next_turn().await.expect("its end").is_none());
    assert!(transcript_is_answered(run.finish().await.expect("a run").transcript()));
}

#[both_apis::test]
async fn the_automatic_server_answers_by_the_tool() {
    let provider = Provider::new("p", "http://localhost:1/v1").with_quirks(without_schemas());
    let server = TestServer::start(Server::builder().provider(provider)).await;
    let run = parse(&server).await;
    assert_eq!(run.outcome().as_str(), "completed", "{}", run.text());
    let tools = Toolbox::new().with(echo()).expect("one tool");
    let run = client(&server).parse::<Trip>("m").tools(tools).user("Echo 7, please.").await;
    let run = run.expect("an outcome");
    assert_eq!(run.outcome().as_str(), "completed", "{}", run.text());
    assert_eq!(run.calls().count(), 1);
}

#[tokio::test]
async fn hosted_tools_count_as_other_tools() {
    let script = vec![answer(GOOD)];
    let provider = Provider::new("p", "http://localhost:1/v1").with_quirks(without_schemas());
    let server = Server::builder().provider(provider.clone()).script(script).start().await;
    let server = server.expect("a free port");
    let provider = server.provider().expect("it plays one");
    let client = Client::builder().provider(provider).api_key("k").api(Api::Responses).build();
    let run = client.expect("a good configuration").parse::<Trip>("m");
    let run = run.hosted_tool(openai_tools::chat::HostedTool::web_search()).user("go").await;
    assert_eq!(run.expect("an outcome").into_value().expect("a value"), trip());
    let sent: Value = server.requests()[0].json();
    assert_eq!(sent["tool_choice"], "required");
    let kinds: Vec<_> = (0..2).map(|n| sent["tools"][n]["type"].clone()).collect();
    assert_eq!(kinds, ["web_search", "function"]);
}
