use std::fmt;

use serde::{Deserialize, Serialize};

/// A file for the model to read, such as a PDF.
///
/// ```
/// use openai_tools::{File, Message};
///
/// let uploaded = File::file_id("file-abc123");
/// let letter = File::bytes("letter.pdf", "application/pdf", b"%PDF-1.7");
/// let message = Message::user_parts(["Compare these.".into(), uploaded.into(), letter.into()]);
/// # let _ = message;
/// ```
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct File {
    #[serde(flatten)]
    source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filename: Option<String>,
}

#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    Data(String),
    FileId(String),
    Url(String),
}

impl File {
    /// A file that was uploaded, by its id.
    pub fn file_id(id: impl Into<String>) -> Self {
        Self { source: Source::FileId(id.into()), filename: None }
    }

    /// A file that the server fetches. Only the Responses API does that.
    pub fn url(url: impl Into<String>) -> Self {
        Self { source: Source::Url(url.into()), filename: None }
    }

    /// A file by its name, its media type, such as `application/pdf`, and its bytes.
    #[cfg(any(feature = "dispatch", feature = "wire"))]
    #[must_use]
    pub fn bytes(filename: impl Into<String>, media_type: &str, bytes: &[u8]) -> Self {
        Self::data_url(filename, super::data_url(media_type, bytes))
    }

    /// A file by its name and a `data:` URL.
    pub fn data_url(filename: impl Into<String>, url: impl Into<String>) -> Self {
        Self { source: Source::Data(url.into()), filename: Some(filename.into()) }
    }

    /// The name that the model is told.
    #[must_use]
    pub fn with_filename(mut self, filename: impl Into<String>) -> Self {
        self.filename = Some(filename.into());
        self
    }

    /// The name that the model is told.
    #[must_use]
    pub fn filename(&self) -> Option<&str> {
        self.filename.as_deref()
    }

    /// The id of an uploaded file, if it was given by that.
    #[must_use]
    pub fn as_file_id(&self) -> Option<&str> {
        match &self.source {
            Source::FileId(id) => Some(id),
            Source::Data(_) | Source::Url(_) => None,
        }
    }

    /// The URL from which the server fetches it, if it was given by that.
    #[must_use]
    pub fn as_url(&self) -> Option<&str> {
        match &self.source {
            Source::Url(url) => Some(url),
            Source::Data(_) | Source::FileId(_) => None,
        }
    }

    /// Its content as a `data:` URL, if it was given by that or by its bytes.
    #[must_use]
    pub fn as_data_url(&self) -> Option<&str> {
        match &self.source {
            Source::Data(url) => Some(url),
            Source::FileId(_) | Source::Url(_) => None,
        }
    }

    #[cfg(feature = "dispatch")]
    pub(super) fn size(&self) -> usize {
        let (Source::Data(text) | Source::FileId(text) | Source::Url(text)) = &self.source;
        text.len() + self.filename.as_ref().map_or(0, String::len)
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, text) = match &self.source {
            Source::Data(data) => ("data_bytes", data),
            Source::FileId(id) => ("file_id_bytes", id),
            Source::Url(url) => ("url_bytes", url),
        };
        f.debug_struct("File").field(name, &text.len()).finish_non_exhaustive()
    }
}
