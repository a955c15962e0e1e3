//! The responses that the server has given and remembers.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;

/// What was stored, and which items belong together; bounded.
#[derive(Debug, Default)]
pub(in super::super) struct Memory {
    responses: HashMap<String, Remembered>,
    order: VecDeque<String>,
    /// The ids of the items that are stored.
    stored: HashSet<String>,
    /// For the item of a call the reasoning that belongs to it, stored or not.
    reasoning: HashMap<String, String>,
}

#[derive(Debug)]
struct Remembered {
    previous: Option<String>,
    /// What was sent and what was answered.
    items: Vec<Value>,
}

impl Memory {
    /// Remembers the document of an answer.
    pub(in super::super) fn keep(&mut self, request: &Value, document: &Value) {
        let output = document.get("output").and_then(Value::as_array);
        let output = output.map(Vec::as_slice).unwrap_or_default();
        let mut reasoned: Option<&str> = None;
        for item in output {
            let id = text(item, "id");
            match text(item, "type") {
                "reasoning" => reasoned = Some(id),
                "function_call" | "custom_tool_call" => {
                    if let Some(reasoned) = reasoned {
                        self.reasoning.insert(id.to_owned(), reasoned.to_owned());
                    }
                }
                _ => {}
            }
        }
        if request.get("store") == Some(&Value::Bool(false)) {
            return;
        }
        self.stored.extend(output.iter().map(|item| text(item, "id").to_owned()));
        let id = text(document, "id").to_owned();
        let previous = request.get("previous_response_id").and_then(Value::as_str);
        let items = sent_items(request).into_iter().chain(output.iter().cloned());
        let remembered =
            Remembered { previous: previous.map(str::to_owned), items: items.collect() };
        if self.responses.insert(id.clone(), remembered).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > MOST {
            let oldest = self.order.pop_front();
            oldest.map(|id| self.responses.remove(&id));
        }
    }

    /// The conversation up to a response; `None` if it is not known.
    pub(super) fn conversation(&self, id: &str) -> Option<Vec<Value>> {
        let mut chain = vec![self.responses.get(id)?];
        while let Some(previous) = chain.last().and_then(|last| last.previous.as_ref()) {
            let Some(previous) = self.responses.get(previous) else { break };
            // An answer to the same request has the same id: a response can be its own ancestor.
            if chain.len() > MOST {
                break;
            }
            chain.push(previous);
        }
        Some(chain.iter().rev().flat_map(|one| one.items.iter().cloned()).collect())
    }

    pub(super) fn is_stored(&self, item: &str) -> bool {
        self.stored.contains(item)
    }

    /// The reasoning that belongs to the item of a call.
    pub(super) fn reasoning_of(&self, call: &str) -> Option<&str> {
        self.reasoning.get(call).map(String::as_str)
    }
}

/// The items that a request sends; a text is a message of the user.
pub(super) fn sent_items(request: &Value) -> Vec<Value> {
    match request.get("input") {
        Some(Value::String(text)) => {
            vec![serde_json::json!({"role": "user", "content": text})]
        }
        Some(Value::Array(items)) => items.clone(),
        _ => Vec::new(),
    }
}

pub(super) fn text<'a>(item: &'a Value, field: &str) -> &'a str {
    item.get(field).and_then(Value::as_str).unwrap_or_default()
}

const MOST: usize = 10_000;
