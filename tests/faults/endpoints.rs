//! The same faults where no model is asked: responses, files and conversations that a server keeps.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use openai_tools::{
    Client, Error,
    client::{FilePurpose, RetryPolicy, Upload},
    testing::{BreakPoint, Reply, Server},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::compare;

/// What is asked of the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Ask {
    Retrieve,
    Page,
    Upload,
    Download,
    Delete,
}

impl Ask {
    const ALL: [Self; 5] = [Self::Retrieve, Self::Page, Self::Upload, Self::Download, Self::Delete];

    /// What a server that is well answers.
    fn good(self) -> Reply {
        let file = json!({"id": "file-1", "object": "file", "bytes": 2, "filename": "a"});
        let body = match self {
            // Half of less waits for the other half before it is sent.
            Self::Download => return Reply::raw(200, "text/plain", "x".repeat(9_000)),
            Self::Retrieve | Self::Upload => file,
            Self::Page => json!({"object": "list", "data": [file], "has_more": false}),
            Self::Delete => json!({"id": "file-1", "object": "file", "deleted": true}),
        };
        Reply::json(200, &body)
    }

    /// What comes of it.
    async fn of(self, client: &Client) -> String {
        let files = client.files();
        let done = |came: Result<(), Error>| match came {
            Ok(()) => "done".to_owned(),
            Err(error) => failed(&error),
        };
        match self {
            Self::Retrieve => done(files.retrieve("file-1").await.map(drop)),
            Self::Page => done(files.list().page().await.map(drop)),
            Self::Upload => {
                let upload = Upload::bytes("a", "12", FilePurpose::UserData);
                done(files.upload(upload).await.map(drop))
            }
            Self::Download => match files.content("file-1").await {
                Err(error) => failed(&error),
                Ok(download) => match download.into_bytes(10_000).await {
                    Ok(_) => "done".to_owned(),
                    Err(error) => format!("begun, then {}", failed(&error)),
                },
            },
            Self::Delete => done(files.delete("file-1").await.map(drop)),
        }
    }
}

fn failed(error: &Error) -> String {
    format!("error `{}`", error.kind().as_str())
}

struct Row {
    name: &'static str,
    spoil: fn(Reply) -> Reply,
    /// The least time between two attempts.
    wait: Duration,
    only: Option<Ask>,
    /// Whether the server is silent; the limits on time are short then, and far away for all else.
    silent: bool,
}

const fn silence(name: &'static str, spoil: fn(Reply) -> Reply) -> Row {
    Row { silent: true, ..row(name, spoil) }
}

const fn row(name: &'static str, spoil: fn(Reply) -> Reply) -> Row {
    Row { name, spoil, wait: Duration::ZERO, only: None, silent: false }
}

const ROWS: &[Row] = &[
    row("status 404", |_| Reply::error(404, "a_code", "words")),
    row("status 500", |_| Reply::error(500, "a_code", "words")),
    Row {
        wait: Duration::from_millis(60),
        ..row("status 429 with `retry-after: 0.06`", |_| {
            Reply::error(429, "a_code", "words").with_header("retry-after", "0.06")
        })
    },
    row("status 202 with a good answer", |good| good.with_status(202)),
    row("an error object with status 200", |_| {
        Reply::json(200, &json!({"error": {"message": "words", "code": "bad"}}))
    }),
    row("an HTML page with status 200", |_| Reply::raw(200, "text/html", "<html>")),
    row("half a JSON document", |_| Reply::raw(200, "application/json", "{\"id\": \"file-1\",")),
    row("an empty body", |_| Reply::raw(200, "application/json", "")),
    row("reset before the head", |good| good.reset_at(BreakPoint::BeforeHead)),
    row("closed after the head", |good| good.closed_at(BreakPoint::AfterHead)),
    row("closed in the body", |good| good.closed_at(BreakPoint::InBody)),
    row("reset in a body without a length", |good| good.chunked().reset_at(BreakPoint::InBody)),
    silence("silence instead of the head", |good| good.stalled_at(BreakPoint::BeforeHead)),
    silence("silence in the body", |good| good.stalled_at(BreakPoint::InBody)),
    row("a body over `max_response_bytes`", |_| {
        Reply::raw(200, "application/json", "x".repeat(20_000))
    }),
    Row {
        only: Some(Ask::Delete),
        ..row("`deleted: false`", |_| {
            Reply::json(200, &json!({"id": "file-1", "object": "file", "deleted": false}))
        })
    },
];

