//! Tools that the API knows by their kind and the application runs, in a run.

use super::builder::RunBuilder;
use crate::{
    chat::{Api, HostedTool, Request},
    error::Error,
    tool::{ApplyPatch, Computer, DynTool, IntoTools, LocalShell, Shell, ToolSearch, Toolbox},
};

/// Tools that the API knows by their kind and the application runs. Only the Responses API has
/// these; elsewhere the run is refused before its first request.
impl<A> RunBuilder<A> {
    /// Runs the commands that the model asks for. Whatever a command can do, the model can do: see
    /// [`Shell`]. [`local_tool`](Self::local_tool) takes one with settings, such as to have each
    /// call approved. Default: none.
    pub fn shell(self, shell: impl Shell) -> Self {
        self.local_tool(DynTool::shell(shell))
    }

    /// Runs the one command that older models ask for. Default: none.
    pub fn local_shell(self, shell: impl LocalShell) -> Self {
        self.local_tool(DynTool::local_shell(shell))
    }

    /// Makes the changes of files that the model asks for. Default: none.
    pub fn apply_patch(self, patch: impl ApplyPatch) -> Self {
        self.local_tool(DynTool::apply_patch(patch))
    }

    /// Gives the model a computer. Default: none.
    pub fn computer(self, computer: impl Computer) -> Self {
        self.local_tool(DynTool::computer(computer))
    }

    /// Finds tools for the model that are [loaded when they are looked
    /// for](crate::tool::ToolForm::with_defer_loading); see [`DynTool::tool_search`]. Without it the
    /// server can do that: [`HostedTool::tool_search`]. Default: none.
    pub fn tool_search(
        self,
        search: impl ToolSearch,
        description: impl Into<String>,
        parameters: serde_json::Value,
    ) -> Self {
        self.local_tool(DynTool::tool_search(search, description, parameters))
    }

    /// Adds a tool beside the run's [tools](Self::tools), such as a [`DynTool::shell`] with settings.
    /// A name that both have is refused before the first request. Default: none.
    pub fn local_tool(mut self, tool: DynTool) -> Self {
        self.local.push(tool);
        self
    }
}

/// Puts all tools of a run together, and what stands for those of MCP servers.
pub(super) fn add_local(request: &mut Request, local: Vec<DynTool>) -> Result<(), Error> {
    let is_mcp = |tool: &HostedTool| tool.tool_type() == "mcp";
    let approvals = (request.api != Some(Api::ChatCompletions)
        && request.settings.hosted_tools.iter().any(is_mcp))
    .then(DynTool::mcp_approval);
    let local = Toolbox::new().extend(local.into_iter().chain(approvals))?;
    if local.is_empty() {
        return Ok(());
    }
    request.tools = Some(match request.tools.take() {
        Some(own) if !own.is_empty() => own.and(local)?,
        _ => local.into_tools(),
    });
    Ok(())
}
