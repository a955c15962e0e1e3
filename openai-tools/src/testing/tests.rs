//! The server over real sockets, with nothing but a socket on the other side.

use std::{iter, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::*;

/// An answer as it came over the wire.
#[derive(Debug)]
struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn status(&self) -> u16 {
        let status = self.head.split(' ').nth(1).unwrap_or_default();
        status.parse().expect("a status line")
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    fn error(&self) -> String {
        self.json()["error"]["message"].as_str().expect("an error object").to_owned()
    }

    /// How often the letter x is in the body, whatever the chunks look like.
    fn letters(&self) -> usize {
        self.body.split(|byte| *byte == b'x').count() - 1
    }

    fn content(&self) -> String {
        let content = &self.json()["choices"][0]["message"]["content"];
        content.as_str().expect("a text").to_owned()
    }
}

/// Sends bytes and reads until the server closes; `None` if it closes without a whole head.
async fn exchange(server: &Server, bytes: &[u8]) -> Option<Answer> {
    let mut socket = TcpStream::connect(server.address()).await.expect("a connection");
    socket.write_all(bytes).await.expect("the request is taken");
    let mut read = Vec::new();
    // A reset is as good an end as any other.
    let _ = socket.read_to_end(&mut read).await;
    let end = read.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = String::from_utf8(read[..end].to_vec()).expect("a head in ASCII");
    Some(Answer { head, body: read[end + 4..].to_vec() })
}

fn request_bytes(method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

async fn post(server: &Server, body: &Value) -> Answer {
    let body = body.to_string();
    let bytes = request_bytes("POST", "/v1/chat/completions", "", body.as_bytes());
    exchange(server, &bytes).await.expect("an answer")
}

fn hello() -> Value {
    json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]})
}

async fn scripted(replies: impl IntoIterator<Item = Reply, IntoIter: Send + 'static>) -> Server {
    Server::builder().script(replies).start().await.expect("a port")
}

async fn automatic() -> Server {
    Server::start().await.expect("a port")
}

#[tokio::test]
async fn an_automatic_server_answers_with_headers_and_the_same_bytes_again() {
    let server = automatic().await;
    let first = post(&server, &hello()).await;
    assert_eq!(first.status(), 200);
    assert_eq!(first.header("content-type"), Some("application/json"));
    assert_eq!(first.header("x-request-id"), Some("req_000001"));
    assert_eq!(first.header("openai-processing-ms"), Some("0"));
    assert_eq!(first.json()["object"], "chat.completion");
    let second = post(&server, &hello()).await;
    assert_eq!(second.body, first.body);
    assert_eq!(second.header("x-request-id"), Some("req_000002"));
}

#[tokio::test]
async fn a_script_is_played_in_order_and_its_end_is_said() {
    let server = scripted([
        Reply::tool_calls([("c1", "add", json!({"a": 1}))]),
        Reply::automatic(),
        Reply::text("3"),
    ])
    .await;
    let calls = post(&server, &hello()).await.json();
    assert_eq!(calls["choices"][0]["message"]["tool_calls"][0]["id"], "c1");
    assert_eq!(post(&server, &hello()).await.content(), "You said: hi");
    assert_eq!(post(&server, &hello()).await.content(), "3");
    let end = post(&server, &hello()).await;
    assert_eq!((end.status(), end.json()["error"]["code"].as_str()), (400, Some("script_ended")));
    assert!(end.error().contains("script is at its end"));
}

#[tokio::test]
async fn a_script_can_be_endless() {
    let server = scripted(iter::repeat(Reply::text("again"))).await;
    for _ in 0..3 {
        assert_eq!(post(&server, &hello()).await.content(), "again");
    }
}

#[tokio::test]
async fn a_wrong_request_is_a_400_and_takes_no_reply() {
    let server = scripted([Reply::text("good")]).await;
    let wrong = post(&server, &json!({"model": "m", "messages": []})).await;
    assert_eq!(wrong.status(), 400);
    assert_eq!(wrong.json()["error"]["param"], "messages");
    assert_eq!(post(&server, &hello()).await.content(), "good");
}

#[tokio::test]
async fn without_checks_anything_is_answered() {
    let server = Server::builder()
        .script([Reply::text("fine")])
        .without_checks()
        .start()
        .await
        .expect("a port");
    let bytes = request_bytes("POST", "/v1/chat/completions", "", b"{");
    assert_eq!(exchange(&server, &bytes).await.expect("an answer").content(), "fine");
}

