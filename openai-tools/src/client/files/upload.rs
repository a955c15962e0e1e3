use std::{
    fmt, io,
    path::PathBuf,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use http::HeaderValue;
use tokio::io::{AsyncRead, ReadBuf};

use super::object::{ExpiresAfter, FilePurpose};
use crate::error::{Error, ErrorKind};

/// A file to upload: from memory, from disk, or from any reader whose length is known.
///
/// ```no_run
/// use std::time::Duration;
///
/// use openai_tools::{Client, client::{ExpiresAfter, FilePurpose, Upload}};
///
/// # async fn upload(client: Client) -> Result<(), Box<dyn std::error::Error>> {
/// let day = ExpiresAfter::new(Duration::from_secs(86_400)).ok_or("too short or too long")?;
/// let upload = Upload::path("report.pdf", FilePurpose::UserData).with_expires_after(day);
/// let file = client.files().upload(upload).await?;
/// println!("{}", file.id);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before `Files::upload`"]
pub struct Upload {
    filename: String,
    media_type: String,
    purpose: FilePurpose,
    expires_after: Option<ExpiresAfter>,
    content: Content,
}

enum Content {
    Bytes(Bytes),
    Path(PathBuf),
    Reader(Reader, u64),
}

type Reader = Pin<Box<dyn AsyncRead + Send>>;

impl Upload {
    /// A file in memory.
    pub fn bytes(
        filename: impl Into<String>,
        bytes: impl Into<Bytes>,
        purpose: FilePurpose,
    ) -> Self {
        Self::new(filename.into(), purpose, Content::Bytes(bytes.into()))
    }

    /// A file on disk, read while it is sent; each attempt reads it anew. Its name is the last of the
    /// path.
    pub fn path(path: impl Into<PathBuf>, purpose: FilePurpose) -> Self {
        let path = path.into();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self::new(name, purpose, Content::Path(path))
    }

    /// So many bytes of a reader, read while they are sent. It can be read once: what fails after
    /// that is not tried again.
    pub fn reader(
        filename: impl Into<String>,
        reader: impl AsyncRead + Send + 'static,
        length: u64,
        purpose: FilePurpose,
    ) -> Self {
        Self::new(filename.into(), purpose, Content::Reader(Box::pin(reader), length))
    }

    fn new(filename: String, purpose: FilePurpose, content: Content) -> Self {
        let media_type = "application/octet-stream".to_owned();
        Self { filename, media_type, purpose, expires_after: None, content }
    }

    /// Under another name.
    pub fn with_filename(mut self, filename: impl Into<String>) -> Self {
        self.filename = filename.into();
        self
    }

    /// What its bytes are. Default: `application/octet-stream`; servers go by the name.
    pub fn with_media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = media_type.into();
        self
    }

    /// When the server is to delete it. Default: OpenAI deletes those for batches after 30 days, and
    /// keeps the others.
    pub fn with_expires_after(mut self, expires_after: ExpiresAfter) -> Self {
        self.expires_after = Some(expires_after);
        self
    }

    /// Looks at the file, and writes what stands around it.
    pub(super) async fn prepare(self) -> Result<Prepared, Error> {
        let Self { filename, media_type, purpose, expires_after, content } = self;
        if media_type.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(Error::new(ErrorKind::InvalidRequest, "the media type has a control sign"));
        }
        let boundary = format!("openai-tools-{:032x}", fastrand::u128(..));
        let field = |name: &str, value: &str| {
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            )
        };
        let mut before = field("purpose", purpose.as_str());
        if let Some(expires_after) = expires_after {
            before += &field("expires_after[anchor]", "created_at");
            before += &field("expires_after[seconds]", &expires_after.as_secs().to_string());
        }
        let file = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
             Content-Type: {media_type}\r\n\r\n",
            quoted(&filename)
        );
        before += &file;
        let after = format!("\r\n--{boundary}--\r\n");
        let source = match content {
            Content::Bytes(bytes) => Source::Bytes(bytes),
            Content::Path(path) => {
                let found = tokio::fs::metadata(&path).await.map_err(unreadable)?;
                // Opening a pipe waits for whoever writes into it, and a folder has no bytes.
                if !found.is_file() {
                    return Err(unreadable(io::Error::other("it is no file")));
                }
                Source::Path(path, found.len())
            }
            Content::Reader(reader, length) => {
                Source::Reader(Arc::new(Mutex::new(Some(reader))), length)
            }
        };
        let fault = Arc::default();
        Ok(Prepared { boundary, before: before.into(), source, after: after.into(), fault })
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("filename", &self.filename)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// As forms write names (HTML, "Multipart form data").
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn unreadable(error: io::Error) -> Error {
    Error::new(ErrorKind::InvalidRequest, "the file cannot be read").with_source(error)
}

/// An upload as each attempt sends it.
pub(in crate::client) struct Prepared {
    boundary: String,
    before: Bytes,
    source: Source,
    after: Bytes,
    fault: Fault,
}

