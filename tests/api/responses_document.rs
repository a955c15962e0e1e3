//! One instance of every item and of every event of OpenAI's document.

use openai_tools::{
    ErrorKind, Message,
    chat::{Api, Request},
    stream::ResponsesAccumulator,
    testing::Reply,
};
use serde_json::{Map, Value, json};
use tests::{TestServer, document::document};

/// An instance of a schema with all its properties, the first of its alternatives.
struct Fullest<'a> {
    schemas: &'a Value,
}

impl Fullest<'_> {
    fn of(&self, schema: &Value, depth: usize) -> Value {
        if let Some(target) = schema["$ref"].as_str() {
            let name = target.rsplit('/').next().expect("a name");
            return self.of(&self.schemas[name], depth + 1);
        }
        for choice in ["anyOf", "oneOf"] {
            if let Some(first) = schema[choice].get(0) {
                return self.of(first, depth + 1);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut whole = Map::new();
            for part in parts {
                if let Value::Object(fields) = self.of(part, depth + 1) {
                    whole.extend(fields);
                }
            }
            return whole.into();
        }
        if let Some(first) = schema["enum"].get(0) {
            return first.clone();
        }
        match schema["type"].as_str() {
            // Schemas refer to themselves.
            _ if depth > 24 => Value::Null,
            Some("array") => json!([self.of(&schema["items"], depth + 1)]),
            Some("string") => json!("text"),
            Some("integer") => json!(7),
            Some("number") => json!(0.5),
            Some("boolean") => json!(true),
            Some("object") | None => {
                let none = Map::new();
                let properties = schema["properties"].as_object().unwrap_or(&none);
                let fields = properties.iter();
                fields.map(|(name, schema)| (name.clone(), self.of(schema, depth + 1))).collect()
            }
            _ => Value::Null,
        }
    }

    /// An instance of each alternative of a schema.
    fn each(&self, name: &str) -> Vec<Value> {
        let schema = &self.schemas[name];
        let alternatives = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
        alternatives.expect("alternatives").iter().map(|schema| self.of(schema, 0)).collect()
    }
}

fn fullest() -> Fullest<'static> {
    Fullest { schemas: &document().expect("it is there")["components"]["schemas"] }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[tokio::test]
async fn every_item_of_the_document_is_read_and_goes_back_as_it_came() {
    let items = fullest().each("OutputItem");
    assert!(items.len() > 25, "{}", items.len());
    for item in items {
        let kind = item["type"].as_str().expect("a type").to_owned();
        let message = json!({"type": "message", "id": "m", "role": "assistant",
            "status": "completed", "content": []});
        let first = Reply::text("").with_field("output", json!([item, message]));
        let server = TestServer::scripted([first, Reply::text("done")]).await;
        let server = server.with_invalid_requests();
        let client = server.client_builder().api(Api::Responses).build().expect("good");
        let mut request = Request::new("m");
        request.messages.push(Message::user("go"));
        let response = client.send(&request).await.unwrap_or_else(|e| panic!("{kind}: {e}"));
        assert_eq!(response.message.items[0].item_type().as_deref(), Some(kind.as_str()));
        let asks = [
            "apply_patch_call",
            "computer_call",
            "custom_tool_call",
            "function_call",
            "local_shell_call",
            "mcp_approval_request",
            "shell_call",
        ];
        let calls = usize::from(asks.contains(&kind.as_str()));
        assert_eq!(response.message.tool_calls.len(), calls, "{kind}");
        request.messages.push(Message::Assistant(response.message));
        request.messages.push(Message::user("go on"));
        // The server may refuse what is not answered; it was sent, which is what counts.
        client.send(&request).await.ok();
        assert_eq!(server.sent(1)["input"][1], item, "{kind}");
    }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[test]
fn every_event_of_the_document_is_taken() {
    let events = fullest().each("ResponseStreamEvent");
    assert_eq!(events.len(), 58);
    let mut all = ResponsesAccumulator::new();
    for event in events {
        let kind = event["type"].as_str().expect("a type").to_owned();
        let mut one = ResponsesAccumulator::new();
        let taken = one.push(event.to_string().as_bytes(), &mut Vec::new());
        match kind.as_str() {
            // The instances of the last three have an error object, as their schema is the same.
            "error" | "response.failed" | "response.completed" | "response.incomplete" => {
                assert_eq!(taken.expect_err("an error").kind(), ErrorKind::Api, "{kind}");
            }
            _ => {
                taken.unwrap_or_else(|error| panic!("{kind}: {error}"));
                assert!(!one.is_done(), "{kind}");
                all.push(event.to_string().as_bytes(), &mut Vec::new()).expect("an event");
            }
        }
    }
    let _ = all.message();
}
