use serde_json::json;

use super::*;

fn check_list(messages: &Value) -> Result<(), Fault> {
    check(messages.as_array().expect("a list"))
}

fn fault(messages: &Value) -> (String, String) {
    let fault = check_list(messages).expect_err("the messages are wrong");
    (fault.message, fault.param.unwrap_or_default())
}

fn calls(ids: &[&str]) -> Value {
    let calls: Vec<Value> = ids
        .iter()
        .map(|id| {
            json!({"id": id, "type": "function",
                   "function": {"name": "f", "arguments": "{}"}})
        })
        .collect();
    json!({"role": "assistant", "content": null, "tool_calls": calls})
}

fn output(id: &str) -> Value {
    json!({"role": "tool", "tool_call_id": id, "content": "done"})
}

fn user() -> Value {
    json!({"role": "user", "content": "hi"})
}

#[test]
fn a_conversation_with_answered_calls_passes() {
    let list = json!([
        {"role": "system", "content": "s"},
        {"role": "developer", "content": [{"type": "text", "text": "d"}]},
        user(),
        calls(&["a", "b"]),
        output("b"),
        output("a"),
        calls(&["a"]),
        output("a"),
        {"role": "assistant", "content": "done"},
        {"role": "assistant", "content": null, "refusal": "no"},
    ]);
    assert_eq!(check_list(&list), Ok(()));
}

#[test]
fn no_message_at_all_is_refused() {
    assert_eq!(fault(&json!([])).1, "messages");
}

#[test]
fn a_message_without_a_known_role_is_refused() {
    let (message, param) = fault(&json!([{"role": "robot", "content": "x"}]));
    assert_eq!(
        message,
        "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', \
         'function', 'tool', and 'developer'."
    );
    assert_eq!(param, "messages[0].role");
    assert_eq!(fault(&json!([user(), {"content": "x"}])).1, "messages[1].role");
    assert_eq!(fault(&json!([user(), {"role": 7}])).1, "messages[1].role");
    assert_eq!(fault(&json!([user(), "x"])).1, "messages[1]");
}

#[test]
fn a_call_without_an_answer_is_refused_by_id() {
    let (message, param) = fault(&json!([user(), calls(&["a", "b"]), output("a"), user()]));
    assert!(message.ends_with("did not have response messages: b"), "{message}");
    assert_eq!(param, "messages.[3].role");
    let (message, param) = fault(&json!([user(), calls(&["a", "b"])]));
    assert!(message.ends_with("response messages: a, b"), "{message}");
    assert_eq!(param, "messages.[2].role");
}

#[test]
fn an_answer_to_a_call_that_was_not_made_is_refused() {
    let (message, param) = fault(&json!([user(), calls(&["a"]), output("x")]));
    assert!(message.contains("'tool_call_id' of 'x' not found in 'tool_calls'"), "{message}");
    assert_eq!(param, "messages.[2].tool_call_id");
    let (message, param) = fault(&json!([user(), output("a")]));
    assert!(message.contains("must be a response to a preceeding message"), "{message}");
    assert_eq!(param, "messages.[1].role");
    let late = json!([user(), calls(&["a"]), output("a"), user(), output("a")]);
    assert_eq!(fault(&late).1, "messages.[4].role");
}

#[test]
fn a_second_answer_to_one_call_is_refused() {
    let (message, param) = fault(&json!([user(), calls(&["a"]), output("a"), output("a")]));
    assert!(message.contains("Duplicate value for 'tool_call_id' of 'a'"), "{message}");
    assert_eq!(param, "messages.[3].tool_call_id");
}

#[test]
fn two_calls_with_one_id_are_refused() {
    let (message, param) = fault(&json!([user(), calls(&["a", "a"]), output("a")]));
    assert!(message.contains("Duplicate"), "{message}");
    assert_eq!(param, "messages[1].tool_calls[1].id");
}

#[test]
fn calls_that_are_not_whole_are_refused_at_their_place() {
    let with = |call: Value| fault(&json!([user(), {"role": "assistant", "tool_calls": [call]}])).1;
    let at = "messages[1].tool_calls[0]";
    assert_eq!(with(json!(1)), at);
    assert_eq!(with(json!({"type": "function"})), format!("{at}.id"));
    assert_eq!(with(json!({"id": "a", "type": "x"})), format!("{at}.type"));
    assert_eq!(with(json!({"id": "a", "type": "function"})), format!("{at}.function"));
    let object = json!({"id": "a", "type": "function",
                        "function": {"name": "f", "arguments": {"k": 1}}});
    assert_eq!(with(object), format!("{at}.function.arguments"));
    let none = json!([user(), {"role": "assistant", "tool_calls": []}]);
    assert_eq!(fault(&none).1, "messages[1].tool_calls");
}

#[test]
fn contents_that_the_role_cannot_have_are_refused() {
    let user_with = |content: Value| fault(&json!([{"role": "user", "content": content}])).1;
    assert_eq!(user_with(Value::Null), "messages.[0].content");
    assert_eq!(user_with(json!(7)), "messages[0].content");
    assert_eq!(user_with(json!([])), "messages[0].content");
    assert_eq!(user_with(json!([{"type": "video"}])), "messages[0].content[0].type");
    assert_eq!(user_with(json!([{"text": "x"}])), "messages[0].content[0].type");
    assert_eq!(user_with(json!([{"type": "text"}])), "messages[0].content[0].text");
    assert_eq!(fault(&json!([{"role": "assistant"}])).1, "messages.[0].content");
    let image = json!([{"role": "system", "content": [{"type": "image_url"}]}]);
    assert_eq!(fault(&image).1, "messages[0].content[0].type");
}

#[test]
fn images_are_web_or_data_urls() {
    let image = |url: &str| {
        json!([{"role": "user", "content":
                [{"type": "image_url", "image_url": {"url": url, "detail": "low"}}]}])
    };
    for good in ["https://x.org/a.png", "http://x", "data:image/png;base64,aGk="] {
        assert_eq!(check_list(&image(good)), Ok(()), "{good}");
    }
    for bad in ["", "x.png", "file:///x", "https://", "data:image/png;base64,", "data:,x"] {
        assert_eq!(fault(&image(bad)).1, "messages[0].content[0].image_url.url", "{bad}");
    }
}
