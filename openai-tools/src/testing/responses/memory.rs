//! The responses that the server has given and remembers.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use serde_json::{Value, json};

use super::{document::unfinished, kept::kept_item};
use crate::testing::stream::StreamShape;

/// What was stored, and which items belong together; bounded.
#[derive(Debug)]
pub(in super::super) struct Memory {
    responses: HashMap<String, Remembered>,
    order: VecDeque<String>,
    /// The ids of the items that are stored.
    stored: HashSet<String>,
    /// For the item of a call the reasoning that belongs to it, stored or not.
    reasoning: HashMap<String, String>,
    pub(super) conversations: HashMap<String, Conversation>,
    /// Items and conversations are numbered.
    number: u64,
    /// How often a background response is asked for before it is whole.
    polls: u32,
}

#[derive(Debug)]
pub(super) struct Remembered {
    previous: Option<String>,
    /// What was sent and what was answered.
    items: Vec<Value>,
    /// So many of them were sent.
    sent: usize,
    pub(super) document: Value,
    /// How often it is still to be asked for before it is whole.
    pub(super) pending: u32,
    /// How it was streamed, if it was.
    pub(super) shape: Option<Arc<StreamShape>>,
}

/// A conversation that is kept.
#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) metadata: Value,
    pub(super) items: Vec<Value>,
    number: u64,
}

impl Conversation {
    pub(super) fn document(&self, id: &str) -> Value {
        let created = 1_735_689_600 + self.number;
        json!({"id": id, "object": "conversation", "created_at": created, "metadata": self.metadata})
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(1)
    }
}

impl Memory {
    /// `polls`: how often a background response is asked for before it is whole.
    pub(in super::super) fn new(polls: u32) -> Self {
        Self {
            responses: HashMap::new(),
            order: VecDeque::new(),
            stored: HashSet::new(),
            reasoning: HashMap::new(),
            conversations: HashMap::new(),
            number: 0,
            polls,
        }
    }

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
        if let Some(id) = conversation_id(request).map(str::to_owned) {
            let said: Vec<_> =
                sent_items(request).into_iter().chain(output.iter().cloned()).collect();
            self.add(&id, &said);
        }
        if request.get("store") == Some(&Value::Bool(false)) {
            return;
        }
        self.stored.extend(output.iter().map(|item| text(item, "id").to_owned()));
        let id = text(document, "id").to_owned();
        let previous = request.get("previous_response_id").and_then(Value::as_str);
        let mut items = sent_items(request);
        let sent = items.len();
        items.extend(output.iter().cloned());
        let is = |field: &str| request.get(field) == Some(&Value::Bool(true));
        let remembered = Remembered {
            previous: previous.map(str::to_owned),
            items,
            sent,
            document: document.clone(),
            pending: if is("background") && !is("stream") { self.polls } else { 0 },
            shape: None,
        };
        if self.responses.insert(id.clone(), remembered).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > MOST {
            let oldest = self.order.pop_front().and_then(|id| self.responses.remove(&id));
            for item in oldest.into_iter().flat_map(|oldest| oldest.items) {
                self.stored.remove(text(&item, "id"));
                self.reasoning.remove(text(&item, "id"));
            }
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

    pub(super) fn response_mut(&mut self, id: &str) -> Option<&mut Remembered> {
        self.responses.get_mut(id)
    }

    /// How a response is streamed.
    pub(in super::super) fn note_shape(&mut self, id: &str, shape: &Arc<StreamShape>) {
        if let Some(remembered) = self.responses.get_mut(id) {
            remembered.shape = Some(Arc::clone(shape));
        }
    }

    /// The document of a response as far as it is; by being asked for it goes on.
    pub(super) fn ask_for(&mut self, id: &str) -> Option<Value> {
        let remembered = self.responses.get_mut(id)?;
        if remembered.pending == 0 {
            return Some(remembered.document.clone());
        }
        remembered.pending -= 1;
        Some(unfinished(&remembered.document, "in_progress"))
    }

    /// What was sent for a response, as it is kept.
    pub(super) fn sent(&self, id: &str) -> Option<Vec<Value>> {
        let remembered = self.responses.get(id)?;
        let own = crate::testing::answer::hash(id.as_bytes());
        let sent = remembered.items.iter().take(remembered.sent);
        Some(sent.zip(0..).map(|(item, at)| kept_item(item, own.wrapping_add(at))).collect())
    }

    pub(super) fn forget(&mut self, id: &str) -> Option<()> {
        self.order.retain(|known| known != id);
        self.responses.remove(id).map(|_| ())
    }

    /// Makes a conversation and gives its document.
    pub(super) fn converse(&mut self, metadata: Value, items: &[Value]) -> Value {
        self.number += 1;
        let id = format!("conv_{:016x}", self.number);
        let conversation = Conversation { metadata, items: Vec::new(), number: self.number };
        let document = conversation.document(&id);
        if self.conversations.len() < MOST {
            self.conversations.insert(id.clone(), conversation);
        }
        self.add(&id, items);
        document
    }

    /// Adds items to a conversation and gives them as they are kept.
    pub(super) fn add(&mut self, id: &str, items: &[Value]) -> Vec<Value> {
        let Some(conversation) = self.conversations.get_mut(id) else { return Vec::new() };
        let number = &mut self.number;
        let kept = items.iter().map(|item| {
            *number += 1;
            kept_item(item, *number)
        });
        let kept: Vec<Value> = kept.collect();
        self.stored.extend(kept.iter().map(|item| text(item, "id").to_owned()));
        conversation.items.extend(kept.iter().cloned());
        kept
    }

    pub(super) fn is_stored(&self, item: &str) -> bool {
        self.stored.contains(item)
    }

    /// The reasoning that belongs to the item of a call.
    pub(super) fn reasoning_of(&self, call: &str) -> Option<&str> {
        self.reasoning.get(call).map(String::as_str)
    }
}

/// The conversation that a request belongs to.
pub(super) fn conversation_id(request: &Value) -> Option<&str> {
    let conversation = request.get("conversation")?;
    conversation.as_str().or_else(|| conversation.get("id")?.as_str())
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