enum Source {
    Bytes(Bytes),
    Path(PathBuf, u64),
    Reader(Once, u64),
}

/// A reader until the first byte of it is wanted.
type Once = Arc<Mutex<Option<Reader>>>;

/// What was wrong with the source, which no response tells.
type Fault = Arc<Mutex<Option<io::Error>>>;

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Prepared {
    pub(in crate::client) fn media_type(&self) -> Result<HeaderValue, Error> {
        let told = format!("multipart/form-data; boundary={}", self.boundary);
        HeaderValue::from_str(&told).map_err(|error| {
            Error::new(ErrorKind::InvalidRequest, "the media type").with_source(error)
        })
    }

    /// All of it, if it is in memory.
    pub(in crate::client) fn whole(&self) -> Option<Bytes> {
        let Source::Bytes(bytes) = &self.source else { return None };
        let mut whole = BytesMut::with_capacity(self.before.len() + bytes.len() + self.after.len());
        for part in [&self.before, bytes, &self.after] {
            whole.extend_from_slice(part);
        }
        Some(whole.freeze())
    }

    /// What is sent now.
    pub(in crate::client) async fn body(&self) -> Result<RequestBody, Error> {
        let (reading, length) = match &self.source {
            Source::Bytes(bytes) => {
                (Reading::Open(Box::pin(io::Cursor::new(bytes.clone()))), bytes.len() as u64)
            }
            Source::Path(path, length) => {
                let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
                (Reading::Open(Box::pin(file)), *length)
            }
            Source::Reader(once, length) => (Reading::Once(Arc::clone(once)), *length),
        };
        Ok(RequestBody {
            before: self.before.clone(),
            reading,
            left: length,
            after: self.after.clone(),
            fault: Arc::clone(&self.fault),
            buffer: BytesMut::new(),
        })
    }

    pub(in crate::client) fn is_consumed(&self) -> bool {
        lock(&self.fault).is_some()
            || matches!(&self.source, Source::Reader(once, _) if lock(once).is_none())
    }

    /// What the upload came to: what was wrong with its source, if that was it.
    pub(super) fn fault(&self, error: Error) -> Error {
        match lock(&self.fault).take() {
            Some(fault) => unreadable(fault).with_attempt_log(error.attempt_log().to_vec()),
            None => error,
        }
    }
}

/// The body of a request that is read while it is sent. Its length is known.
pub struct RequestBody {
    before: Bytes,
    reading: Reading,
    /// Of the file.
    left: u64,
    after: Bytes,
    fault: Fault,
    buffer: BytesMut,
}

enum Reading {
    Ended,
    Once(Once),
    Open(Reader),
}

impl RequestBody {
    /// How many bytes are still to come.
    #[must_use]
    pub fn left(&self) -> u64 {
        (self.before.len() as u64).saturating_add(self.left).saturating_add(self.after.len() as u64)
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    ///
    /// The source cannot be read, or holds fewer or more bytes than was said.
    pub fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<Bytes>>> {
        if !self.before.is_empty() {
            return Poll::Ready(Ok(Some(std::mem::take(&mut self.before))));
        }
        if let Reading::Once(once) = &self.reading {
            let taken = lock(once).take();
            self.reading = taken.map_or(Reading::Ended, Reading::Open);
        }
        if let Reading::Open(reader) = &mut self.reading {
            self.buffer.resize(CHUNK, 0);
            let mut buffer = ReadBuf::new(&mut self.buffer);
            let read = ready!(reader.as_mut().poll_read(cx, &mut buffer));
            let read = read.map(|()| buffer.filled().len());
            return Poll::Ready(match read {
                Ok(0) if self.left > 0 => {
                    Err(self.fail(io::ErrorKind::UnexpectedEof, "it has fewer bytes than was said"))
                }
                Ok(0) => {
                    self.reading = Reading::Ended;
                    Ok(Some(std::mem::take(&mut self.after)))
                }
                Ok(read) if read as u64 > self.left => {
                    Err(self.fail(io::ErrorKind::InvalidData, "it has more bytes than was said"))
                }
                Ok(read) => {
                    self.left -= read as u64;
                    Ok(Some(self.buffer.split_to(read).freeze()))
                }
                Err(error) => Err(self.fail(error.kind(), &error.to_string())),
            });
        }
        if self.left > 0 {
            let kind = io::ErrorKind::UnexpectedEof;
            return Poll::Ready(Err(self.fail(kind, "it was read before")));
        }
        Poll::Ready(Ok(None))
    }

    fn fail(&mut self, kind: io::ErrorKind, why: &str) -> io::Error {
        self.reading = Reading::Ended;
        *lock(&self.fault) = Some(io::Error::new(kind, why.to_owned()));
        io::Error::new(kind, why.to_owned())
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody").field("left", &self.left()).finish_non_exhaustive()
    }
}

const CHUNK: usize = 64 * 1024;