/// What is seen of a fault that passes, and how many requests there were.
async fn cell(row: &'static Row, ask: Ask) -> String {
    if row.only.is_some_and(|only| only != ask) {
        return "–".to_owned();
    }
    let asked = Arc::<AtomicU64>::default();
    let number = Arc::clone(&asked);
    let server = Server::builder().intercept(move |_| {
        Some(match number.fetch_add(1, SeqCst) {
            0 => (row.spoil)(ask.good()),
            _ => ask.good(),
        })
    });
    let server = server.start().await.expect("a free port");
    let client = Client::builder().base_url(server.base_url()).retry(hasty());
    let limit = if row.silent { SHORT } else { LONG };
    let client = client.first_byte_timeout(limit).idle_timeout(limit).max_response_bytes(10_000);
    let client = client.build().expect("good settings");
    let began = Instant::now();
    let end = ask.of(&client).await;
    let requests = asked.load(SeqCst);
    assert!(requests < 2 || began.elapsed() >= row.wait, "{}: sent again too early", row.name);
    format!("{end} {requests}")
}

fn hasty() -> RetryPolicy {
    RetryPolicy::new().with_backoff(Duration::from_millis(1), Duration::from_millis(1))
}

/// Longer than a server that is well takes on a busy machine.
const SHORT: Duration = Duration::from_millis(1_500);

/// Longer than anything takes here.
const LONG: Duration = Duration::from_secs(100);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_of_the_guide_says_what_faults_of_endpoints_come_to() {
    let mut lines = Vec::new();
    for row in ROWS {
        lines.push((row.name, Ask::ALL.map(|ask| tokio::spawn(cell(row, ask)))));
    }
    let mut table = "| | retrieve | page of a list | upload | download | delete |\n\
                     |---|---|---|---|---|---|\n"
        .to_owned();
    for (name, cells) in lines {
        let mut line = format!("| {name} |");
        for cell in cells {
            let seen = cell.await.expect("no panic");
            for part in [" ", &seen, " |"] {
                line.push_str(part);
            }
        }
        table.push_str(&line);
        table.push('\n');
    }
    compare("faults of endpoints", &table);
}

/// Reads the head of a request and the beginning of its body, and refuses it before the rest.
async fn refuse(mut socket: TcpStream, status: &str) {
    let mut got = vec![0; 64 * 1024];
    let mut read = 0;
    while read < got.len() {
        match socket.read(&mut got[read..]).await.expect("a body") {
            0 => break,
            more => read += more,
        }
    }
    let body = json!({"error": {"message": "words", "code": "a_code"}}).to_string();
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}", body.len());
    let answer = format!("{head}\r\ncontent-type: application/json\r\n\r\n{body}");
    socket.write_all(answer.as_bytes()).await.expect("it is read");
    socket.shutdown().await.expect("it is open");
    // Closed with bytes unread, the connection would be reset, and the answer lost.
    let mut rest = [0; 4_096];
    while matches!(socket.read(&mut rest).await, Ok(1..)) {}
}

/// Takes a whole upload.
async fn take(mut socket: TcpStream) {
    let mut got = Vec::new();
    let end = |got: &[u8]| got.ends_with(b"--\r\n");
    let mut chunk = vec![0; 64 * 1024];
    while !end(&got) {
        let read = socket.read(&mut chunk).await.expect("a body");
        assert!(read > 0, "the upload is cut");
        got.extend_from_slice(&chunk[..read]);
    }
    let body: Value = json!({"id": "file-1", "bytes": 8_000_000, "filename": "a"});
    let body = body.to_string();
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}", body.len());
    socket.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.expect("it is read");
}

async fn listening() -> (Client, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let client = Client::builder().base_url(format!("http://{address}/v1")).retry(hasty());
    (client.build().expect("good settings"), listener)
}

fn large() -> Vec<u8> {
    vec![b'x'; 8_000_000]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_refused_half_way_is_the_servers_error_and_not_a_broken_connection() {
    for reader in [false, true] {
        let (client, listener) = listening().await;
        let server = tokio::spawn(async move {
            let (socket, _) = listener.accept().await.expect("a connection");
            refuse(socket, "413 Payload Too Large").await;
        });
        let upload = if reader {
            let bytes = std::io::Cursor::new(large());
            Upload::reader("a", bytes, 8_000_000, FilePurpose::UserData)
        } else {
            Upload::bytes("a", large(), FilePurpose::UserData)
        };
        let error = client.files().upload(upload).await.expect_err("refused");
        assert_eq!((error.status(), error.attempts()), (Some(413), 1), "{error:?}");
        assert_eq!(error.api_error().and_then(|api| api.code()), Some("a_code"));
        server.await.expect("no panic");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_an_overloaded_server_refuses_half_way_is_sent_again_from_its_beginning() {
    let (client, listener) = listening().await;
    let server = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.expect("a connection");
        let refused = tokio::spawn(refuse(socket, "503 Service Unavailable"));
        let (socket, _) = listener.accept().await.expect("another connection");
        take(socket).await;
        refused.await.expect("no panic");
    });
    let upload = Upload::bytes("a", large(), FilePurpose::UserData);
    let file = client.files().upload(upload).await.expect("stored");
    assert_eq!(file.id, "file-1");
    server.await.expect("no panic");
}
