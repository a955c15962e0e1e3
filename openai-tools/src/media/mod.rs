//! What is no plain text in messages and in outputs of tools: images, files, audio.

mod audio;
mod file;
mod image;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::{
    audio::{Audio, AudioFormat},
    file::File,
    image::{Image, ImageDetail},
};

/// A part of a user's message, or of what a tool returns.
///
/// Not every API takes every part in every place; what it does not take is refused before the
/// request (kind [`InvalidRequest`](crate::ErrorKind::InvalidRequest)):
///
/// | | chat completions | responses |
/// |---|---|---|
/// | image by URL or bytes | yes | yes |
/// | image by file id | refused | yes |
/// | file by id or bytes | yes | yes |
/// | file by URL | refused | yes |
/// | audio | yes | refused |
/// | in the output of a tool | images, files and audio follow in a message of the user | yes, but for audio |
///
/// Serialised, it is this crate's own form, stable between releases. `Debug` shows sizes and no
/// content.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Something to listen to.
    Audio(Audio),
    /// A file.
    File(File),
    /// An image.
    Image(Image),
    /// A text.
    Text(String),
}

impl Part {
    /// How many bytes of a request it takes, about: those of its text, its URL, its id, or of its
    /// content as base64.
    #[cfg(feature = "dispatch")]
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Audio(audio) => audio.base64().len(),
            Self::File(file) => file.size(),
            Self::Image(image) => image.size(),
            Self::Text(text) => text.len(),
        }
    }

    /// What it is, as a word.
    #[cfg(feature = "dispatch")]
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Audio(_) => "audio",
            Self::File(_) => "file",
            Self::Image(_) => "image",
            Self::Text(_) => "text",
        }
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Audio> for Part {
    fn from(audio: Audio) -> Self {
        Self::Audio(audio)
    }
}

impl From<File> for Part {
    fn from(file: File) -> Self {
        Self::File(file)
    }
}

impl From<Image> for Part {
    fn from(image: Image) -> Self {
        Self::Image(image)
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Audio(audio) => audio.fmt(f),
            Self::File(file) => file.fmt(f),
            Self::Image(image) => image.fmt(f),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
        }
    }
}

/// A `data:` URL.
#[cfg(any(feature = "dispatch", feature = "wire"))]
pub(crate) fn data_url(media_type: &str, bytes: &[u8]) -> String {
    let mut url = format!("data:{media_type};base64,");
    base64::Engine::encode_string(&base64::engine::general_purpose::STANDARD, bytes, &mut url);
    url
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Transcripts are stored: what was written once has to be read for ever.
    #[test]
    fn the_stored_form_of_each_part_is_fixed() {
        let image = Image::url("https://e.com/i.png").with_detail(ImageDetail::Low);
        let parts: [(Part, _); 8] = [
            ("t".into(), json!({"text": "t"})),
            (image.into(), json!({"image": {"url": "https://e.com/i.png", "detail": "low"}})),
            (Image::file_id("file-1").into(), json!({"image": {"file_id": "file-1"}})),
            (File::file_id("file-1").into(), json!({"file": {"file_id": "file-1"}})),
            (
                File::url("https://e.com/a.pdf").into(),
                json!({"file": {"url": "https://e.com/a.pdf"}}),
            ),
            (
                File::data_url("a.txt", "data:text/plain;base64,YQ==").into(),
                json!({"file": {"data": "data:text/plain;base64,YQ==", "filename": "a.txt"}}),
            ),
            (
                Audio::base64_of(AudioFormat::Wav, "UklGRg==").into(),
                json!({"audio": {"format": "wav", "data": "UklGRg=="}}),
            ),
            (
                Audio::base64_of(AudioFormat::Other("new".to_owned()), "").into(),
                json!({"audio": {"format": "new", "data": ""}}),
            ),
        ];
        for (part, stored) in parts {
            assert_eq!(serde_json::to_value(&part).expect("JSON"), stored);
            assert_eq!(serde_json::from_value::<Part>(stored).expect("a part"), part);
        }
    }

    #[test]
    fn debug_shows_no_content() {
        let parts: [Part; 5] = [
            "hush".into(),
            Image::url("hush").into(),
            File::url("hush").with_filename("hush").into(),
            File::data_url("hush", "hush").into(),
            Audio::base64_of(AudioFormat::Mp3, "hush").into(),
        ];
        assert!(!format!("{parts:?}").contains("hush"));
    }

    #[cfg(any(feature = "dispatch", feature = "wire"))]
    #[test]
    fn bytes_become_a_data_url_with_their_media_type() {
        assert_eq!(Image::bytes("image/png", b"ab"), Image::url("data:image/png;base64,YWI="));
        let file = File::bytes("a.pdf", "application/pdf", b"%PDF");
        assert_eq!(file, File::data_url("a.pdf", "data:application/pdf;base64,JVBERg=="));
        assert_eq!(
            Audio::bytes(AudioFormat::Mp3, b"a"),
            Audio::base64_of(AudioFormat::Mp3, "YQ==")
        );
    }
}
