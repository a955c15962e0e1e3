//! The endpoints of what the server keeps: responses and conversations.

use http::Method;
use serde_json::{Map, Value, json};

use super::{
    conversation, document,
    memory::{Memory, text},
    translate,
};
use crate::{
    json::shorten,
    testing::{
        check, completion::prompt_tokens, fault::Fault, page, stream::Events, wire::Response,
    },
};

/// A request to one of these endpoints.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in super::super) struct Kept {
    method: &'static str,
    segments: Vec<String>,
}

impl Kept {
    /// Finds the endpoint of a path behind `/v1/`; `None` if it is none of these.
    ///
    /// # Errors
    ///
    /// The methods that it takes.
    pub(in super::super) fn find(
        method: &Method,
        path: &str,
    ) -> Option<Result<Self, &'static str>> {
        let (segments, legal) = Self::legal(path)?;
        let found = legal.split(", ").find(|legal| *legal == method.as_str());
        let kept =
            |method| Self { method, segments: segments.into_iter().map(str::to_owned).collect() };
        Some(found.map(kept).ok_or(legal))
    }

    /// The segments of a path, and the methods that it takes.
    pub(in super::super) fn legal(path: &str) -> Option<(Vec<&str>, &'static str)> {
        let segments: Vec<&str> = path.split('/').collect();
        if segments.contains(&"") {
            return None;
        }
        let legal = match &segments[..] {
            ["responses", "input_tokens"] | ["responses", _, "cancel"] | ["conversations"] => {
                "POST"
            }
            ["responses", _] | ["conversations", _, "items", _] => "GET, DELETE",
            ["responses", _, "input_items"] => "GET",
            ["conversations", _] => "GET, POST, DELETE",
            ["conversations", _, "items"] => "GET, POST",
            _ => return None,
        };
        Some((segments, legal))
    }

    /// Answers it.
    pub(in super::super) fn respond(
        &self,
        memory: &mut Memory,
        query: &str,
        body: &[u8],
    ) -> Result<Response, Fault> {
        let query = page::Query::read(query);
        let segments: Vec<&str> = self.segments.iter().map(String::as_str).collect();
        let answer = match (self.method, &segments[..]) {
            ("POST", ["responses", "input_tokens"]) => input_tokens(memory, &check::parse(body)?)?,
            ("GET", ["responses", id]) if query.get("stream").as_deref() == Some("true") => {
                return stream(memory, id, &query);
            }
            ("GET", ["responses", id]) => {
                if query.get("starting_after").is_some() {
                    let why = "'starting_after' is only for 'stream=true'.";
                    return Err(Fault::invalid(why).with_param("starting_after"));
                }
                memory.ask_for(id).ok_or_else(|| unknown("Response", id))?
            }
            ("DELETE", ["responses", id]) => {
                memory.forget(id).ok_or_else(|| unknown("Response", id))?;
                json!({"id": id, "object": "response", "deleted": true})
            }
            (_, ["responses", id, "cancel"]) => cancel(memory, id)?,
            (_, ["responses", id, "input_items"]) => {
                let items = memory.sent(id).ok_or_else(|| unknown("Response", id))?;
                page::of(items, &query, page::Limits::ITEMS)?
            }
            (_, ["conversations"]) => {
                let body = check::parse(body)?;
                let metadata = metadata(&body)?.unwrap_or_else(|| json!({}));
                let items = items_of(&body, false)?;
                memory.converse(metadata, &items)
            }
            (method, ["conversations", id, rest @ ..]) => {
                in_conversation(memory, method, id, rest, &query, body)?
            }
            _ => return Err(Fault::new(404, "Invalid URL.")),
        };
        Ok(Response::json(200, &answer))
    }
}

fn in_conversation(
    memory: &mut Memory,
    method: &str,
    id: &str,
    rest: &[&str],
    query: &page::Query,
    body: &[u8],
) -> Result<Value, Fault> {
    let no_conversation = || unknown("Conversation", id);
    if method == "DELETE" && rest.is_empty() {
        memory.conversations.remove(id).ok_or_else(no_conversation)?;
        return Ok(json!({"id": id, "object": "conversation.deleted", "deleted": true}));
    }
    let kept = memory.conversations.get_mut(id).ok_or_else(no_conversation)?;
    match (method, rest) {
        ("GET", []) => {}
        (_, []) => {
            let body = check::parse(body)?;
            kept.metadata = metadata(&body)?.ok_or_else(|| Fault::missing("metadata"))?;
        }
        ("GET", ["items"]) => return page::of(kept.items.clone(), query, page::Limits::ITEMS),
        (_, ["items"]) => {
            let added = items_of(&check::parse(body)?, true)?;
            let added = memory.add(id, &added);
            // In the order in which they were given.
            let all = page::Query::read("order=asc&limit=100");
            return page::of(added, &all, page::Limits::ITEMS);
        }
        (_, [_, item]) => {
            let at = kept.items.iter().position(|kept| text(kept, "id") == *item);
            let at = at.ok_or_else(|| unknown("Item", item))?;
            if method == "GET" {
                return Ok(kept.items[at].clone());
            }
            kept.items.remove(at);
        }
        _ => return Err(Fault::new(404, "Invalid URL.")),
    }
    Ok(kept.document(id))
}

