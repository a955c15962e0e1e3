//! Lock files: what is in them, and what a change of a Rust type means for a model and for calls
//! that are stored.

use openai_tools::{
    ToolDefinition,
    contract::{Class, Comparison, Lock, LockedTool, compare},
};
use serde_json::{Value, json};

fn definition(name: &str, parameters: Value) -> ToolDefinition {
    ToolDefinition::new(name, parameters).with_description("A tool.").build().expect("sound")
}

fn lock(parameters: Value) -> Lock {
    Lock::of_definitions([&definition("tool", parameters)])
}

#[expect(clippy::needless_pass_by_value, reason = "what is given is written on the spot")]
fn object(properties: Value, required: Value) -> Value {
    json!({"type": "object", "properties": properties, "required": required})
}

fn classes(comparison: &Comparison) -> Vec<(&str, Option<Class>, Option<Class>)> {
    let changes = comparison.changes().iter();
    changes.map(|change| (&*change.pointer, change.model, change.stored)).collect()
}

#[test]
fn a_lock_file_is_made_for_review() {
    let weather = definition(
        "weather",
        object(
            json!({
                "city": {"type": "string", "description": "The city.", "maxLength": 40},
                "days": {"type": "integer"},
                "ages": {"type": "object", "additionalProperties": {"type": "integer"}},
            }),
            json!(["city"]),
        ),
    );
    let add = definition("add", object(json!({"a": {"type": "number"}}), json!(["a"])));
    let lock = Lock::of_definitions([&weather, &add]).with_profile("openai-strict");
    let text = lock.to_text();
    insta::assert_snapshot!(text);
    let read = Lock::parse(&text).expect("a lock");
    assert_eq!(read.to_text(), text, "reading and writing it changes nothing");
    assert!(compare(&read, &lock).is_empty());
    let again = Lock::of_definitions([&add, &weather]).with_profile("openai-strict");
    assert_eq!(again.to_text(), text, "the order of tools is no part of it");
}

#[test]
fn line_ends_and_a_byte_order_mark_make_no_other_lock() {
    let lock = lock(object(json!({}), json!([])));
    let text = format!("\u{feff}{}", lock.to_text().replace('\n', "\r\n"));
    assert_eq!(Lock::parse(&text).expect("a lock"), lock);
}

