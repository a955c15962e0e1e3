//! The key is in nothing that can be printed, even when the server sends it back.

use std::{error::Error, fmt::Write};

use openai_tools::{Toolbox, testing::Reply};
use serde_json::json;
use tests::{TestServer, echo, echo_call};

const KEY: &str = TestServer::KEY;

/// Everything that an error and its causes print.
fn printed(error: &(dyn Error + 'static)) -> String {
    let mut all = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        writeln!(all, "{error} {error:?} {error:#?}").expect("a text takes all");
        next = error.source();
    }
    all
}

#[both_apis::test]
async fn the_key_is_not_printed_with_client_builder_or_run() {
    let server = TestServer::scripted([]).await;
    let builder = server.client_builder();
    let client = server.client();
    let run = client.run("m").user("my prompt");
    for shown in [
        format!("{builder:?} {builder:#?}"),
        format!("{client:?} {client:#?}"),
        format!("{run:?} {run:#?}"),
    ] {
        assert!(!shown.contains(KEY), "{shown}");
    }
}

#[both_apis::test]
async fn a_key_that_the_server_sends_back_is_not_printed() {
    let quoting = |text: &str| format!("Incorrect API key provided: {text}. Find yours.");
    let object = json!({"error": {
        "message": quoting(KEY), "type": KEY, "param": KEY, "code": KEY,
    }});
    for reply in [
        Reply::json(401, &object),
        Reply::json(200, &object),
        Reply::json(401, &json!({"error": quoting(KEY)})),
        Reply::raw(403, "text/html", format!("<html>Bearer {KEY}</html>")),
        Reply::raw(200, "text/html", format!("<html>Bearer {KEY}</html>")),
        Reply::raw(200, "application/json", format!("{{\"choices\": {KEY}}}")),
        Reply::raw(200, "application/json", format!("{{\"choices\": {{\"{KEY}\": 1}}}}")),
        Reply::error(400, "x", "y").with_header("x-request-id", format!("req-{KEY}")),
        Reply::error(400, KEY, KEY),
    ] {
        let server = TestServer::scripted([reply]).await;
        let error = server.client().run("m").user("hi").await.expect_err("a failure");
        let shown = printed(&error) + &printed(error.error());
        assert!(!shown.contains(KEY), "{shown}");
        assert!(!format!("{:?}", error.error().api_error()).contains(KEY));
        assert!(!error.error().request_id().unwrap_or_default().contains(KEY));
        assert!(!format!("{:?}", error.error().attempt_log()).contains(KEY));
    }
}

#[both_apis::test]
async fn the_key_is_not_printed_when_the_connection_fails() {
    let server = TestServer::scripted([Reply::closed(), Reply::closed(), Reply::closed()]).await;
    let client = server.client();
    let closed = client.run("m").user("hi").await.expect_err("closed");
    drop(server);
    let gone = client.run("m").user("hi").await.expect_err("gone");
    for error in [closed, gone] {
        assert!(!printed(&error).contains(KEY));
    }
}

#[both_apis::test]
async fn neither_prompts_nor_arguments_nor_outputs_are_printed_with_a_run_or_its_error() {
    const SECRET: &str = "tiger-lily";
    let arguments = json!({"n": 1, "x": SECRET});
    let script = [
        Reply::tool_calls([("c1", "echo", arguments)]).with_message_field("content", json!(SECRET)),
        Reply::tool_calls([echo_call(2)]),
        Reply::raw(200, "text/plain", SECRET),
    ];
    let server = TestServer::scripted(script).await;
    let tools = Toolbox::new().with(echo()).expect("one tool");
    let error = server.client().run("m").tools(tools).user(SECRET).await.expect_err("no JSON");
    let shown = printed(&error);
    assert!(!shown.contains(SECRET), "{shown}");
    for record in error.calls() {
        let shown = format!("{:?} {:?}", record.call, record.output);
        assert!(!shown.contains(SECRET), "{shown}");
    }
    // It is there for whoever asks for it.
    assert_eq!(error.error().payload(), Some(SECRET.as_bytes()));
}

#[both_apis::test]
async fn the_key_of_another_vendor_in_a_header_is_not_printed_either() {
    const HUSH: &str = "hush-0123456789";
    let object = json!({"error": {"message": format!("bad key {HUSH}"), "code": HUSH}});
    for (header, value) in [("api-key", HUSH.to_owned()), ("authorization", format!("Key {HUSH}"))]
    {
        let server = TestServer::scripted([Reply::json(401, &object)]).await;
        let client = server.client_builder().header(header, value).build().expect("good");
        let error = client.run("m").user("hi").await.expect_err("a wrong key");
        let shown = printed(&error) + &printed(error.error()) + &format!("{client:?}");
        assert!(!shown.contains(HUSH), "{shown}");
        assert!(shown.contains("bad key [key]"), "{shown}");
    }
}

#[both_apis::test]
async fn no_part_of_a_key_is_printed_where_a_long_message_is_cut() {
    let part = &KEY[..10];
    for filling in 1_980..2_010 {
        let message = format!("{}{KEY} and more", "x".repeat(filling));
        let server = TestServer::scripted([Reply::error(400, "x", message)]).await;
        let error = server.client().run("m").user("hi").await.expect_err("a 400");
        assert!(!printed(&error).contains(part), "{filling}");
    }
}
