//! Values of settings that have words of their own.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How fast and at which price a request is served.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum ServiceTier {
    /// As the project is configured.
    Auto,
    /// The standard.
    Default,
    /// As priority, under its newer name.
    Fast,
    /// Slower and cheaper.
    Flex,
    /// Faster, at a higher price.
    Priority,
    /// From scale credits.
    Scale,
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
}

/// How many words an answer makes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum Verbosity {
    /// Many.
    High,
    /// Few.
    Low,
    /// The server's default.
    Medium,
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
}

/// Whether a summary of what the model reasons is told, and how long it is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum ReasoningSummary {
    /// As long as the model has it.
    Auto,
    /// Short.
    Concise,
    /// Long.
    Detailed,
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
}

/// How the server caches the beginning of a prompt (schema `PromptCacheOptionsParam`), and for how
/// long.
///
/// ```
/// use openai_tools::chat::{PromptCache, PromptCacheMode};
///
/// // The instructions and the long document behind them are the same in many requests.
/// let cache = PromptCache::new().with_mode(PromptCacheMode::Explicit).with_breakpoint_after(1);
/// # let _ = cache;
/// ```
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct PromptCache {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mode: Option<PromptCacheMode>,
    #[serde(skip)]
    breakpoints: BTreeSet<usize>,
}

impl PromptCache {
    /// The server's defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How long a beginning is kept at the least. The server's default, and the only value that the
    /// document has, is `30m`.
    #[must_use]
    pub fn with_ttl(mut self, ttl: impl Into<String>) -> Self {
        self.ttl = Some(ttl.into());
        self
    }

    /// Who says where such a beginning ends. Default: not sent (implicit).
    #[must_use]
    pub fn with_mode(mut self, mode: PromptCacheMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Says that the beginning of the prompt which ends with this message is worth caching; messages
    /// are counted from 0, from the beginning of the conversation. It has to be one of the user or
    /// of the application. Default: none.
    #[must_use]
    pub fn with_breakpoint_after(mut self, message: usize) -> Self {
        self.breakpoints.insert(message);
        self
    }

    /// The messages after which a beginning ends.
    pub(super) fn breakpoints(&self) -> &BTreeSet<usize> {
        &self.breakpoints
    }

    /// Whether anything stands in the options of a request.
    pub(super) fn has_options(&self) -> bool {
        self.ttl.is_some() || self.mode.is_some()
    }
}

/// Writes into the JSON of a message that the beginning of the prompt ends with it. `text` is what
/// the API calls a part that is a text.
pub(super) fn mark_breakpoint(message: &mut Value, text: &str) {
    let Some(content) = message.get_mut("content") else { return };
    if let Value::String(told) = content {
        *content = json!([{"type": text, "text": std::mem::take(told)}]);
    }
    let last = content.as_array_mut().and_then(|parts| parts.last_mut());
    if let Some(Value::Object(part)) = last {
        part.insert("prompt_cache_breakpoint".to_owned(), json!({"mode": "explicit"}));
    }
}

/// Who says where the beginning of a prompt ends that is worth caching.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum PromptCacheMode {
    /// The request, by breakpoints in its messages.
    Explicit,
    /// The server chooses one more by itself.
    Implicit,
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
}

/// How long the server keeps a cached beginning of a prompt; models since GPT-5.6 take
/// [`PromptCache`] in its place.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum PromptCacheRetention {
    /// For up to 24 hours.
    #[serde(rename = "24h")]
    Hours24,
    /// For minutes.
    InMemory,
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
}
