use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{
    Content, ContentPart, Extra, FunctionCall, Item, ItemStatus, Json, Message, Number, Role,
    StreamEvent, ToolChoice, WebSearchAction,
};

fn item(json: &str) -> Item {
    serde_json::from_str(json).expect("an item")
}

fn rewritten(json: &str) -> Value {
    serde_json::to_value(item(json)).expect("JSON")
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).expect("JSON")
}

#[test]
fn what_is_unknown_survives_letter_by_letter() {
    let json = r#"{"type":"function_call","call_id":"c","name":"f","arguments":"{}","n":1.50,"big":123456789012345678901234567890,"deep":{"a":[1e400]}}"#;
    let written = serde_json::to_string(&item(json)).expect("JSON");
    assert_eq!(written, json);
}

#[test]
fn null_comes_back_as_null_and_what_is_absent_stays_absent() {
    let json = r#"{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}",
        "status": null}"#;
    assert_eq!(rewritten(json), value(json));
    let Item::FunctionCall(mut call) = item(json) else { panic!("a call") };
    assert_eq!((&call.status, &call.id), (&None, &None));
    call.status = Some(ItemStatus::Completed);
    let written = serde_json::to_value(&call).expect("JSON");
    assert_eq!(written["status"], "completed");
    assert_eq!(written.as_object().map(serde_json::Map::len), Some(5));
}