fn unknown(what: &str, id: &str) -> Fault {
    Fault::new(404, format!("{what} with id '{}' not found.", shorten(id, 100)))
}

fn metadata(body: &Value) -> Result<Option<Value>, Fault> {
    let metadata = match body.get("metadata") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(fields)) => fields,
        Some(other) => return Err(Fault::wrong_type("metadata", "an object", other)),
    };
    match metadata.iter().find(|(_, value)| !value.is_string()) {
        Some((name, value)) => {
            Err(Fault::wrong_type(format!("metadata.{name}"), "a string", value))
        }
        None if metadata.len() > 16 => {
            let why = "Invalid 'metadata': too many properties. Expected an object with at most 16 \
                       properties.";
            Err(Fault::invalid(why).with_param("metadata").with_code("object_above_max_properties"))
        }
        None => Ok(Some(metadata.clone().into())),
    }
}

fn items_of(body: &Value, required: bool) -> Result<Vec<Value>, Fault> {
    let items = match body.get("items") {
        None | Some(Value::Null) if !required => return Ok(Vec::new()),
        None | Some(Value::Null) => return Err(Fault::missing("items")),
        Some(Value::Array(items)) => items,
        Some(other) => return Err(Fault::wrong_type("items", "an array of items", other)),
    };
    if let Some(wrong) = items.iter().find(|item| !item.is_object()) {
        return Err(Fault::wrong_type("items", "an array of objects", wrong));
    }
    if items.len() > 20 {
        let why = format!(
            "Invalid 'items': array too long. Expected an array with maximum length 20, but got an \
             array with length {} instead.",
            items.len()
        );
        return Err(Fault::invalid(why).with_param("items").with_code("array_above_max_length"));
    }
    Ok(items.clone())
}

fn input_tokens(memory: &Memory, request: &Value) -> Result<Value, Fault> {
    let items = conversation::items(request, memory)?;
    let tokens = prompt_tokens(&translate::request(request, &items));
    Ok(json!({"object": "response.input_tokens", "input_tokens": tokens}))
}

fn cancel(memory: &mut Memory, id: &str) -> Result<Value, Fault> {
    let remembered = memory.response_mut(id).ok_or_else(|| unknown("Response", id))?;
    if remembered.document["background"] != true {
        return Err(Fault::invalid("Cannot cancel a synchronous response."));
    }
    if remembered.pending > 0 {
        remembered.pending = 0;
        remembered.document = document::unfinished(&remembered.document, "cancelled");
    }
    Ok(remembered.document.clone())
}

/// The events of a background response, behind one of them.
fn stream(memory: &mut Memory, id: &str, query: &page::Query) -> Result<Response, Fault> {
    let remembered = memory.response_mut(id).ok_or_else(|| unknown("Response", id))?;
    let shape = remembered.shape.as_ref().filter(|_| remembered.document["background"] == true);
    let Some(shape) = shape else {
        let why = "Only responses that were created with 'background=true' and 'stream=true' can be \
                   streamed.";
        return Err(Fault::invalid(why).with_param("stream"));
    };
    let after = match query.get("starting_after") {
        None => None,
        Some(after) => Some(
            after
                .parse::<u64>()
                .map_err(|_| Fault::wrong_type("starting_after", "an integer", &json!("text")))?,
        ),
    };
    let events = super::ResponseEvents::new(&remembered.document, None, shape).after(after);
    Ok(Response::events(200, Events::of_response(events, shape)))
}

/// An item as it is kept: with an id, and a message with parts.
pub(super) fn kept_item(item: &Value, number: u64) -> Value {
    let kind = match text(item, "type") {
        "" => "message",
        kind => kind,
    };
    let prefix = if kind == "message" { "msg" } else { "item" };
    let mut kept = Map::new();
    kept.insert("id".to_owned(), format!("{prefix}_{number:016x}").into());
    kept.insert("type".to_owned(), kind.into());
    if kind == "message" {
        kept.insert("status".to_owned(), "completed".into());
    }
    for (name, value) in item.as_object().into_iter().flatten() {
        if !value.is_null() {
            kept.insert(name.clone(), value.clone());
        }
    }
    if let Some(Value::String(said)) = kept.get("content").filter(|_| kind == "message") {
        let part = if text(item, "role") == "assistant" {
            json!({"type": "output_text", "text": said, "annotations": [], "logprobs": []})
        } else {
            json!({"type": "input_text", "text": said})
        };
        kept.insert("content".to_owned(), json!([part]));
    }
    kept.into()
}
