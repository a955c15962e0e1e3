use std::fmt;

use serde::{Deserialize, Serialize};

/// Something for the model to listen to. Only chat completions take it.
///
/// ```
/// use openai_tools::{Audio, Message, chat::AudioFormat};
///
/// let question = Audio::bytes(AudioFormat::Wav, b"RIFF");
/// let message = Message::user_parts([question.into()]);
/// # let _ = message;
/// ```
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct Audio {
    format: AudioFormat,
    data: String,
}

impl Audio {
    /// Audio by its bytes, with their header if the format has one.
    #[cfg(any(feature = "dispatch", feature = "wire"))]
    #[must_use]
    pub fn bytes(format: AudioFormat, bytes: &[u8]) -> Self {
        use base64::Engine as _;
        Self::base64_of(format, base64::engine::general_purpose::STANDARD.encode(bytes))
    }

    /// Audio that is base64 already.
    pub fn base64_of(format: AudioFormat, base64: impl Into<String>) -> Self {
        Self { format, data: base64.into() }
    }

    /// What its bytes are.
    #[must_use]
    pub fn format(&self) -> &AudioFormat {
        &self.format
    }

    /// Its bytes as base64.
    #[must_use]
    pub fn base64(&self) -> &str {
        &self.data
    }
}

/// What the bytes of audio are. Servers take `wav` and `mp3`, and speak in any.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "lowercase")]
pub enum AudioFormat {
    /// AAC.
    Aac,
    /// FLAC.
    Flac,
    /// MP3.
    Mp3,
    /// Opus.
    Opus,
    /// Samples of 16 bits at 24 kHz, without a header; the one format that is streamed.
    Pcm16,
    /// WAV.
    Wav,
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
}

impl fmt::Debug for Audio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audio")
            .field("format", &self.format)
            .field("base64_bytes", &self.data.len())
            .finish()
    }
}
