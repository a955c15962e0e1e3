use serde_json::json;

use super::*;

fn translated(request: &Value) -> Value {
    let memory = Memory::default();
    read(request, &memory, true).expect("a good request").translated
}

#[test]
fn a_request_is_translated_into_one_that_asks_the_same() {
    let request = json!({
        "model": "m", "instructions": "i", "stream": true, "max_output_tokens": 50,
        "reasoning": {"effort": "low", "summary": "auto"},
        "text": {"format": {
            "type": "json_schema", "name": "answer", "strict": false, "schema": {"type": "object"},
        }, "verbosity": "low"},
        "tools": [
            {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": false},
            {"type": "web_search"},
        ],
        "tool_choice": {"type": "function", "name": "f"},
        "input": [
            {"role": "user", "content": [
                {"type": "input_text", "text": "u"},
                {"type": "input_image", "image_url": "https://example.com/i.png", "detail": "low"},
            ]},
            {"type": "reasoning", "id": "r", "summary": [], "encrypted_content": "x"},
            {"type": "message", "id": "m", "role": "assistant", "status": "completed",
                "content": [{"type": "output_text", "text": "a", "annotations": []}]},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "o"},
        ],
    });
    assert_eq!(
        translated(&request),
        json!({
            "model": "m", "stream": true, "max_completion_tokens": 50, "reasoning_effort": "low",
            "tools": [{"type": "function", "function": {
                "name": "f", "parameters": {"type": "object"}, "strict": false,
            }}],
            "tool_choice": {"type": "function", "function": {"name": "f"}},
            "response_format": {"type": "json_schema", "json_schema": {
                "name": "answer", "strict": false, "schema": {"type": "object"},
            }},
            "messages": [
                {"role": "developer", "content": "i"},
                {"role": "user", "content": [
                    {"type": "text", "text": "u"},
                    {"type": "image_url",
                        "image_url": {"url": "https://example.com/i.png", "detail": "low"}},
                ]},
                {"role": "assistant", "content": "a", "tool_calls": [
                    {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}},
                ]},
                {"role": "tool", "tool_call_id": "c", "content": "o"},
            ],
        })
    );
}

#[test]
fn a_fault_is_told_in_the_words_of_this_api() {
    let fault = |field: &str, value: Value| {
        let mut request = json!({"model": "m", "input": "JSON"});
        request[field] = value;
        read(&request, &Memory::default(), true).err().expect("the request is wrong")
    };
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let tool = json!({"type": "function", "name": "f", "strict": true, "parameters": schema});
    let param = fault("tools", json!([tool])).param;
    assert!(
        param.is_some_and(|param| param.starts_with("tools[0].") && !param.contains("function"))
    );
    let format =
        json!({"format": {"type": "json_schema", "name": "a", "strict": true, "schema": schema}});
    let param = fault("text", format).param;
    assert!(param.as_deref().is_some_and(|param| param.contains("text.format")), "{param:?}");
    assert_eq!(fault("max_output_tokens", json!(0)).param.as_deref(), Some("max_output_tokens"));
    assert_eq!(
        fault("tools", json!([{"type": "function"}])).param.as_deref(),
        Some("tools[0].name")
    );
}

#[test]
fn memory_follows_the_chain_of_responses() {
    let mut memory = Memory::default();
    let item = |id: &str| json!({"type": "message", "id": id, "role": "assistant", "content": []});
    memory.keep(&json!({"input": "one"}), &json!({"id": "r1", "output": [item("m1")]}));
    let second = json!({"input": "two", "previous_response_id": "r1"});
    memory.keep(&second, &json!({"id": "r2", "output": [item("m2")]}));
    let unstored = json!({"input": "three", "store": false});
    memory.keep(&unstored, &json!({"id": "r3", "output": [item("m3")]}));

    let request = json!({"model": "m", "input": "now", "previous_response_id": "r2"});
    let items = read(&request, &memory, false).expect("known").items;
    assert_eq!(items.len(), 5);
    assert!(memory.is_stored("m2") && !memory.is_stored("m3"));
    assert!(memory.conversation("r3").is_none());
}
