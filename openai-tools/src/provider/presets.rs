//! The presets. Each fact has its source; each table has the date on which it was read.

use super::{AnswerQuirks, Endpoint, FieldRule, Provider, Quirks, ToolChoiceWords, UsageTold};

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
    /// `https://my-resource.openai.azure.com`. The model is the name of the deployment. Reasoning
    /// models need a version from 2024-12 on, and take no parallel calls with the effort `minimal`.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `/openai/deployments/{deployment}/chat/completions?api-version=`, header `api-key`; the last version that is no preview is `2024-10-21` | `Azure/azure-rest-api-specs`, `…/AzureOpenAI/inference/stable/2024-10-21/inference.json` |
    /// | in it: `max_tokens`, `seed`, `parallel_tool_calls`, `logprobs`, schemas in `response_format`; tools are functions; parts are texts and images; the roles are system, user, assistant and tool; no `metadata`, `store`, `reasoning_effort` and what is newer | the same |
    /// | "Unrecognized request argument supplied: max_completion_tokens" before that | `openai/openai-python` issue 1724 |
    /// | `stream_options` | `griptape-ai/griptape` issue 1640 |
    /// | developer messages, `max_completion_tokens` and reasoning models since `2024-12-01-preview`; parallel calls of reasoning models | `learn.microsoft.com/azure/ai-services/openai/how-to/reasoning` |
    /// | the Responses API is not below a deployment: use [`azure_v1`](Self::azure_v1) | `learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle` |
    /// | assumed | no `allowed_tools` and custom tools in dated versions |
    pub fn azure(endpoint: &str, api_version: impl Into<String>) -> Self {
        let newer = Quirks::new()
            .with_tool_choice(without_allowed())
            .with_custom_tools(false)
            .with_responses(false);
        let older = refusing(leaving_out(newer.clone(), HINTS), NEWER)
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_field("reasoning_effort", FieldRule::Refused)
            .with_developer_role(false)
            .with_files(false)
            .with_audio_input(false);
        let mut provider = Self::on_azure("azure", endpoint, "openai").with_model_in_path(true);
        if let Some(endpoint) = &mut provider.endpoint {
            let variable = "OPENAI_API_VERSION".to_owned();
            endpoint.query.insert(API_VERSION.to_owned(), variable);
        }
        provider.dated = [(String::new(), older), ("2024-12-01".to_owned(), newer)].into();
        provider.with_query(API_VERSION, api_version)
    }

    /// Azure OpenAI's API v1: `azure-v1`, key in `AZURE_OPENAI_API_KEY`, endpoint in
    /// `AZURE_OPENAI_ENDPOINT`. The model is the name of the deployment.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `/openai/v1/…` without `api-version`, header `api-key`; the Responses API too | `learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle` |
    /// | reasoning models take `max_completion_tokens` alone, developer messages, and no parallel calls with the effort `minimal` | `learn.microsoft.com/azure/ai-services/openai/how-to/reasoning` |
    /// | assumed | what OpenAI has it has as well; a model may lack some of it |
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
    /// | `http://localhost:11434/v1`; the key is ignored; a Responses API that keeps nothing | `docs.ollama.com/api/openai-compatibility` |
    /// | `max_tokens`, `seed`, `stream_options`, `reasoning_effort`, `response_format` with and without a schema; no `max_completion_tokens`, `parallel_tool_calls`, `strict`, `metadata`: what it does not know it ignores | `ollama/ollama`, `openai/openai.go`, `ChatCompletionRequest` |
    /// | `tool_choice` is ignored | `ollama/ollama` issue 17921 (0.32.15) |
    /// | images as PNG, JPEG or WebP by their bytes alone; no other parts | `openai/openai.go`, `FromChatRequest` |
    /// | what was thought comes and goes back as `reasoning`; a call comes whole, with id and index | the same, `Message`, `ToChunk` |
    /// | of items it knows messages, calls, outputs and reasoning; of tools functions | `ollama/ollama`, `openai/responses.go` |
    /// | assumed | a role goes into the model's template as it is, and these know no developer |
    #[must_use]
    pub fn ollama() -> Self {
        let answers = AnswerQuirks::new().with_whole_calls(true).with_reasoning_field("reasoning");
        let quirks = of_smaller_servers()
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_field("parallel_tool_calls", FieldRule::Refused)
            .with_strict(false)
            .with_tool_choice(ToolChoiceWords::nothing())
            .with_reasoning_field("reasoning")
            .with_image_urls(false)
            .with_answers(answers);
        Self::new("ollama", "http://localhost:11434/v1").with_quirks(quirks)
    }

    /// vLLM on this machine: `vllm`, key in `VLLM_API_KEY` if it was started with one. Started with
    /// `VLLM_ENABLE_RESPONSES_API_STORE=1` it keeps responses
    /// ([`with_keeps_responses`](Quirks::with_keeps_responses)).
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `http://localhost:8000/v1`; `--api-key` or `VLLM_API_KEY`; chat completions and responses | `docs.vllm.ai`, "OpenAI-Compatible Server" |
    /// | `max_completion_tokens`, `seed`, `parallel_tool_calls`, `reasoning_effort`, `top_logprobs`, all of `response_format`; `tool_choice` is a word or one function; tools are functions, which may be `strict`; no `metadata`, `verbosity` and the like | `vllm-project/vllm`, `vllm/entrypoints/openai/chat_completion/protocol.py`, `vllm/entrypoints/generate/base/protocol.py` |
    /// | what was thought comes and goes back as `reasoning`; parts are texts, images and audio, and no files | `vllm/entrypoints/chat_utils.py` |
    /// | `store` is ignored by default, and tools of the server are taken | `vllm/entrypoints/openai/responses/protocol.py`, `serving.py` |
    /// | assumed | a role goes into the model's template as it is, and most know no developer; custom tools are as little known by its Responses API |
    #[must_use]
    pub fn vllm() -> Self {
        let answers = AnswerQuirks::new().with_reasoning_field("reasoning");
        let quirks = of_smaller_servers()
            .with_tool_choice(without_allowed())
            .with_reasoning_field("reasoning")
            .with_audio_input(true)
            .with_hosted_tools(true)
            .with_answers(answers);
        let mut provider = Self::new("vllm", "http://localhost:8000/v1").with_quirks(quirks);
        provider.key_variable = Some("VLLM_API_KEY".to_owned());
        provider
    }

    /// llama.cpp's `llama-server` on this machine: `llama-cpp`, key in `LLAMA_API_KEY` if it was
    /// started with one. Tools need its option `--jinja`; it makes several calls at once only where
    /// `parallel_tool_calls` is set. Typed answers go over chat completions.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `http://localhost:8080/v1`, `LLAMA_API_KEY`, `max_tokens`, `seed`, `stream_options` | `ggml-org/llama.cpp`, `tools/server/README.md` |
    /// | `response_format` with and without a schema, `parallel_tool_calls` (false by default), images by URL and bytes, audio, no files | `tools/server/server-common.cpp`, `oaicompat_chat_params_parse` |
    /// | `tool_choice` is one of the words `auto`, `none`, `required`; what was thought comes and goes back as `reasoning_content` | `common/chat.cpp` |
    /// | a Responses API that refuses `previous_response_id`, files, and tools that are no functions, and reads no `text.format` | `tools/server/server-common.cpp`, `convert_responses_to_chatcmpl` |
    /// | assumed | a role goes into the model's template as it is, and most know no developer |
    #[must_use]
    pub fn llama_cpp() -> Self {
        let quirks = of_smaller_servers()
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_field("text.format", FieldRule::Refused)
            .with_strict(false)
            .with_tool_choice(ToolChoiceWords::words_only())
            .with_reasoning_field("reasoning_content")
            .with_audio_input(true);
        let mut provider = Self::new("llama-cpp", "http://localhost:8080/v1").with_quirks(quirks);
        provider.key_variable = Some("LLAMA_API_KEY".to_owned());
        provider
    }

    /// LM Studio on this machine: `lm-studio`, without a key. Typed answers go over chat completions.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `http://localhost:1234/v1`, `max_tokens`, `seed`, schemas in `response_format`; chat completions and responses, with `previous_response_id` and tools of MCP servers | `lmstudio.ai/docs`, "OpenAI Compatibility", "API Changelog" |
    /// | "Supported string values: none, auto, required" | `can1357/llm-git` issue 13, `can1357/oh-my-pi` issue 6925 |
    /// | "'response_format.type' must be 'json_schema' or 'text'" | `lmstudio-ai/lmstudio-bug-tracker` issues 189 and 307 |
    /// | no developer messages; no images by URL; no schemas over its Responses API | the same, issues 669, 1120 and 2403 |
    /// | assumed | `strict` is taken; what was thought does not go back; no files, audio and custom tools |
    #[must_use]
    pub fn lm_studio() -> Self {
        let quirks = of_smaller_servers()
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_field("text.format", FieldRule::Refused)
            .with_tool_choice(ToolChoiceWords::words_only())
            .with_json_object(false)
            .with_image_urls(false)
            .with_hosted_tools(true)
            .with_keeps_responses(true);
        Self::new("lm-studio", "http://localhost:1234/v1").with_quirks(quirks)
    }

    /// `OpenRouter`: `openrouter`, key in `OPENROUTER_API_KEY`. What a model behind it knows differs.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `https://openrouter.ai/api/v1`; `max_tokens`, `seed`, `parallel_tool_calls`, schemas in `response_format`; `tool_choice` is a word or one tool; tools go to the vendor as they are | `openrouter.ai/docs`, "Parameters" and "API Reference" |
    /// | what was thought comes and goes back as `reasoning` | the same, "Reasoning Tokens" |
    /// | the roles are system, user, assistant and tool | the same, "API Reference" |
    /// | a Responses API (beta) that keeps nothing | the same, "Responses API Beta" |
    /// | assumed | what it does not know itself it ignores, or the vendor behind it refuses |
    #[must_use]
    pub fn open_router() -> Self {
        let answers = AnswerQuirks::new().with_reasoning_field("reasoning");
        let quirks = Quirks::new()
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_tool_choice(without_allowed())
            .with_reasoning_field("reasoning")
            .with_developer_role(false)
            .with_keeps_responses(false)
            .with_answers(answers);
        Self::new("openrouter", "https://openrouter.ai/api/v1")
            .with_key_variable("OPENROUTER_API_KEY")
            .with_quirks(quirks)
    }

    /// Groq: `groq`, key in `GROQ_API_KEY`.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `https://api.groq.com/openai/v1`; chat completions and responses; a 400 for `logprobs`, `logit_bias` and `top_logprobs` | `console.groq.com/docs/openai` |
    /// | `max_completion_tokens`, `seed`, `parallel_tool_calls`, `service_tier`; `metadata` and `store` are not supported; `tool_choice` is a word or one tool; tools are functions and its own | `console.groq.com/docs/api-reference` |
    /// | a 400 for what it does not know, such as `reasoning_content` in messages; models without thoughts refuse `reasoning` | `janhq/jan` issue 8136, `vercel/ai` pull request 8057 |
    /// | assumed | `strict` is taken; no developer messages, files and audio; its Responses API (beta) keeps nothing, and knows no `include` and `truncation`; calls come whole |
    #[must_use]
    pub fn groq() -> Self {
        let answers = AnswerQuirks::new().with_whole_calls(true).with_reasoning_field("reasoning");
        let quirks = leaving_out(Quirks::new(), &["include", PROMPT_CACHE_KEY]);
        let quirks = refusing(leaving_out(quirks, CACHE_AND_SAFETY), SPEECH_AND_WORDS);
        let quirks = refusing(quirks, &["logit_bias", "logprobs", "metadata", "store"]);
        let quirks = refusing(quirks, &["top_logprobs", "truncation"])
            .with_tool_choice(without_allowed())
            .with_developer_role(false)
            .with_files(false)
            .with_audio_input(false)
            .with_custom_tools(false)
            .with_keeps_responses(false)
            .with_answers(answers);
        Self::new("groq", "https://api.groq.com/openai/v1")
            .with_key_variable("GROQ_API_KEY")
            .with_quirks(quirks)
    }

    /// Together AI: `together`, key in `TOGETHER_API_KEY`.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `max_tokens`, `seed`, `tool_choice` is a word or one tool, schemas in `response_format`; `logprobs` is a number | `docs.together.ai/reference`, "Create chat completion"; `togethercomputer/together-py`, `completion_create_params.py` |
    /// | the roles are system, user, assistant and tool; no `strict`, no `metadata` | the same |
    /// | `https://api.together.ai/v1`; a Responses API (beta) that keeps nothing, with functions and tools of MCP servers | `docs.together.ai/docs/inference/responses` |
    /// | assumed | images by URL; no files, audio and custom tools; what was thought comes as `reasoning`, and does not go back |
    #[must_use]
    pub fn together() -> Self {
        let answers = AnswerQuirks::new().with_reasoning_field("reasoning");
        let quirks = refusing(of_smaller_servers(), &["logprobs", "metadata", "top_logprobs"])
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_strict(false)
            .with_tool_choice(without_allowed())
            .with_hosted_tools(true)
            .with_answers(answers);
        Self::new("together", "https://api.together.ai/v1")
            .with_key_variable("TOGETHER_API_KEY")
            .with_quirks(quirks)
    }

    /// Mistral: `mistral`, key in `MISTRAL_API_KEY`. It takes no message of the user behind the
    /// output of a tool, so that tools cannot show images there.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `https://api.mistral.ai/v1`, `max_tokens`, `random_seed`, `parallel_tool_calls`, `reasoning_effort`, `metadata`, `prompt_cache_key`, schemas in `response_format`; `tool_choice` is `auto`, `none`, `any` or one tool; tools are functions, which may be `strict`, and its own | `docs.mistral.ai/api`, "Chat Completion"; `mistralai/client-python`, `src/mistralai/client/models/chatcompletionrequest.py`, `function.py` |
    /// | a 422 (`extra_forbidden`) for what it does not know, such as `max_completion_tokens` and `reasoning_content` | `editor-code-assistant/eca` issue 231, `charmbracelet/crush` issue 1590 |
    /// | usage comes with the last chunk unasked | `docs.mistral.ai/api` |
    /// | assumed | files and audio have forms of their own; calls come whole; no Responses API |
    #[must_use]
    pub fn mistral() -> Self {
        let words = ToolChoiceWords { required: Some("any".to_owned()), ..without_allowed() };
        let answers = AnswerQuirks::new().with_whole_calls(true).with_usage(UsageTold::Always);
        let quirks = leaving_out(Quirks::new(), CACHE_AND_SAFETY);
        let quirks = refusing(refusing(quirks, NEWER), &["logprobs", "top_logprobs"])
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_field("seed", FieldRule::Renamed("random_seed".to_owned()))
            .with_field("stream_options", FieldRule::LeftOut)
            .with_tool_choice(words)
            .with_developer_role(false)
            .with_files(false)
            .with_audio_input(false)
            .with_custom_tools(false)
            .with_responses(false)
            .with_answers(answers);
        Self::new("mistral", "https://api.mistral.ai/v1")
            .with_key_variable("MISTRAL_API_KEY")
            .with_quirks(quirks)
    }

    /// `DeepSeek`: `deepseek`, key in `DEEPSEEK_API_KEY`.
    ///
    /// | read 2026-11 | source |
    /// |---|---|
    /// | `https://api.deepseek.com`, `max_tokens`, `stream_options`, `logprobs`, `tool_choice` is a word or one tool, tools are functions; `response_format` is `text` or `json_object` | `api-docs.deepseek.com/api/create-chat-completion`; `llm-exe/llm-exe` issue 662 |
    /// | "unknown variant `developer`"; "unknown variant `image_url`, expected `text`" | `earendil-works/pi` issue 1048; `rikkahub/rikkahub` issue 1433 |
    /// | what was thought comes and goes back as `reasoning_content`, with every message once it thinks | `api-docs.deepseek.com/guides/thinking_mode`; `MoonshotAI/kimi-cli` issue 2141 |
    /// | `strict` is a beta with a base URL of its own | `api-docs.deepseek.com/guides/function_calling` |
    /// | a Responses API, which keeps nothing, with reasoning items and web search | `api-docs.deepseek.com/guides/responses_api` |
    /// | assumed | no `seed` and no `parallel_tool_calls`, which its reference lacks; no schemas over its Responses API; custom tools, which that has, are left to those who set them |
    #[must_use]
    pub fn deepseek() -> Self {
        let quirks = refusing(of_smaller_servers(), &["parallel_tool_calls", "seed"])
            .with_field(MAX_COMPLETION_TOKENS, max_tokens())
            .with_strict(false)
            .with_json_schema(false)
            .with_tool_choice(without_allowed())
            .with_reasoning_field("reasoning_content")
            .with_images(false)
            .with_hosted_tools(true);
        Self::new("deepseek", "https://api.deepseek.com")
            .with_key_variable("DEEPSEEK_API_KEY")
            .with_quirks(quirks)
    }
}

