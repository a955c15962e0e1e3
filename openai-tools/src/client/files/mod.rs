//! The files that a server keeps.

mod download;
mod object;
mod upload;

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{HeaderValue, Method, Uri, header::CONTENT_TYPE};
use serde::de::DeserializeOwned;

pub use self::{
    download::Download,
    object::{ExpiresAfter, FileOrder, FilePage, FilePurpose, ListFiles, StoredFile},
    upload::{RequestBody, Upload},
};
use self::{object::Deleted, upload::Prepared};
use super::{
    Inner,
    attempt::{Failed, Head},
    course::{Bounds, Course, Outgoing, Timing},
    endpoint::Target,
    limiter::Permit,
    transport::{Body, Sending},
};
use crate::{
    error::{Error, ErrorKind},
    observe::{Observe, Span},
    provider::percent_encode,
};

/// The files that a server keeps, by [`Client::files`](super::Client::files): uploaded as a stream,
/// downloaded as a stream, listed and deleted. Retries, limits and secrets are the client's.
///
/// ```
/// use openai_tools::{
///     Client, File, chat::Api, client::{FilePurpose, Upload}, testing::{Reply, Server},
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::builder().script([Reply::text("A letter.")]).start().await?;
/// let client = Client::builder().base_url(server.base_url()).build()?;
///
/// let upload = Upload::bytes("letter.pdf", &b"%PDF-1.7"[..], FilePurpose::UserData);
/// let file = client.files().upload(upload).await?;
/// let run = client
///     .run("gpt-5.2")
///     .user_parts(["What is this?".into(), File::file_id(&file.id).into()])
///     .await?;
/// assert_eq!(run.text(), "A letter.");
/// client.files().delete(&file.id).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Files {
    client: Arc<Inner>,
}

impl Files {
    pub(super) fn new(client: Arc<Inner>) -> Self {
        Self { client }
    }

    /// Uploads a file. It has to be through within
    /// [`ClientBuilder::first_byte_timeout`](super::ClientBuilder::first_byte_timeout) (600 s).
    ///
    /// A failed attempt is followed by another as the retry policy says; of a
    /// [reader](Upload::reader) only as long as nothing was read of it. An attempt whose response was
    /// lost may have stored the file all the same.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](super::Client::send); kind
    /// [`InvalidRequest`](ErrorKind::InvalidRequest) too if the file cannot be read, has another
    /// length than was said, or expires too early or too late.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the server may have stored the file by then.
    pub async fn upload(&self, upload: Upload) -> Result<StoredFile, Error> {
        let uri = self.client.uri("files", None, &[])?;
        let prepared = upload.prepare().await?;
        let ask = Ask { method: Method::POST, uri, upload: Some(&prepared) };
        let came = self.client.read_json(&ask).await;
        came.map_err(|error| prepared.fault().unwrap_or(error))
    }

    /// The files that the server keeps, a page of them.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](super::Client::send).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future has no effect.
    pub async fn list(&self, list: &ListFiles) -> Result<FilePage, Error> {
        let uri = self.client.uri("files", None, &list.query())?;
        self.client.read_json(&Ask { method: Method::GET, uri, upload: None }).await
    }

    /// What the server knows of a file.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](super::Client::send); the status of a file that is not there is 404.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future has no effect.
    pub async fn retrieve(&self, id: &str) -> Result<StoredFile, Error> {
        let uri = self.uri_of(id, "")?;
        self.client.read_json(&Ask { method: Method::GET, uri, upload: None }).await
    }

    /// Deletes a file.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](super::Client::send); kind
    /// [`InvalidResponse`](ErrorKind::InvalidResponse) if the server says that it did not.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the file may be gone by then.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        let uri = self.uri_of(id, "")?;
        let ask = Ask { method: Method::DELETE, uri, upload: None };
        let Deleted { deleted } = self.client.read_json(&ask).await?;
        if deleted {
            return Ok(());
        }
        Err(Error::new(ErrorKind::InvalidResponse, "the server says that the file is not deleted"))
    }

    /// Begins to download what is in a file. The rest comes as it is read: whoever reads slowly holds
    /// up the server, and no memory.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](super::Client::send), until the head of the response is there.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future has no effect.
    pub async fn content(&self, id: &str) -> Result<Download, Error> {
        let uri = self.uri_of(id, "/content")?;
        let ask = Ask { method: Method::GET, uri, upload: None };
        let Begun { head, body, permit, .. } = self.client.begin_ask(&ask).await?;
        Ok(Download::new(&head, body, permit, self.client.time_limits))
    }

    fn uri_of(&self, id: &str, behind: &str) -> Result<Uri, Error> {
        // It would be the folder that it stands in.
        if id.is_empty() || id.bytes().all(|byte| byte == b'.') {
            let why = "the id of a file is empty, or not one";
            return Err(Error::new(ErrorKind::InvalidRequest, why));
        }
        let mut path = "files/".to_owned();
        percent_encode(id, &mut path);
        path.push_str(behind);
        self.client.uri(&path, None, &[])
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").finish_non_exhaustive()
    }
}

