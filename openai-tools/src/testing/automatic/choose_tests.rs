use serde_json::json;

use super::*;

fn tool(name: &str, description: &str, properties: &Value) -> Value {
    let names: Vec<&String> = properties.as_object().expect("an object").keys().collect();
    json!({"type": "function", "function": {
        "name": name,
        "description": description,
        "parameters": {"type": "object", "properties": properties, "required": names},
    }})
}

fn toolbox() -> Value {
    let number = json!({"type": "number"});
    let text = json!({"type": "string"});
    json!({"tools": [
        tool("get_weather", "Current weather in one city.", &json!({"city": text})),
        tool("get_time", "Local time in a city.", &json!({"city": text})),
        tool("add", "Add two numbers.", &json!({"a": number, "b": number})),
        tool("multiply", "Multiply two numbers.", &json!({"a": number, "b": number})),
        tool("search_web", "Search the web.", &json!({"query": text})),
        tool("book_table", "Book a table at a restaurant.",
             &json!({"restaurant": text, "guests": {"type": "integer"}, "name": text})),
    ]})
}

/// The calls as `name arguments`.
fn called_among(request: &Value, prompt: &str, forced: bool) -> Vec<String> {
    let tools = Offered::all(request);
    let calls = calls(&Prompt::read(prompt), &tools, forced);
    calls.into_iter().map(|call| format!("{} {}", call.name, call.arguments)).collect()
}

fn called(prompt: &str) -> Vec<String> {
    called_among(&toolbox(), prompt, false)
}

#[test]
fn several_things_are_several_calls() {
    for (prompt, expected) in [
        (
            "Is it warmer in Hanoi or Paris?",
            &[r#"get_weather {"city":"Hanoi"}"#, r#"get_weather {"city":"Paris"}"#][..],
        ),
        (
            "Get the weather for Oslo, Lima and Rome",
            &[
                r#"get_weather {"city":"Oslo"}"#,
                r#"get_weather {"city":"Lima"}"#,
                r#"get_weather {"city":"Rome"}"#,
            ],
        ),
        ("add 2 and 3 and multiply 4 by 5", &[r#"add {"a":2,"b":3}"#, r#"multiply {"a":4,"b":5}"#]),
        (
            "What is 2 + 3, and what is 4 times 5?",
            &[r#"add {"a":2,"b":3}"#, r#"multiply {"a":4,"b":5}"#],
        ),
        (
            "What's the weather and the time in Hanoi?",
            &[r#"get_weather {"city":"Hanoi"}"#, r#"get_time {"city":"Hanoi"}"#],
        ),
        (
            "weather in Hanoi and time in Paris",
            &[r#"get_weather {"city":"Hanoi"}"#, r#"get_time {"city":"Paris"}"#],
        ),
        (
            "weather in Hanoi and weather in Paris",
            &[r#"get_weather {"city":"Hanoi"}"#, r#"get_weather {"city":"Paris"}"#],
        ),
        (
            "Hi Bob! Oslo and Lima: what is the weather there?",
            &[r#"get_weather {"city":"Oslo"}"#, r#"get_weather {"city":"Lima"}"#],
        ),
        (
            "Hi Bob! What are Oslo and Lima for weather?",
            &[r#"get_weather {"city":"Oslo"}"#, r#"get_weather {"city":"Lima"}"#],
        ),
        ("Search for rust async books.", &[r#"search_web {"query":"rust async books"}"#]),
        (
            "Please book a table for 4 people at Noma, name Smith.",
            &[r#"book_table {"restaurant":"Noma","guests":4,"name":"Smith"}"#],
        ),
    ] {
        assert_eq!(called(prompt), expected, "{prompt}");
    }
}

#[test]
fn a_prompt_that_fits_no_tool_calls_none() {
    for prompt in ["Tell me a joke", "Hello!", "", "Who are you?", "\u{0}"] {
        assert_eq!(called(prompt), Vec::<String>::new(), "{prompt}");
    }
}

#[test]
fn a_forced_call_is_made_in_any_case() {
    assert_eq!(called_among(&toolbox(), "Tell me a joke", true).len(), 1);
    assert_eq!(called_among(&json!({}), "Tell me a joke", true).len(), 0);
}

#[test]
fn a_tool_that_is_named_is_called() {
    let request = json!({"tools": [
        {"type": "function", "function": {"name": "x1"}},
        {"type": "function", "function": {"name": "x2", "parameters": {"type": "object"}}},
        {"type": "custom", "custom": {"name": "shell"}},
    ]});
    assert_eq!(called_among(&request, "Call x2 now", false), ["x2 {}"]);
    assert_eq!(
        called_among(&request, "Call all tools", false),
        ["x1 {}", "x2 {}", "shell Call all tools"]
    );
    assert_eq!(called_among(&request, "shell: ls -l", false), ["shell ls -l"]);
}

#[test]
fn one_thing_said_twice_is_called_once() {
    assert_eq!(called("the weather in Oslo, I mean the temperature in Oslo").len(), 1);
}

#[test]
fn an_option_that_is_said_once_is_meant_for_all() {
    let request = json!({"tools": [tool("get_weather", "Weather.", &json!({
        "city": {"type": "string"}, "unit": {"enum": ["kelvin", "celsius"]}}))]});
    assert_eq!(
        called_among(&request, "Is it warmer in Hanoi or Paris, in celsius?", false),
        [
            r#"get_weather {"city":"Hanoi","unit":"celsius"}"#,
            r#"get_weather {"city":"Paris","unit":"celsius"}"#
        ]
    );
}

#[test]
fn the_tool_of_whose_name_more_is_said_is_meant() {
    let request = json!({"tools": [
        tool("order_items", "", &json!({"name": {"type": "string"}})),
        tool("get_order", "", &json!({"order_id": {"type": "string"}})),
    ]});
    assert_eq!(
        called_among(&request, "Where is order 1234?", false),
        [r#"get_order {"order_id":"1234"}"#]
    );
}

#[test]
fn a_list_of_thousands_is_not_answered_with_thousands_of_calls() {
    let cities: Vec<String> = (0..2_000).map(|n| format!("City{}x", "a".repeat(n % 50))).collect();
    let prompt = format!("weather in {}", cities.join(", "));
    assert!(called(&prompt).len() <= MAX_CALLS);
}
