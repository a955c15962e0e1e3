//! What the built-in server refuses as OpenAI's does, whether the answer would be streamed or not:
//! outputs without a call, calls without an output, and what it does not keep.

use openai_tools::{
    ErrorKind, File, Image, Message,
    chat::{Api, AudioFormat, AudioOutput, Request},
    client::{FilePurpose, Upload},
    run::{Event, Money, Price, Prices, RunLimits},
    testing::{Reply, Server},
};
use serde_json::{Value, json};
use tests::TestServer;

/// Posts a body and gives the status with OpenAI's error object.
async fn post(server: &Server, path: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}/{path}", server.base_url());
    let answer = reqwest::Client::new().post(url).json(body).send().await.expect("an answer");
    let status = answer.status().as_u16();
    let is_json = answer.headers()["content-type"] == "application/json";
    if !is_json {
        let _ = answer.bytes().await.expect("a stream");
        return (status, Value::Null);
    }
    let mut body: Value = answer.json().await.expect("JSON");
    (status, body["error"].take())
}

/// Holds a fault against what is expected of it, streamed and not.
async fn refused(server: &Server, path: &str, mut body: Value, words: &str) {
    for stream in [false, true] {
        body["stream"] = stream.into();
        let (status, error) = post(server, path, &body).await;
        assert_eq!((status, &error["type"]), (400, &json!("invalid_request_error")), "{body}");
        let message = error["message"].as_str().expect("words");
        assert!(message.contains(words), "{message}");
        assert!(error.get("param").is_some() && error.get("code").is_some(), "{error}");
    }
}

async fn taken(server: &Server, path: &str, mut body: Value) {
    for stream in [false, true] {
        body["stream"] = stream.into();
        assert_eq!(post(server, path, &body).await, (200, Value::Null), "{body}");
    }
}

async fn endless() -> TestServer {
    TestServer::scripted(std::iter::repeat(Reply::text("hi"))).await.with_invalid_requests()
}

#[tokio::test]
async fn over_responses_each_call_has_one_output_and_each_output_a_call() {
    let server = endless().await;
    let call =
        |id: &str| json!({"type": "function_call", "call_id": id, "name": "f", "arguments": "{}"});
    let output = |id: &str| json!({"type": "function_call_output", "call_id": id, "output": "1"});
    let user = json!({"role": "user", "content": "go"});
    let ask = |input: &[&Value]| json!({"model": "m", "input": input});
    let (c1, c2, o1, o2) = (&call("c1"), &call("c2"), &output("c1"), &output("c2"));
    for (input, words) in [
        (ask(&[&user, o1]), "No tool call found for function call output with call_id c1."),
        (ask(&[&user, c1]), "No tool output found for function call c1."),
        (ask(&[&user, c1, c2, o2]), "No tool output found for function call c1."),
        (ask(&[&user, c1, o1, o1]), "Duplicate function call output found for call_id c1."),
        (ask(&[&user, c1, c2, o1, o2, o1]), "Duplicate function call output"),
        (ask(&[&user, o1, c1]), "No tool call found"),
    ] {
        refused(&server, "responses", input, words).await;
    }
    taken(&server, "responses", ask(&[&user, c1, c2, o2, o1])).await;
    // An id may come again in a later response.
    taken(&server, "responses", ask(&[&user, c1, o1, &user, c1, o1])).await;
}