/// What the smaller servers have in common.
fn of_smaller_servers() -> Quirks {
    refusing(leaving_out(Quirks::new(), HINTS), NEWER)
        .with_developer_role(false)
        .with_files(false)
        .with_audio_input(false)
        .with_custom_tools(false)
        .with_hosted_tools(false)
        .with_keeps_responses(false)
}

fn leaving_out(quirks: Quirks, fields: &[&str]) -> Quirks {
    fields.iter().fold(quirks, |quirks, field| quirks.with_field(*field, FieldRule::LeftOut))
}

fn refusing(quirks: Quirks, fields: &[&str]) -> Quirks {
    fields.iter().fold(quirks, |quirks, field| quirks.with_field(*field, FieldRule::Refused))
}

fn max_tokens() -> FieldRule {
    FieldRule::Renamed("max_tokens".to_owned())
}

fn without_allowed() -> ToolChoiceWords {
    ToolChoiceWords { allowed: false, ..ToolChoiceWords::default() }
}

/// What only makes answers faster, or tells the vendor of the user: they are the same without.
const HINTS: &[&str] = &[
    "metadata",
    PROMPT_CACHE_KEY,
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
];
const CACHE_AND_SAFETY: &[&str] =
    &["prompt_cache_options", "prompt_cache_retention", "safety_identifier"];
/// What OpenAI has added since others took up its wire, and without which answers are others.
const NEWER: &[&str] = &[
    "audio",
    "context_management",
    "modalities",
    "service_tier",
    "store",
    "text.verbosity",
    "verbosity",
];
const SPEECH_AND_WORDS: &[&str] =
    &["audio", "context_management", "modalities", "text.verbosity", "verbosity"];

const API_VERSION: &str = "api-version";
const AZURE_API_VERSION: &str = "2024-10-21";
const MAX_COMPLETION_TOKENS: &str = "max_completion_tokens";
const PROMPT_CACHE_KEY: &str = "prompt_cache_key";
