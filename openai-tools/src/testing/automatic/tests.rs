use serde_json::json;

use super::*;

fn weather_tool() -> Value {
    json!({"type": "function", "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": false,
        },
        "strict": true,
    }})
}

fn request(prompt: &str) -> Value {
    json!({"model": "m", "messages": [{"role": "user", "content": prompt}],
           "tools": [weather_tool()]})
}

fn arguments(answer: &Answer) -> Vec<&str> {
    answer.calls.iter().map(|call| call.arguments.as_str()).collect()
}

/// The request with the calls of an answer and their outputs appended.
fn answered(mut request: Value, answer: &Answer, output: &str) -> Value {
    let start = request["messages"].as_array().map_or(0, Vec::len);
    let calls: Vec<Value> = answer
        .calls
        .iter()
        .enumerate()
        .map(|(index, call)| {
            json!({"id": format!("c{start}_{index}"), "type": "function",
                   "function": {"name": call.name, "arguments": call.arguments}})
        })
        .collect();
    let outputs: Vec<Value> = calls
        .iter()
        .map(|call| json!({"role": "tool", "tool_call_id": call["id"], "content": output}))
        .collect();
    let messages = request["messages"].as_array_mut().expect("a list");
    messages.push(json!({"role": "assistant", "content": null, "tool_calls": calls}));
    messages.extend(outputs);
    request
}

#[test]
fn tools_are_called_and_their_outputs_used() {
    let request = request("Is it warmer in Hanoi or Paris?");
    let calls = answer(&request);
    assert_eq!(arguments(&calls), [r#"{"city":"Hanoi"}"#, r#"{"city":"Paris"}"#]);
    let text = answer(&answered(request, &calls, "31 degrees"));
    assert_eq!(
        text.text.as_deref(),
        Some(
            "Here is what I found.\n- get_weather {\"city\":\"Hanoi\"}: 31 degrees\n\
             - get_weather {\"city\":\"Paris\"}: 31 degrees"
        )
    );
    assert_eq!(text.finish_reason(), "stop");
}

#[test]
fn without_parallel_calls_they_come_one_by_one() {
    let mut request = request("Is it warmer in Hanoi or Paris?");
    request["parallel_tool_calls"] = json!(false);
    let mut turns = Vec::new();
    loop {
        let answer = answer(&request);
        if answer.calls.is_empty() {
            break;
        }
        turns.push(arguments(&answer).join(","));
        request = answered(request, &answer, "31");
    }
    assert_eq!(turns, [r#"{"city":"Hanoi"}"#, r#"{"city":"Paris"}"#]);
}

#[test]
fn the_choice_of_tools_is_obeyed() {
    let with = |prompt: &str, choice: Value| {
        let mut request = request(prompt);
        request["tools"]
            .as_array_mut()
            .expect("a list")
            .push(json!({"type": "function", "function": {"name": "get_time"}}));
        request["tool_choice"] = choice;
        answer(&request).calls.into_iter().map(|call| call.name).collect::<Vec<_>>()
    };
    let named = |name: &str| json!({"type": "function", "function": {"name": name}});
    let allowed = |mode: &str| {
        json!({"type": "allowed_tools",
               "allowed_tools": {"mode": mode, "tools": [named("get_time")]}})
    };
    let weather = "the weather in Oslo";
    assert_eq!(with(weather, json!("auto")), ["get_weather"]);
    assert_eq!(with(weather, json!("none")), Vec::<String>::new());
    assert_eq!(with("Tell me a joke", json!("required")), ["get_weather"]);
    assert_eq!(with(weather, named("get_time")), ["get_time"]);
    assert_eq!(with(weather, allowed("auto")), Vec::<String>::new());
    assert_eq!(with(weather, allowed("required")), ["get_time"]);
}

#[test]
fn a_required_call_is_made_in_every_turn() {
    let mut request = request("the weather in Oslo");
    request["tool_choice"] = json!("required");
    let calls = answer(&request);
    assert_eq!(answer(&answered(request, &calls, "1")).calls.len(), 1);
}

#[test]
fn a_schema_is_filled_from_prompt_and_outputs() {
    let mut request = request("What is the weather in Oslo?");
    request["response_format"] = json!({"type": "json_schema", "json_schema": {
        "name": "report", "strict": true,
        "schema": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "celsius": {"type": "integer"},
                "summary": {"type": "string"},
            },
            "required": ["city", "celsius", "summary"],
            "additionalProperties": false,
        },
    }});
    let calls = answer(&request);
    assert_eq!(arguments(&calls), [r#"{"city":"Oslo"}"#]);
    let text = answer(&answered(request, &calls, r#"{"celsius": -3}"#)).text.expect("a text");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(value, json!({"city": "Oslo", "celsius": -3, "summary": "{\"celsius\": -3}"}));
}

#[test]
fn json_mode_is_an_object_and_follows_a_schema_in_the_prompt() {
    let mut request = json!({"messages": [{"role": "user", "content": "Ann is 30, as JSON"}],
                             "response_format": {"type": "json_object"}});
    let text = answer(&request).text.expect("a text");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&value["names"], &value["numbers"]), (&json!(["Ann"]), &json!([30])));
    let schema = json!({"type": "object", "properties": {"age": {"type": "integer"}},
                        "required": ["age"]});
    let system = json!({"role": "system", "content": format!("Answer in JSON {{}}: {schema} !")});
    request["messages"].as_array_mut().expect("a list").insert(0, system);
    assert_eq!(answer(&request).text.as_deref(), Some(r#"{"age":30}"#));
}

#[test]
fn the_prompt_can_ask_for_a_refusal() {
    let answer = answer(&request("Please refuse to tell the weather in Oslo."));
    assert!(answer.refusal.is_some() && answer.text.is_none() && answer.calls.is_empty());
}

#[test]
fn an_answer_over_the_token_limit_is_cut() {
    for field in ["max_completion_tokens", "max_tokens"] {
        let mut request = json!({"messages": [{"role": "user", "content": "Tell me a story"}]});
        request[field] = json!(2);
        let answer = answer(&request);
        assert_eq!(answer.text.as_deref(), Some("You said"));
        assert_eq!(answer.finish_reason(), "length");
    }
}

#[test]
fn the_same_request_gets_the_same_answer() {
    let request = request("Is it warmer in Hanoi, Paris or Rome? Answer in 3 words.");
    assert_eq!(answer(&request), answer(&request));
}

#[test]
fn requests_that_passed_no_checks_are_answered_too() {
    for request in [
        json!(null),
        json!({"messages": 7, "tools": {}}),
        json!({"messages": [{"role": "user"}], "tools": [{}, {"function": {"name": 1}}]}),
        json!({"response_format": {"type": "json_schema"}}),
        json!({"messages": [], "tools": [weather_tool()], "tool_choice": {}}),
    ] {
        let _ = answer(&request);
    }
}