#[tokio::test]
async fn every_request_is_recorded() {
    let server = automatic().await;
    let body = hello().to_string();
    let headers = "Authorization: Bearer sk-1\r\n";
    let bytes = request_bytes("POST", "/v1/chat/completions", headers, body.as_bytes());
    exchange(&server, &bytes).await.expect("an answer");
    exchange(&server, &request_bytes("GET", "/nowhere", "", b"")).await.expect("an answer");
    let requests = server.requests();
    assert_eq!((requests.len(), server.request_count()), (2, 2));
    assert_eq!(requests[0].header("authorization"), Some("Bearer sk-1"));
    assert_eq!((requests[0].body(), requests[0].json()), (body.as_bytes(), hello()));
    assert_eq!((requests[0].status(), requests[1].status()), (Some(200), Some(404)));
    assert!(requests[0].answered_at() >= Some(requests[0].received_at()));
    assert_eq!(requests[1].path(), "/nowhere");
    assert!(!format!("{requests:?} {server:?}").contains("sk-1"));
}

#[tokio::test]
async fn only_the_last_requests_are_kept() {
    let server = Server::builder().keep_requests(1).start().await.expect("a port");
    for _ in 0..3 {
        post(&server, &hello()).await;
    }
    let kept: Vec<_> = server.requests().iter().map(|r| r.request_id().to_owned()).collect();
    assert_eq!((kept, server.request_count()), (vec!["req_000003".to_owned()], 3));
}

#[tokio::test]
async fn paths_methods_and_keys_are_checked() {
    let server = Server::builder().require_key("sk-1").start().await.expect("a port");
    let get = |path: &str, headers: &str| request_bytes("GET", path, headers, b"");
    let key = "Authorization: Bearer sk-1\r\n";
    for (bytes, status) in [
        (get("/v1/models", ""), 401),
        (get("/v1/models", "Authorization: Bearer sk-2\r\n"), 401),
        (get("/v1/models", key), 200),
        (get("/v1/models/gpt", key), 200),
        (get("/v1/chat/completions", key), 405),
        (get("/v2/models", key), 404),
    ] {
        let answer = exchange(&server, &bytes).await.expect("an answer");
        assert_eq!(answer.status(), status);
        match status {
            200 => assert!(answer.json()["object"].is_string()),
            _ => assert_eq!(answer.json()["error"]["type"], "invalid_request_error"),
        }
        assert_eq!(answer.header("allow"), (status == 405).then_some("POST"));
    }
}

#[tokio::test]
async fn errors_and_raw_bodies_are_sent_as_scripted() {
    let server = scripted([
        Reply::error(503, "overloaded", "later").with_header("retry-after", "1"),
        Reply::raw(502, "text/html", "<html>bad gateway</html>"),
        Reply::json(200, &json!({"error": {"message": "in a 200"}})),
        Reply::text("x").with_field("choices", json!([])),
        Reply::text("x").with_header("bad name", "x"),
    ])
    .await;
    let answer = post(&server, &hello()).await;
    assert_eq!((answer.status(), answer.header("retry-after")), (503, Some("1")));
    assert_eq!(answer.json()["error"]["code"], "overloaded");
    let answer = post(&server, &hello()).await;
    assert_eq!((answer.status(), answer.header("content-type")), (502, Some("text/html")));
    assert_eq!(answer.body, b"<html>bad gateway</html>");
    assert_eq!(post(&server, &hello()).await.error(), "in a 200");
    assert_eq!(post(&server, &hello()).await.json()["choices"], json!([]));
    assert!(post(&server, &hello()).await.error().contains("cannot be sent"));
}

#[tokio::test]
async fn a_connection_can_be_closed_before_any_byte() {
    let server = scripted([Reply::closed(), Reply::text("back")]).await;
    let bytes = request_bytes("POST", "/v1/chat/completions", "", hello().to_string().as_bytes());
    assert!(exchange(&server, &bytes).await.is_none());
    let recorded = &server.requests()[0];
    assert!(recorded.status().is_none() && recorded.answered_at().is_some());
    assert_eq!(post(&server, &hello()).await.content(), "back");
}