#[test]
fn what_is_no_lock_file_is_refused_with_its_place() {
    let refused = |text: &str| Lock::parse(text).expect_err("refused").to_string();
    let head = r#""lock": "openai-tools", "version": 1"#;
    let cases = [
        ("[", "EOF while parsing a list at line 1 column 1"),
        ("{}", "no lock file: `\"lock\": \"openai-tools\"` is missing"),
        (
            r#"{"lock": "openai-tools", "version": 2, "tools": []}"#,
            "at /version: version 2; this release reads version 1",
        ),
        (&format!("{{{head}}}"), "at /tools: expected an array"),
        (&format!("{{{head}, \"tools\": [1]}}"), "at /tools/0: expected an object"),
        (
            &format!(r#"{{{head}, "tools": [{{"name": "a", "strict": true}}]}}"#),
            "at /tools/0/parameters: is missing",
        ),
        (
            &format!(r#"{{{head}, "tools": [{{"name": "a", "strict": 1, "parameters": {{}}}}]}}"#),
            "at /tools/0/strict: expected true or false",
        ),
    ];
    for (text, reason) in cases {
        assert_eq!(refused(text), reason);
    }
    let tool = r#"{"name": "a", "strict": true, "parameters": {}}"#;
    let twice = format!(r#"{{{head}, "tools": [{tool}, {tool}]}}"#);
    assert_eq!(refused(&twice), "at /tools/1/name: the tool `a` stands twice");
    let key = format!(r#"{{{head}, "tools": [], "tools": []}}"#);
    assert!(refused(&key).contains("`tools` stands twice"), "{}", refused(&key));
}

#[test]
fn a_new_parameter_that_may_be_left_out_widens_a_strict_tool() {
    // What is sent requires it; what is accepted back does not.
    let text = json!({"type": "string"});
    let old = lock(object(json!({"a": text}), json!(["a"])));
    let new = lock(object(json!({"a": text, "b": text}), json!(["a"])));
    let widening = Some(Class::Widening);
    let comparison = compare(&old, &new);
    assert_eq!(classes(&comparison), [("/parameters/properties/b", widening, widening)]);
    let back = compare(&new, &old);
    assert_eq!(
        classes(&back),
        [("/parameters/properties/b", Some(Class::Narrowing), Some(Class::Breaking))]
    );
}

#[test]
fn a_bound_that_is_not_sent_still_breaks_stored_calls() {
    let with =
        |most: u32| lock(object(json!({"a": {"type": "string", "maxLength": most}}), json!(["a"])));
    let comparison = compare(&with(10), &with(5));
    let change = comparison.changes().iter().find(|change| change.stored.is_some());
    let change = change.expect("a change of what is accepted");
    assert_eq!(change.pointer, "/parameters/properties/a/maxLength");
    assert_eq!((change.model, change.stored), (Some(Class::Narrowing), Some(Class::Breaking)));
    assert!(change.reason.ends_with("(not sent; checked on what comes back)"), "{change}");
    assert_eq!(compare(&with(5), &with(10)).class(), Some(Class::Widening));
}

#[test]
fn a_strict_server_narrows_what_a_model_may_send_and_breaks_nothing() {
    let closed = json!({
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "required": ["a"],
        "additionalProperties": false,
    });
    let tool = |strict| Lock::of([LockedTool::new("t", closed.clone()).with_strict(strict)]);
    let comparison = compare(&tool(false), &tool(true));
    assert_eq!(classes(&comparison), [("/strict", Some(Class::Narrowing), None)]);
    assert_eq!(comparison.class(), Some(Class::Narrowing));
    assert_eq!(compare(&tool(true), &tool(false)).class(), Some(Class::Widening));
}

#[test]
fn tools_come_and_go_and_a_new_name_is_guessed() {
    let parameters = object(json!({"city": {"type": "string"}}), json!(["city"]));
    let tool = |name: &str| definition(name, parameters.clone());
    let other = definition("add", object(json!({"a": {"type": "number"}}), json!(["a"])));
    let old = Lock::of_definitions([&tool("get_weather"), &other]);
    let new = Lock::of_definitions([&tool("weather_now"), &other]);
    let comparison = compare(&old, &new);
    let [gone, added] = comparison.changes() else { panic!("{comparison}") };
    assert_eq!((&*gone.tool, gone.class()), ("get_weather", Class::Breaking));
    assert_eq!((&*added.tool, added.class()), ("weather_now", Class::Widening));
    let hint = Some("`get_weather` may have been renamed to `weather_now`");
    assert_eq!((gone.hint.as_deref(), added.hint.as_deref()), (hint, hint));
}

#[test]
fn another_description_is_wording() {
    let tool = |text: &str| {
        Lock::of([LockedTool::new("t", json!({"type": "object"})).with_description(text)])
    };
    let comparison = compare(&tool("One."), &tool("Another."));
    assert_eq!(classes(&comparison), [("/description", Some(Class::Wording), None)]);
}

#[test]
fn rules_for_decoded_values_are_compared_too() {
    let lock = |needs: Value| {
        let mut schema =
            object(json!({"a": {"type": "string"}, "b": {"type": "string"}}), json!([]));
        schema["dependentRequired"] = needs;
        lock(schema)
    };
    let (none, some) = (json!({}), json!({"a": ["b"]}));
    assert!(lock(some.clone()).to_text().contains("\"rechecked\""));
    assert!(compare(&lock(some.clone()), &lock(some.clone())).is_empty());
    assert!(compare(&lock(none.clone()), &lock(some.clone())).class() >= Some(Class::Undecided));
    assert!(compare(&lock(some), &lock(none)).class() < Some(Class::Undecided));
}
