use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::item::OutputItem;
use crate::tool::{ToolCall, ToolOutput};

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

    /// Text and images of the user, in order.
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

/// A part of a user's message.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// An image.
    Image(Image),
    /// A text.
    Text(String),
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

impl From<Image> for Part {
    fn from(image: Image) -> Self {
        Self::Image(image)
    }
}

/// An image for the model to look at.
///
/// ```
/// use openai_tools::chat::{Image, ImageDetail, Message};
///
/// let photo = Image::url("https://example.com/cat.png").with_detail(ImageDetail::Low);
/// let scan = Image::bytes("image/png", b"\x89PNG");
/// let message = Message::user_parts(["Which cat is this?".into(), photo.into(), scan.into()]);
/// # let _ = message;
/// ```
#[derive(Clone, Deserialize, PartialEq, Serialize)]
pub struct Image {
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<ImageDetail>,
}

impl Image {
    /// An image that the server fetches, or a `data:` URL.
    pub fn url(url: impl Into<String>) -> Self {
        Self { url: url.into(), detail: None }
    }

    /// An image by its bytes and media type, such as `image/png`.
    #[must_use]
    pub fn bytes(media_type: &str, bytes: &[u8]) -> Self {
        Self { url: format!("data:{media_type};base64,{}", STANDARD.encode(bytes)), detail: None }
    }

    /// How closely the model looks; the server's default (`auto`) when not set.
    #[must_use]
    pub fn with_detail(mut self, detail: ImageDetail) -> Self {
        self.detail = Some(detail);
        self
    }

    #[cfg(feature = "client")]
    pub(crate) fn as_url(&self) -> &str {
        &self.url
    }

    #[cfg(feature = "client")]
    pub(crate) fn detail(&self) -> Option<&ImageDetail> {
        self.detail.as_ref()
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
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
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
            .field("refusal_bytes", &bytes(&self.refusal))
            .field("reasoning_bytes", &bytes(&self.reasoning))
            .field("tool_calls", &self.tool_calls)
            .field("items", &self.items)
            .field("response_id", &self.response_id)
            .finish()
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image(image) => image.fmt(f),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
        }
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image")
            .field("url_bytes", &self.url.len())
            .field("detail", &self.detail)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