#[tokio::test]
async fn a_body_can_end_in_its_middle() {
    for chunked in [false, true] {
        let text = "x".repeat(10_000);
        let reply = Reply::raw(200, "text/plain", text).cut_in_half();
        let server = scripted([if chunked { reply.chunked() } else { reply }]).await;
        let answer = post(&server, &hello()).await;
        assert_eq!(answer.header("content-length"), (!chunked).then_some("10000"));
        assert_eq!(answer.letters(), 5_000);
        assert!(!answer.body.ends_with(b"0\r\n\r\n"), "no good end of the chunks");
    }
}

#[tokio::test]
async fn a_huge_body_comes_in_chunks_without_a_length() {
    let server = scripted([Reply::huge(5_000_000)]).await;
    let answer = post(&server, &hello()).await;
    assert_eq!(answer.header("content-length"), None);
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    assert!(answer.letters() >= 5_000_000);
    assert!(answer.body.ends_with(b"0\r\n\r\n"));
}

#[tokio::test(start_paused = true)]
async fn a_delay_is_waited_for_before_the_first_byte() {
    let delay = Duration::from_secs(30);
    let server = scripted([Reply::text("late").with_delay(delay)]).await;
    let answer = post(&server, &hello()).await;
    assert_eq!(answer.header("openai-processing-ms"), Some("30000"));
    let recorded = &server.requests()[0];
    let waited = recorded.answered_at().expect("answered") - recorded.received_at();
    assert!(waited >= delay);
}

#[tokio::test]
async fn a_body_over_64_megabytes_is_a_413() {
    let server = automatic().await;
    let body = vec![b' '; 64 * 1024 * 1024 + 1];
    let bytes = request_bytes("POST", "/v1/chat/completions", "", &body);
    let answer = exchange(&server, &bytes).await.expect("an answer");
    assert_eq!(answer.status(), 413);
    assert_eq!(server.requests()[0].body(), b"");
}

#[tokio::test]
async fn one_connection_takes_several_requests() {
    let server = automatic().await;
    let body = hello().to_string();
    let close = request_bytes("POST", "/v1/chat/completions", "", body.as_bytes());
    let keep = String::from_utf8(close.clone()).expect("text").replace("Connection: close\r\n", "");
    let both = [keep.as_bytes(), &close].concat();
    let answer = exchange(&server, &both).await.expect("answers");
    let rest = String::from_utf8(answer.body).expect("text");
    assert!(rest.contains("HTTP/1.1 200 OK") && rest.contains("req_000002"), "{rest}");
}

#[tokio::test]
async fn dropping_the_server_closes_its_connections() {
    let server = scripted([Reply::text("never").with_delay(Duration::MAX)]).await;
    let mut socket = TcpStream::connect(server.address()).await.expect("a connection");
    let bytes = request_bytes("POST", "/v1/chat/completions", "", hello().to_string().as_bytes());
    socket.write_all(&bytes).await.expect("sent");
    server.wait_for_requests(1).await;
    drop(server);
    let mut read = Vec::new();
    let _ = socket.read_to_end(&mut read).await;
    assert_eq!(read, b"");
}

#[tokio::test]
async fn a_closure_that_panics_costs_only_its_own_connection() {
    let server =
        scripted([Reply::with(|_| panic!("as the test wants it")), Reply::text("still here")])
            .await;
    let bytes = request_bytes("POST", "/v1/chat/completions", "", hello().to_string().as_bytes());
    assert!(exchange(&server, &bytes).await.is_none());
    assert_eq!(post(&server, &hello()).await.content(), "still here");
}

#[tokio::test]
async fn bytes_that_are_no_http_do_no_harm() {
    let server = automatic().await;
    for bytes in
        [&b"\0\0\0\0\r\n\r\n"[..], b"GET\r\n\r\n", b"POST /v1/chat/completions HTTP/1.1\r\n"]
    {
        let mut socket = TcpStream::connect(server.address()).await.expect("a connection");
        socket.write_all(bytes).await.expect("sent");
        socket.shutdown().await.expect("closed");
        let _ = socket.read_to_end(&mut Vec::new()).await;
    }
    assert_eq!(post(&server, &hello()).await.status(), 200);
}

#[test]
fn handles_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Server>();
    shared::<Recorded>();
    shared::<Reply>();
}
