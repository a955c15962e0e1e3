//! What only the Responses API has, against OpenAI's document and the checks of its server.

use openai_tools::{
    Client, ErrorKind, Message, Run, ToolChoice, ToolName, Toolbox,
    chat::{
        AllowedMode, Api, ConversationState, HostedTool, Image, OutputItem, ReasoningEffort,
        Request,
    },
    error::ApiError,
    run::{Event, RunStream},
    testing::{Reply, Server},
};
use serde_json::{Value, json};
use tests::{
    TestServer,
    document::{
        check_responses_event, check_responses_request, check_responses_response, document,
    },
    echo, echo_call, unused_tool,
};

fn client(server: &TestServer) -> Client {
    server.client_builder().api(Api::Responses).build().expect("a good configuration")
}

fn echo_box() -> Toolbox {
    Toolbox::new().with(echo()).expect("one tool")
}

fn input(server: &TestServer, index: usize) -> Vec<Value> {
    server.sent(index)["input"].as_array().expect("items").clone()
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[tokio::test]
async fn requests_that_together_use_every_setting_are_valid() {
    let name = |name| ToolName::parse(name).expect("legal");
    let choices = [
        ToolChoice::Auto,
        ToolChoice::None,
        ToolChoice::Required,
        ToolChoice::Named(name("echo")),
        ToolChoice::Allowed { mode: AllowedMode::Auto, tools: vec![name("echo").into()] },
        ToolChoice::Allowed { mode: AllowedMode::Required, tools: vec![name("other").into()] },
    ];
    let script = (0..choices.len()).flat_map(|_| {
        let asks = Reply::tool_calls([echo_call(1), echo_call(2)]).with_reasoning("I ask.");
        [asks, Reply::refusal("no"), Reply::text("{}")]
    });
    let server = TestServer::scripted(script.collect::<Vec<_>>()).await;
    let client = client(&server);
    let tools = Toolbox::new().with(echo()).and_then(|tools| tools.with(unused_tool("other")));
    let tools = tools.expect("distinct");
    for choice in choices {
        let run = client
            .run("gpt-5.2")
            .tools(&tools)
            .system("s")
            .developer("d")
            .user("u")
            .assistant("a")
            .user_parts(["Look:".into(), Image::url("https://example.com/cat.png").into()])
            .parallel_tool_calls(true)
            .temperature(0.25)
            .max_tokens(1_000)
            .reasoning_effort(ReasoningEffort::Low)
            .metadata("customer", "42")
            .extra("service_tier", "flex")
            .extra("top_p", 0.5)
            .extra("store", false)
            .extra("verbosity", "low")
            .extra("truncation", "auto")
            .extra("prompt_cache_key", "k")
            .extra("safety_identifier", "i")
            .extra("reasoning", json!({"summary": "auto"}))
            .tool_choice(choice)
            .await
            .expect("the server takes it");
        // Reasoning, calls, outputs and a refusal in the next request.
        let next = client.parse::<Value>("gpt-5.2").messages(run.into_transcript()).user("JSON?");
        let _ = next.json_mode().extra("store", false).await.expect("the server takes it");
    }
    assert_eq!(server.request_count(), 18);
    for request in server.requests() {
        assert_eq!(check_responses_request(&request.json()), Ok(()));
        let strict = request.json()["tools"].as_array().is_none_or(|tools| {
            tools.iter().all(|tool| tool["strict"].is_boolean() && tool.get("function").is_none())
        });
        assert!(strict);
    }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[test]
fn the_check_of_requests_finds_what_is_wrong() {
    let good = json!({"model": "m", "input": [{"role": "user", "content": "hi"}]});
    assert_eq!(check_responses_request(&good), Ok(()));
    for (field, wrong) in [
        ("input", json!([{"role": "nobody", "content": "hi"}])),
        ("input", json!([{"type": "function_call", "name": "f"}])),
        ("tools", json!([{"type": "function", "function": {"name": "f"}}])),
        ("tool_choice", json!("maybe")),
        ("text", json!({"format": {"type": "yaml"}})),
        ("temperature", json!(3)),
    ] {
        let mut request = good.clone();
        request[field] = wrong;
        assert!(check_responses_request(&request).is_err(), "{request}");
    }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[tokio::test]
async fn every_answer_and_every_event_of_the_server_is_valid() {
    let replies = [
        Reply::text("hi"),
        Reply::refusal("no"),
        Reply::text("after a thought").with_reasoning("A thought."),
        Reply::tool_calls([echo_call(1), ("c2", "gone", "not JSON").into()]),
        Reply::text("cut").with_finish_reason("length"),
    ];
    let script: Vec<_> = replies.into_iter().flat_map(|reply| [reply.clone(), reply]).collect();
    let count = script.len() / 2;
    let server = TestServer::scripted(script).await;
    let http = reqwest::Client::new();
    for _ in 0..count {
        for stream in [false, true] {
            let request = json!({"model": "m", "input": "hi", "stream": stream});
            let url = format!("{}/responses", server.base_url());
            let sent = http.post(url).json(&request).send().await.expect("an answer");
            let body = sent.text().await.expect("a text");
            if !stream {
                let body: Value = serde_json::from_str(&body).expect("JSON");
                assert_eq!(check_responses_response(&body), Ok(()), "{body:#}");
                continue;
            }
            let mut sequence = 0;
            let events = body.split("\n\n").filter(|event| !event.is_empty());
            for event in events {
                let (name, data) = event.split_once('\n').expect("a name and data");
                let data = data.strip_prefix("data: ").expect("data");
                let data: Value = serde_json::from_str(data).expect("JSON");
                assert_eq!(name, format!("event: {}", data["type"].as_str().expect("a type")));
                assert_eq!(data["sequence_number"], sequence);
                assert_eq!(check_responses_event(&data), Ok(()), "{data:#}");
                sequence += 1;
            }
            assert!(sequence > 4, "{body}");
        }
    }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[tokio::test]
async fn the_example_of_the_document_is_read() {
    let example = &document().expect("it is there")["components"]["schemas"]["Response"]["example"];
    let server = TestServer::scripted([Reply::json(200, example)]).await;
    let mut request = Request::new("m");
    request.messages.push(Message::user("What is in the image?"));
    let response = client(&server).send(&request).await.expect("readable");
    assert!(response.message.text.expect("a text").starts_with("The image depicts"));
    assert_eq!(response.usage.expect("told").total_tokens, 380);
    assert_eq!(response.message.items[0].item_type().as_deref(), Some("message"));
}

#[tokio::test]
async fn what_was_reasoned_goes_back_with_its_calls() {
    for stored in [true, false] {
        for streamed in [true, false] {
            let asks = |n| Reply::tool_calls([echo_call(n)]).with_reasoning("I ask.");
            let server = TestServer::scripted([asks(1), asks(2), Reply::text("done")]).await;
            let run = client(&server).run("m").tools(echo_box()).user("go").extra("store", stored);
            let run = if streamed { ended(run.stream()).await } else { run.await.expect("good") };
            assert_eq!(run.text(), "done");
            let kinds: Vec<_> = input(&server, 2)
                .iter()
                .map(|item| item["type"].as_str().unwrap_or("text").to_owned())
                .collect();
            let turn = ["reasoning", "function_call", "function_call_output"];
            assert_eq!(kinds, [&["text"][..], &turn, &turn].concat());
            let encrypted = input(&server, 1)[1]["encrypted_content"].is_string();
            assert_eq!(encrypted, !stored);
            let Message::Assistant(said) = &run.transcript()[1] else { panic!("no answer") };
            assert_eq!(said.reasoning.as_deref(), Some("I ask."));
            assert_eq!(said.items.len(), 2);
        }
    }
}

#[tokio::test]
async fn items_that_nobody_knows_go_back_as_they_came() {
    let hologram = json!({"type": "hologram", "id": "h1", "beams": [1.50, {"a": null}]});
    let call = json!({"type": "function_call", "id": "f1", "call_id": "c1", "name": "echo",
        "arguments": "{\"n\":1}", "status": "completed", "mood": "good"});
    let reply = Reply::text("").with_field("output", json!([hologram, call]));
    let server = TestServer::scripted([reply, Reply::text("done")]).await.with_invalid_requests();
    let run = client(&server).run("m").tools(echo_box()).user("go").await.expect("good");
    assert_eq!(run.text(), "done");
    assert_eq!(input(&server, 1)[1..3], [hologram, call]);
    let Message::Assistant(said) = &run.transcript()[1] else { panic!("no answer") };
    let kinds: Vec<_> = said.items.iter().filter_map(OutputItem::item_type).collect();
    assert_eq!(kinds, ["hologram", "function_call"]);
}

#[tokio::test]
async fn settings_that_the_api_lacks_are_refused_before_anything_is_sent() {
    let server = TestServer::automatic().await;
    let run = |key: &str| client(&server).run("m").user("hi").extra(key, 1);
    for key in ["stop", "n", "logit_bias", "frequency_penalty", "response_format", "messages"] {
        let error = run(key).await.expect_err(key);
        assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
    }
    let error = client(&server).run("m").user("hi").seed(1).await.expect_err("no seed");
    assert!(error.to_string().contains("`seed`"), "{error}");
    assert_eq!(server.request_count(), 0);
}

/// The error that the built-in server answers with.
async fn fault(server: &Server, body: Value) -> (u16, Value) {
    let url = format!("{}/responses", server.base_url());
    let sent = reqwest::Client::new().post(url).json(&body).send().await.expect("an answer");
    let status = sent.status().as_u16();
    let mut body: Value = sent.json().await.expect("JSON");
    (status, body["error"].take())
}

#[tokio::test]
async fn the_server_checks_what_belongs_together() {
    let asks = Reply::tool_calls([("c1", "echo", json!({"n": 1}))]).with_reasoning("I ask.");
    let server = Server::builder()
        .script([asks].into_iter().chain(std::iter::repeat(Reply::text("hi"))))
        .start()
        .await
        .expect("a free port");
    let url = format!("{}/responses", server.base_url());
    let first = reqwest::Client::new().post(url).json(&json!({"model": "m", "input": "go"}));
    let first: Value = first.send().await.expect("sent").json().await.expect("JSON");
    let (reasoning, call) = (&first["output"][0], &first["output"][1]);
    let output = json!({"type": "function_call_output", "call_id": "c1", "output": "1"});
    let user = json!({"role": "user", "content": "go"});

    let faults = [
        (json!([user, call, output]), "without its required 'reasoning' item"),
        (json!([user, reasoning, call]), "No tool output found for function call c1."),
        (json!([user, output]), "No tool call found for function call output with call_id c1."),
        (json!([user, reasoning]), "without its required following item"),
        (json!([user, 7]), "expected an array of objects"),
        (json!(7), "expected a string or an array of items"),
    ];
    for (input, words) in faults {
        let (status, error) = fault(&server, json!({"model": "m", "input": input})).await;
        assert_eq!((status, &error["type"]), (400, &json!("invalid_request_error")), "{error}");
        assert!(error["message"].as_str().expect("words").contains(words), "{error}");
    }
    let lost = json!({"type": "reasoning", "id": "rs_lost", "summary": []});
    let (status, error) = fault(&server, json!({"model": "m", "input": [lost, user]})).await;
    assert_eq!(status, 404, "{error}");
    let unknown = json!({"model": "m", "input": "go", "previous_response_id": "resp_lost"});
    let (status, error) = fault(&server, unknown).await;
    assert_eq!((status, &error["code"]), (400, &json!("previous_response_not_found")));
    let moved = json!({"model": "m", "input": "go", "response_format": {"type": "json_object"}});
    let (status, error) = fault(&server, moved).await;
    assert_eq!((status, &error["param"]), (400, &json!("response_format")));

    let good = [
        json!({"model": "m", "input": [user, reasoning, call, output]}),
        json!({"model": "m", "input": [output], "previous_response_id": first["id"]}),
    ];
    for request in good {
        let (status, error) = fault(&server, request).await;
        assert_eq!(status, 200, "{error}");
    }
}

#[tokio::test]
async fn a_failed_response_is_an_error_and_may_be_tried_again() {
    let failed = json!({
        "id": "resp_1", "object": "response", "status": "failed", "output": [],
        "error": {"code": "server_error", "message": "sorry"},
    });
    let server = TestServer::scripted([Reply::json(200, &failed), Reply::text("hi")]).await;
    let run = client(&server).run("m").user("go").await.expect("tried again");
    assert_eq!(run.text(), "hi");

    let mut lasting = failed;
    lasting["error"]["code"] = "invalid_prompt".into();
    let server = TestServer::scripted([Reply::json(200, &lasting)]).await;
    let error = client(&server).run("m").user("go").await.expect_err("failed");
    assert_eq!(error.error().kind(), ErrorKind::Api);
    assert_eq!(error.error().api_error().and_then(ApiError::code), Some("invalid_prompt"));
}

#[tokio::test]
async fn a_server_that_keeps_the_conversation_is_sent_what_is_new() {
    for streamed in [false, true] {
        let asks = |n| Reply::tool_calls([echo_call(n)]).with_reasoning("I ask.");
        let server = TestServer::scripted([asks(1), asks(2), Reply::text("done")]).await;
        let run = client(&server).run("m").state(ConversationState::Server);
        let run = run.tools(echo_box()).system("s").user("go");
        let run = if streamed { ended(run.stream()).await } else { run.await.expect("good") };
        assert_eq!(run.text(), "done");
        assert_eq!(input(&server, 0).len(), 2);
        for (index, n) in [(1, 1), (2, 2)] {
            let sent = server.sent(index);
            let before = run.turns()[index - 1].response.id.as_deref();
            assert_eq!(sent["previous_response_id"].as_str(), before);
            let (call_id, output) = (format!("c{n}"), format!("echo {n}"));
            let kind = "function_call_output";
            let answer = json!([{"type": kind, "call_id": call_id, "output": output}]);
            assert_eq!(sent["input"], answer);
        }
    }
}

#[tokio::test]
async fn a_server_that_has_forgotten_the_conversation_is_sent_all_of_it() {
    for streamed in [false, true] {
        let first = TestServer::scripted([Reply::text("one")]).await;
        let kept = |client: Client| client.run("m").state(ConversationState::Server);
        let run = kept(client(&first)).user("go").await.expect("good");

        // Another one, which has never seen the response.
        let second = TestServer::scripted([Reply::text("two"), Reply::text("three")]).await;
        let run = kept(client(&second)).messages(run.into_transcript()).user("and now?");
        let run = if streamed { ended(run.stream()).await } else { run.await.expect("good") };
        assert_eq!(run.text(), "two");
        let response = &run.turns()[0].response;
        assert_eq!((response.attempts, response.attempt_log[0].status), (2, Some(400)));
        assert_eq!(second.request_count(), 2);
        assert!(second.sent(0)["previous_response_id"].is_string());
        assert!(second.sent(1).get("previous_response_id").is_none());
        assert_eq!(input(&second, 1).len(), 3);

        // What it has said itself, it remembers.
        let run = kept(client(&second)).messages(run.into_transcript()).user("go on");
        assert_eq!(run.await.expect("good").text(), "three");
        assert_eq!(second.request_count(), 3);
    }
}

#[tokio::test]
async fn what_nobody_keeps_is_refused_before_it_is_sent() {
    let server = TestServer::automatic().await;
    let kept = || server.client().run("m").state(ConversationState::Server).user("go");
    for run in [kept(), kept().api(Api::Responses).extra("store", false)] {
        let error = run.await.expect_err("refused");
        assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
    }
    assert_eq!(server.request_count(), 0);
}

async fn ended(mut events: RunStream) -> Run {
    while let Some(event) = events.next().await {
        if let Event::Ended(run) = event.expect("an event") {
            return *run;
        }
    }
    panic!("a run without an end")
}

#[tokio::test]
async fn what_a_hosted_tool_did_is_an_event() {
    let search = json!({"type": "web_search_call", "id": "ws_1", "status": "completed"});
    let text = json!({"type": "message", "id": "m_1", "role": "assistant",
            "status": "completed", "content": [{"type": "output_text", "text": "It rains."}]});
    let reply = Reply::text("").with_field("output", json!([search, text]));
    let server = TestServer::scripted([reply]).await;
    let mut events = client(&server).run("m").user("Does it rain?").stream();
    let mut told = Vec::new();
    while let Some(event) = events.next().await {
        match event.expect("an event") {
            Event::Item(item) => told.push(item.item_type().expect("a type")),
            Event::Ended(run) => assert_eq!(run.text(), "It rains."),
            _ => {}
        }
    }
    assert_eq!(told, ["web_search_call"]);
}

#[tokio::test]
async fn hosted_tools_are_valid_and_run_beside_our_own() {
    let search = json!({"type": "web_search_call", "id": "ws_1", "status": "completed",
        "action": {"type": "search", "query": "rain in Hanoi"}});
    let call = json!({"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "echo",
        "arguments": "{\"n\":1}", "status": "completed"});
    let both = Reply::text("").with_field("output", json!([search, call]));
    let server = TestServer::scripted([both, Reply::text("It rains.")]).await;
    let run = client(&server).run("m").tools(echo_box()).user("Does it rain?");
    let run = run
        .hosted_tool(HostedTool::web_search().with("search_context_size", "low"))
        .hosted_tool(HostedTool::file_search(["vs_1"]))
        .hosted_tool(HostedTool::code_interpreter())
        .hosted_tool(HostedTool::image_generation())
        .hosted_tool(HostedTool::mcp("l", "https://example.com").with("require_approval", "never"));
    let run = run.await.expect("the server takes it");
    assert_eq!(run.text(), "It rains.");
    assert_eq!(server.sent(1)["tools"].as_array().expect("tools").len(), 6);
    assert_eq!(input(&server, 1)[1..3], [search, call]);

    let run = server.client().run("m").hosted_tool(HostedTool::web_search()).user("go");
    let error = run.await.expect_err("refused");
    assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("`web_search`"), "{error}");
}
