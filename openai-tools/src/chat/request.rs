use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{api::Api, hosted::HostedTool, message::Message};
use crate::{
    error::{Error, ErrorKind},
    ids::ToolName,
    media::AudioFormat,
    schema::Contract,
    tool::Tools,
};

/// One request for one response, independent of the API that it goes through.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The model's name.
    pub model: String,
    /// The conversation so far.
    pub messages: Vec<Message>,
    /// The tools that the model may call.
    pub tools: Option<Tools>,
    /// What form the answer is to have.
    pub format: ResponseFormat,
    /// Everything else.
    pub settings: Settings,
    /// The API that it goes through; the [client's own](crate::client::ClientBuilder::api) when not
    /// set.
    pub api: Option<Api>,
    /// Where the conversation is kept.
    pub state: ConversationState,
}

impl Request {
    /// A request to a model, with nothing said yet.
    pub fn new(model: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            messages: Vec::new(),
            tools: None,
            format: ResponseFormat::Text,
            settings: Settings::default(),
            api: None,
            state: ConversationState::default(),
        }
    }

    /// Finds what a server would refuse, before anything is sent.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let refuse = |why: String| Err(Error::new(ErrorKind::InvalidRequest, why));
        if self.model.is_empty() {
            return refuse("the model's name is empty".to_owned());
        }
        if self.messages.is_empty() {
            return refuse("there is no message; add one with `.user(…)`".to_owned());
        }
        let known = |name: &ToolName| {
            self.tools.as_ref().is_some_and(|tools| tools.find(name.as_str()).is_some())
        };
        let has_tools = self.tools.as_ref().is_some_and(|tools| !tools.is_empty())
            || !self.settings.hosted_tools.is_empty();
        match &self.settings.tool_choice {
            Some(ToolChoice::Named(name)) if !known(name) => {
                return refuse(format!(
                    "the tool choice names `{name}`, which is not in the tools"
                ));
            }
            Some(ToolChoice::Allowed { tools, .. }) => {
                if let Some(name) = tools.iter().find(|name| !known(name)) {
                    return refuse(format!(
                        "the tool choice allows `{name}`, which is not in the tools"
                    ));
                }
            }
            Some(ToolChoice::Required) if !has_tools => {
                return refuse("the tool choice demands a call, and there are no tools".to_owned());
            }
            _ => {}
        }
        Ok(())
    }
}

/// Where a conversation is kept between two requests.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ConversationState {
    /// By the server, as the conversation of this id, which
    /// [`Client::conversations`](crate::Client::conversations) makes: a request sends what came after
    /// the last response, all of it where there is none, and the server adds that and the response
    /// to the conversation. Only the Responses API has that; on chat completions the request is
    /// refused.
    ///
    /// What others have added to the conversation the model sees, and it is not known here. So where
    /// the server has forgotten it nothing is sent in its place: the error says it. What was changed
    /// in messages before the last response is not seen by the server; and where the answer of an
    /// attempt is lost, the next one can add its messages once more.
    Conversation(String),
    /// Here: every request sends all of it. The default.
    #[default]
    Resend,
    /// By the server: a request names the last response
    /// ([`AssistantMessage::response_id`](super::AssistantMessage::response_id)) and sends what came
    /// after it. Only the Responses API has that; on chat completions the request is refused.
    ///
    /// A server that has forgotten the response is sent all of the conversation at once, as one more
    /// attempt. What was changed in messages before the last response is not seen by the server.
    Server,
}

