//! Tools and the choice among them, in the words of this API.

use serde::Serialize;
use serde_json::{Value, json, value::RawValue};

use crate::{
    chat::{AllowedTool, HostedTool, ToolChoice},
    ids::ToolName,
    tool::{Tools, listed},
};

/// `tools`, written once per toolbox; `None` if nothing is offered.
pub(super) fn tools_json(tools: &Tools) -> Option<&RawValue> {
    let written = tools.responses_json(|definitions| {
        // JSON values always serialise.
        serde_json::value::to_raw_value(&listed(definitions))
            .unwrap_or_else(|_| RawValue::NULL.to_owned())
    });
    Some(written).filter(|written| written.get() != "[]")
}

/// The list of our own tools with those behind them that the server runs.
pub(super) fn with_hosted(own: Option<&RawValue>, hosted: &[HostedTool]) -> Box<RawValue> {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Listed<'a> {
        Hosted(&'a HostedTool),
        Own(&'a RawValue),
    }
    let own: Vec<&RawValue> =
        own.and_then(|own| serde_json::from_str(own.get()).ok()).unwrap_or_default();
    let own = own.into_iter().map(Listed::Own);
    let all: Vec<_> = own.chain(hosted.iter().map(Listed::Hosted)).collect();
    // JSON values always serialise.
    serde_json::value::to_raw_value(&all).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

pub(super) fn tool_choice(choice: &ToolChoice, tools: Option<&Tools>) -> Value {
    let named = |name: &ToolName| {
        let is_custom = tools.is_some_and(|tools| tools.is_custom(name));
        json!({"type": if is_custom { "custom" } else { "function" }, "name": name})
    };
    let listed = |allowed: &AllowedTool| match allowed {
        AllowedTool::Hosted(kind) => json!({"type": kind}),
        AllowedTool::Mcp(label) => json!({"type": "mcp", "server_label": label}),
        AllowedTool::Named(name) => named(name),
        // The document leaves open how; this is how it spells the tool of a call.
        AllowedTool::Namespaced { namespace, name } => {
            let full = format!("{namespace}.{name}");
            let found = tools.and_then(|tools| tools.find(&full));
            let is_custom =
                found.is_some_and(|(_, tool)| tool.definition.form().custom().is_some());
            let kind = if is_custom { "custom" } else { "function" };
            json!({"type": kind, "namespace": namespace, "name": name})
        }
    };
    match choice {
        ToolChoice::Allowed { mode, tools: allowed } => json!({
            "type": "allowed_tools",
            "mode": mode,
            "tools": allowed.iter().map(listed).collect::<Vec<_>>(),
        }),
        ToolChoice::Auto => "auto".into(),
        ToolChoice::Hosted(kind) => json!({"type": kind}),
        ToolChoice::Mcp { server_label, name } => {
            let mut choice = json!({"type": "mcp", "server_label": server_label});
            if let Some(name) = name {
                choice["name"] = name.as_str().into();
            }
            choice
        }
        ToolChoice::Named(name) => named(name),
        ToolChoice::None => "none".into(),
        ToolChoice::Required => "required".into(),
    }
}