#[tokio::test]
async fn over_responses_what_was_reasoned_comes_back_with_its_call() {
    let asks = Reply::tool_calls([("c1", "f", json!({}))]).with_reasoning("I ask.");
    let script = [asks].into_iter().chain(std::iter::repeat(Reply::text("hi")));
    let server = TestServer::scripted(script).await.with_invalid_requests();
    let url = format!("{}/responses", server.base_url());
    let first = reqwest::Client::new().post(url).json(&json!({"model": "m", "input": "go"}));
    let first: Value = first.send().await.expect("sent").json().await.expect("JSON");
    let (reasoning, call) = (&first["output"][0], &first["output"][1]);
    let output = json!({"type": "function_call_output", "call_id": "c1", "output": "1"});
    let alone = json!({"model": "m", "input": [call, output]});
    refused(&server, "responses", alone, "without its required 'reasoning' item").await;
    taken(&server, "responses", json!({"model": "m", "input": [reasoning, call, output]})).await;

    let unknown = json!({"model": "m", "input": "go", "previous_response_id": "resp_lost"});
    refused(&server, "responses", unknown, "Previous response with id 'resp_lost' not found.")
        .await;
    // The server keeps the call: it wants the output, once.
    let ask =
        |input: Value| json!({"model": "m", "input": input, "previous_response_id": first["id"]});
    refused(&server, "responses", ask(json!("go on")), "No tool output found").await;
    refused(&server, "responses", ask(json!([output, output])), "Duplicate").await;
    taken(&server, "responses", ask(json!([output]))).await;
}

#[tokio::test]
async fn over_chat_completions_each_call_has_one_output_and_each_output_a_call() {
    let server = endless().await;
    let call =
        json!({"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let asked = json!({"role": "assistant", "content": null, "tool_calls": [call]});
    let answer = json!({"role": "tool", "tool_call_id": "c1", "content": "1"});
    let user = json!({"role": "user", "content": "go"});
    let ask = |messages: &[&Value]| json!({"model": "m", "messages": messages});
    for (request, words) in [
        (ask(&[&user, &answer]), "must be a response to a preceeding message"),
        (ask(&[&user, &asked]), "must be followed by tool messages"),
        (ask(&[&user, &asked, &user]), "did not have response messages: c1"),
        (ask(&[&user, &asked, &answer, &answer]), "Duplicate value for 'tool_call_id' of 'c1'"),
    ] {
        refused(&server, "chat/completions", request, words).await;
    }
    taken(&server, "chat/completions", ask(&[&user, &asked, &answer])).await;
}

#[both_apis::test]
async fn a_file_by_an_id_that_the_server_does_not_keep_is_refused() {
    let server = TestServer::scripted([Reply::text("seen"), Reply::text("seen")]).await;
    let client = server.client();
    let upload = Upload::bytes("a.txt", "a", FilePurpose::UserData);
    let kept = client.files().upload(upload).await.expect("stored").id;
    let show = |id: &str| client.run("m").user_parts([File::file_id(id).into()]);
    assert_eq!(show(&kept).await.expect("an outcome").text(), "seen");
    client.files().delete(&kept).await.expect("deleted");
    for id in [&kept, "file-lost"] {
        let error = show(id).await.expect_err("unknown");
        let error = error.error();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(400)));
        let place = if tests::is_chat() {
            "messages[0].content[0].file.file_id"
        } else {
            "input[0].content[0].file_id"
        };
        let of_api = error.api_error().expect("OpenAI's error object");
        assert_eq!(of_api.param(), Some(place));
        let streamed = show(id).stream().finish().await.expect_err("unknown");
        assert_eq!(streamed.error().status(), Some(400));
    }
    if !tests::is_chat() {
        let image = client.run("m").user_parts([Image::file_id("file-lost").into()]).await;
        assert_eq!(image.expect_err("unknown").error().status(), Some(400));
    }
}

