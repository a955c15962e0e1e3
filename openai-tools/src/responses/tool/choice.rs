//! Which tools the model may or must call.

use super::super::{
    Json, Plain,
    macros::{forms, kinds, objects, words},
};

forms! {
    /// Which tools the model may or must call.
    pub enum ToolChoice {
        /// Any, or none.
        Mode(ChoiceMode),
        /// Certain ones.
        Specific(SpecificChoice),
    }
}

words! {
    /// Whether the model may or must call tools.
    pub enum ChoiceMode {
        /// It decides.
        Auto = "auto",
        /// It must not.
        None = "none",
        /// It must.
        Required = "required",
    }
}

kinds! {
    /// Certain tools.
    pub enum SpecificChoice {
        /// Some of the tools.
        AllowedTools(AllowedTools) = "allowed_tools",
        /// The change of files.
        ApplyPatch(Plain) = "apply_patch",
        /// The running of code.
        CodeInterpreter(Plain) = "code_interpreter",
        /// The computer.
        Computer(Plain) = "computer",
        /// The same, under another name.
        ComputerUse(Plain) = "computer_use",
        /// The older form of it.
        ComputerUsePreview(Plain) = "computer_use_preview",
        /// The custom tool of a name.
        Custom(NamedChoice) = "custom",
        /// The search of files.
        FileSearch(Plain) = "file_search",
        /// The function of a name.
        Function(NamedChoice) = "function",
        /// The making of images.
        ImageGeneration(Plain) = "image_generation",
        /// The tools of an MCP server, or one of them.
        Mcp(McpChoice) = "mcp",
        /// Programs that call tools.
        ProgrammaticToolCalling(Plain) = "programmatic_tool_calling",
        /// The shell.
        Shell(Plain) = "shell",
        /// The search of the web, in its older form.
        WebSearchPreview(Plain) = "web_search_preview",
        /// The same, in the release of that day.
        WebSearchPreview20250311(Plain) = "web_search_preview_2025_03_11",
    }
}

objects! {
    /// Some of the tools.
    pub struct AllowedTools = "allowed_tools" {
        /// Whether the model has to call one.
        mode: ChoiceMode,
        /// They, each by what names it, such as `{"type": "function", "name": "f"}`.
        tools: Vec<Json>,
    }

    /// A tool by its name.
    pub struct NamedChoice {
        /// The name.
        name: String,
    }

    /// The tools of an MCP server, or one of them.
    pub struct McpChoice = "mcp" {
        /// The server, as its tool calls it.
        server_label: String,
    } optional {
        /// The name of one tool.
        name: String,
    }
}
