use std::fmt;

use serde::{Deserialize, Serialize};

use super::{audio::SpokenAudio, item::OutputItem};
use crate::{
    media::Part,
    tool::{ToolCall, ToolOutput},
};

/// One message of a conversation.
///
/// Serialised, it is this crate's own form, stable between releases and independent of the API;
/// what goes over the wire is written from it. `Debug`, here and on the parts, shows sizes and no
/// content, so that a conversation does not end up in a log by the way.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case", tag = "role", content = "content")]
pub enum Message {
    /// What the model said, and the calls it asked for.
    Assistant(AssistantMessage),
    /// Instructions of the application; models since o1 expect these instead of `System`.
    Developer(String),
    /// Instructions of the application.
    System(String),
    /// The output of one call.
    Tool(ToolOutput),
    /// What the user said or showed.
    User(Vec<Part>),
}

impl Message {
    /// Instructions of the application.
    pub fn system(text: impl Into<String>) -> Self {
        Self::System(text.into())
    }

    /// Instructions of the application, for models since o1.
    pub fn developer(text: impl Into<String>) -> Self {
        Self::Developer(text.into())
    }

    /// A text of the user.
    pub fn user(text: impl Into<String>) -> Self {
        Self::User(vec![Part::Text(text.into())])
    }

    /// What the user said and showed, in order: texts, images, files, audio.
    pub fn user_parts(parts: impl IntoIterator<Item = Part>) -> Self {
        Self::User(parts.into_iter().collect())
    }

    /// A text of the model.
    pub fn assistant(text: impl Into<String>) -> Self {
        Self::Assistant(AssistantMessage { text: Some(text.into()), ..Default::default() })
    }
}

/// What the model said in one message.
#[derive(Clone, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AssistantMessage {
    /// Its text; often none beside tool calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What it spoke, where that was asked for; [`said`](Self::said) gives its words. It goes back by
    /// its id; the Responses API, which has no audio, gets the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<Box<SpokenAudio>>,
    /// Its refusal, in its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// What it thought, where the server tells that: compatible servers in `reasoning_content` or
    /// `reasoning`, the Responses API as reasoning items and as messages of the phase `commentary`;
    /// their parts are paragraphs. It is not sent back; the [items](Self::items) are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// The calls it asked for, in order; their ids are distinct.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// What the Responses API sent for it, item by item and unchanged; empty with chat completions.
    ///
    /// The Responses API gets them back in place of the other fields, so that a call goes back with
    /// what was reasoned before it, and a kind of item that this crate does not know as it came. They
    /// are left out where they no longer say what text, refusal and calls say, because the message
    /// was changed, and where nothing follows what was reasoned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<OutputItem>,
    /// The response of the Responses API that it is, by which a server that keeps the conversation
    /// ([`ConversationState::Server`](super::ConversationState::Server)) knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
}

impl AssistantMessage {
    /// Its text, or the words of what it [spoke](Self::audio) where it has none; empty if it said
    /// nothing.
    #[must_use]
    pub fn said(&self) -> &str {
        let spoken = || self.audio.as_ref().and_then(|audio| audio.transcript.as_deref());
        self.text.as_deref().or_else(spoken).unwrap_or_default()
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |f: &mut fmt::Formatter<'_>, role: &str, text: &str| {
            write!(f, "{role}({} bytes)", text.len())
        };
        match self {
            Self::Assistant(message) => message.fmt(f),
            Self::Developer(told) => text(f, "Developer", told),
            Self::System(told) => text(f, "System", told),
            Self::Tool(output) => output.fmt(f),
            Self::User(parts) => f.debug_tuple("User").field(parts).finish(),
        }
    }
}

impl fmt::Debug for AssistantMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = |text: &Option<String>| text.as_ref().map(String::len);
        f.debug_struct("AssistantMessage")
            .field("text_bytes", &bytes(&self.text))
            .field("audio", &self.audio)
            .field("refusal_bytes", &bytes(&self.refusal))
            .field("reasoning_bytes", &bytes(&self.reasoning))
            .field("tool_calls", &self.tool_calls)
            .field("items", &self.items)
            .field("response_id", &self.response_id)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::media::{Image, ImageDetail};

    /// Transcripts are stored: what was written once has to be read for ever.
    #[test]
    fn the_stored_form_of_each_message_is_fixed() {
        let mut asks = AssistantMessage { text: Some("a".to_owned()), ..Default::default() };
        asks.tool_calls.push(ToolCall::new("c", "f", "{}"));
        let image = Image::url("https://example.com/i.png").with_detail(ImageDetail::Low);
        let messages = [
            Message::system("s"),
            Message::developer("d"),
            Message::user_parts(["u".into(), image.into()]),
            Message::Assistant(asks),
            Message::Tool(ToolOutput::new("c", "o")),
            Message::Tool(ToolOutput::failed("c", crate::tool::CallFailure::TimedOut, "late")),
        ];
        let stored = json!([
            {"role": "system", "content": "s"},
            {"role": "developer", "content": "d"},
            {"role": "user", "content": [
                {"text": "u"},
                {"image": {"url": "https://example.com/i.png", "detail": "low"}},
            ]},
            {"role": "assistant", "content": {
                "text": "a",
                "tool_calls": [{"id": "c", "name": "f", "arguments": "{}"}],
            }},
            {"role": "tool", "content": {"call_id": "c", "text": "o"}},
            {"role": "tool", "content": {"call_id": "c", "text": "late", "failure": "timed_out"}},
        ]);
        assert_eq!(serde_json::to_value(&messages).expect("JSON"), stored);
        let read: Vec<Message> = serde_json::from_value(stored).expect("messages");
        assert_eq!(read, messages);
    }

    #[test]
    fn debug_shows_no_content() {
        let messages = [
            Message::system("hush"),
            Message::user_parts(["hush".into(), Image::url("hush").into()]),
            Message::assistant("hush"),
            Message::Tool(ToolOutput::new("c", "hush")),
        ];
        assert!(!format!("{messages:?}").contains("hush"));
    }
}
