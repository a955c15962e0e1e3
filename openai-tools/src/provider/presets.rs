//! The presets. Each fact has its source; each table has the date on which it was read.

use super::{Endpoint, FieldRule, Provider, Quirks, ToolChoiceWords};

impl Provider {
    /// All presets: [`openai`](Self::openai), [`azure`](Self::azure), [`azure_v1`](Self::azure_v1)
    /// (these two without their endpoint), [`ollama`](Self::ollama), [`vllm`](Self::vllm),
    /// [`llama_cpp`](Self::llama_cpp), [`lm_studio`](Self::lm_studio),
    /// [`open_router`](Self::open_router), [`groq`](Self::groq), [`together`](Self::together),
    /// [`mistral`](Self::mistral) and [`deepseek`](Self::deepseek).
    #[must_use]
    pub fn presets() -> Vec<Self> {
        vec![
            Self::openai(),
            Self::azure("", AZURE_API_VERSION),
            Self::azure_v1(""),
            Self::ollama(),
            Self::vllm(),
            Self::llama_cpp(),
            Self::lm_studio(),
            Self::open_router(),
            Self::groq(),
            Self::together(),
            Self::mistral(),
            Self::deepseek(),
        ]
    }

    /// The preset of this name, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::presets().into_iter().find(|preset| preset.name.eq_ignore_ascii_case(name))
    }

    /// OpenAI itself: `openai`, key in `OPENAI_API_KEY`. It has no quirks.
    #[must_use]
    pub fn openai() -> Self {
        Self::new("openai", "https://api.openai.com/v1").with_key_variable("OPENAI_API_KEY")
    }

    /// Azure OpenAI with dated versions of its API: `azure`, key in `AZURE_OPENAI_API_KEY`, endpoint
    /// in `AZURE_OPENAI_ENDPOINT`, version in `OPENAI_API_VERSION`; `endpoint` is such as
    /// `https://my-resource.openai.azure.com`. The model is the name of the deployment.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `/openai/deployments/{deployment}/chat/completions?api-version=`, header `api-key`; the last version that is no preview is `2024-10-21` | Azure OpenAI REST API reference |
    /// | no developer messages before the previews of 2024-12 | the same, "reasoning models" |
    /// | the Responses API is not below a deployment: use [`azure_v1`](Self::azure_v1) | `learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle` |
    pub fn azure(endpoint: &str, api_version: impl Into<String>) -> Self {
        let quirks = Quirks::new().with_developer_role(false).with_responses(false);
        let mut provider = Self::on_azure("azure", endpoint, "openai");
        if let Some(endpoint) = &mut provider.endpoint {
            let variable = "OPENAI_API_VERSION".to_owned();
            endpoint.query.insert(API_VERSION.to_owned(), variable);
        }
        let provider = provider.with_model_in_path(true).with_query(API_VERSION, api_version);
        provider.with_quirks(quirks)
    }

    /// Azure OpenAI's API v1: `azure-v1`, key in `AZURE_OPENAI_API_KEY`, endpoint in
    /// `AZURE_OPENAI_ENDPOINT`. The model is the name of the deployment.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `/openai/v1/…` without `api-version`, header `api-key`; the Responses API too | `learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle` |
    #[must_use]
    pub fn azure_v1(endpoint: &str) -> Self {
        Self::on_azure("azure-v1", endpoint, "openai/v1")
    }

    fn on_azure(name: &str, endpoint: &str, path: &str) -> Self {
        let base_url = match endpoint.trim_end_matches('/') {
            "" => String::new(),
            endpoint => format!("{endpoint}/{path}"),
        };
        let mut provider = Self::new(name, base_url)
            .with_key_variable("AZURE_OPENAI_API_KEY")
            .with_key_header("api-key");
        provider.endpoint = Some(Endpoint {
            variable: "AZURE_OPENAI_ENDPOINT".to_owned(),
            path: path.to_owned(),
            query: std::collections::BTreeMap::new(),
        });
        provider
    }

    /// Ollama on this machine: `ollama`, without a key.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `http://localhost:11434/v1`; the key is ignored; a stateless Responses API | `docs.ollama.com/api/openai-compatibility` |
    /// | `max_tokens`, and no `max_completion_tokens`, `tool_choice`, `parallel_tool_calls`, `strict` or `metadata`: what it does not know it ignores | `ollama/ollama`, `openai/openai.go`, `ChatCompletionRequest` |
    /// | images as PNG, JPEG or WebP by their bytes alone | the same, `FromChatRequest` |
    /// | what was thought goes back as `reasoning` | the same, `Message` |
    /// | a role goes into the model's template as it is, and these know no developer | the same |
    #[must_use]
    pub fn ollama() -> Self {
        let quirks = Quirks::new()
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_field("parallel_tool_calls", FieldRule::Refused)
            .with_field("metadata", FieldRule::LeftOut)
            .with_strict(false)
            .with_tool_choice(ToolChoiceWords::nothing())
            .with_developer_role(false)
            .with_reasoning_field("reasoning")
            .with_image_urls(false);
        Self::new("ollama", "http://localhost:11434/v1").with_quirks(quirks)
    }

    /// vLLM on this machine: `vllm`, key in `VLLM_API_KEY` if it was started with one.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `http://localhost:8000/v1`; `--api-key` or `VLLM_API_KEY`; chat completions and responses | `docs.vllm.ai`, "OpenAI-Compatible Server" |
    /// | `tool_choice` is a word or one tool; fields that it does not know, such as `strict`, it ignores with a warning | the same, "Tool Calling"; `vllm/entrypoints/openai/protocol.py` |
    /// | a role goes into the model's template as it is, and most know no developer | the same, "Chat Template" |
    #[must_use]
    pub fn vllm() -> Self {
        let quirks = Quirks::new()
            .with_strict(false)
            .with_tool_choice(without_allowed())
            .with_developer_role(false)
            .with_field("metadata", FieldRule::LeftOut);
        let mut provider = Self::new("vllm", "http://localhost:8000/v1").with_quirks(quirks);
        provider.key_variable = Some("VLLM_API_KEY".to_owned());
        provider
    }

    /// llama.cpp's `llama-server` on this machine: `llama-cpp`, key in `LLAMA_API_KEY` if it was
    /// started with one. Tools need its option `--jinja`; it makes several calls at once only where
    /// `parallel_tool_calls` is set.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `http://localhost:8080/v1`, `LLAMA_API_KEY`, `max_tokens`, `response_format` with a schema, `parallel_tool_calls` | `ggml-org/llama.cpp`, `tools/server/README.md`, pull request 15647 |
    /// | `tool_choice` is one of the words `auto`, `none`, `required` | the same, `common/chat.cpp` |
    /// | a role goes into the model's template as it is, and most know no developer | the same |
    #[must_use]
    pub fn llama_cpp() -> Self {
        let quirks = Quirks::new()
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_field("metadata", FieldRule::LeftOut)
            .with_strict(false)
            .with_tool_choice(ToolChoiceWords::words_only())
            .with_developer_role(false)
            .with_responses(false);
        let mut provider = Self::new("llama-cpp", "http://localhost:8080/v1").with_quirks(quirks);
        provider.key_variable = Some("LLAMA_API_KEY".to_owned());
        provider
    }

    /// LM Studio on this machine: `lm-studio`, without a key.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `http://localhost:1234/v1`, `max_tokens`; chat completions and responses | `lmstudio.ai/docs`, "OpenAI Compatibility" |
    /// | "Supported string values: none, auto, required" | `can1357/llm-git` issue 13, `can1357/oh-my-pi` issue 6925 |
    /// | "'response_format.type' must be 'json_schema' or 'text'" | `lmstudio-ai/lmstudio-bug-tracker` issues 189 and 307 |
    #[must_use]
    pub fn lm_studio() -> Self {
        let quirks = Quirks::new()
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_field("metadata", FieldRule::LeftOut)
            .with_tool_choice(ToolChoiceWords::words_only())
            .with_json_object(false)
            .with_developer_role(false);
        Self::new("lm-studio", "http://localhost:1234/v1").with_quirks(quirks)
    }

    /// `OpenRouter`: `openrouter`, key in `OPENROUTER_API_KEY`. What a model behind it knows differs.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `https://openrouter.ai/api/v1`; `max_tokens`; `tool_choice` is a word or one tool | `openrouter.ai/docs`, "Parameters" and "API Reference" |
    /// | what was thought goes back as `reasoning` | the same, "Reasoning Tokens" |
    /// | the roles are system, user, assistant and tool | the same, "API Reference" |
    #[must_use]
    pub fn open_router() -> Self {
        let quirks = Quirks::new()
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_tool_choice(without_allowed())
            .with_reasoning_field("reasoning")
            .with_developer_role(false);
        Self::new("openrouter", "https://openrouter.ai/api/v1")
            .with_key_variable("OPENROUTER_API_KEY")
            .with_quirks(quirks)
    }

    /// Groq: `groq`, key in `GROQ_API_KEY`.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `https://api.groq.com/openai/v1`; chat completions and responses; a 400 for `logprobs`, `logit_bias` and `top_logprobs` | `console.groq.com/docs/openai` |
    /// | `max_completion_tokens`; `metadata` is not supported; `tool_choice` is a word or one tool | `console.groq.com/docs/api-reference` |
    #[must_use]
    pub fn groq() -> Self {
        let quirks = Quirks::new()
            .with_field("logprobs", FieldRule::Refused)
            .with_field("logit_bias", FieldRule::Refused)
            .with_field("top_logprobs", FieldRule::Refused)
            .with_field("metadata", FieldRule::Refused)
            .with_tool_choice(without_allowed())
            .with_developer_role(false);
        Self::new("groq", "https://api.groq.com/openai/v1")
            .with_key_variable("GROQ_API_KEY")
            .with_quirks(quirks)
    }

    /// Together AI: `together`, key in `TOGETHER_API_KEY`.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `https://api.together.xyz/v1`, `max_tokens`, `tool_choice` is a word or one tool, schemas in `response_format`; no Responses API | `docs.together.ai/reference`, "Create chat completion" |
    /// | the roles are system, user, assistant and tool; no `strict`, no `metadata` | the same |
    #[must_use]
    pub fn together() -> Self {
        let quirks = Quirks::new()
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_field("metadata", FieldRule::Refused)
            .with_strict(false)
            .with_tool_choice(without_allowed())
            .with_developer_role(false)
            .with_responses(false);
        Self::new("together", "https://api.together.xyz/v1")
            .with_key_variable("TOGETHER_API_KEY")
            .with_quirks(quirks)
    }

    /// Mistral: `mistral`, key in `MISTRAL_API_KEY`. It takes no message of the user behind the
    /// output of a tool, so that tools cannot show images there.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `https://api.mistral.ai/v1`, `max_tokens`, `random_seed`, `tool_choice` is `auto`, `none`, `any` or one tool | `docs.mistral.ai/api`, "Chat Completion" |
    /// | a 422 (`extra_forbidden`) for what it does not know, such as `max_completion_tokens` and `reasoning_content` | `editor-code-assistant/eca` issue 231, `charmbracelet/crush` issue 1590 |
    /// | usage comes with the last chunk unasked | `docs.mistral.ai/api` |
    #[must_use]
    pub fn mistral() -> Self {
        let words = ToolChoiceWords { required: Some("any".to_owned()), ..without_allowed() };
        let quirks = Quirks::new()
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_field("seed", FieldRule::Renamed("random_seed".to_owned()))
            .with_field("stream_options", FieldRule::LeftOut)
            .with_tool_choice(words)
            .with_developer_role(false)
            .with_responses(false);
        Self::new("mistral", "https://api.mistral.ai/v1")
            .with_key_variable("MISTRAL_API_KEY")
            .with_quirks(quirks)
    }

    /// `DeepSeek`: `deepseek`, key in `DEEPSEEK_API_KEY`.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `https://api.deepseek.com`, `max_tokens`, `response_format` is `text` or `json_object` | `api-docs.deepseek.com/api/create-chat-completion`; `llm-exe/llm-exe` issue 662 |
    /// | "unknown variant `developer`" | `earendil-works/pi` issue 1048 |
    /// | what was thought goes back as `reasoning_content`, with every message once it thinks | `api-docs.deepseek.com/guides/thinking_mode`; `MoonshotAI/kimi-cli` issue 2141 |
    /// | `strict` is a beta with a base URL of its own | `api-docs.deepseek.com/guides/function_calling` |
    #[must_use]
    pub fn deepseek() -> Self {
        let quirks = Quirks::new()
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_field("metadata", FieldRule::Refused)
            .with_strict(false)
            .with_json_schema(false)
            .with_tool_choice(without_allowed())
            .with_developer_role(false)
            .with_reasoning_field("reasoning_content")
            .with_responses(false);
        Self::new("deepseek", "https://api.deepseek.com")
            .with_key_variable("DEEPSEEK_API_KEY")
            .with_quirks(quirks)
    }
}

fn max_tokens() -> FieldRule {
    FieldRule::Renamed("max_tokens".to_owned())
}

fn without_allowed() -> ToolChoiceWords {
    ToolChoiceWords { allowed: false, ..ToolChoiceWords::default() }
}

const API_VERSION: &str = "api-version";
const AZURE_API_VERSION: &str = "2024-10-21";
const MAX_COMPLETION_TOKENS: &str = "max_completion_tokens";
