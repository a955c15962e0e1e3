//! The wire against OpenAI's own document.
//!
//! Beside the tests of this module, the body of every request that any test sends is held against
//! the document (see `TestServer`). The document's chapter on chat completions holds no example of
//! a response, so that instances are made from its schemas instead.

use openai_tools::{
    Client, ErrorKind, Message, ToolChoice, ToolName, Toolbox,
    chat::{
        AllowedMode, AssistantMessage, FinishReason, Image, ImageDetail, ReasoningEffort, Request,
    },
    run::RunBuilder,
    stream::ChatAccumulator,
    testing::Reply,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tests::{
    TestServer, definition,
    document::{check_chunk, check_request, check_response, document},
    echo, echo_call, unused_tool,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only its schema is looked at")]
struct Place {
    /// City and country.
    city: String,
    population: Option<u64>,
    tags: Vec<String>,
}

fn tools() -> Toolbox {
    Toolbox::new()
        .with(echo())
        .and_then(|tools| tools.with(unused_tool("other")))
        .expect("distinct")
}

fn with_all_settings(client: &Client) -> RunBuilder {
    client
        .run("gpt-5.2")
        .tools(tools())
        .system("s")
        .developer("d")
        .user("u")
        .assistant("a")
        .user_parts([
            "Look:".into(),
            Image::url("https://example.com/cat.png").with_detail(ImageDetail::High).into(),
            Image::bytes("image/png", b"\x89PNG").into(),
        ])
        .parallel_tool_calls(true)
        .temperature(0.25)
        .seed(7)
        .max_tokens(1_000)
        .reasoning_effort(ReasoningEffort::Low)
        .metadata("customer", "42")
        .extra("service_tier", "flex")
        .extra("top_p", 0.5)
        .extra("stop", json!(["END"]))
        .extra("store", false)
        .extra("verbosity", "low")
        .extra("prompt_cache_key", "k")
        .extra("safety_identifier", "i")
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
    let script = (0..choices.len())
        .flat_map(|_| [Reply::tool_calls([echo_call(1), echo_call(2)]), Reply::refusal("no")]);
    let server = TestServer::scripted(script.collect::<Vec<_>>()).await;
    let client = server.client();
    for choice in choices {
        let run =
            with_all_settings(&client).tool_choice(choice).await.expect("the server takes it");
        // Calls, outputs and a refusal in the next request.
        let mut request = Request::new("gpt-5.2");
        request.messages = run.into_transcript();
        assert!(matches!(
            request.messages.last(),
            Some(Message::Assistant(AssistantMessage { refusal: Some(_), .. }))
        ));
    }
    let efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
    for effort in efforts {
        let effort: ReasoningEffort =
            serde_json::from_value(json!(effort)).expect("any word is one");
        assert!(!matches!(effort, ReasoningEffort::Other(_)));
    }
    assert_eq!(server.request_count(), 12);
    for request in server.requests() {
        assert_eq!(check_request(&request.json()), Ok(()));
    }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[tokio::test]
async fn requests_for_typed_answers_are_valid() {
    let answer = r#"{"city":"Hanoi","population":null,"tags":[]}"#;
    let server = TestServer::scripted(std::iter::repeat(Reply::text(answer))).await;
    let client = server.client();
    let parse = || client.parse::<Place>("gpt-5.2").user("Where?");
    for run in [parse(), parse().json_mode(), parse().strict(false)] {
        assert_eq!(run.await.expect("an outcome").outcome().as_str(), "completed");
    }
    let kinds: Vec<Value> = server
        .requests()
        .iter()
        .map(|request| request.json()["response_format"]["type"].clone())
        .collect();
    assert_eq!(kinds, ["json_schema", "json_object", "json_schema"]);
    for request in server.requests() {
        assert_eq!(check_request(&request.json()), Ok(()));
    }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[test]
fn the_check_of_requests_finds_what_is_wrong() {
    let good = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
    assert_eq!(check_request(&good), Ok(()));
    for (field, wrong) in [
        ("messages", json!([])),
        ("messages", json!([{"role": "nobody", "content": "hi"}])),
        ("messages", json!([{"role": "tool", "content": "no id"}])),
        ("tools", json!([{"type": "function", "function": {}}])),
        ("tool_choice", json!("maybe")),
        ("response_format", json!({"type": "yaml"})),
        ("temperature", json!(3)),
        ("reasoning_effort", json!("endless")),
        ("metadata", json!({"k": 1})),
    ] {
        let mut request = good.clone();
        request[field] = wrong;
        assert!(check_request(&request).is_err(), "{request}");
    }
    assert!(check_response(&json!({"choices": []})).is_err());
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[tokio::test]
async fn every_response_of_the_document_can_be_read() {
    let document = document().expect("it is there");
    let schema = &document["components"]["schemas"]["CreateChatCompletionResponse"];
    let instances = Instances { document }.of(schema, 0);
    assert!(instances.len() > 20, "{}", instances.len());
    for instance in &instances {
        assert_eq!(check_response(instance), Ok(()), "the generator is wrong: {instance:#}");
    }
    let words = schema["properties"]["choices"]["items"]["properties"]["finish_reason"]["enum"]
        .as_array()
        .expect("the finish reasons");
    for word in words {
        let holds = |instance: &&Value| instance["choices"][0]["finish_reason"] == *word;
        assert!(instances.iter().any(|instance| holds(&instance)), "{word}");
    }

    let script: Vec<Reply> = instances.iter().map(|instance| Reply::json(200, instance)).collect();
    let server = TestServer::scripted(script).await;
    let client = server.client();
    let mut request = Request::new("gpt-5.2");
    request.messages.push(Message::user("hi"));
    for instance in &instances {
        let read = client.send(&request).await;
        let Some(choice) = instance["choices"].get(0) else {
            assert_eq!(read.expect_err("no answer").kind(), ErrorKind::InvalidResponse);
            continue;
        };
        let response = read.unwrap_or_else(|error| panic!("{error}: {instance:#}"));
        assert_eq!(choice["finish_reason"], response.finish_reason.as_str());
        let message = &choice["message"];
        assert_eq!(message["content"].as_str(), response.message.text.as_deref());
        assert_eq!(message["refusal"].as_str(), response.message.refusal.as_deref());
        // All calls of an instance and of one kind are the same one, which is read once.
        let mut kinds: Vec<_> = message["tool_calls"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|call| call["type"].to_string())
            .collect();
        kinds.sort();
        kinds.dedup();
        assert_eq!(kinds.len(), response.message.tool_calls.len());
        assert!(response.message.tool_calls.iter().all(|call| call.name == "text"));
        let total = response.usage.map(|usage| usage.total_tokens);
        assert_eq!(instance["usage"]["total_tokens"].as_u64(), total);
    }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[test]
fn every_chunk_of_the_document_is_taken() {
    let document = document().expect("it is there");
    let schema = &document["components"]["schemas"]["CreateChatCompletionStreamResponse"];
    let instances = Instances { document }.of(schema, 0);
    assert!(instances.len() > 20, "{}", instances.len());
    for mut instance in instances {
        assert_eq!(check_chunk(&instance), Ok(()), "the generator is wrong: {instance:#}");
        // `message` and `finish_reason` are those of the first choice.
        for choice in instance["choices"].as_array_mut().into_iter().flatten() {
            choice["index"] = 0.into();
        }
        let mut accumulator = ChatAccumulator::new();
        let taken = accumulator.push(instance.to_string().as_bytes(), &mut Vec::new());
        taken.unwrap_or_else(|error| panic!("{error}: {instance:#}"));
        // Where there are several, they are all the same one, and its pieces stand in a row.
        let Some([choice]) = instance["choices"].as_array().map(Vec::as_slice) else { continue };
        let message = accumulator.message();
        let text = choice["delta"]["content"].as_str();
        assert_eq!(message.text.as_deref(), text, "{instance:#}");
        assert_eq!(message.refusal.as_deref(), choice["delta"]["refusal"].as_str());
        let reason = accumulator.finish_reason().map(FinishReason::as_str);
        assert_eq!(reason, choice["finish_reason"].as_str());
    }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[tokio::test]
async fn every_automatic_response_of_the_server_is_valid() {
    let server = TestServer::automatic().await;
    let client = server.client();
    let weather = openai_tools::DynTool::new(
        definition("get_weather", json!({"city": {"type": "string"}})),
        |_, _: openai_tools::ToolContext| async { Ok::<_, openai_tools::ToolError>("21 degrees") },
    );
    let tools = Toolbox::new().with(weather).expect("one tool");
    let mut bodies = Vec::new();
    let mut keep = |turns: &[openai_tools::run::Turn]| {
        bodies.extend(turns.iter().map(|turn| turn.response.body()));
    };
    let question = "What is the weather in Hanoi and in Paris?";
    keep(client.run("m").user("Hello!").await.expect("good").turns());
    keep(client.run("m").tools(&tools).user(question).await.expect("good").turns());
    keep(client.run("m").tools(&tools).user("Hello!").await.expect("good").turns());
    keep(client.run("m").user("Tell me a long story").max_tokens(2).await.expect("good").turns());
    keep(client.run("m").user("Hello!").extra("logprobs", true).await.expect("good").turns());
    let required = client.run("m").tools(&tools).user("hi").tool_choice(ToolChoice::Required);
    keep(required.await.expect("good").turns());
    keep(client.parse::<Place>("m").user("Where is Hanoi?").await.expect("good").turns());
    keep(client.parse::<Vec<u8>>("m").user("Some numbers").await.expect("good").turns());
    keep(client.parse::<Value>("m").user("Some JSON").json_mode().await.expect("good").turns());
    assert!(bodies.len() >= 10);
    for body in bodies {
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(check_response(&body), Ok(()), "{body:#}");
    }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[tokio::test]
async fn every_scripted_answer_of_the_server_is_valid() {
    let replies = [
        Reply::text("hi"),
        Reply::refusal("no"),
        Reply::tool_calls([echo_call(1), ("c2", "gone", "not JSON").into()]),
        Reply::text("cut").with_finish_reason("length"),
        Reply::text("hi").with_usage(1, 2),
    ];
    let count = replies.len();
    let server = TestServer::scripted(replies).await;
    let client = server.client();
    let mut request = Request::new("gpt-5.2");
    request.messages.push(Message::user("hi"));
    for _ in 0..count {
        let response = client.send(&request).await.expect("readable");
        let body: Value = serde_json::from_slice(&response.body()).expect("JSON");
        assert_eq!(check_response(&body), Ok(()), "{body:#}");
    }
}

/// Makes instances of a schema: every alternative, every word of an enum, every array empty and
/// not, every property there and not, one change at a time.
struct Instances<'a> {
    document: &'a Value,
}

impl Instances<'_> {
    /// The first instance is the fullest one.
    fn of(&self, schema: &Value, depth: usize) -> Vec<Value> {
        assert!(depth < 40, "the schema has no end");
        if let Some(target) = schema["$ref"].as_str() {
            let target = self.document.pointer(target.trim_start_matches('#'));
            return self.of(target.expect("it refers into the document"), depth + 1);
        }
        for choice in ["anyOf", "oneOf"] {
            if let Some(schemas) = schema[choice].as_array() {
                return schemas.iter().flat_map(|schema| self.of(schema, depth + 1)).collect();
            }
        }
        if let Some(words) = schema["enum"].as_array() {
            return words.clone();
        }
        if let Some(kinds) = schema["type"].as_array() {
            let of_kind = |kind: &Value| {
                let mut one = schema.clone();
                one["type"] = kind.clone();
                self.of(&one, depth + 1)
            };
            return kinds.iter().flat_map(of_kind).collect();
        }
        match schema["type"].as_str() {
            Some("object") => self.objects(schema, depth),
            Some("array") => {
                let items = self.of(&schema["items"], depth + 1);
                let each = items.iter().map(|item| json!([item]));
                let mut arrays = vec![json!([items[0]]), json!([]), Value::from(items.clone())];
                arrays.extend(each.skip(1));
                arrays
            }
            Some("string") => vec![json!("text")],
            Some("integer") => vec![json!(7)],
            Some("number") => vec![json!(0.5)],
            Some("boolean") => vec![json!(true), json!(false)],
            Some("null") => vec![Value::Null],
            other => panic!("the generator does not know the type {other:?}: {schema}"),
        }
    }

    fn objects(&self, schema: &Value, depth: usize) -> Vec<Value> {
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let alternatives: Vec<(&String, Vec<Value>)> = properties
            .iter()
            .map(|(name, property)| (name, self.of(property, depth + 1)))
            .collect();
        let full: Map<String, Value> = alternatives
            .iter()
            .map(|(name, values)| ((*name).clone(), values[0].clone()))
            .collect();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let mut bare = full.clone();
        bare.retain(|name, _| required.iter().any(|required| required == name.as_str()));

        let mut instances = vec![Value::from(full.clone()), Value::from(bare)];
        for (name, values) in alternatives {
            for value in values.into_iter().skip(1) {
                let mut changed = full.clone();
                changed.insert(name.clone(), value);
                instances.push(changed.into());
            }
        }
        instances
    }
}