/// One request, as every attempt sends it.
struct Ask<'a> {
    method: Method,
    uri: Uri,
    upload: Option<&'a Prepared>,
}

/// A response that has begun.
struct Begun {
    head: Head,
    body: Body,
    timing: Timing,
    permit: Option<Permit>,
    course: Course,
    span: Span,
}

impl Ask<'_> {
    async fn sending<'a>(&self, client: &'a Inner) -> Result<Sending<'a>, Error> {
        let mut head = http::Request::new(());
        *head.method_mut() = self.method.clone();
        *head.uri_mut() = self.uri.clone();
        *head.headers_mut() = client.headers.clone();
        let Some(upload) = self.upload else {
            head.headers_mut().remove(CONTENT_TYPE);
            return Ok(client.transport.send(head.map(|()| Bytes::new())));
        };
        let media_type = HeaderValue::from_str(&upload.media_type()).map_err(|error| {
            Error::new(ErrorKind::InvalidRequest, "the media type").with_source(error)
        })?;
        head.headers_mut().insert(CONTENT_TYPE, media_type);
        if let Some(bytes) = upload.whole() {
            return Ok(client.transport.send(head.map(|()| bytes)));
        }
        let body = upload.body().await?;
        Ok(client.transport.send_streamed(head.map(|()| body)))
    }

    /// Whether it cannot be sent a second time.
    fn is_consumed(&self) -> bool {
        self.upload.is_some_and(Prepared::is_consumed)
    }
}

impl Inner {
    /// Sends a request until the head of a good response is there, by the retry policy.
    async fn begin_ask(&self, ask: &Ask<'_>) -> Result<Begun, Error> {
        let course = Course::new(self, Bounds::default());
        self.begin_again(ask, course).await
    }

    async fn begin_again(&self, ask: &Ask<'_>, mut course: Course) -> Result<Begun, Error> {
        let target = Target { method: ask.method.clone(), uri: ask.uri.clone() };
        let outgoing = Outgoing::to(target, Bytes::new());
        loop {
            let (timing, permit) = course.admit(self, &outgoing).await?;
            let span = Span::attempt(course.number());
            let sending = ask.sending(self).await?;
            let came = self.head_of(sending, timing, permit.as_ref()).observed(&span).await;
            let failed = match came {
                Ok((head, body)) if head.is_whole() => {
                    span.number("http.response.status_code", head.status.into());
                    return Ok(Begun { head, body, timing, permit, course, span });
                }
                Ok((head, _)) => Failed::new(head.no_response(), false),
                Err(failed) => failed,
            };
            drop(permit);
            let wait = course.wait_after(self, failed, timing, &span, ask.is_consumed())?;
            tokio::time::sleep(wait).await;
        }
    }

    /// Sends a request until its response is read, by the retry policy.
    async fn read_json<T: DeserializeOwned>(&self, ask: &Ask<'_>) -> Result<T, Error> {
        let mut begun = self.begin_ask(ask).await?;
        loop {
            let Begun { head, mut body, timing, permit, mut course, span } = begun;
            let read = self.whole(&head, &mut body, timing).await;
            let failed = match read {
                Ok(bytes) => {
                    if let Ok(value) = serde_json::from_slice(&bytes) {
                        return Ok(value);
                    }
                    // What serde_json says quotes the body.
                    let detail = "it is not what the endpoint answers";
                    let error = Error::new(ErrorKind::InvalidResponse, detail);
                    Failed::new(head.facts(error.with_payload(bytes)), false)
                }
                Err(failed) => failed,
            };
            drop(permit);
            let wait = course.wait_after(self, failed, timing, &span, ask.is_consumed())?;
            tokio::time::sleep(wait).await;
            begun = self.begin_again(ask, course).await?;
        }
    }
}
