use serde_json::json;

use super::*;

fn strict_tool(name: &str, parameters: &Value) -> Value {
    json!({"type": "function",
           "function": {"name": name, "parameters": parameters, "strict": true}})
}

fn no_parameters() -> Value {
    json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false})
}

fn check_value(request: &Value) -> Result<(), Fault> {
    check(request.as_object().expect("an object"))
}

fn fault(request: &Value) -> Fault {
    check_value(request).expect_err("the request is wrong")
}

fn fault_of_tool(tool: &Value) -> Fault {
    fault(&json!({"tools": [tool]}))
}

#[test]
fn good_tools_and_choices_pass() {
    let tools = json!([
        strict_tool("a", &no_parameters()),
        {"type": "function", "function": {"name": "b", "description": "B."}},
        {"type": "function", "function": {"name": "c", "parameters":
            {"type": "object", "properties": {"x": {"oneOf": [{"type": "string"}]}}}}},
        {"type": "custom", "custom": {"name": "d"}},
    ]);
    for choice in [
        json!("auto"),
        json!("none"),
        json!("required"),
        json!({"type": "function", "function": {"name": "b"}}),
        json!({"type": "custom", "custom": {"name": "d"}}),
        json!({"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools":
            [{"type": "function", "function": {"name": "a"}}]}}),
    ] {
        let request = json!({"tools": tools, "tool_choice": choice, "parallel_tool_calls": false});
        assert_eq!(check_value(&request), Ok(()));
    }
}

#[test]
fn names_outside_of_the_alphabet_or_length_are_refused() {
    for (name, code) in [
        ("get weather", "invalid_value"),
        ("wetter.früh", "invalid_value"),
        ("", "empty_string"),
        (&"x".repeat(65), "string_above_max_length"),
    ] {
        let fault = fault_of_tool(&strict_tool(name, &no_parameters()));
        assert_eq!(fault.param.as_deref(), Some("tools[0].function.name"));
        assert_eq!(fault.code.as_deref(), Some(code));
    }
}

#[test]
fn two_tools_of_one_name_are_refused() {
    let tool = strict_tool("a", &no_parameters());
    let fault = fault(&json!({"tools": [tool, tool]}));
    assert_eq!(fault.param.as_deref(), Some("tools[1].function.name"));
}

#[test]
fn between_1_and_128_tools_are_accepted() {
    let tools = |count: usize| {
        let list: Vec<Value> =
            (0..count).map(|i| strict_tool(&format!("t{i}"), &no_parameters())).collect();
        json!({"tools": list})
    };
    assert_eq!(check_value(&tools(128)), Ok(()));
    assert_eq!(
        fault(&tools(129)).message,
        "Invalid 'tools': array too long. Expected an array with maximum length 128, but got \
         an array with length 129 instead."
    );
    assert_eq!(fault(&tools(0)).code.as_deref(), Some("empty_array"));
}

#[test]
fn a_strict_schema_outside_of_the_subset_is_refused_with_its_place() {
    let parameters = json!({
        "type": "object",
        "properties": {"place": {"type": "object", "properties": {}, "required": []}},
        "required": ["place"],
        "additionalProperties": false,
    });
    let fault = fault_of_tool(&strict_tool("find", &parameters));
    assert!(
        fault
            .message
            .starts_with("Invalid schema for function 'find': In context=('properties', 'place'"),
        "{}",
        fault.message
    );
    assert_eq!(fault.param.as_deref(), Some("tools[0].function.parameters"));
    assert_eq!(fault.code.as_deref(), Some("invalid_function_parameters"));
}

#[test]
fn the_same_schema_passes_where_strict_is_not_asked_for() {
    let tool = json!({"type": "function", "function":
        {"name": "find", "parameters": {"type": "object", "properties": {"x": {}}}}});
    assert_eq!(check_value(&json!({"tools": [tool]})), Ok(()));
}

#[test]
fn parameters_that_are_no_object_schema_are_refused() {
    let with = |parameters: Value| {
        fault_of_tool(&json!({"type": "function", "function":
            {"name": "f", "parameters": parameters}}))
        .message
    };
    assert_eq!(
        with(json!({"type": "array"})),
        "Invalid schema for function 'f': schema must be a JSON Schema of \
         'type: \"object\"', got 'type: \"array\"'."
    );
    assert!(with(json!({"properties": {}})).contains("got 'type: \"None\"'"));
    assert!(with(json!([])).contains("expected an object"));
    let inner = json!({"type": "object", "properties": {"x": {"type": "strange"}}});
    assert!(with(inner).contains("In context=('properties', 'x', 'type')"));
}

#[test]
fn a_choice_that_cannot_be_made_is_refused() {
    let with = |choice: Value| {
        let tools = [strict_tool("a", &no_parameters())];
        fault(&json!({"tools": tools, "tool_choice": choice}))
    };
    let unknown = with(json!({"type": "function", "function": {"name": "b"}}));
    assert_eq!(unknown.message, "Tool choice 'b' not found in 'tools' parameter.");
    assert_eq!(unknown.param.as_deref(), Some("tool_choice"));
    let allowed = json!({"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools":
        [{"type": "function", "function": {"name": "b"}}]}});
    assert_eq!(with(allowed).message, unknown.message);
    assert_eq!(with(json!("any")).code.as_deref(), Some("invalid_value"));
    assert_eq!(with(json!({})).param.as_deref(), Some("tool_choice.type"));
    assert_eq!(with(json!(1)).code.as_deref(), Some("invalid_type"));
}

#[test]
fn choices_without_tools_are_refused() {
    for (field, value) in [("tool_choice", json!("auto")), ("parallel_tool_calls", json!(true))] {
        let fault = fault(&json!({field: value}));
        assert_eq!(fault.param.as_deref(), Some(field));
        assert!(fault.message.contains("only allowed when 'tools' are specified"));
    }
}
