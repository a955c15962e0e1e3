use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::SerializeStruct,
};

use super::kind::CallKind;
use crate::{ids::ToolCallId, media::Part};

/// The model's request to run a tool. Name and arguments are as the model wrote them, unchecked.
///
/// `Debug` leaves the arguments out.
#[derive(Clone, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ToolCall {
    /// The id that the output has to repeat.
    pub id: ToolCallId,
    /// The name that the model wrote; maybe none that exists.
    pub name: String,
    /// The arguments as the model wrote them: JSON text, if all is well; of a custom tool any text.
    pub arguments: String,
    /// What else is known of it; none of a plain function's call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<Box<Origin>>,
}

/// What most calls have nothing of.
#[derive(Clone, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub(crate) struct Origin {
    #[serde(default)]
    kind: CallKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    program: Option<String>,
}

impl ToolCall {
    /// A call, as a model would have made it.
    pub fn new(
        id: impl Into<ToolCallId>,
        name: impl Into<String>,
        arguments: impl Into<String>,
    ) -> Self {
        Self { id: id.into(), name: name.into(), arguments: arguments.into(), origin: None }
    }

    /// What it asks for. Default: [`CallKind::Function`].
    #[must_use]
    pub fn kind(&self) -> &CallKind {
        self.origin.as_ref().map_or(&CallKind::Function, |origin| &origin.kind)
    }

    /// The namespace of its tool, where the model told one; of an approval the label of the MCP
    /// server.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.origin.as_ref()?.namespace.as_deref()
    }

    /// The id of the program that made the call, where the model wrote one
    /// ([`HostedTool::programmatic_tool_calling`](crate::chat::HostedTool::programmatic_tool_calling));
    /// `None` for a call of the model itself.
    #[must_use]
    pub fn program(&self) -> Option<&str> {
        self.origin.as_ref()?.program.as_deref()
    }

    /// The same call, asking for something else.
    #[must_use]
    pub fn with_kind(mut self, kind: CallKind) -> Self {
        if kind != *self.kind() {
            self.origin.get_or_insert_default().kind = kind;
        }
        self
    }

    /// The same call, of a tool in a namespace.
    #[must_use]
    pub fn with_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.origin.get_or_insert_default().namespace = Some(namespace.into());
        self
    }

    /// The same call, made by a program.
    #[must_use]
    pub fn with_program(mut self, program: impl Into<String>) -> Self {
        self.origin.get_or_insert_default().program = Some(program.into());
        self
    }
}

impl fmt::Debug for ToolCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolCall")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("arguments", &format_args!("{} bytes", self.arguments.len()))
            .field("origin", &self.origin)
            .finish()
    }
}

/// What goes back to the model for one [`ToolCall`]. `Debug` leaves the content out.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct ToolOutput {
    /// The id of the call that it answers.
    pub call_id: ToolCallId,
    /// What the model reads.
    pub text: String,
    /// What it is shown behind the text: images, files, and texts between them.
    pub parts: Vec<Part>,
    /// Why the call has no good output; `None` for a good one. It is not sent.
    pub failure: Option<CallFailure>,
}

impl ToolOutput {
    /// A good output.
    pub fn new(call_id: impl Into<ToolCallId>, text: impl Into<String>) -> Self {
        Self { call_id: call_id.into(), text: text.into(), parts: Vec::new(), failure: None }
    }

    /// An output that tells the model what went wrong.
    pub fn failed(
        call_id: impl Into<ToolCallId>,
        failure: CallFailure,
        text: impl Into<String>,
    ) -> Self {
        Self { failure: Some(failure), ..Self::new(call_id, text) }
    }

    /// With images and files behind the text.
    #[must_use]
    pub fn with_parts(mut self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.parts.extend(parts);
        self
    }

    /// Whether the tool ran and returned a value.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.failure.is_none()
    }

    /// The bytes of its text and of its parts.
    #[cfg(feature = "client")]
    pub(crate) fn size(&self) -> usize {
        self.parts.iter().map(Part::size).fold(self.text.len(), usize::saturating_add)
    }
}

impl fmt::Debug for ToolOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ToolOutput");
        shown.field("call_id", &self.call_id);
        shown.field("text", &format_args!("{} bytes", self.text.len()));
        if !self.parts.is_empty() {
            shown.field("parts", &self.parts);
        }
        shown.field("failure", &self.failure).finish()
    }
}

/// The stored form. One with parts has its text as the first of them, so that a release that knows
/// no parts refuses it and does not lose them.
#[derive(Deserialize)]
struct Stored {
    call_id: ToolCallId,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    parts: Vec<Part>,
    #[serde(default)]
    failure: Option<CallFailure>,
}

