//! Tools and the choice among them, in the words of this API.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json, value::RawValue};

use crate::{
    chat::{HostedTool, ToolChoice},
    ids::ToolName,
    tool::{ToolDefinition, Tools},
};

/// `tools`, written once per toolbox; `None` if nothing is offered.
pub(super) fn tools_json(tools: &Tools) -> Option<&RawValue> {
    let written = tools.responses_json(|definitions| {
        // JSON values always serialise.
        serde_json::value::to_raw_value(&list(definitions))
            .unwrap_or_else(|_| RawValue::NULL.to_owned())
    });
    Some(written).filter(|written| written.get() != "[]")
}

/// Tools of one namespace stand together, where its first one stands.
fn list<'a>(definitions: impl Iterator<Item = &'a ToolDefinition>) -> Vec<Value> {
    let mut list: Vec<Value> = Vec::new();
    let mut namespaces: HashMap<&str, usize> = HashMap::new();
    for definition in definitions {
        if let Some(builtin) = definition.as_builtin() {
            list.extend(builtin.wire.clone());
            continue;
        }
        let Some(namespace) = definition.form().namespace() else {
            list.push(definition.to_responses());
            continue;
        };
        let at = *namespaces.entry(namespace.name().as_str()).or_insert_with(|| {
            list.push(json!({
                "type": "namespace",
                "name": namespace.name(),
                "description": namespace.description(),
                "tools": [],
            }));
            list.len() - 1
        });
        if let Some(Value::Array(members)) = list[at].get_mut("tools") {
            members.push(definition.to_responses());
        }
    }
    list
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
    match choice {
        ToolChoice::Allowed { mode, tools } => json!({
            "type": "allowed_tools",
            "mode": mode,
            "tools": tools.iter().map(named).collect::<Vec<_>>(),
        }),
        ToolChoice::Auto => "auto".into(),
        ToolChoice::Hosted(kind) => json!({"type": kind}),
        ToolChoice::Named(name) => named(name),
        ToolChoice::None => "none".into(),
        ToolChoice::Required => "required".into(),
    }
}
