//! Texts: an answer in prose, or an instance of the schema that was asked for.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{
    conversation::{Conversation, Made},
    entity::Kind,
    generate::{Source, instances},
    prompt::Prompt,
    words,
};
use crate::json::shorten;

/// The content of the final answer.
pub(super) fn text(request: &Value, conversation: &Conversation<'_>) -> String {
    let format = request.get("response_format");
    let kind = format.and_then(|format| format.get("type")).and_then(Value::as_str);
    match kind {
        Some("json_schema") => {
            let schema = format.and_then(|format| format.pointer("/json_schema/schema"));
            instance(schema.unwrap_or(&Value::Bool(true)), conversation).to_string()
        }
        Some("json_object") => match shown_schema(conversation) {
            Some(schema) => instance(&schema, conversation).to_string(),
            None => object(conversation).to_string(),
        },
        _ => prose(conversation),
    }
}

fn prose(conversation: &Conversation<'_>) -> String {
    if !conversation.calls.is_empty() {
        let lines: Vec<String> = conversation.calls.iter().map(outcome).collect();
        return format!("Here is what I found.\n{}", lines.join("\n"));
    }
    let images = match conversation.images {
        0 => String::new(),
        1 => " (with 1 image)".to_owned(),
        many => format!(" (with {many} images)"),
    };
    format!("You said: {}{images}", gist(conversation.prompt))
}

/// One output in one line: `get_weather {"city":"Hanoi"}: 31 degrees`.
fn outcome(made: &Made<'_>) -> String {
    let arguments = match made.arguments {
        "" | "{}" => String::new(),
        arguments => format!(" {}", shorten(arguments, SHOWN)),
    };
    format!("- {}{arguments}: {}", made.name, gist(&made.output))
}

/// A text in one line, shortened.
fn gist(text: &str) -> String {
    // Only the start is looked at: an output can be huge.
    let start: String = text.chars().take(4 * SHOWN).collect();
    let line = start.split_whitespace().collect::<Vec<_>>().join(" ");
    shorten(&line, SHOWN)
}

fn instance(schema: &Value, conversation: &Conversation<'_>) -> Value {
    let prompt = Prompt::read(conversation.prompt);
    let free_text = if conversation.calls.is_empty() {
        gist(conversation.prompt)
    } else {
        conversation.calls.iter().map(|made| gist(&made.output)).collect::<Vec<_>>().join("; ")
    };
    let source = Source {
        entities: prompt.entities.iter().collect(),
        stems: prompt.stems(0..prompt.tokens.len()),
        all_stems: Vec::new(),
        free_text: &free_text,
        facts: facts(&conversation.calls),
        fill_lists: true,
    };
    instances(schema, &source, 1).into_iter().next().unwrap_or_else(|| json!({}))
}

/// JSON mode without a schema: an object that reflects the prompt.
fn object(conversation: &Conversation<'_>) -> Value {
    let prompt = Prompt::read(conversation.prompt);
    let mut fields = Map::new();
    fields.insert("answer".to_owned(), prose(conversation).into());
    let mut list = |name: &str, kinds: &[Kind]| {
        let found = prompt.entities.iter().filter(|entity| kinds.contains(&entity.kind));
        let found: Vec<Value> = found.map(|entity| entity.value.clone()).collect();
        if !found.is_empty() {
            fields.insert(name.to_owned(), found.into());
        }
    };
    list("names", &[Kind::Name, Kind::Quoted, Kind::Code]);
    list("numbers", &[Kind::Number]);
    Value::Object(fields)
}

/// A JSON Schema that stands in a message: how JSON mode is told what is wanted.
fn shown_schema(conversation: &Conversation<'_>) -> Option<Value> {
    // Each try may read to the end of the text, so there are few.
    const TRIES: usize = 16;
    conversation
        .texts
        .iter()
        .rev()
        .flat_map(|text| text.match_indices('{').take(TRIES).map(|(at, _)| &text[at..]))
        .take(TRIES)
        .filter_map(|text| {
            serde_json::Deserializer::from_str(text).into_iter::<Value>().next()?.ok()
        })
        .find(|value| value.get("properties").is_some_and(Value::is_object))
}

/// The single values in the outputs of tools, by name.
fn facts(calls: &[Made<'_>]) -> Vec<(String, Value)> {
    let mut facts = Vec::new();
    for made in calls {
        let collected = |text: &str| {
            let mut found = Vec::new();
            if let Ok(value) = serde_json::from_str::<Value>(text) {
                collect(&value, MAX_FACTS.saturating_sub(facts.len()), &mut found);
            }
            found
        };
        let returned = collected(&made.output);
        let mut asked = collected(made.arguments);
        // What was returned counts for more than what was asked for.
        let names: HashSet<&String> = returned.iter().map(|(name, _)| name).collect();
        asked.retain(|(name, _)| !names.contains(name));
        facts.extend(asked);
        facts.extend(returned);
    }
    facts
}

fn collect(value: &Value, limit: usize, facts: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if value.is_object() || value.is_array() {
                    collect(value, limit, facts);
                } else if facts.len() < limit && !value.is_null() {
                    facts.push((words::normalized(name), value.clone()));
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, limit, facts)),
        _ => {}
    }
}

const SHOWN: usize = 200;
const MAX_FACTS: usize = 1_000;
