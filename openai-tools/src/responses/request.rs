//! Requests as the wire has them.

use std::collections::BTreeMap;

use super::{
    ConversationId, Include, Item, Number, Prompt, PromptCacheOptions, ReasoningSettings,
    TextSettings, Tool, ToolChoice, Truncation,
    macros::{forms, objects},
};

forms! {
    /// What a request sends.
    pub enum Input {
        /// A text of the user.
        Text(String),
        /// Items, in order.
        Items(Vec<Item>),
    }

    /// The conversation of a request.
    pub enum ConversationParam {
        /// By its id.
        Id(String),
        /// By an object with its id.
        Object(ConversationId),
    }
}

impl From<&str> for Input {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

objects! {
    /// A request for a response as the wire has it (schema `CreateResponse`). A
    /// [`chat::Request`](crate::chat::Request) is written as one; this is for those who read, store
    /// or forward them.
    pub struct CreateResponse {} optional {
        /// The model.
        model: String,
        /// What is sent.
        input: Input,
        /// What stands before the input; of earlier responses it is not taken over.
        instructions: String,
        /// Whether it is made without anybody waiting.
        background: bool,
        /// When the server shortens the conversation.
        context_management: Vec<ContextManagement>,
        /// The conversation to which it belongs.
        conversation: ConversationParam,
        /// What else the response is to hold.
        include: Vec<Include>,
        /// The most tokens, reasoning included.
        max_output_tokens: u64,
        /// The most calls of tools of the server.
        max_tool_calls: u64,
        /// What the application notes at it: up to 16 pairs.
        metadata: BTreeMap<String, String>,
        /// How input and output are moderated.
        moderation: ModerationSettings,
        /// Whether it may hold several calls; true by default.
        parallel_tool_calls: bool,
        /// The response before it.
        previous_response_id: String,
        /// A stored prompt.
        prompt: Prompt,
        /// What shares a cached prompt.
        prompt_cache_key: String,
        /// How the prompt is cached.
        prompt_cache_options: PromptCacheOptions,
        /// How long the prompt stays cached: `in_memory` or `24h`.
        prompt_cache_retention: String,
        /// How the model is to think.
        reasoning: ReasoningSettings,
        /// Who it is for, by a word that says nothing of them.
        safety_identifier: String,
        /// How fast it is made.
        service_tier: String,
        /// Whether the server keeps it; true by default.
        store: bool,
        /// Whether it comes as events; false by default.
        stream: bool,
        /// How the events come.
        stream_options: StreamOptions,
        /// Randomness, from 0 to 2; 1 by default.
        temperature: Number,
        /// What form its text is to have.
        text: TextSettings,
        /// Which tools the model may or must call.
        tool_choice: ToolChoice,
        /// The tools.
        tools: Vec<Tool>,
        /// So many tokens that could stand there are told with each, 0 to 20.
        top_logprobs: u64,
        /// Only the most probable tokens that make so much together, from 0 to 1; 1 by default.
        top_p: Number,
        /// What is left out where the input is too long.
        truncation: Truncation,
        /// Superseded by `safety_identifier` and `prompt_cache_key`.
        user: String,
    }

    /// When the server shortens a conversation.
    pub struct ContextManagement {
        /// What it does; the document knows `compaction`.
        r#type: String,
    } optional {
        /// From so many tokens on.
        compact_threshold: u64,
    }

    /// How events come.
    pub struct StreamOptions {} optional {
        /// Whether deltas hold noise that hides how long they are; true by default.
        include_obfuscation: bool,
    }

    /// How input and output are moderated.
    pub struct ModerationSettings {
        /// The model that judges.
        model: String,
    } optional {
        /// What its judgement does.
        policy: ModerationPolicy,
    }

    /// What the judgement of a moderation does.
    pub struct ModerationPolicy {} optional {
        /// To input.
        input: ModerationRule,
        /// To output.
        output: ModerationRule,
    }

    /// What the judgement of a moderation does to input, or to output.
    pub struct ModerationRule {
        /// `score` (nothing) or `block`.
        mode: String,
    }

    /// A request to count the tokens of a request (schema `TokenCountsBody`).
    pub struct CountTokens {} optional {
        /// The model.
        model: String,
        /// What would be sent.
        input: Input,
        /// What would stand before the input.
        instructions: String,
        /// The conversation.
        conversation: ConversationParam,
        /// Whether the response may hold several calls.
        parallel_tool_calls: bool,
        /// How the model speaks: `friendly`, `pragmatic`, or another word.
        personality: String,
        /// The response before it.
        previous_response_id: String,
        /// How the model is to think.
        reasoning: ReasoningSettings,
        /// What form the text is to have.
        text: TextSettings,
        /// Which tools the model may or must call.
        tool_choice: ToolChoice,
        /// The tools.
        tools: Vec<Tool>,
        /// What is left out where the input is too long.
        truncation: Truncation,
    }
}
