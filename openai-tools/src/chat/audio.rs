//! What the model speaks.

use std::fmt;

use base64::{
    Engine,
    alphabet::STANDARD as ALPHABET,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// What the model spoke. `Debug` shows sizes and no content.
#[derive(Clone, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SpokenAudio {
    /// By which it goes back to the server; empty if the server did not say.
    #[serde(default)]
    pub id: String,
    /// The audio, in the format that was asked for.
    #[serde(default, serialize_with = "write_base64", deserialize_with = "read_base64")]
    pub data: Bytes,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
    /// When the server forgets it, in seconds since 1970; going on with the conversation after that
    /// needs the transcript as the message's text instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<u64>,
}

impl fmt::Debug for SpokenAudio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpokenAudio")
            .field("id", &self.id)
            .field("data", &format_args!("{} bytes", self.data.len()))
            .field("transcript_bytes", &self.transcript.as_ref().map(String::len))
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

fn write_base64<S: Serializer>(data: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(data))
}

fn read_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let text = String::deserialize(deserializer)?;
    decode(&text).map(Bytes::from).ok_or_else(|| D::Error::custom("it is no base64"))
}

/// The bytes of base64, with its padding or without.
pub(super) fn decode(base64: &str) -> Option<Vec<u8>> {
    LENIENT.decode(base64).ok()
}

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Audio that arrives in pieces of base64, which can be cut anywhere.
#[derive(Default)]
pub(super) struct Decoding {
    pub(super) bytes: Vec<u8>,
    /// Less than four letters, which mean nothing by themselves.
    rest: String,
}

impl Decoding {
    /// Takes a piece, and gives the bytes that are new; `None` if it is no base64.
    pub(super) fn push(&mut self, piece: &str) -> Option<&[u8]> {
        let before = self.bytes.len();
        let joined;
        let letters = if self.rest.is_empty() {
            piece
        } else {
            self.rest.push_str(piece);
            joined = std::mem::take(&mut self.rest);
            &joined
        };
        // What is not ASCII is no base64, and the place could be inside of a letter.
        let (whole, rest) = letters.split_at_checked(letters.len() / 4 * 4)?;
        LENIENT.decode_vec(whole, &mut self.bytes).ok()?;
        rest.clone_into(&mut self.rest);
        Some(&self.bytes[before..])
    }

    /// The bytes, with those of letters that came without their padding.
    pub(super) fn finish(mut self) -> Option<Vec<u8>> {
        LENIENT.decode_vec(&self.rest, &mut self.bytes).ok()?;
        Some(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cut_anywhere_are_the_same_bytes() {
        for (base64, bytes) in [("", ""), ("YQ==", "a"), ("YQ", "a"), ("YWJjZGVm", "abcdef")] {
            for size in 1..=base64.len().max(1) {
                let mut decoding = Decoding::default();
                let mut told = Vec::new();
                for piece in base64.as_bytes().chunks(size) {
                    let piece = std::str::from_utf8(piece).expect("ASCII");
                    told.extend_from_slice(decoding.push(piece).expect("base64"));
                }
                let whole = decoding.finish().expect("whole");
                assert_eq!(whole, bytes.as_bytes(), "{base64} by {size}");
                assert!(whole.starts_with(&told));
            }
        }
    }

    #[test]
    fn each_piece_may_be_padded_for_itself() {
        let mut decoding = Decoding::default();
        for piece in ["YQ==", "YWI=", "YWJj"] {
            decoding.push(piece).expect("base64");
        }
        assert_eq!(decoding.finish().as_deref(), Some(b"aababc".as_slice()));
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for piece in ["????", "éééé", "a=bc", "=", "a"] {
            let mut decoding = Decoding::default();
            let pushed = decoding.push(piece).is_some();
            assert!(!pushed || decoding.finish().is_none(), "{piece}");
        }
    }

    #[test]
    fn the_stored_form_holds_base64_and_debug_no_content() {
        let audio = SpokenAudio {
            id: "audio_1".to_owned(),
            data: Bytes::from_static(b"hush"),
            transcript: Some("hush".to_owned()),
            expires_at: Some(7),
        };
        let stored = serde_json::to_value(&audio).expect("JSON");
        let form = serde_json::json!({
            "id": "audio_1", "data": "aHVzaA==", "transcript": "hush", "expires_at": 7,
        });
        assert_eq!(stored, form);
        assert_eq!(serde_json::from_value::<SpokenAudio>(stored).expect("audio"), audio);
        assert!(!format!("{audio:?}").contains("hush"));
    }
}
