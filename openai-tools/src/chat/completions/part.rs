//! Parts of messages → their wire form.

use serde::Serialize;

use crate::chat::{AudioFormat, ImageDetail, Message, Part};

#[derive(Serialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub(super) enum WirePart<'a> {
    File { file: WireFile<'a> },
    ImageUrl { image_url: ImageUrl<'a> },
    InputAudio { input_audio: InputAudio<'a> },
    Text { text: &'a str },
}

#[derive(Serialize)]
pub(super) struct WireFile<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_data: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct ImageUrl<'a> {
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a ImageDetail>,
}

#[derive(Serialize)]
pub(super) struct InputAudio<'a> {
    data: &'a str,
    format: &'a AudioFormat,
}

impl<'a> WirePart<'a> {
    /// Of a part that is not [foreign](foreign_part).
    pub(super) fn of(part: &'a Part) -> Self {
        match part {
            Part::Audio(audio) => {
                let input_audio = InputAudio { data: audio.base64(), format: audio.format() };
                Self::InputAudio { input_audio }
            }
            Part::File(file) => Self::File {
                file: WireFile {
                    file_id: file.as_file_id(),
                    // Beside an id the server has a name of its own.
                    filename: file.filename().filter(|_| file.as_file_id().is_none()),
                    file_data: file.as_data_url(),
                },
            },
            Part::Image(image) => {
                let url = image.as_url().unwrap_or_default();
                Self::ImageUrl { image_url: ImageUrl { url, detail: image.detail() } }
            }
            Part::Text(text) => Self::Text { text },
        }
    }
}

/// What the messages hold that chat completions do not take.
pub(crate) fn foreign_part(messages: &[Message]) -> Option<&'static str> {
    let foreign = |part: &Part| match part {
        Part::File(file) if file.as_url().is_some() => Some("files by URL"),
        Part::Image(image) if image.as_file_id().is_some() => Some("images by the id of a file"),
        _ => None,
    };
    messages.iter().find_map(|message| match message {
        Message::Tool(output) => output.parts.iter().find_map(foreign),
        Message::User(parts) => parts.iter().find_map(foreign),
        _ => None,
    })
}
