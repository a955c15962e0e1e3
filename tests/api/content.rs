//! Images, files and audio: in messages, in outputs of tools, and spoken.

use openai_tools::{
    Audio, Client, Content, ErrorKind, File, Image, Message, Part, Toolbox,
    chat::{Api, AudioFormat, AudioOutput, Delta, ImageDetail, Request},
    client::{FilePurpose, Upload},
    run::{Event, SavedRun},
    testing::Reply,
    tool,
};
use serde_json::{Value, json};
use tests::TestServer;

const APIS: [Api; 2] = [Api::ChatCompletions, Api::Responses];

fn client(server: &TestServer, api: Api) -> Client {
    server.client_builder().api(api).build().expect("a good configuration")
}

fn png() -> Image {
    Image::bytes("image/png", b"\x89PNG")
}

/// The first file that the server keeps.
const KEPT: &str = "file-000001";

const PNG: &str = "data:image/png;base64,iVBORw==";

/// The content of what was said last.
fn last(sent: &Value) -> Value {
    let list = sent.get("messages").or_else(|| sent.get("input")).expect("a conversation");
    list.as_array().and_then(|list| list.last()).expect("a message")["content"].clone()
}

async fn sent_parts(api: Api, parts: Vec<Part>) -> Value {
    let server = TestServer::scripted([Reply::text("ok")]).await;
    let client = client(&server, api);
    let upload = Upload::bytes("a.pdf", "%PDF", FilePurpose::UserData);
    assert_eq!(client.files().upload(upload).await.expect("stored").id, KEPT);
    let run = client.run("m").user_parts(parts).await.expect("an outcome");
    assert_eq!(run.text(), "ok");
    last(&server.sent(1))
}

#[tokio::test]
async fn parts_have_the_form_of_each_api() {
    let parts = || {
        vec![
            "Look:".into(),
            png().with_detail(ImageDetail::Low).into(),
            File::file_id(KEPT).with_filename("ignored.pdf").into(),
            File::bytes("a.txt", "text/plain", b"a").into(),
        ]
    };
    let chat = sent_parts(Api::ChatCompletions, parts()).await;
    let expected = json!([
        {"type": "text", "text": "Look:"},
        {"type": "image_url", "image_url": {"url": PNG, "detail": "low"}},
        {"type": "file", "file": {"file_id": KEPT}},
        {"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain;base64,YQ=="}},
    ]);
    assert_eq!(chat, expected);
    let responses = sent_parts(Api::Responses, parts()).await;
    let expected = json!([
        {"type": "input_text", "text": "Look:"},
        {"type": "input_image", "image_url": PNG, "detail": "low"},
        {"type": "input_file", "file_id": KEPT},
        {"type": "input_file", "filename": "a.txt", "file_data": "data:text/plain;base64,YQ=="},
    ]);
    assert_eq!(responses, expected);
}

