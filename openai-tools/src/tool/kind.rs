use serde::{Deserialize, Serialize};

/// What a call asks for, which is also the form in which its output goes back.
#[derive(Clone, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    /// A change of files, by the application's [`ApplyPatch`](crate::tool::ApplyPatch).
    ApplyPatch,
    /// Clicks and keys, by the application's [`Computer`](crate::tool::Computer).
    Computer,
    /// A custom tool: the arguments are a text, and no JSON.
    Custom,
    /// A function.
    #[default]
    Function,
    /// One command, by the application's [`LocalShell`](crate::tool::LocalShell).
    LocalShell,
    /// A tool of an MCP server, which waits for an approval; see
    /// [`HostedTool::mcp`](crate::chat::HostedTool::mcp). The namespace of the call is the server's
    /// label. It never runs here: what is answered is whether it may run there.
    McpApproval,
    /// Commands, by the application's [`Shell`](crate::tool::Shell).
    Shell,
    /// A search for tools, by the application's [`ToolSearch`](crate::tool::ToolSearch).
    ToolSearch,
    /// Written by a newer release.
    #[serde(untagged)]
    Other(String),
}

impl CallKind {
    /// The kind as a stable word in `snake_case`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::ApplyPatch => "apply_patch",
            Self::Computer => "computer",
            Self::Custom => "custom",
            Self::Function => "function",
            Self::LocalShell => "local_shell",
            Self::McpApproval => "mcp_approval",
            Self::Shell => "shell",
            Self::ToolSearch => "tool_search",
            Self::Other(word) => word,
        }
    }

    /// Whether the tool is one by the name that the model writes.
    pub(crate) fn is_named(&self) -> bool {
        matches!(self, Self::Custom | Self::Function | Self::Other(_))
    }
}