#[test]
fn a_field_of_another_type_is_kept_and_a_required_one_makes_another_kind() {
    let odd = r#"{"type": "web_search_call", "id": 7, "status": "new_word", "action": []}"#;
    assert_eq!(rewritten(odd), value(odd));
    let Item::WebSearchCall(call) = item(odd) else { panic!("a search") };
    assert_eq!(call.status, Some(ItemStatus::Other("new_word".to_owned())));
    assert!(matches!(call.action, Some(WebSearchAction::Other(_))) && call.id.is_none());
    for lacks in [r#"{"type": "function_call", "name": "f"}"#, r#"{"type": 7}"#, "[]", "7", "null"]
    {
        assert!(matches!(item(lacks), Item::Other(_)), "{lacks}");
        assert_eq!(rewritten(lacks), value(lacks));
    }
}

#[test]
fn messages_and_references_may_come_without_a_type() {
    let easy = r#"{"role": "user", "content": "Hi"}"#;
    let Item::Message(message) = item(easy) else { panic!("a message") };
    assert_eq!(message.role, Role::User);
    assert_eq!(rewritten(easy), value(easy));
    let reference = r#"{"id": "msg_1", "type": null}"#;
    assert_eq!(rewritten(reference), value(reference));
    assert!(matches!(item(r#"{"id": "msg_1"}"#), Item::ItemReference(_)));
    // Made here, they say what they are.
    let made = serde_json::to_value(Item::user("Hi")).expect("JSON");
    assert_eq!(made, json!({"type": "message", "role": "user", "content": "Hi"}));
}

#[test]
fn names_that_stand_twice_are_kept() {
    let json = r#"{"type":"message","role":"user","content":"a","x":1,"x":2}"#;
    assert_eq!(serde_json::to_string(&item(json)).expect("JSON"), json);
    let twice = r#"{"type": "message", "role": "user", "content": "a", "content": "b"}"#;
    assert_eq!(rewritten(twice)["content"], "b");
}

#[test]
fn numbers_keep_their_digits() {
    for digits in ["-0.6931471805599453094172321", "1e-7", "1741476542.0", "7"] {
        let number: Number = serde_json::from_str(digits).expect("a number");
        assert_eq!(serde_json::to_string(&number).expect("JSON"), digits);
    }
    let time: Number = serde_json::from_str("1741476542.0").expect("a number");
    assert_eq!(time.as_i64(), Some(1_741_476_542));
    assert_eq!(Number::from(0.25).as_f64(), Some(0.25));
    let huge: Number = serde_json::from_str("1e999").expect("a number");
    assert_eq!(huge.as_f64(), None);
    assert!(serde_json::from_str::<Number>("\"7\"").is_err());
}

#[test]
fn a_value_is_read_as_well_as_a_text() {
    let json = json!({"type": "message", "role": "assistant", "content": [
        {"type": "output_text", "text": "a", "annotations": []}, {"type": "new", "n": 1},
    ]});
    let read: Item = serde_json::from_value(json.clone()).expect("an item");
    let Item::Message(Message { content: Content::Parts(parts), .. }) = &read else {
        panic!("parts")
    };
    assert!(matches!(&parts[..], [ContentPart::OutputText(_), ContentPart::Other(_)]));
    assert_eq!(serde_json::to_value(&read).expect("JSON"), json);
}

#[test]
fn fields_can_be_added_and_taken_out() {
    let mut call = FunctionCall::new("c", "f", "{}");
    call.extra.insert("cost", Json::from(json!(0.5)));
    let written = serde_json::to_value(&call).expect("JSON");
    assert_eq!((&written["type"], &written["cost"]), (&json!("function_call"), &json!(0.5)));
    assert_eq!(call.extra.remove("cost").map(|cost| cost.as_str().to_owned()), Some("0.5".into()));
    assert_eq!(call.extra, Extra::default());
}

#[test]
fn a_choice_is_a_word_or_an_object() {
    for json in [json!("auto"), json!({"type": "shell"}), json!({"type": "function", "name": "f"})]
    {
        let choice: ToolChoice = serde_json::from_value(json.clone()).expect("a choice");
        assert!(!matches!(choice, ToolChoice::Other(_)), "{json}");
        assert_eq!(serde_json::to_value(choice).expect("JSON"), json);
    }
}

#[test]
fn an_event_knows_its_place_also_where_its_kind_is_unknown() {
    for kind in ["response.audio.done", "response.brand_new"] {
        let event: StreamEvent =
            serde_json::from_value(json!({"type": kind, "sequence_number": 7})).expect("an event");
        assert_eq!((event.kind().as_deref(), event.sequence_number()), (Some(kind), Some(7)));
    }
}

#[test]
fn debug_shows_no_content() {
    let json = r#"{"type": "message", "role": "hush", "content": [
        {"type": "output_text", "text": "hush", "hush": "hush"}, {"type": "hush"}, "hush"]}"#;
    let shown = format!("{:?}", item(json));
    assert!(!shown.contains("hush") && shown.contains("4 bytes"), "{shown}");
}

/// JSON of names and words that mean something here, in any place.
fn tempting() -> impl Strategy<Value = Value> {
    let words = [
        "type",
        "message",
        "function_call",
        "role",
        "user",
        "content",
        "output_text",
        "text",
        "id",
        "call_id",
        "name",
        "arguments",
        "status",
        "completed",
        "action",
        "tools",
        "annotations",
    ];
    let word = proptest::sample::select(words.to_vec());
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        let field = (word.clone().prop_map(str::to_owned), inner.clone());
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            proptest::collection::vec(field, 0..8)
                .prop_map(|fields| Value::from(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_an_item_and_an_event_and_comes_back(json in tempting()) {
        let item: Item = serde_json::from_value(json.clone()).expect("an item");
        prop_assert_eq!(serde_json::to_value(&item).expect("JSON"), json.clone());
        let event: StreamEvent = serde_json::from_str(&json.to_string()).expect("an event");
        prop_assert_eq!(serde_json::to_value(&event).expect("JSON"), json);
    }
}

#[test]
fn what_is_deep_or_long_is_read_in_linear_time() {
    let deep = format!(
        r#"{{"type": "mcp_list_tools", "id": "m", "server_label": "s", "tools": {}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(matches!(item(&deep), Item::Other(_)));
    let nested = format!(
        r#"{{"type":"tool_search_output","tools":[{}{}]}}"#,
        r#"{"type":"namespace","name":"n","description":"d","tools":["#.repeat(20_000),
        "]}".repeat(20_000)
    );
    assert!(serde_json::to_string(&item(&nested)).expect("JSON") == nested, "it has changed");
}
