//! The abilities, and how each is asked for.

use std::sync::Arc;

use openai_tools::{
    Audio, AudioFormat, File, Image, ImageDetail, IntoTool, ToolChoice, ToolContext, ToolError,
    ToolName, Toolbox,
    chat::{
        AllowedMode, AudioOutput, CodeInterpreter, ConversationState, FileSearch, HostedTool,
        ImageGeneration, Mcp, PromptCache, PromptCacheMode, PromptCacheRetention, ReasoningEffort,
        ReasoningSummary, ServiceTier, Verbosity, WebSearch,
    },
    responses::Truncation,
    testing::Reply,
    tool,
    tool::{
        ApplyPatch, CommandOutput, Computer, ComputerOutput, ComputerRequest, FileChange, Shell,
        ShellRequest,
    },
    toolbox,
};
use serde_json::{Value, json};
use tests::echo;

use super::{Ask, Change, Fate, Row};

/// Find a customer.
#[tool(defer_loading)]
fn find(name: String) -> String {
    name
}

/// Switch the light.
#[tool(custom, lark = r#"start: "on" | "off""#)]
fn switch(word: String) -> String {
    word
}

/// Measure an article.
#[tool(allowed_callers(programmatic))]
fn measure(article: String) -> usize {
    article.len()
}

/// Draw a chart.
#[tool]
fn chart() -> Image {
    Image::bytes("image/png", b"\x89PNG")
}

/// Read a letter.
#[tool]
fn letter() -> File {
    File::bytes("a.txt", "text/plain", b"a")
}

/// Say a word.
#[tool]
fn speak() -> Audio {
    Audio::bytes(AudioFormat::Wav, b"RIFF")
}

struct Crm;

/// Customers.
#[toolbox(namespace = "crm")]
impl Crm {
    /// Greet a customer.
    #[tool]
    async fn greet(&self, name: String) -> String {
        name
    }
}

/// Does nothing of what it is asked for.
struct Nothing;

impl ApplyPatch for Nothing {
    type Error = ToolError;

    async fn apply(&self, _: FileChange, _: ToolContext) -> Result<String, ToolError> {
        Ok(String::new())
    }
}

impl Computer for Nothing {
    type Error = ToolError;

    async fn act(&self, _: ComputerRequest, _: ToolContext) -> Result<ComputerOutput, ToolError> {
        Err(ToolError::for_model("there is no computer"))
    }
}

impl Shell for Nothing {
    type Error = ToolError;

    async fn run(&self, _: ShellRequest, _: ToolContext) -> Result<Vec<CommandOutput>, ToolError> {
        Ok(Vec::new())
    }
}

fn one(tool: impl IntoTool<()>) -> Toolbox {
    Toolbox::new().with(tool).expect("one tool")
}

fn name(name: &str) -> ToolName {
    ToolName::parse(name).expect("legal")
}

