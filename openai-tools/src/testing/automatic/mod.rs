//! The automatic mode: an answer as a pure function of the request.
//!
//! It stands in for a model: words of the prompt are held against the names and descriptions of
//! the tools, and what the prompt speaks of is dealt out to their parameters. The same request
//! gets the same answer.

mod assign;
mod choose;
mod conversation;
mod entity;
mod generate;
mod keywords;
mod pattern;
mod prompt;
mod say;
mod shape;
mod speak;
mod words;

use serde_json::Value;

use self::{
    choose::Offered,
    conversation::{Conversation, Last},
    prompt::Prompt,
};
use super::answer::{Answer, Call};

/// What the model says to a request.
pub(super) fn answer(request: &Value) -> Answer {
    let conversation = Conversation::read(request);
    if conversation.prompt.to_lowercase().contains("please refuse") {
        return Answer::of_refusal("I'm sorry, but I can't assist with that request.");
    }
    let calls = calls(request, &conversation);
    let answer = if calls.is_empty() {
        Answer::of_text(say::text(request, &conversation))
    } else {
        Answer::of_calls(calls)
    };
    let limit = ["max_completion_tokens", "max_tokens"]
        .iter()
        .find_map(|field| request.get(*field).and_then(Value::as_u64));
    let answer = limit.map_or(answer.clone(), |limit| answer.cut(limit));
    speak::aloud(request, answer)
}

/// The calls that are to be made now; none where the model answers.
fn calls(request: &Value, conversation: &Conversation<'_>) -> Vec<Call> {
    if conversation.last == Last::Assistant {
        return Vec::new();
    }
    let offered = Offered::all(request);
    let (tools, forced) = obey(request, offered);
    let prompt = Prompt::read(conversation.prompt);
    let calls = choose::calls(&prompt, &tools, forced);
    let is_made = |call: &Call| conversation.calls.iter().any(|made| made.name == call.name);
    if forced && calls.iter().all(is_made) {
        // What was asked for is done: what is left is a tool that ends it, if there is one.
        let left =
            |tool: &Offered<'_>| !conversation.calls.iter().any(|made| made.name == tool.name);
        let (left, _): (Vec<_>, Vec<_>) = tools.into_iter().partition(left);
        if !left.is_empty() {
            return choose::calls(&prompt, &left, forced);
        }
    }
    let parallel = request.get("parallel_tool_calls") != Some(&Value::Bool(false));
    // A server that must call a tool does so in every turn.
    let made = if forced { 0 } else { conversation.calls.len() };
    match (parallel, made) {
        (true, 0) => calls,
        (true, _) => Vec::new(),
        // One at a time: the next one that was not made yet.
        (false, made) => calls.into_iter().skip(made).take(1).collect(),
    }
}

/// The tools among which the request lets the model choose, and whether it has to take one.
fn obey<'a>(request: &Value, offered: Vec<Offered<'a>>) -> (Vec<Offered<'a>>, bool) {
    let only = |names: &[&str], offered: Vec<Offered<'a>>| {
        offered.into_iter().filter(|tool| names.contains(&tool.name)).collect()
    };
    let name = |tool: &'_ Value| {
        let object = tool.get("function").or_else(|| tool.get("custom"))?;
        object.get("name")?.as_str().map(str::to_owned)
    };
    match request.get("tool_choice") {
        Some(Value::String(mode)) if mode == "none" => (Vec::new(), false),
        Some(Value::String(mode)) if mode == "required" => (offered, true),
        Some(choice @ Value::Object(_)) => {
            if let Some(allowed) = choice.get("allowed_tools") {
                let tools = allowed.get("tools").and_then(Value::as_array);
                let names: Vec<String> = tools.into_iter().flatten().filter_map(name).collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let forced = allowed.get("mode").is_some_and(|mode| mode == "required");
                return (only(&names, offered), forced);
            }
            let named = name(choice).unwrap_or_default();
            (only(&[&named], offered), true)
        }
        _ => (offered, false),
    }
}

#[cfg(test)]
mod tests;
