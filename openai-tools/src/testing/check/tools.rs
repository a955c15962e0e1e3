//! Tools, the choice among them, and whether they may be called side by side.

use std::collections::HashSet;

use serde_json::Value;

use super::{Object, given};
use crate::{
    json::segments,
    schema::{Level, Profile, lint},
    testing::fault::Fault,
};

/// Checks `tools`, `tool_choice` and `parallel_tool_calls`.
pub(super) fn check(request: &Object) -> Result<(), Fault> {
    let names = match given(request, "tools") {
        None => None,
        Some(Value::Array(tools)) => Some(definitions(tools)?),
        Some(other) => return Err(Fault::wrong_type("tools", "an array of objects", other)),
    };
    if let Some(choice) = given(request, "tool_choice") {
        let names = names.as_ref().ok_or_else(|| only_with_tools("tool_choice"))?;
        tool_choice(choice, names)?;
    }
    match given(request, "parallel_tool_calls") {
        None => Ok(()),
        Some(Value::Bool(_)) if names.is_some() => Ok(()),
        Some(Value::Bool(_)) => Err(only_with_tools("parallel_tool_calls")),
        Some(other) => Err(Fault::wrong_type("parallel_tool_calls", "a boolean", other)),
    }
}

/// Why a schema lies outside of the strict subset, in the words of OpenAI's server.
pub(super) fn strict_violation(schema: &Value) -> Option<String> {
    // Errors come first; of warnings no server says anything.
    let first = lint(schema, &Profile::openai_strict()).into_iter().next()?;
    if first.level != Level::Error {
        return None;
    }
    Some(format!("In context={}, {}", context(&first.pointer), first.message))
}

/// Checks a name: 1 to `MAX_NAME` of `A-Z a-z 0-9 _ -`.
pub(super) fn name<'a>(value: Option<&'a Value>, param: &str) -> Result<&'a str, Fault> {
    let name = match value {
        None | Some(Value::Null) => return Err(Fault::missing(param)),
        Some(Value::String(name)) => name,
        Some(other) => return Err(Fault::wrong_type(param, "a string", other)),
    };
    let length = name.chars().count();
    let (what, code) = if name.is_empty() {
        (
            "empty string. Expected a string with minimum length 1, but got an empty string \
             instead."
                .to_owned(),
            "empty_string",
        )
    } else if length > MAX_NAME {
        (
            format!(
                "string too long. Expected a string with maximum length {MAX_NAME}, but got a \
                 string with length {length} instead."
            ),
            "string_above_max_length",
        )
    } else if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
        return Ok(name);
    } else {
        (
            "string does not match pattern. Expected a string that matches the pattern \
             '^[a-zA-Z0-9_-]+$'."
                .to_owned(),
            "invalid_value",
        )
    };
    Err(Fault::invalid(format!("Invalid '{param}': {what}")).with_param(param).with_code(code))
}

/// Checks a description, which may be left out.
pub(super) fn description(object: &Object, param: &str) -> Result<(), Fault> {
    let length = match given(object, "description") {
        None => return Ok(()),
        Some(Value::String(text)) => text.chars().count(),
        Some(other) => {
            return Err(Fault::wrong_type(format!("{param}.description"), "a string", other));
        }
    };
    if length <= MAX_DESCRIPTION {
        return Ok(());
    }
    Err(Fault::invalid(format!(
        "Invalid '{param}.description': string too long. Expected a string with maximum length \
         {MAX_DESCRIPTION}, but got a string with length {length} instead."
    ))
    .with_param(format!("{param}.description"))
    .with_code("string_above_max_length"))
}

fn only_with_tools(param: &str) -> Fault {
    Fault::invalid(format!(
        "Invalid value for '{param}': '{param}' is only allowed when 'tools' are specified."
    ))
    .with_param(param)
}

fn definitions(tools: &[Value]) -> Result<HashSet<&str>, Fault> {
    let bounds = match tools.len() {
        0 => Some(("empty array", "minimum length 1", "an empty array".to_owned(), "empty_array")),
        1..=MAX_TOOLS => None,
        many => Some((
            "array too long",
            "maximum length 128",
            format!("an array with length {many}"),
            "array_above_max_length",
        )),
    };
    if let Some((what, expected, got, code)) = bounds {
        return Err(Fault::invalid(format!(
            "Invalid 'tools': {what}. Expected an array with {expected}, but got {got} instead."
        ))
        .with_param("tools")
        .with_code(code));
    }
    let mut names = HashSet::new();
    for (index, tool) in tools.iter().enumerate() {
        let name = definition(tool, &format!("tools[{index}]"))?;
        // OpenAI's server lets some duplicates pass and then cannot tell the calls apart.
        if !names.insert(name) {
            return Err(Fault::invalid(format!(
                "Tool names must be unique: '{name}' is there twice."
            ))
            .with_param(format!("tools[{index}].function.name"))
            .with_code("invalid_value"));
        }
    }
    Ok(names)
}

