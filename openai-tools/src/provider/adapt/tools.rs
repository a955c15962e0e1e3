//! Tools, and the choice among them.

use serde_json::Value;

use super::Object;
use crate::provider::quirks::Quirks;

impl Quirks {
    /// Finds tools that the server does not know.
    pub(super) fn adapt_tools(&self, request: &mut Object) -> Result<(), String> {
        let Some(Value::Array(tools)) = request.get_mut("tools") else { return Ok(()) };
        for tool in tools {
            let kind = tool.get("type").and_then(Value::as_str).unwrap_or("function");
            match kind {
                "custom" if !self.custom_tools => {
                    let name = name_of(tool);
                    return Err(format!(
                        "it has no custom tools such as `{name}`; make it a function with one \
                         parameter"
                    ));
                }
                "custom" | "function" => {}
                kind if !self.hosted_tools => {
                    return Err(format!("it has no tools such as `{kind}`; leave them out"));
                }
                _ => {}
            }
            if self.hosted_tools {
                continue;
            }
            let name = name_of(tool);
            let Some(fields) = tool.as_object_mut() else { continue };
            for (field, what) in [
                ("defer_loading", "is loaded when it is looked for"),
                ("allowed_callers", "says who may call it"),
            ] {
                if fields.contains_key(field) {
                    return Err(format!(
                        "the tool `{name}` {what}, and it has no `{field}`; leave that out"
                    ));
                }
            }
            // The application checks outputs itself.
            fields.shift_remove("output_schema");
        }
        Ok(())
    }

    pub(super) fn adapt_tool_choice(&self, request: &mut Object) -> Result<(), String> {
        let words = &self.tool_choice;
        let Some(choice) = request.get("tool_choice") else { return Ok(()) };
        let kind = choice.get("type").and_then(Value::as_str);
        let (offered, demanded) = match (choice.as_str(), kind) {
            (Some("none"), _) if !words.none => (Some(Offer::Named(Vec::new())), false),
            // What every server does unless it is told otherwise.
            (Some("auto"), _) if !words.none && words.required.is_none() => {
                request.shift_remove("tool_choice");
                return Ok(());
            }
            (Some("required"), _) => (None, true),
            (None, Some("allowed_tools")) if !words.allowed => {
                let nested = choice.get("allowed_tools").unwrap_or(choice);
                let tools = nested.get("tools").and_then(Value::as_array);
                let demanded = nested.get("mode").and_then(Value::as_str) == Some("required");
                let names = tools.into_iter().flatten().map(name_of).collect();
                (Some(Offer::Named(names)), demanded)
            }
            (None, Some("custom" | "function")) if !words.named => {
                (Some(Offer::Named(vec![name_of(choice)])), true)
            }
            (None, Some(kind)) if !words.named && kind != "allowed_tools" => {
                (Some(Offer::OfType(kind.to_owned())), true)
            }
            _ => return Ok(()),
        };
        if let Some(offered) = offered {
            request.shift_remove("tool_choice");
            if let Some(Value::Array(tools)) = request.get_mut("tools") {
                tools.retain(|tool| offered.has(tool));
                if tools.is_empty() {
                    request.shift_remove("tools");
                    request.shift_remove("parallel_tool_calls");
                }
            }
        }
        match (demanded, &words.required) {
            (true, Some(word)) => {
                request.insert("tool_choice".to_owned(), word.as_str().into());
                Ok(())
            }
            (true, None) => Err("it cannot be told to make a call".to_owned()),
            (false, _) => Ok(()),
        }
    }
}

/// The tools that stay.
enum Offer {
    Named(Vec<String>),
    OfType(String),
}

impl Offer {
    fn has(&self, tool: &Value) -> bool {
        match self {
            Self::Named(names) => names.contains(&name_of(tool)),
            Self::OfType(kind) => tool.get("type").and_then(Value::as_str) == Some(kind),
        }
    }
}

/// The name of a tool, in its definition or in a choice of it, by either API.
pub(super) fn name_of(tool: &Value) -> String {
    let nested = tool.get("function").or_else(|| tool.get("custom")).unwrap_or(tool);
    nested.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
}

pub(super) fn remove_strict(request: &mut Object) {
    let remove = |of: Option<&mut Value>| {
        if let Some(fields) = of.and_then(Value::as_object_mut) {
            fields.shift_remove("strict");
        }
    };
    if let Some(Value::Array(tools)) = request.get_mut("tools") {
        for tool in tools {
            remove(tool.get_mut("function"));
            remove(Some(tool));
        }
    }
    remove(request.get_mut("response_format").and_then(|format| format.get_mut("json_schema")));
    remove(request.get_mut("text").and_then(|text| text.get_mut("format")));
}
