//! What a builder is told of the request, beside messages, tools and limits.

use super::builder::RunBuilder;
use crate::{
    chat::{PromptCache, PromptCacheRetention, ReasoningSummary, ServiceTier, Settings, Verbosity},
    responses::Truncation,
};

/// Settings of each request. What only one API has is refused on the other; see
/// [`Api`](crate::chat::Api).
impl<A> RunBuilder<A> {
    /// Changes any of the settings.
    ///
    /// ```
    /// use openai_tools::{Client, chat::ServiceTier, testing::{Reply, Server}};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = Server::builder().script([Reply::text("Hello!")]).start().await?;
    /// # let client = Client::builder().base_url(server.base_url()).build()?;
    /// let run = client.run("gpt-5.2").user("Hi").settings(|settings| {
    ///     settings.service_tier = Some(ServiceTier::Flex);
    ///     settings.store = Some(false);
    /// });
    /// assert_eq!(run.await?.text(), "Hello!");
    /// # Ok(())
    /// # }
    /// ```
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.request.settings);
        self
    }

    /// The share of the likeliest tokens that are considered, from 0 to 1. Default: not sent.
    pub fn top_p(self, top_p: f64) -> Self {
        self.settings(|settings| settings.top_p = Some(top_p))
    }

    /// How many words an answer makes. Default: not sent (medium).
    pub fn verbosity(self, verbosity: Verbosity) -> Self {
        self.settings(|settings| settings.verbosity = Some(verbosity))
    }

    /// Whether, and how long, the model tells what it reasons, for models that can. Only the
    /// Responses API has it. Default: not sent (nothing is told).
    pub fn reasoning_summary(self, summary: ReasoningSummary) -> Self {
        self.settings(|settings| settings.reasoning_summary = Some(summary))
    }

    /// How fast and at which price requests are served. Default: not sent (as the project says).
    pub fn service_tier(self, tier: ServiceTier) -> Self {
        self.settings(|settings| settings.service_tier = Some(tier))
    }

    /// Whether the server stores the responses. Default: not sent; the Responses API stores them,
    /// chat completions do not.
    pub fn store(self, store: bool) -> Self {
        self.settings(|settings| settings.store = Some(store))
    }

    /// What requests have in common that begin alike, so that they meet the same cache. Default: not
    /// sent.
    pub fn prompt_cache_key(self, key: impl Into<String>) -> Self {
        self.settings(|settings| settings.prompt_cache_key = Some(key.into()))
    }

    /// How the beginning of the prompt is cached. Default: not sent.
    pub fn prompt_cache(self, cache: PromptCache) -> Self {
        self.settings(|settings| settings.prompt_cache = Some(cache))
    }

    /// How long the beginning of the prompt is cached, for models before GPT-5.6. Default: not sent.
    pub fn prompt_cache_retention(self, retention: PromptCacheRetention) -> Self {
        self.settings(|settings| settings.prompt_cache_retention = Some(retention))
    }

    /// Who uses the application, as at most 64 characters that tell nobody who it is. Default: not
    /// sent.
    pub fn safety_identifier(self, identifier: impl Into<String>) -> Self {
        self.settings(|settings| settings.safety_identifier = Some(identifier.into()))
    }

    /// What becomes of a conversation that is longer than the model can take. Only the Responses API
    /// has it. Default: not sent (disabled).
    pub fn truncation(self, truncation: Truncation) -> Self {
        self.settings(|settings| settings.truncation = Some(truncation))
    }

    /// From how many tokens on, 1,000 at least, the server makes the conversation shorter. Only the
    /// Responses API has it. Default: not sent (never).
    pub fn compact_threshold(self, tokens: u64) -> Self {
        self.settings(|settings| settings.compact_threshold = Some(tokens))
    }

    /// How many calls of tools that the server runs one response may have; those that run here are
    /// limited by [`RunLimits`](super::RunLimits). Only the Responses API has it. Default: not sent.
    pub fn max_tool_calls(self, calls: u32) -> Self {
        self.settings(|settings| settings.max_tool_calls = Some(calls))
    }
}