impl Serialize for ToolOutput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Parts<'a>(&'a ToolOutput);

        impl Serialize for Parts<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[derive(Serialize)]
                #[serde(untagged)]
                enum Listed<'a> {
                    Part(&'a Part),
                    Text { text: &'a str },
                }
                let text = Listed::Text { text: &self.0.text };
                let parts = self.0.parts.iter().map(Listed::Part);
                serializer.collect_seq(std::iter::once(text).chain(parts))
            }
        }

        let fields = 2 + usize::from(self.failure.is_some());
        let mut form = serializer.serialize_struct("ToolOutput", fields)?;
        form.serialize_field("call_id", &self.call_id)?;
        if self.parts.is_empty() {
            form.serialize_field("text", &self.text)?;
        } else {
            form.serialize_field("parts", &Parts(self))?;
        }
        if let Some(failure) = &self.failure {
            form.serialize_field("failure", failure)?;
        }
        form.end()
    }
}

impl<'de> Deserialize<'de> for ToolOutput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Stored { call_id, text, mut parts, failure } = Stored::deserialize(deserializer)?;
        let text = match text {
            Some(text) => text,
            None if matches!(parts.first(), Some(Part::Text(_))) => match parts.remove(0) {
                Part::Text(text) => text,
                _ => String::new(),
            },
            None if parts.is_empty() => return Err(D::Error::missing_field("text")),
            None => String::new(),
        };
        Ok(Self { call_id, text, parts, failure })
    }
}

/// Why a call has no good output.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum CallFailure {
    /// The run was stopped while the tool ran or before it started.
    Cancelled,
    /// The tool returned an error.
    Failed,
    /// The tool ended the run on purpose.
    Fatal,
    /// The arguments break the schema, or the type refuses them.
    InvalidArguments,
    /// The arguments are not JSON.
    InvalidJson,
    /// A limit of the run left no room for the call; the tool did not start.
    LimitReached,
    /// The tool needs approval, and nobody has approved the call; the tool did not start.
    NotApproved,
    /// The call is an answer that counts for nothing: it is invalid, or came beside other calls or
    /// behind another answer ([`AnswerStep::Tool`](crate::structured::AnswerStep::Tool)).
    NotTaken,
    /// The tool panicked.
    Panicked,
    /// The response that asked for the call was not whole; the tool did not start.
    ResponseIncomplete,
    /// The tool took longer than it may.
    TimedOut,
    /// All calls of its turn took longer than they may together; it was stopped, or not started.
    TurnTimedOut,
    /// No tool has this name.
    UnknownTool,
    /// Written by a newer release.
    #[serde(untagged)]
    Other(String),
}

impl CallFailure {
    /// The failure as a stable word in `snake_case`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Fatal => "fatal",
            Self::InvalidArguments => "invalid_arguments",
            Self::InvalidJson => "invalid_json",
            Self::LimitReached => "limit_reached",
            Self::NotApproved => "not_approved",
            Self::NotTaken => "not_taken",
            Self::Panicked => "panicked",
            Self::ResponseIncomplete => "response_incomplete",
            Self::TimedOut => "timed_out",
            Self::TurnTimedOut => "turn_timed_out",
            Self::UnknownTool => "unknown_tool",
            Self::Other(word) => word,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::media::Image;

    /// Journals and saved runs hold outputs: what was written once has to be read for ever.
    #[test]
    fn the_stored_form_of_an_output_is_fixed() {
        let image = || Part::Image(Image::url("https://e.com/i.png"));
        let stored_image = json!({"image": {"url": "https://e.com/i.png"}});
        for (output, stored) in [
            (ToolOutput::new("c", "o"), json!({"call_id": "c", "text": "o"})),
            (
                ToolOutput::failed("c", CallFailure::TimedOut, "late"),
                json!({"call_id": "c", "text": "late", "failure": "timed_out"}),
            ),
            (
                ToolOutput::new("c", "o").with_parts([image(), "t".into()]),
                json!({"call_id": "c", "parts": [{"text": "o"}, stored_image, {"text": "t"}]}),
            ),
            (
                ToolOutput::new("c", "").with_parts(["t".into()]),
                json!({"call_id": "c", "parts": [{"text": ""}, {"text": "t"}]}),
            ),
        ] {
            assert_eq!(serde_json::to_value(&output).expect("JSON"), stored);
            assert_eq!(serde_json::from_value::<ToolOutput>(stored).expect("an output"), output);
        }
        assert!(serde_json::from_value::<ToolOutput>(json!({"call_id": "c"})).is_err());
    }
}
