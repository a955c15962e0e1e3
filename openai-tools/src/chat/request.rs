use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    api::Api,
    choice::ToolChoice,
    hosted::HostedTool,
    message::Message,
    setting::{PromptCache, PromptCacheRetention, ReasoningSummary, ServiceTier, Verbosity},
};
use crate::{
    error::{Error, ErrorKind},
    ids::ToolName,
    media::AudioFormat,
    responses::Truncation,
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
        self.settings.check()?;
        let cache = self.settings.prompt_cache.as_ref();
        for at in cache.iter().flat_map(|cache| cache.breakpoints()) {
            if !matches!(
                self.messages.get(*at),
                Some(Message::Developer(_) | Message::System(_) | Message::User(_))
            ) {
                return refuse(format!(
                    "the prompt cache has a breakpoint after message {at}, and there is no message \
                     of the user or of the application"
                ));
            }
        }
        self.check_choice()
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
/// server's default holds. What only one API has is refused on the other before the request; see
/// [`Api`].
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// Which tools the model may or must call.
    pub tool_choice: Option<ToolChoice>,
    /// Whether the model may ask for several calls in one response.
    pub parallel_tool_calls: Option<bool>,
    /// How many calls of tools that the server runs one response may have. Only the Responses API
    /// has it.
    pub max_tool_calls: Option<u32>,
    /// Randomness, from 0 to 2.
    pub temperature: Option<f64>,
    /// The share of the likeliest tokens that are considered, from 0 to 1.
    pub top_p: Option<f64>,
    /// How many of the likeliest tokens are told at each place, from 0 to 20; they stand in
    /// [`Response::body`](super::Response::body).
    pub top_logprobs: Option<u8>,
    /// Asks for the same answer to the same request, as far as the server can. Only chat completions
    /// have it.
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
    /// Where it is not waited for to its end, because the time of its run is up, the server fails, or
    /// the future or stream is dropped, the server is told to cancel it: once, from a task of its own,
    /// for 10 s at the most, and without a word of what came of it. Where the client's own time is up
    /// (`ClientBuilder::background_timeout`, 3,600 s, or `RetryPolicy::with_total_time`) it goes on,
    /// and [`Error::response_id`](crate::Error::response_id) says which one it is.
    pub background: bool,
    /// Has the model speak its answers; only chat completions have that.
    pub audio: Option<AudioOutput>,
    /// What is told of its thoughts. Only the Responses API has it.
    pub reasoning_summary: Option<ReasoningSummary>,
    /// How many words an answer makes.
    pub verbosity: Option<Verbosity>,
    /// How fast and at which price the request is served.
    pub service_tier: Option<ServiceTier>,
    /// Whether the server stores the response: the Responses API does unless it is told not to, chat
    /// completions do if told to.
    pub store: Option<bool>,
    /// What requests have in common that begin alike, so that they meet the same cache.
    pub prompt_cache_key: Option<String>,
    /// How the beginning of the prompt is cached.
    pub prompt_cache: Option<PromptCache>,
    /// The same for models before GPT-5.6.
    pub prompt_cache_retention: Option<PromptCacheRetention>,
    /// Who uses the application, as at most 64 characters that tell nobody who it is, such as a hash
    /// of a name.
    pub safety_identifier: Option<String>,
    /// What becomes of a conversation that is too long. Only the Responses API has it.
    pub truncation: Option<Truncation>,
    /// From how many tokens on, 1,000 at least, the server makes the conversation shorter
    /// (compaction). What stands for the rest comes as an [item](super::AssistantMessage::items).
    /// Only the Responses API has it.
    pub compact_threshold: Option<u64>,
    /// Tools that the server runs by itself; only the Responses API has them.
    pub hosted_tools: Vec<HostedTool>,
    /// Up to 16 pairs that the server stores with the response: keys of up to 64 characters, texts of
    /// up to 512.
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

impl Settings {
    /// Finds values that every server refuses.
    fn check(&self) -> Result<(), Error> {
        let refuse = |why: String| Err(Error::new(ErrorKind::InvalidRequest, why));
        let chars = |text: &str| text.chars().count();
        if self.metadata.len() > 16 {
            return refuse(format!("metadata has {} pairs, and 16 at most", self.metadata.len()));
        }
        // Neither keys nor values are told: they may be of the application's users.
        for (at, (key, value)) in self.metadata.iter().enumerate() {
            let Value::String(text) = value else {
                return refuse(format!("pair {} of the metadata is not a text", at + 1));
            };
            if chars(key) > 64 || chars(text) > 512 {
                return refuse(format!(
                    "pair {} of the metadata is too long: keys have up to 64 characters, texts \
                     up to 512",
                    at + 1
                ));
            }
        }
        if self.safety_identifier.as_deref().is_some_and(|id| chars(id) > 64) {
            return refuse("the safety identifier has more than 64 characters".to_owned());
        }
        for (name, value, most) in
            [("temperature", self.temperature, 2.0), ("top_p", self.top_p, 1.0)]
        {
            if value.is_some_and(|value| !(0.0..=most).contains(&value)) {
                return refuse(format!("`{name}` is not between 0 and {most}"));
            }
        }
        if let Some(name) = self.given_twice() {
            return refuse(format!("`{name}` is set, and it is an extra field as well; keep one"));
        }
        if self.top_logprobs > Some(20) {
            return refuse("`top_logprobs` is more than 20".to_owned());
        }
        if self.compact_threshold.is_some_and(|threshold| threshold < 1_000) {
            return refuse("the threshold of compaction is under 1,000 tokens".to_owned());
        }
        Ok(())
    }
}

impl Settings {
    /// A field that is set and stands among the extra ones as well.
    fn given_twice(&self) -> Option<&'static str> {
        let set = [
            self.compact_threshold.is_some(),
            self.max_tool_calls.is_some(),
            self.prompt_cache_key.is_some(),
            self.prompt_cache.is_some(),
            self.prompt_cache_retention.is_some(),
            self.safety_identifier.is_some(),
            self.service_tier.is_some(),
            self.store.is_some(),
            self.top_logprobs.is_some(),
            self.top_p.is_some(),
            self.truncation.is_some(),
            self.verbosity.is_some(),
        ];
        let names = EITHER.iter().zip(set).filter(|(_, is_set)| *is_set);
        names.map(|(name, _)| *name).find(|name| self.extra.contains_key(*name))
    }

    /// Whether the beginning of the prompt that ends with this message is to be cached.
    pub(super) fn breaks_after(&self, message: usize) -> bool {
        let cache = self.prompt_cache.as_ref();
        cache.is_some_and(|cache| cache.breakpoints().contains(&message))
    }

    /// Whether the server is told to store nothing.
    pub(crate) fn is_unstored(&self) -> bool {
        self.store.or_else(|| self.extra.get("store").and_then(Value::as_bool)) == Some(false)
    }
}

