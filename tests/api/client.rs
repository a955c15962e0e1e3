//! How the client is set up, and what it says of itself on the wire.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
};

use openai_tools::{
    Client, ErrorKind,
    chat::{Message, Request},
    client::{Body, Sending, Transport},
    testing::{Reply, Server},
};
use serde_json::json;
use tests::TestServer;

#[both_apis::test]
async fn the_headers_name_the_key_the_organization_the_project_and_the_client() {
    let server = TestServer::scripted([Reply::text("hi")]).await;
    let client = server
        .client_builder()
        .organization("org-1")
        .project("proj-1")
        .header("x-feature", "on")
        .build()
        .expect("good");
    let _ = client.run("m").user("hi").await.expect("good");
    let request = &server.requests()[0];
    assert_eq!(
        (request.method(), request.path()),
        ("POST", format!("/v1/{}", tests::path()).as_str())
    );
    assert_eq!(request.header("authorization"), Some("Bearer sk-test-0123456789"));
    assert_eq!(request.header("openai-organization"), Some("org-1"));
    assert_eq!(request.header("openai-project"), Some("proj-1"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("x-feature"), Some("on"));
    let agent = request.header("user-agent").expect("a user agent");
    assert!(agent.starts_with("openai-tools/"), "{agent}");
}

#[both_apis::test]
async fn a_client_without_key_sends_none() {
    let server = TestServer::scripted([Reply::text("hi")]).await;
    let client = Client::builder().base_url(server.base_url()).api(tests::api());
    let client = client.build().expect("good");
    let _ = client.run("m").user("hi").await.expect("good");
    let request = &server.requests()[0];
    for header in ["authorization", "openai-organization", "openai-project"] {
        assert_eq!(request.header(header), None);
    }
}

#[both_apis::test]
async fn a_header_of_the_callers_replaces_that_of_the_client() {
    let server = TestServer::scripted([Reply::text("hi")]).await;
    let client = server
        .client_builder()
        .header("Authorization", "Basic abc")
        .header("User-Agent", "mine/1")
        .build()
        .expect("good");
    let _ = client.run("m").user("hi").await.expect("good");
    let request = &server.requests()[0];
    assert_eq!(request.header("authorization"), Some("Basic abc"));
    assert_eq!(request.header("user-agent"), Some("mine/1"));
}

#[both_apis::test]
async fn a_base_url_may_end_in_a_slash() {
    let server = TestServer::scripted([Reply::text("hi")]).await;
    let base_url = format!("{}/", server.base_url());
    let client = server.client_builder().base_url(base_url).build().expect("good");
    let _ = client.run("m").user("hi").await.expect("good");
    assert_eq!(server.requests()[0].path(), format!("/v1/{}", tests::path()));
}

/// Marks the process that [`in_own_process`] starts. The environment says nothing of the API, so that
/// these tests are of one only.
const CHILD: &str = "OPENAI_TOOLS_TEST_CHILD";

/// Runs this test program again with other variables: setting them here would be seen by tests
/// that run at the same time.
async fn in_own_process(variables: Vec<(&'static str, String)>) -> bool {
    let run = move || {
        let program = std::env::current_exe().expect("this program");
        let mut command = Command::new(program);
        command.args(["--exact", "client::child_asks_by_its_environment", "--ignored"]);
        for name in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"] {
            command.env_remove(name);
        }
        command.env(CHILD, "1").envs(variables).output().expect("it starts").status.success()
    };
    tokio::task::spawn_blocking(run).await.expect("no panic")
}

#[tokio::test]
#[ignore = "other tests run it in a process of its own"]
async fn child_asks_by_its_environment() {
    if std::env::var_os(CHILD).is_none() {
        // Started by hand, it would ask the real API with the real key.
        return;
    }
    let client = Client::from_env().expect("enough");
    assert_eq!(client.run("m").user("hi").await.expect("good").text(), "hi, child");
}

#[tokio::test]
async fn the_environment_sets_up_a_client() {
    let server = TestServer::scripted([Reply::text("hi, child")]).await;
    let variables = vec![
        ("OPENAI_API_KEY", "sk-from-env".to_owned()),
        ("OPENAI_BASE_URL", server.base_url()),
        ("OPENAI_ORG_ID", "org-from-env".to_owned()),
        ("OPENAI_PROJECT_ID", "proj-from-env".to_owned()),
    ];
    assert!(in_own_process(variables).await);
    let request = &server.requests()[0];
    assert_eq!(request.header("authorization"), Some("Bearer sk-from-env"));
    assert_eq!(request.header("openai-organization"), Some("org-from-env"));
    assert_eq!(request.header("openai-project"), Some("proj-from-env"));
}

#[tokio::test]
async fn the_environment_needs_no_key_where_it_has_a_base_url() {
    let server = TestServer::scripted([Reply::text("hi, child")]).await;
    assert!(in_own_process(vec![("OPENAI_BASE_URL", server.base_url())]).await);
    assert_eq!(server.requests()[0].header("authorization"), None);
    assert!(!in_own_process(Vec::new()).await, "nothing is set");
}

#[both_apis::test]
async fn a_wrong_key_is_an_error_of_the_api() {
    let server = TestServer::start(Server::builder().require_key("another")).await;
    let error = server.client().run("m").user("hi").await.expect_err("a wrong key");
    assert_eq!(error.error().kind(), ErrorKind::Api);
    assert_eq!(error.error().status(), Some(401));
    assert_eq!(error.error().request_id(), Some("req_000001"));
    assert!(!error.error().is_retryable());
    assert_eq!(server.request_count(), 1);
}

#[both_apis::test]
async fn the_error_object_of_the_server_is_told() {
    let body = json!({"error": {
        "message": "Invalid 'x'.", "type": "invalid_request_error",
        "param": "messages[0]", "code": "invalid_value",
    }});
    let server = TestServer::scripted([Reply::json(400, &body)]).await;
    let error = server.client().run("m").user("hi").await.expect_err("a 400");
    let error = error.into_error();
    let api = error.api_error().expect("the object");
    assert_eq!(api.message(), "Invalid 'x'.");
    assert_eq!(api.error_type(), Some("invalid_request_error"));
    assert_eq!(api.param(), Some("messages[0]"));
    assert_eq!(api.code(), Some("invalid_value"));
    assert_eq!(
        error.to_string(),
        "the server answered with an error: invalid_value at `messages[0]` \
         (status 400, request req_000001)"
    );
    assert_eq!(std::error::Error::source(&error).expect("the object").to_string(), "Invalid 'x'.");
}

#[both_apis::test]
async fn no_redirect_carries_the_key_to_another_port_host_or_scheme_or_back_to_its_own() {
    let elsewhere = TestServer::scripted(std::iter::repeat(Reply::text("got you"))).await;
    let port_there = format!("{}/{}", elsewhere.base_url(), tests::path());
    let host_there = port_there.replace("127.0.0.1", "localhost");
    assert_ne!(host_there, port_there);
    let no_scheme = port_there.trim_start_matches("http:").to_owned();
    let tls_there = port_there.replace("http:", "https:");
    let own = format!("/v1/{}", tests::path());
    for there in [port_there, host_there, no_scheme, tls_there, own] {
        for (status, streamed) in
            [(301, false), (302, true), (303, false), (307, false), (307, true), (308, true)]
        {
            let reply = Reply::raw(status, "text/plain", "").with_header("location", there.clone());
            let server = TestServer::scripted([reply]).await;
            let run = server.client().run("m").user("hi");
            let run = if streamed { run.stream().finish().await } else { run.await };
            let error = run.expect_err("a redirect");
            assert_eq!(error.error().kind(), ErrorKind::Api);
            assert_eq!(error.error().status(), Some(status));
            assert_eq!(server.request_count(), 1);
        }
    }
    assert_eq!(elsewhere.request_count(), 0);
}

/// Sends each request back to an address without TLS, and counts.
#[derive(Clone, Default)]
struct Downgrade(Arc<AtomicU16>);

impl Transport for Downgrade {
    fn send(&self, request: http::Request<bytes::Bytes>) -> Sending<'_> {
        assert_eq!(request.uri().scheme_str(), Some("https"));
        let status = 301 + self.0.fetch_add(1, Ordering::SeqCst);
        let there = "http://api.example.org/v1/";
        let response = http::Response::builder().status(status).header("location", there);
        let response = response.body(Body::full(bytes::Bytes::new())).expect("a response");
        Box::pin(std::future::ready(Ok(response)))
    }
}