#[tokio::test]
async fn parts_of_one_api_alone_have_its_form() {
    let heard = sent_parts(
        Api::ChatCompletions,
        vec!["?".into(), Audio::bytes(AudioFormat::Wav, b"RIFF").into()],
    )
    .await;
    assert_eq!(
        heard[1],
        json!({"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}})
    );
    let fetched = sent_parts(
        Api::Responses,
        vec![
            Image::file_id(KEPT).into(),
            File::url("https://example.com/a.pdf").with_filename("a.pdf").into(),
        ],
    )
    .await;
    let expected = json!([
        {"type": "input_image", "file_id": KEPT, "detail": "auto"},
        {"type": "input_file", "file_url": "https://example.com/a.pdf", "filename": "a.pdf"},
    ]);
    assert_eq!(fetched, expected);
}

#[tokio::test]
async fn what_an_api_does_not_take_is_refused_before_the_request() {
    let server = TestServer::scripted([]).await;
    let refusals: [(Api, Part, &str); 3] = [
        (Api::ChatCompletions, Image::file_id("f").into(), "images by the id of a file"),
        (Api::ChatCompletions, File::url("https://e.com").into(), "files by URL"),
        (Api::Responses, Audio::bytes(AudioFormat::Mp3, b"").into(), "audio input"),
    ];
    for (api, part, named) in refusals {
        let run = client(&server, api).run("m").user_parts([part]).await;
        let error = run.expect_err("refused").into_error();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(named), "{error}");
    }
    let spoken = AudioOutput::new("alloy", AudioFormat::Wav);
    let run = client(&server, Api::Responses).run("m").user("hi").audio(spoken).await;
    assert_eq!(run.expect_err("refused").into_error().kind(), ErrorKind::InvalidRequest);
    assert!(server.requests().is_empty());
}

/// A chart.
#[tool]
fn chart(n: u32) -> (String, Image) {
    (format!("chart {n}"), png())
}

/// A letter.
#[tool]
fn letter() -> File {
    File::bytes("a.txt", "text/plain", b"a")
}

/// Both, with words between them.
#[tool]
fn album() -> Content {
    Content::text("one").with(png()).with("two").with(png())
}

fn showing() -> Toolbox {
    let tools = Toolbox::new().with(chart).and_then(|tools| tools.with(letter));
    tools.and_then(|tools| tools.with(album)).expect("distinct")
}

#[tokio::test]
async fn outputs_with_images_and_files_are_lists_on_responses() {
    let calls = [("c1", "chart", r#"{"n":1}"#), ("c2", "letter", "{}"), ("c3", "album", "{}")];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("seen")]).await;
    let run = client(&server, Api::Responses).run("m").tools(showing()).user("go").await;
    let run = run.expect("an outcome");
    assert_eq!(run.text(), "seen");
    let sent = server.sent(1);
    let outputs: Vec<_> = sent["input"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|item| item["type"] == "function_call_output")
        .map(|item| item["output"].clone())
        .collect();
    let image = json!({"type": "input_image", "image_url": PNG, "detail": "auto"});
    let text = |text: &str| json!({"type": "input_text", "text": text});
    let file = json!({"type": "input_file", "filename": "a.txt",
        "file_data": "data:text/plain;base64,YQ=="});
    let expected = [
        json!([text("chart 1"), image]),
        json!([file]),
        json!([text("one"), image, text("two"), image]),
    ];
    assert_eq!(outputs, expected);
}

#[tokio::test]
async fn outputs_with_images_and_files_follow_all_outputs_on_chat_completions() {
    let calls = [("c1", "chart", r#"{"n":1}"#), ("c2", "gone", "{}"), ("c3", "letter", "{}")];
    let script = [
        Reply::tool_calls(calls),
        Reply::tool_calls([("c4", "chart", r#"{"n":2}"#)]),
        Reply::text("seen"),
    ];
    let server = TestServer::scripted(script).await;
    let run = client(&server, Api::ChatCompletions).run("m").tools(showing()).user("go").await;
    let run = run.expect("an outcome");
    assert_eq!(run.text(), "seen");
    assert_eq!(run.transcript().len(), 8, "the transcript has what was said and no more");

    let messages = server.asked_messages(2);
    let roles: Vec<_> = messages.iter().map(|message| message["role"].as_str()).collect();
    let roles: Vec<_> = roles.into_iter().flatten().collect();
    let expected =
        ["user", "assistant", "tool", "tool", "tool", "user", "assistant", "tool", "user"];
    assert_eq!(roles, expected);
    let below = "[what it shows follows in the next message of the user]";
    assert_eq!(messages[2]["content"], format!("chart 1\n{below}"));
    assert!(!messages[3]["content"].as_str().expect("a text").contains(below));
    assert_eq!(messages[4]["content"], below);
    let image = json!({"type": "image_url", "image_url": {"url": PNG}});
    let text = |text: &str| json!({"type": "text", "text": text});
    let shown = json!([
        text("Shown by the tool call `c1`:"),
        image,
        text("Shown by the tool call `c3`:"),
        {"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain;base64,YQ=="}},
    ]);
    assert_eq!(messages[5]["content"], shown);
    assert_eq!(messages[8]["content"], json!([text("Shown by the tool call `c4`:"), image]));
    assert_eq!(server.asked_messages(1), messages[..6], "the prompt cache stays warm");
}

#[tokio::test]
async fn images_of_outputs_survive_being_put_away_and_taken_up() {
    for api in APIS {
        let script = [Reply::tool_calls([("c1", "chart", r#"{"n":1}"#)]), Reply::text("seen")];
        let server = TestServer::scripted(script).await;
        let run = client(&server, api).run("m").tools(showing()).user("go").await;
        let saved = run.expect("an outcome").save().expect("a whole run");
        let saved = serde_json::to_string(&saved).expect("JSON");
        let saved: SavedRun = serde_json::from_str(&saved).expect("the same");
        let shown = saved.messages().iter().any(|message| match message {
            Message::Tool(output) => output.parts == [Part::Image(png())],
            _ => false,
        });
        assert!(shown, "{api:?}");
    }
}

#[tokio::test]
async fn an_image_that_is_too_large_is_left_out_and_the_model_is_told() {
    for api in APIS {
        let script = [Reply::tool_calls([("c1", "chart", r#"{"n":1}"#)]), Reply::text("seen")];
        let server = TestServer::scripted(script).await;
        let run = client(&server, api).run("m").tools(showing()).tool_output_media_bytes(20);
        let run = run.user("go").await.expect("an outcome");
        let output = &run.calls().next().expect("a call").output;
        let [Part::Text(told)] = &output.parts[..] else { panic!("{output:?}") };
        assert!(told.starts_with("[left out: image of 30 bytes"), "{told}");
        assert!(server.sent(1).to_string().contains("left out: image of 30 bytes"), "{api:?}");
    }
}

#[tokio::test]
async fn images_count_for_the_limit_of_the_transcript() {
    use openai_tools::run::{Limit, RunLimits};
    let script = [Reply::tool_calls([("c1", "chart", r#"{"n":1}"#)]), Reply::text("seen")];
    let server = TestServer::scripted(script).await;
    let limits = RunLimits::new().with_transcript_bytes(30);
    let run = server.client().run("m").tools(showing()).limits(limits).user("go").await;
    let run = run.expect("an outcome");
    assert!(
        matches!(run.outcome(), openai_tools::Outcome::Limit(Limit::TranscriptBytes(30))),
        "{:?}",
        run.outcome()
    );
}

fn spoken_body() -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "logprobs": null, "message": {
            "role": "assistant", "content": null, "refusal": null,
            "audio": {"id": "audio_1", "data": "UklGRg==", "transcript": "Hello", "expires_at": 9},
        }}],
        "usage": {"prompt_tokens": 20, "completion_tokens": 30, "total_tokens": 50,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 15},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 25}},
    })
}

#[tokio::test]
async fn a_spoken_answer_is_read_and_goes_back_by_its_id() {
    let script = [Reply::json(200, &spoken_body()), Reply::text("ok"), Reply::text("ok")];
    let server = TestServer::scripted(script).await;
    let client = server.client();
    let spoken = AudioOutput::new("alloy", AudioFormat::Wav);
    let run = client.run("m").user("hi").audio(spoken).await.expect("an outcome");
    assert_eq!(server.sent(0)["modalities"], json!(["text", "audio"]));
    assert_eq!(server.sent(0)["audio"], json!({"voice": "alloy", "format": "wav"}));
    assert_eq!(run.text(), "Hello");
    let usage = run.usage();
    assert_eq!((usage.audio_input_tokens, usage.audio_output_tokens), (15, 25));
    let Some(Message::Assistant(said)) = run.transcript().last() else { panic!("an answer") };
    let audio = said.audio.as_ref().expect("audio");
    assert_eq!((&audio.data[..], audio.expires_at), (&b"RIFF"[..], Some(9)));

    let stored = serde_json::to_string(run.transcript()).expect("JSON");
    let transcript: Vec<Message> = serde_json::from_str(&stored).expect("the same");
    assert_eq!(transcript, run.transcript());
    let run = client.run("m").messages(transcript.clone()).user("And?").await;
    let _ = run.expect("an outcome");
    let back = json!({"role": "assistant", "content": null, "audio": {"id": "audio_1"}});
    assert_eq!(server.asked_messages(1)[1], back);
    let run = client.run("m").api(Api::Responses).messages(transcript).user("And?").await;
    let _ = run.expect("an outcome");
    assert_eq!(server.sent(2)["input"][1], json!({"role": "assistant", "content": "Hello"}));
}

#[tokio::test]
async fn a_spoken_answer_arrives_in_a_stream() {
    let chunk = |delta: Value, finish_reason: Value| {
        let choices = json!([{"index": 0, "delta": delta, "finish_reason": finish_reason}]);
        format!("data: {}\n\n", json!({"id": "c", "model": "m", "choices": choices}))
    };
    let events = [
        chunk(
            json!({"role": "assistant", "audio": {"id": "audio_1", "transcript": "Hel"}}),
            Value::Null,
        ),
        chunk(json!({"audio": {"data": "AAEC", "transcript": "lo"}}), Value::Null),
        chunk(json!({"audio": {"data": "Aw==", "expires_at": 9}}), Value::Null),
        chunk(json!({}), json!("stop")),
        "data: [DONE]\n\n".to_owned(),
    ]
    .concat();
    let server =
        TestServer::scripted([Reply::raw_stream(events.clone()), Reply::raw_stream(events)]).await;
    let client = server.client();
    let spoken = AudioOutput::new("alloy", AudioFormat::Pcm16);
    let mut stream = client.run("m").user("hi").audio(spoken).stream();
    let (mut heard, mut words) = (Vec::new(), String::new());
    while let Some(event) = stream.next().await {
        match event.expect("a good stream") {
            Event::Audio(audio) => heard.extend_from_slice(&audio),
            Event::Transcript(text) => words.push_str(&text),
            Event::Ended(run) => assert_eq!(run.text(), "Hello"),
            _ => {}
        }
    }
    assert_eq!((heard.as_slice(), words.as_str()), (&[0_u8, 1, 2, 3][..], "Hello"));

    let mut request = Request::new("m");
    request.messages.push(Message::user("hi"));
    let mut stream = client.stream(&request).await.expect("a stream");
    let mut pieces = 0;
    while let Some(delta) = stream.next().await {
        pieces += usize::from(matches!(delta.expect("a delta"), Delta::Audio(_)));
    }
    assert_eq!(pieces, 2);
}

#[tokio::test]
async fn the_built_in_server_sees_what_tools_show_on_both_apis() {
    for api in APIS {
        let server = TestServer::automatic().await;
        let run = client(&server, api).run("m").tools(showing()).user("Show me chart 7, n 7").await;
        let run = run.expect("an outcome");
        assert!(
            matches!(run.outcome(), openai_tools::Outcome::Completed(_)),
            "{:?}",
            run.outcome()
        );
    }
}
