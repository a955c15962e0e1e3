//! Tools that the API knows by their kind and the application runs: shells, patches, a computer, and
//! the search for tools.
//!
//! Each is a trait with one method. What implements it becomes a tool of a run by a method of
//! [`RunBuilder`](crate::run::RunBuilder), such as [`shell`](crate::run::RunBuilder::shell), or of a
//! toolbox by a constructor of [`DynTool`], such as [`DynTool::shell`], to which settings can be
//! given. Its calls are like those of all tools: they count, time out, wait for approval, are kept
//! in the journal, and have one output each. Only the Responses API has them.

mod computer;
mod diff;
mod patch;
mod search;
mod shell;

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

pub use self::{
    computer::{
        Computer, ComputerAction, ComputerOutput, ComputerRequest, MouseButton, Point, SafetyCheck,
        Screenshot,
    },
    diff::{PatchError, PatchFault},
    patch::{ApplyPatch, FileChange},
    search::ToolSearch,
    shell::{CommandOutcome, CommandOutput, LocalShell, LocalShellRequest, Shell, ShellRequest},
};
use super::{
    context::ToolContext,
    definition::ToolDefinition,
    dynamic::{DynTool, Returned, Work, refused},
    error::{BoxError, ToolError, tool_error},
    form::Builtin,
    kind::CallKind,
    listed::listed,
    output::Content,
    settings::ToolSettings,
};
use crate::schema;

/// The text of an approval, in the output of its call.
pub(crate) const APPROVED: &str = "approved";

impl<C: Send + Sync + 'static> DynTool<C> {
    /// The commands that the model asks for, run by the application.
    pub fn shell(shell: impl Shell) -> Self {
        let wire = json!({"type": "shell", "environment": {"type": "local"}});
        let shell = Arc::new(shell);
        Self::builtin(CallKind::Shell, Some(wire), move |request: shell::WireRequest, context| {
            let shell = Arc::clone(&shell);
            async move {
                let outputs = shell.run(request.into(), context).await.map_err(Into::into)?;
                written(&outputs)
            }
        })
    }

    /// The one command that older models ask for, run by the application.
    pub fn local_shell(shell: impl LocalShell) -> Self {
        let wire = json!({"type": "local_shell"});
        let shell = Arc::new(shell);
        let kind = CallKind::LocalShell;
        Self::builtin(kind, Some(wire), move |request: shell::WireLocalRequest, context| {
            let shell = Arc::clone(&shell);
            async move {
                let output = shell.run(request.into(), context).await.map_err(Into::into)?;
                written(&output.as_local())
            }
        })
    }

    /// The changes of files that the model asks for, made by the application, one after another.
    pub fn apply_patch(patch: impl ApplyPatch) -> Self {
        let wire = json!({"type": "apply_patch"});
        let patch = Arc::new(patch);
        let tool =
            Self::builtin(CallKind::ApplyPatch, Some(wire), move |change: FileChange, context| {
                let patch = Arc::clone(&patch);
                async move {
                    let log = patch.apply(change, context).await.map_err(Into::into)?;
                    Ok(Content::text(log))
                }
            });
        tool.with_settings(ToolSettings::new().with_sequential(true))
    }

    /// A computer that the model looks at and works with, run by the application, one call after
    /// another. A call with [safety checks](ComputerRequest::pending_safety_checks) has to be
    /// approved.
    pub fn computer(computer: impl Computer) -> Self {
        let wire = json!({"type": "computer"});
        let computer = Arc::new(computer);
        let tool = Self::builtin(
            CallKind::Computer,
            Some(wire),
            move |request: ComputerRequest, context| {
                let computer = Arc::clone(&computer);
                async move {
                    let output = computer.act(request, context).await.map_err(Into::into)?;
                    written(&output)
                }
            },
        );
        let has_checks = |arguments: &Value| {
            let checks = arguments.get("pending_safety_checks").and_then(Value::as_array);
            checks.is_none_or(|checks| !checks.is_empty())
        };
        tool.with_settings(ToolSettings::new().with_sequential(true)).with_approval_if(has_checks)
    }

    /// The search for tools that are [loaded when they are looked
    /// for](super::ToolForm::with_defer_loading), done by the application. What is found has to be
    /// among the run's tools, too.
    ///
    /// `description` and `parameters`, a JSON Schema, tell the model how to search.
    pub fn tool_search(
        search: impl ToolSearch,
        description: impl Into<String>,
        parameters: Value,
    ) -> Self {
        let mut wire = json!({
            "type": "tool_search",
            "execution": "client",
            "description": description.into(),
        });
        wire["parameters"] = parameters;
        let search = Arc::new(search);
        let tool = Self::builtin(CallKind::ToolSearch, Some(wire), move |query: Value, context| {
            let search = Arc::clone(&search);
            async move {
                let found = search.search(query, context).await.map_err(Into::into)?;
                written(&listed(&found))
            }
        });
        tool.with_settings(ToolSettings::new().with_read_only(true))
    }

    /// What stands for the tools of MCP servers: nothing is run here, but it may be refused.
    pub(crate) fn mcp_approval() -> Self {
        let tool = Self::builtin(CallKind::McpApproval, None, |_: Value, _| async {
            Ok::<_, BoxError>(Content::text(APPROVED))
        });
        tool.with_settings(ToolSettings::new().with_read_only(true).with_needs_approval(true))
    }

    fn builtin<T, F, Fut>(kind: CallKind, wire: Option<Value>, call: F) -> Self
    where
        T: serde::de::DeserializeOwned + Send + 'static,
        F: Fn(T, ToolContext) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Content, BoxError>> + Send + 'static,
    {
        let definition = ToolDefinition::builtin(Builtin { kind, wire });
        Self::from_handler(definition, move |arguments, context: ToolContext<C>| {
            match schema::deserialize::<T>(arguments) {
                Ok(arguments) => {
                    let call = call(arguments, context.without_app());
                    Work::Async(Box::pin(async move {
                        match call.await {
                            Ok(content) => Returned::Content(content),
                            Err(error) => Returned::Error(tool_error(error)),
                        }
                    }))
                }
                Err(problem) => refused(problem),
            }
        })
    }
}

/// An output in a form of its own, which loses its meaning if it is cut.
fn written<T: Serialize>(output: &T) -> Result<Content, BoxError> {
    let json = serde_json::to_string(output)
        .map_err(|error| ToolError::for_model(format!("the output cannot be sent: {error}")))?;
    Ok(Content::text(json).uncut())
}
