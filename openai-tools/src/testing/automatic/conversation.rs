//! The messages of a request, as far as the answer depends on them.

use serde_json::Value;

/// What was said last, and what happened since.
#[derive(Debug)]
pub(super) struct Conversation<'a> {
    /// The last message of the user, or of anybody if there is none.
    pub(super) prompt: &'a str,
    pub(super) images: usize,
    pub(super) last: Last,
    /// The tool calls since the last message of the user, with their outputs.
    pub(super) calls: Vec<Made<'a>>,
    /// Every text of the conversation, oldest first.
    pub(super) texts: Vec<&'a str>,
}

/// Who spoke last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Last {
    Assistant,
    Other,
}

/// A call that was made and answered.
#[derive(Debug)]
pub(super) struct Made<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) arguments: &'a str,
    pub(super) output: String,
}

impl<'a> Conversation<'a> {
    pub(super) fn read(request: &'a Value) -> Self {
        let messages = request.get("messages").and_then(Value::as_array);
        let messages = messages.map(Vec::as_slice).unwrap_or_default();
        let role = |message: &'a Value| message.get("role").and_then(Value::as_str);
        let is_question = |at: usize| {
            let behind_outputs = at > 0 && role(&messages[at - 1]) == Some("tool");
            role(&messages[at]) == Some("user") && !(behind_outputs && is_shown(&messages[at]))
        };
        let asked = (0..messages.len()).rev().find(|at| is_question(*at));
        let question = asked.map(|at| &messages[at]).or_else(|| messages.last());
        let since = asked.map_or(&[][..], |at| &messages[at + 1..]);
        let last = match messages.last().and_then(role) {
            Some("assistant") => Last::Assistant,
            _ => Last::Other,
        };
        Self {
            prompt: question.and_then(|message| texts(message).last().copied()).unwrap_or_default(),
            images: question.into_iter().chain(since).map(images).sum(),
            last,
            calls: made(since),
            texts: messages.iter().flat_map(texts).collect(),
        }
    }
}

/// Whether a message of the user is none, but what tools showed, which has no other place on this
/// wire.
fn is_shown(message: &Value) -> bool {
    texts(message).first().is_some_and(|text| text.starts_with("Shown by the tool call `"))
}

/// The texts of a message's content. The last one of several parts is the question.
fn texts(message: &Value) -> Vec<&str> {
    match message.get("content") {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(parts)) => {
            parts.iter().filter_map(|part| part.get("text")?.as_str()).collect()
        }
        _ => Vec::new(),
    }
}

fn images(message: &Value) -> usize {
    let parts = message.get("content").and_then(Value::as_array).into_iter().flatten();
    parts.filter(|part| part.get("image_url").is_some()).count()
}

fn made(messages: &[Value]) -> Vec<Made<'_>> {
    let mut made: Vec<Made<'_>> = Vec::new();
    // Outputs answer the calls of the message before them: earlier ones need no second look.
    let mut open = 0;
    for message in messages {
        if let Some(calls) = message.get("tool_calls").and_then(Value::as_array) {
            open = made.len();
            made.extend(calls.iter().filter_map(call));
        } else if let Some(id) = message.get("tool_call_id").and_then(Value::as_str) {
            let answered = made[open..].iter_mut().find(|call| call.id == id);
            if let Some(call) = answered {
                call.output = texts(message).join("\n");
            }
        }
    }
    made
}

fn call(call: &Value) -> Option<Made<'_>> {
    let object = call.get("function").or_else(|| call.get("custom"))?;
    let arguments = object.get("arguments").or_else(|| object.get("input"));
    Some(Made {
        id: call.get("id")?.as_str()?,
        name: object.get("name")?.as_str()?,
        arguments: arguments.and_then(Value::as_str).unwrap_or_default(),
        output: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_came_after_the_last_question_counts_as_made() {
        let call = |id: &str| {
            json!({"role": "assistant", "tool_calls": [
                {"id": id, "type": "function", "function": {"name": id, "arguments": "{}"}}]})
        };
        let request = json!({"messages": [
            {"role": "user", "content": "old"},
            call("a"),
            {"role": "tool", "tool_call_id": "a", "content": "1"},
            {"role": "user", "content": [{"type": "text", "text": "new"},
                {"type": "image_url", "image_url": {"url": "https://x"}}]},
            call("b"),
            {"role": "tool", "tool_call_id": "b", "content": [{"type": "text", "text": "2"}]},
        ]});
        let conversation = Conversation::read(&request);
        assert_eq!((conversation.prompt, conversation.images), ("new", 1));
        let made: Vec<_> = conversation.calls.iter().map(|c| (c.name, c.output.as_str())).collect();
        assert_eq!(made, [("b", "2")]);
        assert_eq!(conversation.texts, ["old", "1", "new", "2"]);
    }

    #[test]
    fn what_tools_showed_is_no_question() {
        let shown = |first: &str| {
            json!({"role": "user", "content": [{"type": "text", "text": first},
                {"type": "image_url", "image_url": {"url": "https://x"}}]})
        };
        let mut request = json!({"messages": [
            {"role": "user", "content": "draw"},
            {"role": "assistant", "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "a", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "a", "content": "1"},
            shown("Shown by the tool call `a`:"),
        ]});
        let conversation = Conversation::read(&request);
        assert_eq!((conversation.prompt, conversation.images), ("draw", 1));
        assert_eq!(conversation.calls.len(), 1);
        request["messages"][3] = shown("What is this?");
        assert_eq!(Conversation::read(&request).prompt, "What is this?");
    }

    #[test]
    fn a_conversation_without_a_user_or_without_anything_is_read_too() {
        let request = json!({"messages": [{"role": "system", "content": "hello"}]});
        assert_eq!(Conversation::read(&request).prompt, "hello");
        for request in [json!(null), json!({"messages": []}), json!({"messages": [7]})] {
            assert_eq!(Conversation::read(&request).prompt, "");
        }
    }
}
