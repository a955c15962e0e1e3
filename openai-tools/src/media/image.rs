use std::fmt;

use serde::{Deserialize, Serialize};

/// An image for the model to look at.
///
/// ```
/// use openai_tools::{Image, chat::{ImageDetail, Message}};
///
/// let photo = Image::url("https://example.com/cat.png").with_detail(ImageDetail::Low);
/// let scan = Image::bytes("image/png", b"\x89PNG");
/// let message = Message::user_parts(["Which cat is this?".into(), photo.into(), scan.into()]);
/// # let _ = message;
/// ```
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct Image {
    #[serde(flatten)]
    source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<ImageDetail>,
}

#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    FileId(String),
    Url(String),
}

impl Image {
    /// An image that the server fetches, or a `data:` URL.
    pub fn url(url: impl Into<String>) -> Self {
        Self { source: Source::Url(url.into()), detail: None }
    }

    /// An image by its bytes and media type, such as `image/png`.
    #[cfg(any(feature = "dispatch", feature = "wire"))]
    #[must_use]
    pub fn bytes(media_type: &str, bytes: &[u8]) -> Self {
        Self::url(super::data_url(media_type, bytes))
    }

    /// An image that was uploaded, by the id of its file. Only the Responses API takes it.
    pub fn file_id(id: impl Into<String>) -> Self {
        Self { source: Source::FileId(id.into()), detail: None }
    }

    /// How closely the model looks; the server's default (`auto`) when not set.
    #[must_use]
    pub fn with_detail(mut self, detail: ImageDetail) -> Self {
        self.detail = Some(detail);
        self
    }

    /// Its URL, a `data:` URL if it was given by its bytes; `None` if it is a file's id.
    #[must_use]
    pub fn as_url(&self) -> Option<&str> {
        match &self.source {
            Source::FileId(_) => None,
            Source::Url(url) => Some(url),
        }
    }

    /// The id of its file, if it was given by that.
    #[must_use]
    pub fn as_file_id(&self) -> Option<&str> {
        match &self.source {
            Source::FileId(id) => Some(id),
            Source::Url(_) => None,
        }
    }

    /// How closely the model looks.
    #[must_use]
    pub fn detail(&self) -> Option<&ImageDetail> {
        self.detail.as_ref()
    }

    #[cfg(feature = "dispatch")]
    pub(super) fn size(&self) -> usize {
        let (Source::FileId(text) | Source::Url(text)) = &self.source;
        text.len()
    }
}

/// How closely the model looks at an image: more detail, more tokens.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum ImageDetail {
    /// The server decides.
    Auto,
    /// Closely.
    High,
    /// At a glance.
    Low,
    /// At its full size; only some models do that.
    Original,
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, text) = match &self.source {
            Source::FileId(id) => ("file_id_bytes", id),
            Source::Url(url) => ("url_bytes", url),
        };
        f.debug_struct("Image").field(name, &text.len()).field("detail", &self.detail).finish()
    }
}
