//! Files that the server keeps: up and down as streams.

use std::{
    io,
    num::NonZeroUsize,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use openai_tools::{
    Client, ErrorKind, File,
    client::{
        Body, ExpiresAfter, FilePurpose, RequestBody, RetryPolicy, Sending, Transport,
        TransportError, TransportErrorKind, Upload,
    },
    responses::Order,
    testing::Reply,
};
use serde_json::json;
use tests::{TestServer, document};
use tokio::{
    io::{AsyncRead, ReadBuf},
    sync::Notify,
};

const DATA: FilePurpose = FilePurpose::UserData;

/// So many bytes, in small pieces.
struct Pieces(usize);

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let size = self.0.min(1_000).min(buffer.remaining());
        buffer.put_slice(&vec![b'x'; size]);
        self.0 -= size;
        Poll::Ready(Ok(()))
    }
}

async fn downloaded(client: &Client, id: &str) -> Vec<u8> {
    let download = client.files().content(id).await.expect("a file");
    download.into_bytes(usize::MAX).await.expect("all of it").to_vec()
}

#[tokio::test]
async fn a_file_goes_up_and_comes_down_from_memory_disk_and_reader() {
    let server = TestServer::scripted([]).await;
    let client = server.client();
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("a file.bin");
    let on_disk = vec![7_u8; 200_000];
    std::fs::write(&path, &on_disk).expect("written");

    let from_memory = client.files().upload(Upload::bytes("a \"b\".txt", "\r\n--\r\n", DATA)).await;
    let from_memory = from_memory.expect("stored");
    assert_eq!((from_memory.bytes, from_memory.filename.as_str()), (6, "a %22b%22.txt"));
    assert_eq!(downloaded(&client, &from_memory.id).await, b"\r\n--\r\n");

    let from_disk = client.files().upload(Upload::path(&path, FilePurpose::Vision)).await;
    let from_disk = from_disk.expect("stored");
    assert_eq!((from_disk.bytes, from_disk.filename.as_str()), (200_000, "a file.bin"));
    assert_eq!(downloaded(&client, &from_disk.id).await, on_disk);
    std::fs::remove_file(&path).expect("removed");

    let upload = Upload::reader("r", Pieces(150_000), 150_000, DATA);
    let from_reader = client.files().upload(upload).await.expect("stored");
    assert_eq!(downloaded(&client, &from_reader.id).await, vec![b'x'; 150_000]);
    let upload = Upload::reader("empty", tokio::io::empty(), 0, DATA);
    let empty = client.files().upload(upload).await.expect("stored");
    assert_eq!(downloaded(&client, &empty.id).await, b"");

    let mut written = Vec::new();
    let download = client.files().content(&from_reader.id).await.expect("a file");
    assert_eq!(download.length(), Some(150_000));
    assert_eq!(download.media_type(), Some("application/octet-stream"));
    assert_eq!(download.copy_to(&mut written).await.expect("written"), 150_000);
    assert_eq!(written.len(), 150_000);
    let request = &server.requests()[0];
    let told = request.header("content-type").expect("told");
    assert!(told.starts_with("multipart/form-data; boundary="), "{told}");
    assert!(request.header("authorization").is_some());
}

#[tokio::test]
async fn files_are_listed_page_by_page_looked_at_and_deleted() {
    let server = TestServer::scripted([]).await;
    let files = server.client().files();
    let day = ExpiresAfter::new(Duration::from_secs(86_400)).expect("a day");
    for n in 0..5 {
        let purpose = if n % 2 == 0 { DATA } else { FilePurpose::Batch };
        let upload = Upload::bytes(format!("{n}"), "x", purpose).with_expires_after(day);
        let _ = files.upload(upload).await.expect("stored");
    }
    let list = files.list().purpose(&FilePurpose::Batch).purpose(&DATA).order(Order::Ascending);
    let before = server.request_count();
    let (mut stream, mut names) = (list.limit(2).stream(), Vec::new());
    while let Some(file) = stream.next().await {
        let file = file.expect("a file");
        assert_eq!(stream.last_id(), Some(file.id.as_str()));
        names.push(file.filename);
    }
    assert_eq!(names, ["0", "2", "4"]);
    assert_eq!(server.request_count() - before, 2);
    let newest = files.list().page().await.expect("a page");
    document::check_schema("ListFilesResponse", &json!(newest)).expect("valid");
    let none = files.list().limit(0).page().await.expect_err("refused");
    assert_eq!(none.api_error().and_then(|api| api.param()), Some("limit"));
    let file = &newest.data[0];
    assert_eq!(file.filename, "4");
    assert_eq!(file.expires_at, Some(file.created_at + 86_400));
    assert_eq!(file.other["status"], "processed");
    assert_eq!(files.retrieve(&file.id).await.expect("known"), *file);
    let deleted = files.delete(&file.id).await.expect("deleted");
    assert_eq!((&deleted.id, deleted.deleted), (&file.id, Some(true)));
    document::check_schema("DeleteFileResponse", &json!(deleted)).expect("valid");
    for error in [
        files.retrieve(&file.id).await.expect_err("gone"),
        files.delete(&file.id).await.expect_err("gone"),
        files.content("a/../b?c").await.expect_err("none"),
    ] {
        assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(404)));
    }
    for no_id in ["", ".", ".."] {
        let error = files.retrieve(no_id).await.expect_err("no id");
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}