#[both_apis::test]
async fn a_scripted_answer_is_spoken_where_the_api_speaks_and_written_elsewhere() {
    let reply = || Reply::spoken("Hello there.", vec![0, 1, 2, 3, 4]).with_usage(20, 30);
    let server = TestServer::scripted([reply(), reply(), Reply::text("ok")]).await;
    let client = server.client();
    let ask = || {
        let run = client.run("m").user("hi");
        if tests::is_chat() {
            run.audio(AudioOutput::new("alloy", AudioFormat::Pcm16))
        } else {
            run
        }
    };
    let whole = ask().await.expect("an outcome");
    assert_eq!(whole.text(), "Hello there.");

    let mut stream = ask().stream();
    let (mut heard, mut words, mut written) = (Vec::new(), String::new(), String::new());
    while let Some(event) = stream.next().await {
        match event.expect("a good stream") {
            Event::Audio(audio) => heard.extend_from_slice(&audio),
            Event::Transcript(text) => words.push_str(&text),
            Event::Text(text) => written.push_str(&text),
            Event::Ended(streamed) => {
                assert_eq!(streamed.transcript(), whole.transcript(), "the same as unstreamed");
                assert_eq!(streamed.usage(), whole.usage());
            }
            _ => {}
        }
    }
    let Some(Message::Assistant(said)) = whole.transcript().last() else { panic!("an answer") };
    if tests::is_chat() {
        assert_eq!(
            (&heard[..], words.as_str(), written.as_str()),
            (&[0, 1, 2, 3, 4][..], "Hello there.", "")
        );
        let audio = said.audio.as_ref().expect("audio");
        assert_eq!(audio.data[..], [0, 1, 2, 3, 4]);
        assert!(audio.id.starts_with("audio_") && audio.expires_at.is_some(), "{audio:?}");
        assert_eq!(whole.usage().audio_output_tokens, 1);
    } else {
        assert_eq!((heard.len(), words.as_str(), written.as_str()), (0, "", "Hello there."));
        assert!(said.audio.is_none());
    }
    // What was said goes back in the form of the API.
    let next = client.run("m").messages(whole.into_transcript()).user("And?").await;
    assert_eq!(next.expect("an outcome").text(), "ok");
}

#[tokio::test]
async fn the_built_in_server_speaks_by_itself_and_refuses_a_stream_that_is_not_pcm() {
    let server = TestServer::automatic().await.with_invalid_requests();
    let client = server.client();
    let ask = |format| client.run("m").user("Hello").audio(AudioOutput::new("alloy", format));
    let run = ask(AudioFormat::Wav).await.expect("an outcome");
    let Some(Message::Assistant(said)) = run.transcript().last() else { panic!("an answer") };
    let audio = said.audio.as_ref().expect("audio");
    assert!(audio.data.starts_with(b"RIFF"), "{audio:?}");
    assert_eq!(run.text(), "You said: Hello");
    let usage = run.usage();
    assert!(usage.audio_output_tokens > 0 && usage.audio_output_tokens < usage.output_tokens);
    let streamed = ask(AudioFormat::Pcm16).stream().finish().await.expect("an outcome");
    assert_eq!(streamed.text(), "You said: Hello");
    for stream in [true, false] {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}],
            "modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}});
        body["stream"] = stream.into();
        let (status, error) = post(&server, "chat/completions", &body).await;
        assert_eq!(status, if stream { 400 } else { 200 }, "{error}");
        assert!(!stream || error["param"] == "audio.format", "{error}");
    }
}

#[tokio::test]
async fn what_is_spoken_has_its_own_price() {
    let server =
        TestServer::scripted([Reply::spoken("Hi.", vec![0; 24_000]).with_usage(20, 12)]).await;
    let price = Price::per_million(Money::from_units(1), Money::from_units(2))
        .with_audio(Money::from_units(10), Money::from_units(20));
    let prices = Prices::new().with_model("m", price);
    let run =
        server.client().run("m").user("hi").audio(AudioOutput::new("alloy", AudioFormat::Wav));
    let run = run.limits(RunLimits::new().with_prices(prices)).await.expect("an outcome");
    // 20 of input, 10 that were spoken and 2 that were written.
    assert_eq!(run.spent().cost, Money::from_micros(20 + 10 * 20 + 2 * 2));
}

#[tokio::test]
async fn a_request_by_hand_hears_the_same_as_a_run() {
    let server = TestServer::scripted([Reply::spoken("Hi.", vec![7; 10])]).await;
    let mut request = Request::new("m");
    request.messages.push(Message::user("hi"));
    let response = server.client_builder().api(Api::ChatCompletions).build().expect("good");
    let response = response.send(&request).await.expect("an answer");
    assert_eq!(response.message.audio.expect("audio").data[..], [7; 10]);
}
