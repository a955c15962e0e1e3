//! What is spoken, while it arrives.

use bytes::Bytes;

use crate::{
    chat::{Delta, SpokenAudio, audio::Decoding, completions::wire::WireAudio},
    error::{Error, ErrorKind},
};

/// What has been spoken so far.
#[derive(Default)]
pub(super) struct Speech {
    id: String,
    decoding: Decoding,
    transcript: Option<String>,
    expires_at: Option<u64>,
}

impl Speech {
    /// Takes a piece; `whole`: of a message, which repeats what the pieces told.
    pub(super) fn push(
        &mut self,
        audio: &WireAudio<'_>,
        whole: bool,
        deltas: &mut Vec<Delta>,
    ) -> Result<(), Error> {
        if self.id.is_empty() {
            audio.id.as_str().clone_into(&mut self.id);
        }
        self.expires_at = audio.expires_at.0.or(self.expires_at);
        if whole && self.bytes() > 0 {
            return Ok(());
        }
        if let Some(said) = audio.transcript.0.as_deref() {
            self.transcript.get_or_insert_default().push_str(said);
            if !said.is_empty() {
                deltas.push(Delta::Transcript(said.to_owned()));
            }
        }
        let heard = self.decoding.push(audio.data.as_str()).ok_or_else(no_base64)?;
        if !heard.is_empty() {
            deltas.push(Delta::Audio(Bytes::copy_from_slice(heard)));
        }
        Ok(())
    }

    pub(super) fn bytes(&self) -> usize {
        let said = self.transcript.as_ref().map_or(0, String::len);
        self.id.len() + said + self.decoding.bytes.len()
    }

    /// What has arrived. It is copied.
    pub(super) fn so_far(&self) -> SpokenAudio {
        SpokenAudio {
            id: self.id.clone(),
            data: Bytes::copy_from_slice(&self.decoding.bytes),
            transcript: self.transcript.clone(),
            expires_at: self.expires_at,
        }
    }

    pub(super) fn finish(self) -> Result<SpokenAudio, Error> {
        let Self { id, decoding, transcript, expires_at } = self;
        let data = decoding.finish().ok_or_else(no_base64)?.into();
        Ok(SpokenAudio { id, data, transcript, expires_at })
    }
}

fn no_base64() -> Error {
    Error::new(ErrorKind::InvalidChunk, "the data of its audio is no base64")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::ChatAccumulator;
    use super::*;
    use crate::chat::Response;

    fn accumulate(deltas: &[Value]) -> Result<(Response, Vec<Delta>), Error> {
        let mut accumulator = ChatAccumulator::new().with_max_bytes(64);
        let mut told = Vec::new();
        for delta in deltas {
            let chunk = json!({"choices": [{"index": 0, "delta": delta}]});
            accumulator.push(chunk.to_string().as_bytes(), &mut told)?;
        }
        let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
        accumulator.push(end.to_string().as_bytes(), &mut told)?;
        Ok((accumulator.finish()?, told))
    }

    #[test]
    fn what_is_spoken_in_pieces_is_the_same_as_in_a_whole_body() {
        let (response, told) = accumulate(&[
            json!({"role": "assistant", "audio": {"id": "audio_1", "transcript": "He"}}),
            json!({"audio": {"id": "audio_1", "data": "YWJj", "transcript": "llo"}}),
            json!({"audio": {"data": "ZA=="}}),
            json!({"audio": {"expires_at": 9}}),
        ])
        .expect("a response");
        let audio = response.message.audio.as_ref().expect("audio");
        assert_eq!((audio.id.as_str(), audio.expires_at), ("audio_1", Some(9)));
        assert_eq!((&audio.data[..], audio.transcript.as_deref()), (&b"abcd"[..], Some("Hello")));
        let transcript: Vec<_> = told
            .iter()
            .filter_map(|delta| match delta {
                Delta::Transcript(said) => Some(said.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(transcript, ["He", "llo"]);
        let heard: Vec<u8> = told
            .iter()
            .filter_map(|delta| match delta {
                Delta::Audio(heard) => Some(heard.to_vec()),
                _ => None,
            })
            .flatten()
            .collect();
        assert_eq!(heard, b"abcd");
        assert!(response.is_whole());
        let whole = Response::from_chat_completion(response.body()).expect("a body");
        assert_eq!(whole.message, response.message);
    }

    #[test]
    fn audio_that_is_no_base64_or_too_long_is_an_error() {
        let error = accumulate(&[json!({"audio": {"data": "????"}})]).expect_err("no base64");
        assert_eq!(error.kind(), ErrorKind::InvalidChunk);
        let long = "YWJj".repeat(30);
        let error = accumulate(&[json!({"audio": {"data": long}})]).expect_err("too long");
        assert_eq!(error.kind(), ErrorKind::ResponseTooLarge);
        let body = json!({"choices": [{"message": {"audio": {"data": "?"}}}]}).to_string();
        let error = Response::from_chat_completion(body).expect_err("no base64");
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    }
}