/// The abilities, in the order of the table.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn rows() -> Vec<Row> {
    use Ask::{Answer, Called, Run};
    use Fate::{LeftOut, Read, Refused, Sent};
    let row =
        |ability, ask, chat, responses, instead| Row { ability, ask, chat, responses, instead };
    let both = |ability, ask, at| Row { ability, ask, chat: at, responses: at, instead: "" };
    let read = |ability, reply, seen| both(ability, Answer(reply, seen), Read);
    let only_responses = |ability, ask, at, instead| row(ability, ask, Refused, Sent(at), instead);
    let mut rows = vec![
        row(
            "a function",
            Run(|run| run.tools(one(echo()))),
            Sent("/tools/0/function/parameters"),
            Sent("/tools/0/parameters"),
            "",
        ),
        row(
            "`strict`",
            Run(|run| run.tools(one(echo()))),
            Sent("/tools/0/function/strict"),
            Sent("/tools/0/strict"),
            "",
        ),
        row(
            "the output of a call",
            Called("echo", |run| run.tools(one(echo()))),
            Sent("/messages/2/tool_call_id"),
            Sent("/input/3/call_id"),
            "",
        ),
        both(
            "parallel calls",
            Run(|run| run.tools(one(echo())).parallel_tool_calls(true)),
            Sent("/parallel_tool_calls"),
        ),
        both(
            "a choice of tools",
            Run(|run| run.tools(one(echo())).tool_choice(ToolChoice::Required)),
            Sent("/tool_choice"),
        ),
        row(
            "a choice of one tool",
            Run(|run| run.tools(one(echo())).tool_choice(ToolChoice::Named(name("echo")))),
            Sent("/tool_choice/function/name"),
            Sent("/tool_choice/name"),
            "",
        ),
        row(
            "`allowed_tools` per turn",
            Run(|run| {
                run.tools(one(echo())).tool_choice(ToolChoice::Allowed {
                    mode: AllowedMode::Auto,
                    tools: vec![name("echo").into()],
                })
            }),
            Sent("/tool_choice/allowed_tools/tools"),
            Sent("/tool_choice/tools"),
            "",
        ),
        row(
            "a typed answer",
            Ask::Typed,
            Sent("/response_format/json_schema"),
            Sent("/text/format/schema"),
            "",
        ),
        read("a refusal", || Reply::refusal("no"), |run| run.outcome().as_str() == "refusal"),
        read(
            "an answer that was cut off",
            || Reply::text("on").with_finish_reason("length"),
            |run| run.outcome().as_str() == "incomplete",
        ),
        read(
            "what was thought, in words",
            || Reply::text("a").with_reasoning("hm"),
            |run| run.turns()[0].response.message.reasoning.as_deref() == Some("hm"),
        ),
        row(
            "what was thought goes back with its calls",
            Called("echo", |run| run.tools(one(echo()))),
            LeftOut,
            Sent("/input/1/summary"),
            "servers with a field for it get it back: [`Quirks::reasoning_field`](crate::provider::Quirks::reasoning_field)",
        ),
        row(
            "the same, where nothing is stored",
            Run(|run| run.store(false)),
            LeftOut,
            Sent("/include"),
            "",
        ),
        only_responses(
            "the server keeps the conversation",
            Called("echo", |run| run.tools(one(echo())).state(ConversationState::Server)),
            "/previous_response_id",
            "resend it (`ConversationState::Resend`)",
        ),
        only_responses(
            "a conversation with an id",
            Run(|run| run.state(ConversationState::Conversation("conv_1".to_owned()))),
            "/conversation",
            "the same",
        ),
        only_responses(
            "background responses",
            Run(|run| run.background(true)),
            "/background",
            "wait, or stream",
        ),
    ];
    let hosted: [(&str, Change); 7] = [
        ("web search", |run| run.hosted_tool(WebSearch::new())),
        ("file search", |run| run.hosted_tool(FileSearch::new(["vs_1"]))),
        ("code interpreter", |run| run.hosted_tool(CodeInterpreter::in_existing("c"))),
        ("image generation", |run| run.hosted_tool(ImageGeneration::new())),
        ("MCP", |run| run.hosted_tool(Mcp::url("l", "https://example.com"))),
        ("tool search by the server", |run| run.hosted_tool(HostedTool::tool_search())),
        ("programs that call tools", |run| {
            run.hosted_tool(HostedTool::programmatic_tool_calling())
        }),
    ];
    rows.extend(hosted.into_iter().map(|(ability, ask)| {
        only_responses(ability, Run(ask), "/tools/0/type", "a tool of your own")
    }));
    rows.extend([
        only_responses(
            "a choice of a tool of the server",
            Run(|run| {
                run.hosted_tool(WebSearch::new())
                    .tool_choice(ToolChoice::Hosted("web_search".to_owned()))
            }),
            "/tool_choice/type",
            "",
        ),
        only_responses(
            "a shell that runs here",
            Run(|run| run.shell(Nothing)),
            "/tools/0/type",
            "a tool of your own",
        ),
        only_responses(
            "patches that are made here",
            Run(|run| run.apply_patch(Nothing)),
            "/tools/0/type",
            "a tool of your own",
        ),
        only_responses(
            "a computer that is here",
            Run(|run| run.computer(Nothing)),
            "/tools/0/type",
            "a tool of your own",
        ),
        row(
            "custom tools",
            Run(|run| run.tools(one(switch))),
            Sent("/tools/0/custom/name"),
            Sent("/tools/0/name"),
            "",
        ),
        row(
            "grammars of custom tools",
            Run(|run| run.tools(one(switch))),
            Sent("/tools/0/custom/format/grammar/definition"),
            Sent("/tools/0/format/definition"),
            "",
        ),
        only_responses(
            "namespaces",
            Run(|run| {
                let tools = Toolbox::new().extend(Arc::new(Crm).tools());
                run.tools(tools.expect("distinct"))
            }),
            "/tools/0/tools",
            "`#[toolbox(prefix = \"…\")]`",
        ),
        only_responses(
            "`defer_loading`",
            Run(|run| run.tools(one(find)).hosted_tool(HostedTool::tool_search())),
            "/tools/0/defer_loading",
            "tell it at once",
        ),
        only_responses(
            "`allowed_callers`",
            Run(|run| run.tools(one(measure)).hosted_tool(HostedTool::programmatic_tool_calling())),
            "/tools/0/allowed_callers",
            "leave it out",
        ),
        row(
            "the schema of a tool's outputs",
            Run(|run| run.tools(one(measure_plainly))),
            LeftOut,
            Sent("/tools/0/output_schema"),
            "outputs are what the type says",
        ),
        both("`prompt_cache_key`", Run(|run| run.prompt_cache_key("k")), Sent("/prompt_cache_key")),
        both(
            "`prompt_cache`",
            Run(|run| run.prompt_cache(PromptCache::new().with_mode(PromptCacheMode::Explicit))),
            Sent("/prompt_cache_options"),
        ),
        row(
            "breakpoints of it",
            Run(|run| run.prompt_cache(PromptCache::new().with_breakpoint_after(0))),
            Sent("/messages/0/content/0/prompt_cache_breakpoint"),
            Sent("/input/0/content/0/prompt_cache_breakpoint"),
            "",
        ),
        both(
            "`prompt_cache_retention`",
            Run(|run| run.prompt_cache_retention(PromptCacheRetention::Hours24)),
            Sent("/prompt_cache_retention"),
        ),
        both(
            "`service_tier`",
            Run(|run| run.service_tier(ServiceTier::Flex)),
            Sent("/service_tier"),
        ),
        row(
            "`verbosity`",
            Run(|run| run.verbosity(Verbosity::Low)),
            Sent("/verbosity"),
            Sent("/text/verbosity"),
            "",
        ),
        row(
            "`reasoning_effort`",
            Run(|run| run.reasoning_effort(ReasoningEffort::Low)),
            Sent("/reasoning_effort"),
            Sent("/reasoning/effort"),
            "",
        ),
        only_responses(
            "`reasoning_summary`",
            Run(|run| run.reasoning_summary(ReasoningSummary::Auto)),
            "/reasoning/summary",
            "",
        ),
        both(
            "`safety_identifier`",
            Run(|run| run.safety_identifier("u")),
            Sent("/safety_identifier"),
        ),
        both("`metadata`", Run(|run| run.metadata("k", "v")), Sent("/metadata/k")),
        both("`store`", Run(|run| run.store(true)), Sent("/store")),
        only_responses(
            "`truncation`",
            Run(|run| run.truncation(Truncation::Auto)),
            "/truncation",
            "a hook that shortens the transcript",
        ),
        only_responses(
            "compaction",
            Run(|run| run.compact_threshold(2_000)),
            "/context_management",
            "the same",
        ),
        only_responses(
            "`max_tool_calls`",
            Run(|run| run.max_tool_calls(3)),
            "/max_tool_calls",
            "`RunLimits` for tools of your own",
        ),
        row(
            "`max_tokens`",
            Run(|run| run.max_tokens(99)),
            Sent("/max_completion_tokens"),
            Sent("/max_output_tokens"),
            "",
        ),
        both("`temperature`", Run(|run| run.temperature(0.5)), Sent("/temperature")),
        both("`top_p`", Run(|run| run.top_p(0.5)), Sent("/top_p")),
        both(
            "`top_logprobs`",
            Run(|run| run.settings(|settings| settings.top_logprobs = Some(2))),
            Sent("/top_logprobs"),
        ),
        row("`seed`", Run(|run| run.seed(1)), Sent("/seed"), Refused, ""),
        row(
            "`stop`, `n`, `logit_bias`, penalties, as extra fields",
            Run(|run| run.extra("stop", json!(["."]))),
            Sent("/stop"),
            Refused,
            "",
        ),
    ]);
    rows.extend([
        row(
            "an image by URL",
            Run(|run| run.user_parts([Image::url("https://example.com/i").into()])),
            Sent("/messages/1/content/0/image_url/url"),
            Sent("/input/1/content/0/image_url"),
            "",
        ),
        row(
            "an image by its bytes",
            Run(|run| run.user_parts([Image::bytes("image/png", b"i").into()])),
            Sent("/messages/1/content/0/image_url/url"),
            Sent("/input/1/content/0/image_url"),
            "",
        ),
        row(
            "an image by file id",
            Run(|run| run.user_parts([Image::file_id("file-1").into()])),
            Refused,
            Sent("/input/1/content/0/file_id"),
            "its bytes",
        ),
        row(
            "the detail of an image",
            Run(|run| {
                run.user_parts([Image::url("https://example.com/i")
                    .with_detail(ImageDetail::Low)
                    .into()])
            }),
            Sent("/messages/1/content/0/image_url/detail"),
            Sent("/input/1/content/0/detail"),
            "",
        ),
        row(
            "a file by id",
            Run(|run| run.user_parts([File::file_id("file-1").into()])),
            Sent("/messages/1/content/0/file/file_id"),
            Sent("/input/1/content/0/file_id"),
            "",
        ),
        row(
            "a file by its bytes",
            Run(|run| run.user_parts([File::bytes("a.txt", "text/plain", b"a").into()])),
            Sent("/messages/1/content/0/file/file_data"),
            Sent("/input/1/content/0/file_data"),
            "",
        ),
        row(
            "a file by URL",
            Run(|run| run.user_parts([File::url("https://example.com/a.pdf").into()])),
            Refused,
            Sent("/input/1/content/0/file_url"),
            "its bytes, or upload it",
        ),
        row(
            "audio that is heard",
            Run(|run| run.user_parts([Audio::bytes(AudioFormat::Wav, b"a").into()])),
            Sent("/messages/1/content/0/input_audio/data"),
            Refused,
            "its words",
        ),
        row(
            "audio that is spoken",
            Run(|run| run.audio(AudioOutput::new("alloy", AudioFormat::Wav))),
            Sent("/audio/voice"),
            Refused,
            "",
        ),
        row(
            "a tool shows an image",
            Called("chart", |run| run.tools(one(chart))),
            Sent("/messages/3/content/1/image_url/url"),
            Sent("/input/3/output/0/image_url"),
            "on chat completions it follows in a message of the user",
        ),
        row(
            "a tool gives a file",
            Called("letter", |run| run.tools(one(letter))),
            Sent("/messages/3/content/1/file/file_data"),
            Sent("/input/3/output/0/file_data"),
            "the same",
        ),
        row(
            "a tool speaks",
            Called("speak", |run| run.tools(one(speak))),
            Sent("/messages/3/content/1/input_audio/data"),
            Refused,
            "its words",
        ),
        read(
            "tokens used",
            || Reply::text("a").with_usage(7, 5),
            |run| run.usage().total_tokens == 12,
        ),
        both(
            "tokens from the cache, of reasoning",
            Answer(
                || {
                    Reply::with(|request| {
                        Reply::text("a").with_field("usage", detailed_usage(request))
                    })
                },
                |run| (run.usage().cached_tokens, run.usage().reasoning_tokens) == (3, 2),
            ),
            Read,
        ),
        row(
            "tokens of audio",
            Answer(
                || {
                    Reply::with(|request| {
                        Reply::text("a").with_field("usage", detailed_usage(request))
                    })
                },
                |run| (run.usage().audio_input_tokens, run.usage().audio_output_tokens) == (4, 1),
            ),
            Read,
            LeftOut,
            "that API has no audio",
        ),
    ]);
    rows
}

/// Measure an article, and say how.
#[tool]
fn measure_plainly(article: String) -> usize {
    article.len()
}

/// Tokens in the words of the API that the request came through.
fn detailed_usage(request: &Value) -> Value {
    if request.get("messages").is_some() {
        json!({"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12,
            "prompt_tokens_details": {"cached_tokens": 3, "audio_tokens": 4},
            "completion_tokens_details": {"reasoning_tokens": 2, "audio_tokens": 1}})
    } else {
        json!({"input_tokens": 7, "output_tokens": 5, "total_tokens": 12,
            "input_tokens_details": {"cached_tokens": 3},
            "output_tokens_details": {"reasoning_tokens": 2}})
    }
}
