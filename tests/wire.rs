//! Responses as servers write them, in the API of the test: for what the built-in server cannot say,
//! and for transports that play bytes at set times.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::is_chat;

/// The body of a response without streaming that says a message, given in the words of chat
/// completions, and ends for a finish reason of theirs.
#[must_use]
pub fn whole(message: &Value, finish_reason: &str) -> Value {
    if is_chat() {
        return json!({
            "id": ID, "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
        });
    }
    let text = |field: &str| message[field].as_str();
    let mut items = Vec::new();
    items.extend(text("reasoning_content").map(|reasoning| {
        let summary = json!([{"type": "summary_text", "text": reasoning}]);
        json!({"type": "reasoning", "id": "rs_1", "summary": summary})
    }));
    let parts: Vec<Value> = text("content")
        .map(|said| json!({"type": "output_text", "annotations": [], "logprobs": [], "text": said}))
        .into_iter()
        .chain(text("refusal").map(|said| json!({"type": "refusal", "refusal": said})))
        .collect();
    if !parts.is_empty() {
        items.push(message_item(&parts));
    }
    for call in message["tool_calls"].as_array().into_iter().flatten() {
        let function = &call["function"];
        let mut item = call_item(items.len() as u64);
        item["call_id"] = call["id"].clone();
        item["name"] = function["name"].clone();
        item["arguments"] = function["arguments"].clone();
        items.push(item);
    }
    response(&items, finish_reason)
}

/// The bytes of a whole stream that says a text.
#[must_use]
pub fn said(text: &str) -> String {
    let mut stream = Stream::default();
    let mut bytes = stream.text(text);
    bytes.extend(stream.end("stop"));
    bytes
}

/// How many events of the built-in server's stream of a text there are up to so many pieces of it.
#[must_use]
pub fn events_up_to(pieces: u64) -> u64 {
    // The role; or that the response, its first item and its text begin.
    pieces + if is_chat() { 1 } else { 4 }
}

/// A streamed response, event by event.
#[derive(Debug, Default)]
pub struct Stream {
    text: String,
    refusal: String,
    /// Where among the items the message stands, once it has begun.
    message_at: Option<u64>,
    calls: BTreeMap<u64, Call>,
}

#[derive(Debug)]
struct Call {
    at: u64,
    id: String,
    name: String,
    arguments: String,
}

impl Stream {
    /// More of the text.
    pub fn text(&mut self, piece: &str) -> String {
        if is_chat() {
            return chunk(&json!({"content": piece}), None);
        }
        self.text.push_str(piece);
        self.part("response.output_text.delta", piece)
    }

    /// More of a refusal.
    pub fn refusal(&mut self, piece: &str) -> String {
        if is_chat() {
            return chunk(&json!({"refusal": piece}), None);
        }
        self.refusal.push_str(piece);
        self.part("response.refusal.delta", piece)
    }

    fn part(&mut self, kind: &str, piece: &str) -> String {
        let behind = self.calls.last_key_value().map_or(0, |(_, call)| call.at + 1);
        let at = *self.message_at.get_or_insert(behind);
        event(kind, &json!({"output_index": at, "content_index": 0, "delta": piece}))
    }

    /// The call with this index among the calls begins.
    pub fn call(&mut self, index: usize, id: &str, name: &str) -> String {
        if is_chat() {
            let function = json!({"name": name, "arguments": ""});
            let call = json!({"index": index, "id": id, "type": "function", "function": function});
            return chunk(&json!({"tool_calls": [call]}), None);
        }
        let index = index as u64;
        let at = index + u64::from(self.message_at.is_some_and(|message| message <= index));
        let call = Call { at, id: id.to_owned(), name: name.to_owned(), arguments: String::new() };
        let item = call.item();
        self.calls.insert(index, call);
        event("response.output_item.added", &json!({"output_index": at, "item": item}))
    }