#[tokio::test]
async fn an_uploaded_file_is_shown_by_its_id() {
    let server = TestServer::scripted([Reply::text("ok")]).await;
    let client = server.client();
    let file = client.files().upload(Upload::bytes("a.txt", "a", DATA)).await.expect("stored");
    let run = client.run("m").user_parts([File::file_id(&file.id).into()]).await;
    assert_eq!(run.expect("an outcome").text(), "ok");
    let sent = server.sent(1);
    assert_eq!(sent["messages"][0]["content"][0]["file"], json!({"file_id": file.id}));
}

#[tokio::test]
async fn a_source_that_breaks_its_word_is_an_error_of_the_request_and_not_tried_again() {
    let server = TestServer::scripted([]).await;
    let files = server.client().files();
    for (bytes, promised) in [(10, 11), (11, 10), (0, 1)] {
        let upload = Upload::reader("r", Pieces(bytes), promised, DATA);
        let error = files.upload(upload).await.expect_err("not as promised");
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{bytes} of {promised}: {error:?}");
    }
    for no_file in ["/no/such/file", env!("CARGO_MANIFEST_DIR")] {
        let error = files.upload(Upload::path(no_file, DATA)).await.expect_err("no file");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
    }
    assert!(server.request_count() <= 3);
}

/// Refuses everything at first.
struct Refusing {
    reads: bool,
    asked: std::sync::Arc<std::sync::atomic::AtomicU32>,
}

impl Transport for Refusing {
    fn send(&self, _: http::Request<bytes::Bytes>) -> Sending<'_> {
        self.asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let response = http::Response::builder().status(503);
        let response = response.body(Body::full(bytes::Bytes::new())).expect("a response");
        Box::pin(std::future::ready(Ok(response)))
    }

    fn send_streamed(&self, mut request: http::Request<RequestBody>) -> Sending<'_> {
        self.asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Box::pin(async move {
            if self.reads {
                let body = request.body_mut();
                while let Ok(Some(_)) = std::future::poll_fn(|cx| body.poll_chunk(cx)).await {}
            }
            Err(TransportError::new(TransportErrorKind::Connect, "nobody is there"))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_sent_again_only_while_nothing_of_it_was_read() {
    let attempts = async |upload: Upload, reads: bool| {
        let asked = std::sync::Arc::default();
        let transport = Refusing { reads, asked: std::sync::Arc::clone(&asked) };
        let retry = RetryPolicy::new().with_max_retries(3);
        let client = Client::builder().transport(transport).retry(retry).build().expect("good");
        let error = client.files().upload(upload).await.expect_err("refused");
        let asked = asked.load(std::sync::atomic::Ordering::SeqCst);
        assert_eq!(error.attempts(), asked);
        asked
    };
    let reader = || Upload::reader("r", Pieces(10), 10, DATA);
    assert_eq!(attempts(reader(), false).await, 4);
    assert_eq!(attempts(reader(), true).await, 1);
    assert_eq!(attempts(Upload::bytes("b", "x", DATA), true).await, 4);
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    assert_eq!(attempts(Upload::path(manifest, DATA), true).await, 4);
}

/// Half of what it promised, and then nothing more.
struct Half {
    left: usize,
    told: Arc<Notify>,
}

impl AsyncRead for Half {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let size = self.left.min(buffer.remaining());
        if size == 0 {
            self.told.notify_one();
            return Poll::Pending;
        }
        buffer.put_slice(&vec![b'x'; size]);
        self.left -= size;
        Poll::Ready(Ok(()))
    }
}

/// A client that has nothing under way but what it still waits for.
fn one_at_a_time(server: &TestServer) -> Client {
    let one = NonZeroUsize::new(1).expect("not 0");
    server.client_builder().max_in_flight(one).build().expect("a good configuration")
}

#[tokio::test]
async fn an_upload_that_is_dropped_half_way_stores_nothing_and_frees_its_place() {
    let server = TestServer::scripted([]).await;
    let client = one_at_a_time(&server);
    let told = Arc::<Notify>::default();
    let half = Half { left: 100_000, told: Arc::clone(&told) };
    let upload = Upload::reader("half", half, 200_000, DATA);
    let files = client.files();
    tokio::select! {
        came = files.upload(upload) => panic!("{came:?}"),
        () = told.notified() => {}
    }
    assert!(client.files().list().page().await.expect("a page").data.is_empty());
    assert_eq!(server.request_count(), 1);
}

#[tokio::test]
async fn a_download_that_is_dropped_half_way_frees_its_place() {
    let server = TestServer::scripted([]).await;
    let client = one_at_a_time(&server);
    let upload = Upload::bytes("large", vec![b'x'; 8_000_000], DATA);
    let id = client.files().upload(upload).await.expect("stored").id;
    let mut download = client.files().content(&id).await.expect("a file");
    assert!(download.chunk().await.expect("bytes").is_some());
    drop(download);
    assert_eq!(client.files().retrieve(&id).await.expect("known").bytes, 8_000_000);
}
