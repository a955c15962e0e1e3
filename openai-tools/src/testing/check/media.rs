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