    /// More of the arguments of a call; `last` says that nothing of them is missing then.
    ///
    /// # Panics
    ///
    /// The call has not begun.
    pub fn arguments(&mut self, index: usize, piece: &str, last: bool) -> String {
        if is_chat() {
            let call = json!({"index": index, "function": {"arguments": piece}});
            return chunk(&json!({"tool_calls": [call]}), None);
        }
        let call = self.calls.get_mut(&(index as u64)).expect("a call that has begun");
        call.arguments.push_str(piece);
        let delta = json!({"output_index": call.at, "delta": piece});
        let mut bytes = event("response.function_call_arguments.delta", &delta);
        if last {
            bytes.push_str(&call.close());
        }
        bytes
    }

    /// The end for a finish reason in the words of chat completions, with usage.
    pub fn end(&mut self, finish_reason: &str) -> Vec<String> {
        if is_chat() {
            let usage = json!({
                "id": ID, "object": "chat.completion.chunk", "created": 1, "model": "m",
                "choices": [],
                "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
            });
            return vec![
                chunk(&json!({}), Some(finish_reason)),
                format!("data: {usage}\n\n"),
                "data: [DONE]\n\n".to_owned(),
            ];
        }
        let mut items: Vec<(u64, Value)> =
            self.calls.values().map(|call| (call.at, call.item())).collect();
        if let Some(at) = self.message_at {
            let text = json!({"type": "output_text", "annotations": [], "logprobs": [], "text": self.text});
            let refusal = json!({"type": "refusal", "refusal": self.refusal});
            let mut parts = vec![text, refusal];
            parts.retain(|part| part["text"] != "" && part["refusal"] != "");
            items.push((at, message_item(&parts)));
        }
        items.sort_by_key(|(at, _)| *at);
        let items: Vec<Value> = items.into_iter().map(|(_, item)| item).collect();
        let response = response(&items, finish_reason);
        let word = response["status"].as_str().unwrap_or_default();
        vec![event(&format!("response.{word}"), &json!({"response": response}))]
    }
}

impl Call {
    fn item(&self) -> Value {
        let mut item = call_item(self.at);
        item["call_id"] = self.id.as_str().into();
        item["name"] = self.name.as_str().into();
        item["arguments"] = self.arguments.as_str().into();
        item
    }

    /// Says that nothing of it is missing.
    fn close(&self) -> String {
        let done = json!({"output_index": self.at, "arguments": self.arguments});
        let item = json!({"output_index": self.at, "item": self.item()});
        event("response.function_call_arguments.done", &done)
            + &event("response.output_item.done", &item)
    }
}

/// A chunk of chat completions.
#[must_use]
pub fn chunk(delta: &Value, finish_reason: Option<&str>) -> String {
    let chunk = json!({
        "id": ID, "object": "chat.completion.chunk", "created": 1, "model": "m",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
    });
    format!("data: {chunk}\n\n")
}

/// An event of the Responses API.
#[must_use]
pub fn event(kind: &str, fields: &Value) -> String {
    let mut event = json!({"type": kind});
    for (name, value) in fields.as_object().into_iter().flatten() {
        event[name.as_str()] = value.clone();
    }
    format!("event: {kind}\ndata: {event}\n\n")
}

/// A document of the Responses API with these items.
#[must_use]
pub fn response(items: &[Value], finish_reason: &str) -> Value {
    let (status, details) = match finish_reason {
        "stop" | "tool_calls" => ("completed", Value::Null),
        "length" => ("incomplete", json!({"reason": "max_output_tokens"})),
        other => ("incomplete", json!({"reason": other})),
    };
    json!({
        "id": ID, "object": "response", "created_at": 1, "model": "m", "status": status,
        "incomplete_details": details, "output": items,
        "usage": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7},
    })
}

fn message_item(parts: &[Value]) -> Value {
    json!({
        "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
        "content": parts,
    })
}

fn call_item(at: u64) -> Value {
    json!({"type": "function_call", "id": format!("fc_{at}"), "status": "completed"})
}

const ID: &str = "response-1";