/// Fields that may come as extra ones in place of a setting, in the order of the settings.
pub(super) const EITHER: [&str; 12] = [
    "context_management",
    "max_tool_calls",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
    "store",
    "top_logprobs",
    "top_p",
    "truncation",
    "verbosity",
];

/// The settings that both APIs spell alike.
#[derive(Serialize)]
pub(super) struct Common<'a> {
    #[serde(skip_serializing_if = "Map::is_empty")]
    metadata: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a ServiceTier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_options: Option<&'a PromptCache>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_retention: Option<&'a PromptCacheRetention>,
    #[serde(skip_serializing_if = "Option::is_none")]
    safety_identifier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u8>,
}

impl<'a> Common<'a> {
    pub(super) fn of(settings: &'a Settings) -> Self {
        Self {
            metadata: &settings.metadata,
            service_tier: settings.service_tier.as_ref(),
            store: settings.store,
            prompt_cache_key: settings.prompt_cache_key.as_deref(),
            prompt_cache_options: settings
                .prompt_cache
                .as_ref()
                .filter(|cache| cache.has_options()),
            prompt_cache_retention: settings.prompt_cache_retention.as_ref(),
            safety_identifier: settings.safety_identifier.as_deref(),
            top_logprobs: settings.top_logprobs,
        }
    }
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
    /// The arguments of one call: a tool of this name is offered beside the others and a call is
    /// demanded, for servers that know tools and no schemas of answers. Where the
    /// [tool choice](Settings::tool_choice) demands another call, that one comes first.
    Tool {
        /// The name of the tool, which no other one has.
        name: ToolName,
        /// The schema of its arguments, and whether it is strict.
        contract: Contract,
    },
}
