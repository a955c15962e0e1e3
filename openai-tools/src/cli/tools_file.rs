//! A file of tool definitions: pure functions from JSON to tools that answer with their own call.

use std::{
    collections::{HashMap, hash_map::Entry},
    error::Error as _,
    time::Duration,
};

use serde_json::{Value, json};

use super::faults::{Fault, Faults, expected, join};
use crate::{
    error::Error,
    schema::SchemaError,
    tool::{
        DynTool, ToolContext, ToolDefinition, ToolError, ToolSettings, Toolbox, mistaken_parameters,
    },
};

/// Makes the tools of a file: one definition, an array of them, or an object with `tools`. After
/// the delay, each answers with the name and the arguments of its call.
pub(super) fn toolbox(
    file: &Value,
    delay: Duration,
    needs_approval: bool,
) -> Result<Toolbox, Faults> {
    let mut tools = Vec::new();
    let mut taken = HashMap::new();
    let mut faults = Faults::default();
    for (path, item) in items(file)? {
        let definition = match definition(item, &path) {
            Ok(definition) => definition,
            Err(found) => {
                faults.0.extend(found.0);
                continue;
            }
        };
        let path = join(&function_path(item, &path), "name");
        match taken.entry(definition.name().clone()) {
            Entry::Vacant(free) => {
                free.insert(path);
                tools.push(echo(definition, delay, needs_approval));
            }
            Entry::Occupied(first) => {
                let reason = format!("`{}` is the name at {} too", first.key(), first.get());
                faults.0.push(Fault { path, reason });
            }
        }
    }
    if !faults.0.is_empty() {
        return Err(faults);
    }
    Toolbox::new().extend(tools).map_err(|error| Faults::one("", error.to_string()))
}

fn echo(definition: ToolDefinition, delay: Duration, needs_approval: bool) -> DynTool {
    let name = definition.name().clone();
    let tool = DynTool::new(definition, move |arguments: Value, _: ToolContext| {
        let answer = json!({"name": name, "arguments": arguments});
        async move {
            tokio::time::sleep(delay).await;
            Ok::<_, ToolError>(answer)
        }
    });
    // Nothing is changed by an echo, so that it may start before its response has ended.
    let settings = ToolSettings::new().with_read_only(true);
    tool.with_settings(settings.with_needs_approval(needs_approval))
}

/// The definitions of a file and their paths.
fn items(file: &Value) -> Result<Vec<(String, &Value)>, Faults> {
    let list = match file {
        Value::Array(list) => list,
        Value::Object(fields) => match fields.get("tools") {
            Some(Value::Array(list)) => list,
            Some(other) => return Err(Faults::one("tools", expected("an array", other))),
            None => return Ok(vec![(String::new(), file)]),
        },
        other => {
            let forms = "a tool definition, an array of them, or an object with `tools`";
            return Err(Faults::one("", expected(forms, other)));
        }
    };
    Ok(list.iter().enumerate().map(|(n, item)| (format!("tools[{n}]"), item)).collect())
}

fn definition(item: &Value, path: &str) -> Result<ToolDefinition, Faults> {
    let Value::Object(fields) = item else {
        return Err(Faults::one(path, expected("an object", item)));
    };
    if let Some(kind) = fields.get("type").filter(|kind| *kind != "function") {
        let reason = expected("\"function\": no other type of tool can be run here", kind);
        return Err(Faults::one(join(path, "type"), reason));
    }
    let function = item.get("function").unwrap_or(item);
    let function_path = function_path(item, path);
    let Value::Object(fields) = function else {
        return Err(Faults::one(function_path, expected("an object", function)));
    };
    let at = |key: &str| join(&function_path, key);
    match fields.get("name") {
        Some(Value::String(_)) => {}
        Some(other) => return Err(Faults::one(at("name"), expected("a string", other))),
        None => return Err(Faults::one(at("name"), "is missing")),
    }
    for (key, form, fits) in [
        ("description", "a string", Value::is_string as fn(&Value) -> bool),
        ("parameters", "an object", Value::is_object),
        ("strict", "true or false", Value::is_boolean),
    ] {
        if let Some(other) = fields.get(key).filter(|value| !value.is_null() && !fits(value)) {
            return Err(Faults::one(at(key), expected(form, other)));
        }
    }
    if let Some(key) = mistaken_parameters(fields) {
        return Err(Faults::one(at(key), "is no key of a tool; call it `parameters`"));
    }
    ToolDefinition::from_json(item).map_err(|error| located(&error, &function_path))
}