fn definition<'a>(tool: &'a Value, param: &str) -> Result<&'a str, Fault> {
    let Value::Object(fields) = tool else {
        return Err(Fault::wrong_type(param, "an object", tool));
    };
    let kind = match fields.get("type") {
        None | Some(Value::Null) => return Err(Fault::missing(format!("{param}.type"))),
        Some(Value::String(kind)) => kind.as_str(),
        Some(other) => return Err(Fault::wrong_type(format!("{param}.type"), "a string", other)),
    };
    if kind != "function" && kind != "custom" {
        let param = format!("{param}.type");
        return Err(Fault::unsupported(param, kind, "'function' and 'custom'"));
    }
    let param = format!("{param}.{kind}");
    let object = match fields.get(kind) {
        None | Some(Value::Null) => return Err(Fault::missing(param)),
        Some(Value::Object(object)) => object,
        Some(other) => return Err(Fault::wrong_type(param, "an object", other)),
    };
    let name = name(object.get("name"), &format!("{param}.name"))?;
    description(object, &param)?;
    if kind == "function" {
        parameters(object, name, &param)?;
    }
    Ok(name)
}

fn parameters(function: &Object, name: &str, param: &str) -> Result<(), Fault> {
    let strict = match given(function, "strict") {
        None => false,
        Some(Value::Bool(strict)) => *strict,
        Some(other) => {
            return Err(Fault::wrong_type(format!("{param}.strict"), "a boolean", other));
        }
    };
    let param = format!("{param}.parameters");
    let refuse = |why: String| {
        Err(Fault::invalid(format!("Invalid schema for function '{name}': {why}"))
            .with_param(&param)
            .with_code("invalid_function_parameters"))
    };
    let Some(schema) = given(function, "parameters") else {
        return Ok(());
    };
    let Value::Object(fields) = schema else {
        return Err(Fault::wrong_type(param, "an object", schema));
    };
    let kind = fields.get("type");
    // A reference at the root is resolved by the lint; an empty object takes no parameters.
    let object = match kind {
        Some(kind) => kind == "object",
        None => fields.is_empty() || fields.contains_key("$ref"),
    };
    if !object {
        let got = kind.map_or_else(|| "None".to_owned(), ToString::to_string);
        let got = got.trim_matches('"');
        return refuse(format!(
            "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{got}\"'."
        ));
    }
    if strict {
        return strict_violation(schema).map_or(Ok(()), refuse);
    }
    match jsonschema::meta::validate(schema) {
        Ok(()) => Ok(()),
        Err(error) => {
            refuse(format!("In context={}, {error}.", context(&error.instance_path().to_string())))
        }
    }
}

fn tool_choice(choice: &Value, names: &HashSet<&str>) -> Result<(), Fault> {
    let modes = "'none', 'auto', and 'required'";
    let fields = match choice {
        Value::String(mode) if ["none", "auto", "required"].contains(&mode.as_str()) => {
            return Ok(());
        }
        Value::String(mode) => return Err(Fault::unsupported("tool_choice", mode, modes)),
        Value::Object(fields) => fields,
        other => {
            return Err(Fault::wrong_type("tool_choice", "one of a string or an object", other));
        }
    };
    let known = |object: Option<&Value>, param: &str| {
        let name = match object.and_then(|object| object.get("name")) {
            None | Some(Value::Null) => return Err(Fault::missing(format!("{param}.name"))),
            Some(Value::String(name)) => name.as_str(),
            Some(other) => {
                return Err(Fault::wrong_type(format!("{param}.name"), "a string", other));
            }
        };
        if names.contains(name) {
            return Ok(());
        }
        Err(Fault::invalid(format!("Tool choice '{name}' not found in 'tools' parameter."))
            .with_param("tool_choice"))
    };
    match fields.get("type").and_then(Value::as_str) {
        Some(kind @ ("function" | "custom")) => {
            known(fields.get(kind), &format!("tool_choice.{kind}"))
        }
        Some("allowed_tools") => {
            let param = "tool_choice.allowed_tools";
            let Some(allowed) = given(fields, "allowed_tools") else {
                return Err(Fault::missing(param));
            };
            match allowed.get("mode").and_then(Value::as_str) {
                Some("auto" | "required") => {}
                Some(other) => {
                    let param = format!("{param}.mode");
                    return Err(Fault::unsupported(param, other, "'auto' and 'required'"));
                }
                None => return Err(Fault::missing(format!("{param}.mode"))),
            }
            let Some(tools) = allowed.get("tools").and_then(Value::as_array) else {
                return Err(Fault::missing(format!("{param}.tools")));
            };
            for (index, tool) in tools.iter().enumerate() {
                let kind = tool.get("type").and_then(Value::as_str).unwrap_or("function");
                known(tool.get(kind), &format!("{param}.tools[{index}].{kind}"))?;
            }
            Ok(())
        }
        Some(other) => Err(Fault::unsupported(
            "tool_choice.type",
            other,
            "'function', 'custom', and 'allowed_tools'",
        )),
        None => Err(Fault::missing("tool_choice.type")),
    }
}

/// A JSON pointer as OpenAI's server writes a place in a schema: `('properties', 'city')`.
fn context(pointer: &str) -> String {
    let parts: Vec<String> = segments(pointer).map(|name| format!("'{name}'")).collect();
    match parts.as_slice() {
        [one] => format!("({one},)"),
        _ => format!("({})", parts.join(", ")),
    }
}

const MAX_TOOLS: usize = 128;
const MAX_NAME: usize = 64;
const MAX_DESCRIPTION: usize = 1_024;

#[cfg(test)]
#[path = "tools_tests.rs"]
mod tests;
