use super::{write_request as write_after, *};
use crate::{
    Toolbox,
    chat::{
        AllowedMode, AssistantMessage, FinishReason, HostedTool, Image, ImageDetail, Message,
        ReasoningEffort, Response, ToolChoice, responses::read_response,
    },
    ids::ToolName,
    tool::{DynTool, IntoTools, ToolCall, ToolDefinition, ToolError, ToolOutput},
};

fn write_request(request: &Request, delivery: Delivery) -> Result<Vec<u8>, Error> {
    write_after(request, delivery, None)
}

fn request() -> Request {
    let definition = ToolDefinition::new("f", json!({"type": "object", "properties": {}}));
    let definition = definition.with_description("d").build().expect("sound");
    let tool = DynTool::new(definition, |_, _| async { Ok::<_, ToolError>(()) });
    let mut request = Request::new("m");
    request.messages.push(Message::user("u"));
    request.tools = Some(Toolbox::new().with(tool).expect("one tool").into_tools());
    request
}

#[test]
fn a_conversation_is_sent_what_came_after_the_last_response() {
    let input = |request: &Request| written(request)["input"].as_array().map(Vec::len);
    let mut request = request();
    request.state = ConversationState::Conversation("conv_1".to_owned());
    request.messages.push(Message::user("and this"));
    assert_eq!((&written(&request)["conversation"], input(&request)), (&json!("conv_1"), Some(2)));
    // Changed here: the server has it as it came.
    let said = AssistantMessage { text: Some("a".to_owned()), ..AssistantMessage::default() };
    request.messages.push(Message::Assistant(AssistantMessage {
        response_id: Some("resp_1".to_owned()),
        ..said
    }));
    assert_eq!(input(&request), Some(0));
    request.messages.push(Message::user("go on"));
    assert_eq!(input(&request), Some(1));
}

fn written(request: &Request) -> Value {
    let body = write_request(request, Delivery::Whole).expect("written");
    serde_json::from_slice(&body).expect("JSON")
}

fn input(messages: impl IntoIterator<Item = Message>) -> Value {
    let mut request = Request::new("m");
    request.messages.extend(messages);
    written(&request)["input"].take()
}

fn response(output: &Value) -> Response {
    let body = json!({"status": "completed", "output": output});
    read_response(&body.to_string().into()).expect("readable")
}

fn output_message(text: &str) -> Value {
    let part = json!({"type": "output_text", "text": text, "annotations": [], "logprobs": []});
    json!({"type": "message", "id": "m1", "role": "assistant", "status": "completed",
        "content": [part], "new": 1.50})
}

#[test]
fn every_setting_has_its_field_and_none_can_be_sent_a_second_time() {
    let mut request = request();
    let settings = &mut request.settings;
    settings.tool_choice = Some(ToolChoice::Auto);
    settings.parallel_tool_calls = Some(true);
    settings.temperature = Some(0.5);
    settings.max_tokens = Some(100);
    settings.reasoning_effort = Some(ReasoningEffort::Low);
    settings.metadata.insert("k".to_owned(), "v".into());
    settings.extra.insert("top_p".to_owned(), json!(0.5));
    request.format = ResponseFormat::JsonObject;
    assert_eq!(
        written(&request),
        json!({
            "model": "m",
            "input": [{"role": "user", "content": "u"}],
            "tools": [{
                "type": "function", "name": "f", "description": "d",
                "parameters": {
                    "type": "object", "properties": {}, "required": [],
                    "additionalProperties": false,
                },
                "strict": true,
            }],
            "tool_choice": "auto",
            "parallel_tool_calls": true,
            "text": {"format": {"type": "json_object"}},
            "temperature": 0.5,
            "max_output_tokens": 100,
            "reasoning": {"effort": "low"},
            "metadata": {"k": "v"},
            "top_p": 0.5,
        })
    );
    for key in RESERVED.iter().chain(FOREIGN) {
        let mut request = Request::new("m");
        request.settings.extra.insert((*key).to_owned(), true.into());
        let error = write_request(&request, Delivery::Stream).expect_err(key);
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(&format!("`{key}`")), "{error}");
    }
}

#[test]
fn what_this_api_lacks_is_refused_with_the_way_out() {
    let mut request = request();
    request.settings.seed = Some(7);
    let error = write_request(&request, Delivery::Whole).expect_err("no seed");
    assert!(error.to_string().contains("`seed`"), "{error}");
    assert!(error.to_string().contains("`Api::ChatCompletions`"), "{error}");
}

