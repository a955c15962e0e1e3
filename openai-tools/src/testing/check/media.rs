//! Files and audio in messages.

use serde_json::Value;

use super::{Object, given};
use crate::testing::fault::Fault;

pub(super) fn input_audio(audio: &Value, param: &str) -> Result<(), Fault> {
    let fields = object(audio, param)?;
    text(fields, "data", param)?.ok_or_else(|| Fault::missing(format!("{param}.data")))?;
    let format =
        text(fields, "format", param)?.ok_or_else(|| Fault::missing(format!("{param}.format")))?;
    match format {
        "wav" | "mp3" => Ok(()),
        other => Err(Fault::unsupported(format!("{param}.format"), other, "'wav' and 'mp3'")),
    }
}

/// What is asked to be spoken; while it is streamed, PCM alone.
pub(super) fn audio_output(request: &Object) -> Result<(), Fault> {
    let speaks = match given(request, "modalities") {
        None => false,
        Some(Value::Array(list)) => {
            let unknown = |one: &&Value| !["text", "audio"].iter().any(|known| *one == known);
            if let Some(unknown) = list.iter().find(unknown) {
                let got = unknown.as_str().map_or_else(|| unknown.to_string(), str::to_owned);
                return Err(Fault::unsupported("modalities", &got, "'text' and 'audio'"));
            }
            list.iter().any(|one| one == "audio")
        }
        Some(other) => return Err(Fault::wrong_type("modalities", "an array of strings", other)),
    };
    let audio = match given(request, "audio") {
        None if speaks => return Err(Fault::missing("audio")),
        None => return Ok(()),
        Some(audio) => object(audio, "audio")?,
    };
    if given(audio, "voice").is_none() {
        return Err(Fault::missing("audio.voice"));
    }
    let format = text(audio, "format", "audio")?.ok_or_else(|| Fault::missing("audio.format"))?;
    if !["wav", "aac", "mp3", "flac", "opus", "pcm16"].contains(&format) {
        let supported = "'wav', 'aac', 'mp3', 'flac', 'opus', and 'pcm16'";
        return Err(Fault::unsupported("audio.format", format, supported));
    }
    if format != "pcm16" && request.get("stream") == Some(&Value::Bool(true)) {
        return Err(Fault::invalid(format!(
            "Unsupported value: 'audio.format' does not support '{format}' when stream=true. \
             Supported values are: 'pcm16'."
        ))
        .with_param("audio.format")
        .with_code("unsupported_value"));
    }
    Ok(())
}

pub(super) fn file(file: &Value, param: &str) -> Result<(), Fault> {
    let fields = object(file, param)?;
    let (id, data) = (text(fields, "file_id", param)?, text(fields, "file_data", param)?);
    text(fields, "filename", param)?;
    match (id, data) {
        (None, None) => Err(Fault::missing(format!("{param}.file_id"))),
        (Some(_), Some(_)) => Err(Fault::invalid(
            "Mutually exclusive parameters: 'file_id' and 'file_data'. Ensure you are only \
             providing one of them.",
        )
        .with_param(format!("{param}.file_id"))
        .with_code("mutually_exclusive_parameters")),
        (None, Some(data)) if !data.starts_with("data:") => Err(Fault::invalid(format!(
            "Invalid '{param}.file_data'. Expected a base64-encoded data URL with a file MIME type \
             (e.g. 'data:application/pdf;base64,JVBERi0='), but got a value with an invalid format."
        ))
        .with_param(format!("{param}.file_data"))
        .with_code("invalid_file_data")),
        _ => Ok(()),
    }
}

fn object<'a>(value: &'a Value, param: &str) -> Result<&'a Object, Fault> {
    value.as_object().ok_or_else(|| Fault::wrong_type(param, "an object", value))
}

fn text<'a>(fields: &'a Object, name: &str, param: &str) -> Result<Option<&'a str>, Fault> {
    match given(fields, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(Fault::wrong_type(format!("{param}.{name}"), "a string", other)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::fault_with;
    use super::*;

    #[test]
    fn what_is_spoken_has_a_voice_and_a_format_and_in_streams_it_is_pcm() {
        let fault = |request: Value| {
            audio_output(request.as_object().expect("an object")).expect_err("it is wrong")
        };
        let both = json!(["text", "audio"]);
        for (request, param) in [
            (json!({"modalities": "audio"}), "modalities"),
            (json!({"modalities": ["smell"]}), "modalities"),
            (json!({"modalities": both}), "audio"),
            (json!({"modalities": both, "audio": {"format": "wav"}}), "audio.voice"),
            (json!({"modalities": both, "audio": {"voice": "alloy"}}), "audio.format"),
            (json!({"audio": {"voice": "alloy", "format": "ogg"}}), "audio.format"),
            (json!({"stream": true, "audio": {"voice": "a", "format": "wav"}}), "audio.format"),
        ] {
            assert_eq!(fault(request.clone()).param.as_deref(), Some(param), "{request}");
        }
        let good = json!({"stream": true, "modalities": both,
            "audio": {"voice": {"id": "voice_1"}, "format": "pcm16"}});
        assert_eq!(audio_output(good.as_object().expect("an object")), Ok(()));
    }

    #[test]
    fn files_and_audio_are_checked_where_they_stand() {
        for (part, param) in [
            (json!({"type": "input_audio", "input_audio": {"data": "YQ=="}}), "input_audio.format"),
            (
                json!({"type": "input_audio", "input_audio": {"data": "YQ==", "format": "ogg"}}),
                "input_audio.format",
            ),
            (json!({"type": "file", "file": {}}), "file.file_id"),
            (json!({"type": "file", "file": {"file_data": "YQ=="}}), "file.file_data"),
            (json!({"type": "file", "file": {"file_id": 7}}), "file.file_id"),
        ] {
            let fault = fault_with("messages", json!([{"role": "user", "content": [part]}]));
            let expected = format!("messages[0].content[0].{param}");
            assert_eq!(fault.param.as_deref(), Some(expected.as_str()), "{part}");
        }
    }

    #[test]
    fn good_files_and_audio_pass() {
        for (part, check) in [
            (json!({"data": "YQ==", "format": "wav"}), input_audio as fn(&_, &_) -> _),
            (json!({"file_id": "file-1"}), file),
            (json!({"file_data": "data:text/plain;base64,YQ==", "filename": "a.txt"}), file),
        ] {
            assert!(check(&part, "p").is_ok(), "{part}");
        }
    }
}
