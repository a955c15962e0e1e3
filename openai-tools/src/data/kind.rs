use serde_json::{Map, Value};

use crate::json::Untrusted;

/// What a record is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Kind {
    BatchInput,
    BatchOutput,
    ChatRequest,
    ChatResponse,
    Conversation,
    Exchange,
    FineTuning,
    Instance,
    Preference,
    ResponsesRequest,
    ResponsesResponse,
    ToolCall,
}

impl Kind {
    pub(crate) const ALL: &[Self] = &[
        Self::BatchInput,
        Self::BatchOutput,
        Self::ChatRequest,
        Self::ChatResponse,
        Self::Conversation,
        Self::Exchange,
        Self::FineTuning,
        Self::Instance,
        Self::Preference,
        Self::ResponsesRequest,
        Self::ResponsesResponse,
        Self::ToolCall,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BatchInput => "batch-input",
            Self::BatchOutput => "batch-output",
            Self::ChatRequest => "chat-request",
            Self::ChatResponse => "chat-response",
            Self::Conversation => "conversation",
            Self::Exchange => "exchange",
            Self::FineTuning => "fine-tuning",
            Self::Instance => "instance",
            Self::Preference => "preference",
            Self::ResponsesRequest => "responses-request",
            Self::ResponsesResponse => "responses-response",
            Self::ToolCall => "tool-call",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// What a record looks like; `None` for what is none of them.
    pub(super) fn of(record: &Value) -> Option<Self> {
        let map = match record {
            Value::Array(items) => {
                let is_conversation = items.first().is_some_and(is_message_or_item);
                return is_conversation.then_some(Self::Conversation);
            }
            Value::Object(map) => map,
            _ => return None,
        };
        let has = |key: &str| map.contains_key(key);
        let is_list = |key: &str| map.get(key).is_some_and(Value::is_array);
        let holds_items = |key: &str| {
            let first = map.get(key).and_then(Value::as_array).and_then(|items| items.first());
            first.is_some_and(is_message_or_item)
        };
        let object = map.get("object").and_then(Value::as_str);
        // A piece of a response says nothing by itself.
        if object == Some("chat.completion.chunk") {
            return None;
        }
        Some(if has("custom_id") || (has("method") && has("url") && has("body")) {
            let has_answer = (has("response") || has("error")) && !has("body");
            if has_answer { Self::BatchOutput } else { Self::BatchInput }
        } else if has("request") && has("response") {
            Self::Exchange
        } else if has("preferred_output") || has("non_preferred_output") {
            Self::Preference
        } else if is_list("choices") || object == Some("chat.completion") {
            Self::ChatResponse
        } else if object == Some("response") || is_list("output") {
            Self::ResponsesResponse
        } else if has("messages") && has("model") {
            Self::ChatRequest
        } else if has("messages") {
            let is_known = |key: &String| TRAINING_KEYS.contains(&key.as_str());
            if map.keys().all(is_known) { Self::FineTuning } else { Self::Conversation }
        } else if has("input") && (has("model") || has("prompt")) {
            Self::ResponsesRequest
        } else if is_call(map) {
            Self::ToolCall
        } else if ["input", "items", "data"].into_iter().any(holds_items) {
            Self::Conversation
        } else {
            return None;
        })
    }
}

/// Whether a text is a message or an item, of which an array is a conversation.
pub(crate) fn is_message(text: &str) -> bool {
    serde_json::from_str(text).is_ok_and(|Untrusted(value)| is_message_or_item(&value))
}

fn is_message_or_item(value: &Value) -> bool {
    value.get("role").is_some_and(Value::is_string)
        || value
            .get("type")
            .and_then(Value::as_str)
            .is_some_and(|kind| kind == "message" || kind == "reasoning" || kind.contains("_call"))
}

fn is_call(map: &Map<String, Value>) -> bool {
    let holds_arguments = |map: &Map<String, Value>| {
        map.contains_key("name") && (map.contains_key("arguments") || map.contains_key("input"))
    };
    let wrapped = ["function", "custom"]
        .iter()
        .any(|key| map.get(*key).and_then(Value::as_object).is_some_and(holds_arguments));
    wrapped || holds_arguments(map)
}

/// The keys of a line for fine-tuning by examples.
pub(super) const TRAINING_KEYS: &[&str] =
    &["function_call", "functions", "messages", "parallel_tool_calls", "tools"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_is_recognised_by_its_keys() {
        for (record, kind) in [
            (
                json!({"custom_id": "a", "method": "POST", "url": "/v1/responses", "body": {}}),
                "batch-input",
            ),
            (json!({"id": "b", "custom_id": "a", "response": {}, "error": null}), "batch-output"),
            (json!({"model": "m", "messages": []}), "chat-request"),
            (json!({"object": "chat.completion", "choices": []}), "chat-response"),
            (json!([{"role": "user", "content": "Hi"}]), "conversation"),
            (json!([{"type": "function_call"}]), "conversation"),
            (json!({"messages": [], "user_id": 7}), "conversation"),
            (json!({"request": {}, "response": {}}), "exchange"),
            (json!({"messages": [], "tools": []}), "fine-tuning"),
            (json!({"input": {"messages": []}, "preferred_output": []}), "preference"),
            (json!({"model": "m", "input": "Hi"}), "responses-request"),
            (json!({"object": "response", "output": []}), "responses-response"),
            (json!({"name": "f", "arguments": "{}"}), "tool-call"),
            (
                json!({"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}),
                "tool-call",
            ),
        ] {
            assert_eq!(Kind::of(&record).map(Kind::name), Some(kind), "{record}");
        }
        for record in [
            json!({}),
            json!([]),
            json!(7),
            json!([1]),
            json!({"a": 1}),
            json!({"object": "chat.completion.chunk", "choices": []}),
            json!({"data": [{}]}),
        ] {
            assert_eq!(Kind::of(&record), None, "{record}");
        }
    }

    #[test]
    fn each_kind_has_a_name_of_its_own() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(*kind));
        }
    }
}