#[test]
fn tool_choices_are_flat() {
    let name = |name| ToolName::parse(name).expect("legal");
    let choice = |choice| {
        let mut request = request();
        request.settings.tool_choice = Some(choice);
        written(&request)["tool_choice"].take()
    };
    let function = json!({"type": "function", "name": "f"});
    assert_eq!(choice(ToolChoice::Required), "required");
    assert_eq!(choice(ToolChoice::None), "none");
    assert_eq!(choice(ToolChoice::Named(name("f"))), function);
    assert_eq!(
        choice(ToolChoice::Allowed { mode: AllowedMode::Required, tools: vec![name("f").into()] }),
        json!({"type": "allowed_tools", "mode": "required", "tools": [function]})
    );
}

#[test]
fn without_tools_nothing_is_said_about_them() {
    let mut request = Request::new("m");
    request.settings.tool_choice = Some(ToolChoice::None);
    request.settings.parallel_tool_calls = Some(false);
    assert_eq!(written(&request), json!({"model": "m", "input": []}));
}

#[test]
fn messages_that_this_crate_made_become_items() {
    let mut asks = AssistantMessage { text: Some("a".to_owned()), ..Default::default() };
    asks.tool_calls.push(ToolCall::new("c", "f", "{}"));
    let refuses = AssistantMessage { refusal: Some("no".to_owned()), ..Default::default() };
    let image = Image::url("https://example.com/i.png");
    let low = Image::bytes("image/png", b"i").with_detail(ImageDetail::Low);
    let items = input([
        Message::system("s"),
        Message::developer("d"),
        Message::user_parts(["u".into(), image.into(), low.into()]),
        Message::user_parts([]),
        Message::Assistant(asks),
        Message::Tool(ToolOutput::new("c", "o")),
        Message::Assistant(refuses),
        Message::Assistant(AssistantMessage::default()),
    ]);
    assert_eq!(
        items,
        json!([
            {"role": "system", "content": "s"},
            {"role": "developer", "content": "d"},
            {"role": "user", "content": [
                {"type": "input_text", "text": "u"},
                {"type": "input_image", "image_url": "https://example.com/i.png", "detail": "auto"},
                {"type": "input_image", "image_url": "data:image/png;base64,aQ==", "detail": "low"},
            ]},
            {"role": "user", "content": ""},
            {"role": "assistant", "content": "a"},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "o"},
            {"role": "assistant", "content": "no"},
            {"role": "assistant", "content": ""},
        ])
    );
}

#[test]
fn the_items_of_a_response_go_back_unchanged() {
    let output = json!([
        {"type": "reasoning", "id": "r1", "summary": [], "encrypted_content": "x"},
        {"type": "hologram", "id": "h1", "deep": [[[{}]]]},
        output_message("hi"),
        {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "custom_tool_call", "id": "j", "call_id": "d", "name": "g", "input": "any"},
    ]);
    let items = input([
        Message::Assistant(response(&output).message),
        Message::Tool(ToolOutput::new("c", "1")),
        Message::Tool(ToolOutput::new("d", "2")),
    ]);
    assert_eq!(items.as_array().expect("items")[..5], *output.as_array().expect("items"));
    assert_eq!(items[5], json!({"type": "function_call_output", "call_id": "c", "output": "1"}));
    assert_eq!(items[6]["type"], "custom_tool_call_output");
}

#[test]
fn reasoning_that_nothing_follows_stays_back() {
    let reasoning = json!({"type": "reasoning", "id": "r1", "summary": []});
    let items = input([
        Message::Assistant(response(&json!([output_message("hi"), reasoning])).message),
        Message::Assistant(response(&json!([reasoning])).message),
    ]);
    assert_eq!(items, json!([output_message("hi")]));
}

#[test]
fn a_message_that_was_changed_is_written_anew() {
    let call = json!({"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"});
    let mut changed = response(&json!([output_message("hush"), call])).message;
    changed.text = Some("…".to_owned());
    assert_eq!(
        input([Message::Assistant(changed)]),
        json!([{"role": "assistant", "content": "…"}, call])
    );
    // Two calls with one id were told apart when they were read.
    let twice = response(&json!([call, {"type": "function_call", "call_id": "c", "name": "g",
        "arguments": "{}"}]));
    assert_eq!(twice.finish_reason, FinishReason::ToolCalls);
    assert_eq!(input([Message::Assistant(twice.message)])[1]["call_id"], "c_1");
}

