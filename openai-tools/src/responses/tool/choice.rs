//! Which tools the model may or must call.

use super::super::{
    Json,
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
    /// Certain tools. A hosted tool is named by its type alone, which stands in
    /// [`Other`](Self::Other).
    pub enum SpecificChoice {
        /// Some of the tools.
        AllowedTools(AllowedTools) = "allowed_tools",
        /// The custom tool of a name.
        Custom(NamedChoice) = "custom",
        /// The function of a name.
        Function(NamedChoice) = "function",
        /// The tools of an MCP server, or one of them.
        Mcp(McpChoice) = "mcp",
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