/// What a request says beside its messages and tools. What is not set is not sent, and the
/// server's default holds.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// Which tools the model may or must call.
    pub tool_choice: Option<ToolChoice>,
    /// Whether the model may ask for several calls in one response.
    pub parallel_tool_calls: Option<bool>,
    /// Randomness, from 0 to 2.
    pub temperature: Option<f64>,
    /// Asks for the same answer to the same request, as far as the server can.
    pub seed: Option<i64>,
    /// The most tokens of one response, reasoning included.
    pub max_tokens: Option<u64>,
    /// How long a reasoning model thinks.
    pub reasoning_effort: Option<ReasoningEffort>,
    /// Whether the response is made without a connection that waits for it: it is asked for until it
    /// is whole, after 0.5 s and then in ever longer steps up to 5 s, and a stream that is lost is
    /// taken up again. Only the Responses API has that, and the server has to store the response; on
    /// chat completions the request is refused. Default: false.
    ///
    /// Where it is not waited for to its end, because its time is up or the future or stream is
    /// dropped, the server is told to cancel it: once, from a task of its own, for 10 s at the most,
    /// and without a word of what came of it.
    pub background: bool,
    /// Has the model speak its answers; only chat completions have that.
    pub audio: Option<AudioOutput>,
    /// Tools that the server runs by itself; only the Responses API has them.
    pub hosted_tools: Vec<HostedTool>,
    /// Up to 16 pairs that the server stores with the response.
    pub metadata: Map<String, Value>,
    /// Fields that this crate does not know, sent as they are. What only the other
    /// [API](super::Api) has is refused on the Responses API.
    pub extra: Map<String, Value>,
}

/// Has the model speak its answers, as far as it can: what it spoke is
/// [`AssistantMessage::audio`](super::AssistantMessage::audio). On the wire it is `modalities` and
/// `audio`. A stream has to ask for [`Pcm16`](AudioFormat::Pcm16).
///
/// ```
/// use openai_tools::chat::{AudioFormat, AudioOutput};
///
/// let spoken = AudioOutput::new("alloy", AudioFormat::Wav);
/// # let _ = spoken;
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AudioOutput {
    /// The voice, such as `alloy`.
    pub voice: String,
    /// The form of the audio.
    pub format: AudioFormat,
}

impl AudioOutput {
    /// Audio in this voice and this form.
    pub fn new(voice: impl Into<String>, format: AudioFormat) -> Self {
        Self { voice: voice.into(), format }
    }
}

/// Which tools the model may or must call.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ToolChoice {
    /// The model may call only these, while all stay in the request (which keeps the prompt cache).
    Allowed {
        /// Whether it must call one of them.
        mode: AllowedMode,
        /// Their names.
        tools: Vec<ToolName>,
    },
    /// The model decides.
    Auto,
    /// It must call this tool.
    Named(ToolName),
    /// It must not call any.
    None,
    /// It must call at least one.
    Required,
}

impl ToolChoice {
    /// What is left of the choice after a run's first response: a call that was demanded was made
    /// then, and demanding more would keep the model from ever answering.
    pub(crate) fn after_first(self) -> Option<Self> {
        match self {
            Self::Named(_) | Self::Required => None,
            Self::Allowed { tools, .. } => Some(Self::Allowed { mode: AllowedMode::Auto, tools }),
            Self::Auto | Self::None => Some(self),
        }
    }
}

/// What [`ToolChoice::Allowed`] demands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum AllowedMode {
    /// The model decides.
    Auto,
    /// It must call one.
    Required,
}

/// How long a reasoning model thinks (schema `ReasoningEffort` of OpenAI's document). Which values
/// a model takes differs.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "lowercase")]
pub enum ReasoningEffort {
    /// Not at all.
    None,
    /// As little as it can.
    Minimal,
    /// Little.
    Low,
    /// The default of most models.
    Medium,
    /// Long.
    High,
    /// Longer.
    XHigh,
    /// As long as it can.
    Max,
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
}

/// What form the answer is to have.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ResponseFormat {
    /// JSON mode: some JSON object.
    JsonObject,
    /// Structured output: JSON of this schema.
    JsonSchema {
        /// The name that the server shows in errors.
        name: ToolName,
        /// The schema, and whether it is strict.
        contract: Contract,
    },
    /// Free text.
    Text,
}