#[both_apis::test]
async fn a_redirect_from_tls_to_none_is_an_error_and_is_not_followed() {
    let transport = Downgrade::default();
    let client = Client::builder()
        .base_url("https://api.example.org/v1")
        .api(tests::api())
        .api_key("sk-secret")
        .transport(transport.clone())
        .build()
        .expect("a good configuration");
    for status in 301..=308 {
        let run = client.run("m").user("hi");
        let run = if status % 2 == 0 { run.stream().finish().await } else { run.await };
        let error = run.expect_err("a redirect").into_error();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(status)));
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!(transport.0.load(Ordering::SeqCst), 8, "each was sent once");
}

#[both_apis::test]
async fn one_request_can_be_sent_without_a_run() {
    let server = TestServer::scripted([Reply::tool_calls([("c1", "search", "{}")])]).await;
    let mut request = Request::new("gpt-5.2");
    request.messages.push(Message::user("hi"));
    let response = server.client().send(&request).await.expect("good");
    assert_eq!(response.message.tool_calls[0].name, "search");
    assert_eq!(response.request_id.as_deref(), Some("req_000001"));
    assert_eq!(response.attempts, 1);
    assert_eq!(response.model.as_deref(), Some("gpt-5.2"));
    let body: serde_json::Value = serde_json::from_slice(&response.body()).expect("JSON");
    let (unread, value) = if tests::is_chat() {
        ("system_fingerprint", "fp_openai_tools")
    } else {
        ("truncation", "disabled")
    };
    assert_eq!(body[unread], value, "nothing is lost");
}
