//! Tools as a request names them and a response repeats them.

mod choice;
mod hosted;

pub use self::{
    choice::{AllowedTools, ChoiceMode, McpChoice, NamedChoice, SpecificChoice, ToolChoice},
    hosted::{
        ApproximateLocation, AutoContainer, CodeInterpreterContainer, CodeInterpreterTool,
        ComputerUsePreviewTool, ContainerReference, DomainSecret, FileSearchTool, HybridSearch,
        ImageGenerationTool, ImageMask, InlineSkill, LocalEnvironment, McpAllowed,
        McpApprovalRules, McpApprovals, McpTool, McpToolFilter, NetworkAllowlist, NetworkPolicy,
        RankingOptions, ShellTool, ShellToolEnvironment, Skill, SkillReference, SkillSource,
        WebSearchFilters, WebSearchPreviewTool, WebSearchTool,
    },
};
use super::{
    AllowedCaller, Json, Plain, SearchExecution,
    macros::{kinds, objects},
};

kinds! {
    /// A tool of a request, as the wire has it. Definitions of your own are made with
    /// [`ToolDefinition`](crate::ToolDefinition), which sees to it that their schema is sound.
    pub enum Tool {
        /// Changes files.
        ApplyPatch(ApplyPatchTool) = "apply_patch",
        /// Runs code.
        CodeInterpreter(CodeInterpreterTool) = "code_interpreter",
        /// Acts at a computer.
        Computer(Plain) = "computer",
        /// The older form of it.
        ComputerUsePreview(ComputerUsePreviewTool) = "computer_use_preview",
        /// Takes free text.
        Custom(CustomTool) = "custom",
        /// Searches files.
        FileSearch(FileSearchTool) = "file_search",
        /// Takes JSON.
        Function(FunctionTool) = "function",
        /// Makes images.
        ImageGeneration(ImageGenerationTool) = "image_generation",
        /// Runs commands on this machine, the older form.
        LocalShell(Plain) = "local_shell",
        /// The tools of an MCP server.
        Mcp(McpTool) = "mcp",
        /// Tools under one name.
        Namespace(Namespace) = "namespace",
        /// Lets the model write programs that call tools.
        ProgrammaticToolCalling(Plain) = "programmatic_tool_calling",
        /// Runs commands in a shell.
        Shell(ShellTool) = "shell",
        /// Searches for tools that are not loaded.
        ToolSearch(ToolSearchTool) = "tool_search",
        /// Searches the web.
        WebSearch(WebSearchTool) = "web_search",
        /// The same, in the release of that day.
        WebSearch20250826(WebSearchTool) = "web_search_2025_08_26",
        /// The older form of it.
        WebSearchPreview(WebSearchPreviewTool) = "web_search_preview",
        /// The same, in the release of that day.
        WebSearchPreview20250311(WebSearchPreviewTool) = "web_search_preview_2025_03_11",
    }

    /// A tool in a namespace.
    pub enum NamespaceMember {
        /// It takes free text.
        Custom(CustomTool) = "custom",
        /// It takes JSON.
        Function(FunctionTool) = "function",
    }

    /// What form the input of a custom tool has.
    pub enum CustomFormat {
        /// That of a grammar.
        Grammar(Grammar) = "grammar",
        /// Any.
        Text(Plain) = "text",
    }
}

objects! {
    /// A tool that takes JSON.
    pub struct FunctionTool = "function" {
        /// Its name.
        name: String,
    } optional {
        /// What it does.
        description: String,
        /// The JSON Schema of its parameters.
        parameters: Json,
        /// The JSON Schema of its output.
        output_schema: Json,
        /// Whether the schema is in the strict subset, and held.
        strict: bool,
        /// Whether the model has to search for it first.
        defer_loading: bool,
        /// Who may call it.
        allowed_callers: Vec<AllowedCaller>,
    }

    /// A tool that takes free text.
    pub struct CustomTool = "custom" {
        /// Its name.
        name: String,
    } optional {
        /// What it does.
        description: String,
        /// What form its input has; any by default.
        format: CustomFormat,
        /// Whether the model has to search for it first.
        defer_loading: bool,
        /// Who may call it.
        allowed_callers: Vec<AllowedCaller>,
    }

    /// The grammar of the input of a custom tool.
    pub struct Grammar = "grammar" {
        /// How it is written: `lark` or `regex`.
        syntax: String,
        /// The grammar.
        definition: String,
    }

    /// Tools under one name.
    pub struct Namespace = "namespace" {
        /// The name.
        name: String,
        /// What the tools are for.
        description: String,
        /// The tools.
        tools: Vec<NamespaceMember>,
    }

    /// The search for tools that are not loaded.
    pub struct ToolSearchTool = "tool_search" {} optional {
        /// Who searches; the server by default.
        execution: SearchExecution,
        /// What it finds, where the application searches.
        description: String,
        /// The JSON Schema of what is searched for, where the application searches.
        parameters: Json,
    }

    /// The tool that changes files.
    pub struct ApplyPatchTool = "apply_patch" {} optional {
        /// Who may call it.
        allowed_callers: Vec<AllowedCaller>,
    }
}
