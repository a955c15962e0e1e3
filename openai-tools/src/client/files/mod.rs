//! The files that a server keeps.

mod download;
mod object;
mod upload;

use std::{fmt, sync::Arc};

use http::Method;

pub(in crate::client) use self::upload::Prepared;
pub use self::{
    download::Download,
    object::{ExpiresAfter, FilePurpose, StoredFile},
    upload::{RequestBody, Upload},
};
use super::{
    Inner, List,
    course::{Bounds, Content, Course, Outgoing},
    endpoint::{NO_QUERY, Target},
    exchange::{Begun, Form},
};
use crate::{error::Error, responses::Deleted};

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
pub struct Files(Arc<Inner>);

impl Files {
    pub(super) fn new(client: Arc<Inner>) -> Self {
        Self(client)
    }

    fn target(&self, method: Method, segments: &[&str]) -> Result<Target, Error> {
        Target::new(method, &self.0.files, segments, NO_QUERY)
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
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) too if the file cannot be read, has another
    /// length than was said, or expires too early or too late.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the server may have stored the file by then.
    pub async fn upload(&self, upload: Upload) -> Result<StoredFile, Error> {
        let prepared = Arc::new(upload.prepare().await?);
        let content = Content::Upload(Arc::clone(&prepared));
        let came = self.0.call(self.target(Method::POST, &[])?, content).await;
        came.map_err(|error| prepared.fault(error))
    }

    /// The files that the server keeps, as a list that comes in pages.
    pub fn list(&self) -> List<StoredFile> {
        List::new(Arc::clone(&self.0), self.target(Method::GET, &[]))
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
        self.0.call(self.target(Method::GET, &[id])?, Content::Nothing).await
    }

    /// Deletes a file.
    ///
    /// # Errors
    ///
    /// As [`Responses::delete`](super::Responses::delete).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the file may be gone by then.
    pub async fn delete(&self, id: &str) -> Result<Deleted, Error> {
        self.0.delete(self.target(Method::DELETE, &[id])?).await
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
        let target = self.target(Method::GET, &[id, "content"])?;
        let mut outgoing = Outgoing::to(target, Content::Nothing);
        let mut course = Course::new(&self.0, Bounds::default());
        let Begun { head, body, permit, span, .. } =
            self.0.open(&mut outgoing, &mut course, Form::Bytes).await?;
        span.number("http.response.status_code", head.status.into());
        Ok(Download::new(&head, body, permit, self.0.time_limits))
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").finish_non_exhaustive()
    }
}