#[test]
fn fields_that_belong_together_are_merged() {
    let mut request = request();
    request.format = ResponseFormat::JsonObject;
    request.settings.reasoning_effort = Some(ReasoningEffort::High);
    let extra = &mut request.settings.extra;
    extra.insert("reasoning".to_owned(), json!({"summary": "auto"}));
    extra.insert("verbosity".to_owned(), json!("low"));
    let body = written(&request);
    assert_eq!(body["reasoning"], json!({"summary": "auto", "effort": "high"}));
    assert_eq!(body["text"], json!({"format": {"type": "json_object"}, "verbosity": "low"}));
    assert!(body.get("verbosity").is_none());

    for (key, value) in [
        ("reasoning", json!({"effort": "low"})),
        ("reasoning", json!("low")),
        ("text", json!({"verbosity": "high"})),
        ("text", json!({"format": {"type": "text"}})),
        ("text", json!(1)),
    ] {
        let mut request = request.clone();
        request.settings.extra.insert(key.to_owned(), value);
        write_request(&request, Delivery::Whole).expect_err(key);
    }
}

#[test]
fn what_is_not_stored_comes_with_its_reasoning() {
    let include = |store: Option<bool>, include: Option<Value>| {
        let mut request = request();
        let extra = &mut request.settings.extra;
        extra.extend(store.map(|store| ("store".to_owned(), store.into())));
        extra.extend(include.map(|include| ("include".to_owned(), include)));
        written(&request)["include"].take()
    };
    assert_eq!(include(None, None), Value::Null);
    assert_eq!(include(Some(true), None), Value::Null);
    assert_eq!(include(Some(false), None), json!([ENCRYPTED]));
    assert_eq!(include(Some(false), Some(json!(["x"]))), json!(["x", ENCRYPTED]));
    assert_eq!(include(Some(false), Some(json!([ENCRYPTED]))), json!([ENCRYPTED]));
    assert_eq!(include(Some(false), Some(Value::Null)), Value::Null);
    assert_eq!(include(None, Some(json!(["x"]))), json!(["x"]));
}

#[test]
fn a_stream_needs_no_asking_for_usage() {
    let mut request = request();
    let options = json!({"include_usage": true, "include_obfuscation": false});
    request.settings.extra.insert("stream_options".to_owned(), options);
    let body = write_request(&request, Delivery::Stream).expect("written");
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(body["stream"], true);
    assert_eq!(body["stream_options"], json!({"include_obfuscation": false}));
    assert!(written(&request).get("stream_options").is_none());
}

#[test]
fn a_server_that_keeps_the_conversation_is_sent_what_came_after_its_last_response() {
    let call = json!({"type": "custom_tool_call", "call_id": "c", "name": "f", "input": "x"});
    let body = json!({"id": "resp_1", "status": "completed", "output": [call]});
    let said = read_response(&body.to_string().into()).expect("readable").message;
    let mut request = Request::new("m");
    request.messages.push(Message::user("u"));
    assert_eq!(last_response(&request.messages), None);
    request.messages.push(Message::Assistant(said.clone()));
    assert_eq!(last_response(&request.messages), None, "there is nothing to be said");
    request.messages.push(Message::Tool(ToolOutput::new("c", "o")));
    let after = last_response(&request.messages);
    assert_eq!(after, Some(("resp_1", 2)));
    let written = write_after(&request, Delivery::Whole, after).expect("written");
    let output = json!({"type": "custom_tool_call_output", "call_id": "c", "output": "o"});
    assert_eq!(
        serde_json::from_slice::<Value>(&written).expect("JSON"),
        json!({"model": "m", "previous_response_id": "resp_1", "input": [output]})
    );

    let changed = AssistantMessage { text: Some("changed".to_owned()), ..said };
    request.messages[1] = Message::Assistant(changed);
    assert_eq!(last_response(&request.messages), None);
}

#[test]
fn hosted_tools_stand_behind_our_own() {
    let mut request = request();
    request.settings.hosted_tools.push(HostedTool::web_search());
    request.settings.hosted_tools.push(HostedTool::file_search(["vs_1"]));
    let body = written(&request);
    let kinds: Vec<_> =
        body["tools"].as_array().expect("tools").iter().map(|t| &t["type"]).collect();
    assert_eq!(kinds, ["function", "web_search", "file_search"]);
    assert_eq!(body["tools"][0]["name"], "f");

    request.tools = None;
    request.settings.tool_choice = Some(ToolChoice::Required);
    let body = written(&request);
    assert_eq!(body["tools"][1]["vector_store_ids"], json!(["vs_1"]));
    assert_eq!(body["tool_choice"], "required");
}