/// Finds the places that a definition was refused for.
fn located(error: &Error, function_path: &str) -> Faults {
    let Some(cause) = error.source() else {
        return Faults::one(function_path, error.to_string());
    };
    let Some(schema) = cause.downcast_ref::<SchemaError>() else {
        // Types are checked by now: what is left is the name.
        return Faults::one(join(function_path, "name"), cause.to_string());
    };
    Faults::of_schema(schema, &join(function_path, "parameters"))
}

fn function_path(item: &Value, path: &str) -> String {
    if item.get("function").is_some() { join(path, "function") } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn names(file: &Value) -> Vec<String> {
        let tools = toolbox(file, Duration::ZERO, false).expect("good definitions");
        tools.definitions().map(|definition| definition.name().as_str().to_owned()).collect()
    }

    fn message(file: &Value) -> String {
        let faults = toolbox(file, Duration::ZERO, false).expect_err("faults");
        faults.into_failure(Path::new("t.json")).message
    }

    #[test]
    fn every_form_of_a_file_is_read() {
        let chat = json!({"type": "function", "function": {"name": "a"}});
        let flat = json!({"type": "function", "name": "b", "strict": null});
        let bare = json!({"name": "c", "parameters": {"type": "object"}});
        assert_eq!(names(&json!([chat, flat, bare])), ["a", "b", "c"]);
        assert_eq!(names(&json!({"model": "m", "tools": [flat, chat]})), ["b", "a"]);
        assert_eq!(names(&chat), ["a"]);
        assert_eq!(names(&bare), ["c"]);
        assert!(names(&json!([])).is_empty());
    }

    #[test]
    fn each_fault_is_told_with_its_path() {
        let file = json!([
            {"type": "function", "function": {"name": "good"}},
            {"type": "function", "function": {"name": "get weather"}},
            {"type": "function", "function": {"description": "nameless"}},
            {"name": 7},
            {"type": "web_search"},
            {"name": "good"},
            {"name": "mcp", "inputSchema": {"type": "object"}},
            {"name": "list", "parameters": []},
            "text",
        ]);
        let message = message(&file);
        let lines: Vec<_> = message.lines().collect();
        let expected = [
            "t.json: tools[1].function.name: tool name `get weather` holds ' ' at byte 3; use only \
             A-Z, a-z, 0-9, `_` and `-`",
            "t.json: tools[2].function.name: is missing",
            "t.json: tools[3].name: expected a string; found a number",
            "t.json: tools[4].type: expected \"function\": no other type of tool can be run here; \
             found \"web_search\"",
            "t.json: tools[5].name: `good` is the name at tools[0].function.name too",
            "t.json: tools[6].inputSchema: is no key of a tool; call it `parameters`",
            "t.json: tools[7].parameters: expected an object; found an array",
            "t.json: tools[8]: expected an object; found \"text\"",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_bad_schema_is_told_with_the_place_in_it() {
        let schema = json!({"type": "object", "properties": {"a": {"type": "strong"}}});
        let message = message(&json!({"function": {"name": "f", "parameters": schema}}));
        assert!(message.starts_with("t.json: function.parameters"), "{message}");
    }

    #[test]
    fn what_holds_no_definitions_is_told_as_a_whole() {
        assert_eq!(
            message(&json!(null)),
            "t.json: expected a tool definition, an array of them, or an object with `tools`; \
             found null"
        );
        assert_eq!(
            message(&json!({"tools": 1})),
            "t.json: tools: expected an array; found a number"
        );
    }

    #[test]
    fn only_the_first_faults_are_told() {
        let message = message(&json!(vec![json!(1); 100_000]));
        assert_eq!(message.lines().count(), 11);
        assert!(message.ends_with("t.json: and 99990 more"));
    }
}
