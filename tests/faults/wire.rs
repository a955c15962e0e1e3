//! What the built-in server puts on the wire when it is told to break off.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

use openai_tools::testing::{BreakPoint, Reply, Server, StreamFault, StreamShape};
use serde_json::{Value, json};

/// What comes for a request, and how it ends.
async fn exchange(reply: Reply, stream: bool) -> (String, Result<(), ErrorKind>) {
    let server = Server::builder().script([reply]).start().await.expect("a free port");
    let address = server.address();
    let body = body(stream);
    let got = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(address).expect("a connection");
        socket.set_read_timeout(Some(Duration::from_millis(300))).expect("a limit");
        let length = body.len();
        let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
        write!(socket, "{head}content-length: {length}\r\n\r\n{body}").expect("it is sent");
        let mut got = Vec::new();
        let end = socket.read_to_end(&mut got).map(drop).map_err(|error| error.kind());
        (String::from_utf8(got).expect("text"), end)
    });
    got.await.expect("no panic")
}

fn body(stream: bool) -> String {
    let request: Value = json!({
        "model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": stream,
    });
    request.to_string()
}

#[tokio::test]
async fn a_connection_is_closed_reset_or_silent_at_each_point() {
    let silent = |end: &Result<(), ErrorKind>| {
        matches!(end, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut))
    };
    for (point, is_there) in [
        (BreakPoint::BeforeHead, [false, false, false]),
        (BreakPoint::InHead, [true, false, false]),
        (BreakPoint::AfterHead, [true, true, false]),
        (BreakPoint::InBody, [true, true, true]),
    ] {
        let check = |got: &str| {
            let body = got.split_once("\r\n\r\n").map(|(_, body)| body);
            let found = [
                got.starts_with("HTTP/1.1 200"),
                body.is_some(),
                body.is_some_and(|b| !b.is_empty()),
            ];
            assert_eq!(found, is_there, "{point:?}: {got}");
            assert!(!got.ends_with('}'), "{point:?}: {got}");
        };
        let reply = || Reply::text("hello");
        let (got, end) = exchange(reply().closed_at(point), false).await;
        check(&got);
        assert_eq!(end, Ok(()), "{point:?}");
        let (got, end) = exchange(reply().reset_at(point), false).await;
        check(&got);
        assert_eq!(end, Err(ErrorKind::ConnectionReset), "{point:?}");
        let (got, end) = exchange(reply().stalled_at(point), false).await;
        check(&got);
        assert!(silent(&end), "{point:?}: {end:?}");
    }
}

#[tokio::test]
async fn a_stream_is_reset_after_an_event() {
    let shape = StreamShape::new().with_fault(StreamFault::ResetAfter(2));
    let (got, end) = exchange(Reply::text("hello").with_stream(shape), true).await;
    assert_eq!(got.matches("data: ").count(), 2);
    assert_eq!(end, Err(ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn slow_bytes_come_whole() {
    for stream in [false, true] {
        let slow = Reply::text("hello").with_slow_bytes(100, Duration::from_millis(1));
        let (slow, end) = exchange(slow, stream).await;
        let (fast, _) = exchange(Reply::text("hello"), stream).await;
        assert_eq!(end, Ok(()));
        let letters = |got: &str| got.matches("chatcmpl-").count();
        assert_eq!(letters(&slow), letters(&fast));
    }
}

#[tokio::test]
async fn any_bytes_take_the_place_of_a_response() {
    let (got, end) = exchange(Reply::raw_http("hello\r\n"), false).await;
    assert_eq!((got.as_str(), end), ("hello\r\n", Ok(())));
}

#[tokio::test]
async fn what_the_server_breaks_off_is_answered_and_what_the_client_leaves_is_abandoned() {
    for (reply, is_abandoned) in [
        (Reply::text("x").reset_at(BreakPoint::BeforeHead), false),
        (Reply::text("x").reset_at(BreakPoint::InHead), false),
        (Reply::text("x").closed_at(BreakPoint::AfterHead), false),
        (Reply::text("x").reset_at(BreakPoint::InBody), false),
        (Reply::text("x").stalled_at(BreakPoint::BeforeHead), true),
        (Reply::text("x").stalled_at(BreakPoint::AfterHead), true),
        (Reply::text("x").stalled_at(BreakPoint::InBody), true),
    ] {
        let server = Server::builder().script([reply]).start().await.expect("a free port");
        let address = server.address();
        let left = tokio::task::spawn_blocking(move || {
            let mut socket = TcpStream::connect(address).expect("a connection");
            let body = body(false);
            let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n";
            write!(socket, "{head}content-length: {}\r\n\r\n{body}", body.len()).expect("sent");
            socket
        });
        let socket = left.await.expect("no panic");
        server.wait_for_requests(1).await;
        let request = server.requests().remove(0);
        if is_abandoned {
            assert_eq!(request.answered_at(), None);
            drop(socket);
            request.ended().await;
        } else {
            request.ended().await;
            drop(socket);
        }
        assert_eq!(request.is_abandoned(), is_abandoned, "{request:?}");
    }
}
