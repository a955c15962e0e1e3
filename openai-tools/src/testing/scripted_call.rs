//! What a script may give as a call.

use serde_json::{Value, json};

use super::answer::Call;

/// One tool call of a script, made from `(id, name, arguments)`, or from a typed value.
///
/// What only the Responses API has (approvals, shells, patches, computers, namespaces, programs)
/// goes over chat completions as the call of a function.
///
/// ```
/// use openai_tools::testing::{Reply, ScriptedCall};
/// use serde_json::json;
///
/// let reply = Reply::tool_calls([
///     ScriptedCall::custom("c1", "dial", "115"),
///     ScriptedCall::from(("c2", "find", json!({"name": "Lan"}))).in_namespace("crm"),
///     ScriptedCall::shell("c3", ["ls"]),
///     ScriptedCall::mcp_approval("m1", "wiki", "edit", &json!({"page": 1})),
/// ]);
/// # let _ = reply;
/// ```
#[derive(Clone, Debug)]
pub struct ScriptedCall(Call);

impl ScriptedCall {
    pub(super) fn new(id: impl Into<String>, name: impl Into<String>, arguments: String) -> Self {
        Self(Call { id: Some(id.into()), name: name.into(), arguments, ..Call::default() })
    }

    /// A call of a custom tool, with the text that the model writes.
    pub fn custom(
        id: impl Into<String>,
        name: impl Into<String>,
        input: impl Into<String>,
    ) -> Self {
        let call = Self::new(id, name, input.into());
        Self(Call { custom: true, ..call.0 })
    }

    /// The same call, of a tool in a namespace.
    #[must_use]
    pub fn in_namespace(self, namespace: impl Into<String>) -> Self {
        Self(Call { namespace: Some(namespace.into()), ..self.0 })
    }

    /// The same call, made by the program with this id.
    #[must_use]
    pub fn by_program(self, program: impl Into<String>) -> Self {
        Self(Call { program: Some(program.into()), ..self.0 })
    }

    /// Commands for a [`Shell`](crate::tool::Shell).
    pub fn shell<I>(id: impl Into<String>, commands: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let commands: Vec<String> = commands.into_iter().map(Into::into).collect();
        let action = json!({"commands": commands, "timeout_ms": null, "max_output_length": null});
        let environment = json!({"type": "local"});
        Self::item(id, json!({"type": "shell_call", "action": action, "environment": environment}))
    }

    /// A command for a [`LocalShell`](crate::tool::LocalShell).
    pub fn local_shell<I>(id: impl Into<String>, command: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let command: Vec<String> = command.into_iter().map(Into::into).collect();
        let action = json!({"type": "exec", "command": command, "env": {}});
        Self::item(id, json!({"type": "local_shell_call", "action": action}))
    }

    /// A change for an [`ApplyPatch`](crate::tool::ApplyPatch), in OpenAI's JSON, such as
    /// `{"type": "delete_file", "path": "a"}`.
    pub fn apply_patch(id: impl Into<String>, operation: Value) -> Self {
        let mut item = json!({"type": "apply_patch_call"});
        item["operation"] = operation;
        Self::item(id, item)
    }

    /// Actions for a [`Computer`](crate::tool::Computer), and the safety checks that come with them,
    /// in OpenAI's JSON.
    pub fn computer(
        id: impl Into<String>,
        actions: impl IntoIterator<Item = Value>,
        checks: impl IntoIterator<Item = Value>,
    ) -> Self {
        let actions: Vec<Value> = actions.into_iter().collect();
        let checks: Vec<Value> = checks.into_iter().collect();
        let item =
            json!({"type": "computer_call", "actions": actions, "pending_safety_checks": checks});
        Self::item(id, item)
    }

    /// A request to approve the call of a tool of an MCP server.
    pub fn mcp_approval(
        id: impl Into<String>,
        server_label: impl Into<String>,
        name: impl Into<String>,
        arguments: &Value,
    ) -> Self {
        let (label, name): (String, String) = (server_label.into(), name.into());
        let arguments = arguments.to_string();
        let item = json!({
            "type": "mcp_approval_request",
            "server_label": label,
            "name": name,
            "arguments": arguments,
        });
        Self::item(id, item)
    }

    /// A query for a [`ToolSearch`](crate::tool::ToolSearch).
    pub fn tool_search(id: impl Into<String>, query: Value) -> Self {
        let mut item = json!({"type": "tool_search_call", "execution": "client"});
        item["arguments"] = query;
        Self::item(id, item)
    }

    fn item(id: impl Into<String>, item: Value) -> Self {
        let kind = item.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let call = Self::new(id, kind, item.to_string());
        Self(Call { item: Some(item), ..call.0 })
    }

    pub(super) fn into_call(self) -> Call {
        self.0
    }
}

impl<I: Into<String>, N: Into<String>> From<(I, N, Value)> for ScriptedCall {
    fn from((id, name, arguments): (I, N, Value)) -> Self {
        Self::new(id, name, arguments.to_string())
    }
}

impl<I: Into<String>, N: Into<String>> From<(I, N, &str)> for ScriptedCall {
    fn from((id, name, arguments): (I, N, &str)) -> Self {
        Self::new(id, name, arguments.to_owned())
    }
}

impl<I: Into<String>, N: Into<String>> From<(I, N, String)> for ScriptedCall {
    fn from((id, name, arguments): (I, N, String)) -> Self {
        Self::new(id, name, arguments)
    }
}
