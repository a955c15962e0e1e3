//! A response as the wire has it, and what it shares with its request.

use std::collections::BTreeMap;

use super::{
    Input, InputFile, InputImage, InputText, Item, Json, Number, Plain, ResponseStatus, Tool,
    ToolChoice, Truncation,
    macros::{forms, kinds, objects},
};

objects! {
    /// A response as the wire has it (schema `Response`), with all that it repeats of its request.
    /// What a run works with is [`chat::Response`](crate::chat::Response), whose `body` this reads:
    ///
    /// ```
    /// use openai_tools::{chat, responses};
    ///
    /// let body = r#"{"id": "resp_1", "object": "response", "created_at": 1741476542,
    ///     "status": "completed", "output": [], "service_tier": "flex"}"#;
    /// let response = chat::Response::from_responses(body)?;
    /// let wire: responses::Response = serde_json::from_slice(&response.body())?;
    /// assert_eq!(wire.service_tier.as_deref(), Some("flex"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Response {
        /// The id.
        id: String,
    } optional {
        /// What kind of object it is; `response`.
        object: String,
        /// When it was made, in seconds since 1970.
        created_at: Number,
        /// When it was whole, in seconds since 1970.
        completed_at: Number,
        /// Where it stands.
        status: ResponseStatus,
        /// Why it came to nothing.
        error: ResponseError,
        /// Why it was cut off.
        incomplete_details: IncompleteDetails,
        /// What came of it, in order.
        output: Vec<Item>,
        /// Its tokens.
        usage: Usage,
        /// The model.
        model: String,
        /// Whether it was made without anybody waiting.
        background: bool,
        /// The conversation to which it belongs.
        conversation: ConversationId,
        /// What stood before the input.
        instructions: Input,
        /// The most tokens that it may have had, reasoning included.
        max_output_tokens: u64,
        /// The most calls of tools of the server that it may have had.
        max_tool_calls: u64,
        /// What the application has noted at it.
        metadata: BTreeMap<String, String>,
        /// What the moderation that was asked for says.
        moderation: Moderation,
        /// All of its text, from servers that send it.
        output_text: String,
        /// Whether it may hold several calls.
        parallel_tool_calls: bool,
        /// The response before it.
        previous_response_id: String,
        /// The stored prompt it was made from.
        prompt: Prompt,
        /// What it shares its cached prompt with.
        prompt_cache_key: String,
        /// How the prompt was cached.
        prompt_cache_options: PromptCacheOptions,
        /// How long the prompt stays cached: `in_memory` or `24h`.
        prompt_cache_retention: String,
        /// How the model was to think.
        reasoning: ReasoningSettings,
        /// Who it was made for, by a word that says nothing of them.
        safety_identifier: String,
        /// How fast it was made.
        service_tier: String,
        /// Whether the server keeps it.
        store: bool,
        /// Randomness, from 0 to 2.
        temperature: Number,
        /// What form its text was to have.
        text: TextSettings,
        /// Which tools the model could or had to call.
        tool_choice: ToolChoice,
        /// The tools.
        tools: Vec<Tool>,
        /// So many tokens that could have stood there are told with each, 0 to 20.
        top_logprobs: u64,
        /// Only the most probable tokens that make so much together, from 0 to 1.
        top_p: Number,
        /// What is left out where the input is too long.
        truncation: Truncation,
        /// Superseded by `safety_identifier` and `prompt_cache_key`.
        user: String,
    }

    /// Why a response came to nothing.
    pub struct ResponseError {
        /// The server's code.
        code: String,
        /// The server's words.
        message: String,
    }

    /// Why a response was cut off.
    pub struct IncompleteDetails {} optional {
        /// `max_output_tokens` or `content_filter`.
        reason: String,
    }

    /// A conversation by its id.
    pub struct ConversationId {
        /// The id.
        id: String,
    }

    /// The tokens of a response.
    pub struct Usage {
        /// Of the request.
        input_tokens: u64,
        /// Of the response, reasoning included.
        output_tokens: u64,
        /// Both.
        total_tokens: u64,
    } optional {
        /// What those of the request were.
        input_tokens_details: InputTokensDetails,
        /// What those of the response were.
        output_tokens_details: OutputTokensDetails,
    }

    /// What the tokens of a request were.
    pub struct InputTokensDetails {} optional {
        /// Those that the server had cached.
        cached_tokens: u64,
        /// Those that it has cached now.
        cache_write_tokens: u64,
    }

    /// What the tokens of a response were.
    pub struct OutputTokensDetails {} optional {
        /// Those that were thought and not said.
        reasoning_tokens: u64,
    }

    /// How the model is to think.
    pub struct ReasoningSettings {} optional {
        /// By which of its modes: `standard` or `pro`.
        mode: String,
        /// How long, such as `low`.
        effort: String,
        /// How much of it is told: `auto`, `concise` or `detailed`.
        summary: String,
        /// How much of what it thought before it sees: `auto`, `current_turn` or `all_turns`.
        context: String,
        /// Superseded by `summary`.
        generate_summary: String,
    }

    /// What form a text is to have.
    pub struct TextSettings {} optional {
        /// The form.
        format: TextFormat,
        /// How many words it makes: `low`, `medium` or `high`.
        verbosity: String,
    }

    /// Structured output: JSON of a schema.
    pub struct JsonSchemaFormat = "json_schema" {
        /// What errors call it.
        name: String,
        /// The schema.
        schema: Json,
    } optional {
        /// What it is for.
        description: String,
        /// Whether the schema is in the strict subset, and held.
        strict: bool,
    }

    /// A stored prompt.
    pub struct Prompt {
        /// Its id.
        id: String,
    } optional {
        /// Its version.
        version: String,
        /// What stands for its variables.
        variables: BTreeMap<String, PromptVariable>,
    }

    /// How a prompt is cached.
    pub struct PromptCacheOptions {} optional {
        /// How long, such as `30m`.
        ttl: String,
        /// Up to where: `implicit` (the server decides) or `explicit` (up to breakpoints).
        mode: String,
    }

    /// What a moderation says of input and output.
    pub struct Moderation {
        /// Of the input.
        input: ModerationOutcome,
        /// Of the output.
        output: ModerationOutcome,
    }

    /// What a moderation found.
    pub struct ModerationResult = "moderation_result" {
        /// The model that judged.
        model: String,
        /// Whether it found something.
        flagged: bool,
    } optional {
        /// What it found.
        categories: BTreeMap<String, bool>,
        /// How sure it is, from 0 to 1.
        category_scores: BTreeMap<String, Number>,
        /// In what: `text`, `image`.
        category_applied_input_types: BTreeMap<String, Vec<String>>,
    }

    /// A moderation that failed.
    pub struct ModerationError = "error" {
        /// The server's code.
        code: String,
        /// The server's words.
        message: String,
    }
}

kinds! {
    /// What form a text is to have.
    pub enum TextFormat {
        /// JSON mode: some JSON object.
        JsonObject(Plain) = "json_object",
        /// Structured output: JSON of a schema.
        JsonSchema(JsonSchemaFormat) = "json_schema",
        /// Free text.
        Text(Plain) = "text",
    }

    /// What a moderation came to.
    pub enum ModerationOutcome {
        /// It failed.
        Error(ModerationError) = "error",
        /// It judged.
        Result(ModerationResult) = "moderation_result",
    }

    /// A part that stands for a variable.
    pub enum PromptPart {
        /// A file.
        InputFile(InputFile) = "input_file",
        /// An image.
        InputImage(InputImage) = "input_image",
        /// A text.
        InputText(InputText) = "input_text",
    }
}

forms! {
    /// What stands for a variable of a stored prompt.
    pub enum PromptVariable {
        /// A text.
        Text(String),
        /// A part.
        Part(PromptPart),
    }
}
