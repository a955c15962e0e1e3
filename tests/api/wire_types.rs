//! The typed wire of the Responses API against OpenAI's document: every item, event, request and
//! response that it has is read and written back unchanged, and none is unknown.

use std::collections::BTreeSet;

use openai_tools::responses::{
    Conversation, CountTokens, CreateConversation, CreateResponse, Deleted, InputTokens, Item,
    Page, Response, StreamEvent, Tool, UpdateConversation,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use tests::document::document;

/// Makes an instance of a schema.
#[derive(Clone, Copy)]
struct Instance {
    /// Which of the alternatives is taken, where there are several.
    choice: usize,
    /// Whether null is taken where it may be.
    nulls: bool,
    /// Whether fields are left out that may be.
    fewest: bool,
}

impl Instance {
    fn of(self, schema: &Value, depth: usize) -> Value {
        if let Some(target) = schema["$ref"].as_str() {
            let name = target.rsplit('/').next().expect("a name");
            return self.of(&schemas()[name], depth + 1);
        }
        for choice in ["anyOf", "oneOf"] {
            if let Some(all) = schema[choice].as_array() {
                let null = all.iter().find(|schema| schema["type"] == "null");
                if let Some(null) = null.filter(|_| self.nulls) {
                    return self.of(null, depth + 1);
                }
                let others: Vec<_> = all.iter().filter(|schema| schema["type"] != "null").collect();
                return self.of(others[self.choice % others.len()], depth + 1);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().map(|part| self.of(part, depth + 1));
            let fields = parts.filter_map(|part| part.as_object().cloned());
            return fields.flatten().collect::<Map<_, _>>().into();
        }
        if let Some(words) = schema["enum"].as_array() {
            return words[self.choice % words.len()].clone();
        }
        match schema["type"].as_str() {
            // Schemas refer to themselves.
            _ if depth > 24 => json!({}),
            Some("array") => json!([self.of(&schema["items"], depth + 1)]),
            Some("string") => json!("text"),
            Some("integer") => json!(7),
            Some("number") => json!(0.125),
            Some("boolean") => json!(self.choice.is_multiple_of(2)),
            Some("null") => Value::Null,
            _ => self.object(schema, depth),
        }
    }

    fn object(self, schema: &Value, depth: usize) -> Value {
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let required = |name: &String| {
            schema["required"].as_array().is_some_and(|names| names.iter().any(|n| n == name))
        };
        let mut fields: Map<_, _> = properties
            .iter()
            .filter(|(name, _)| !self.fewest || required(name))
            .map(|(name, schema)| (name.clone(), self.of(schema, depth + 1)))
            .collect();
        if schema["additionalProperties"].is_object() {
            fields.insert("key".to_owned(), self.of(&schema["additionalProperties"], depth + 1));
        }
        fields.into()
    }

    fn all() -> impl Iterator<Item = Self> {
        let shapes = [(false, false), (true, false), (false, true)];
        shapes
            .into_iter()
            .flat_map(|(nulls, fewest)| (0..20).map(move |choice| Self { choice, nulls, fewest }))
    }
}

fn schemas() -> &'static Value {
    &document().expect("it is there")["components"]["schemas"]
}

/// The alternatives of a schema, those of its alternatives among them.
fn alternatives(name: &str) -> Vec<&'static Value> {
    let schema = &schemas()[name];
    let all = schema["anyOf"].as_array().or(schema["oneOf"].as_array()).expect("alternatives");
    let name_of = |schema: &'static Value| schema["$ref"].as_str()?.rsplit('/').next();
    let is_union = |name: &str| {
        let schema = &schemas()[name];
        schema["anyOf"].is_array() || schema["oneOf"].is_array()
    };
    all.iter()
        .flat_map(|schema| match name_of(schema) {
            Some(name) if is_union(name) => alternatives(name),
            _ => vec![schema],
        })
        .collect()
}

/// Reads and writes an instance. `known` says that nothing of it is unknown.
fn unchanged<T: DeserializeOwned + Serialize + std::fmt::Debug>(instance: &Value, known: bool) {
    // As a text, too: values and texts are read by different ways.
    let read: T = serde_json::from_str(&instance.to_string()).expect("it is read");
    assert_eq!(&serde_json::to_value(&read).expect("JSON"), instance, "{read:?}");
    let of_value: T = serde_json::from_value(instance.clone()).expect("it is read");
    assert_eq!(&serde_json::to_value(&of_value).expect("JSON"), instance, "{read:?}");
    let shown = format!("{read:?}");
    let unknown = shown.contains("Other(") || shown.contains("extra");
    assert!(!known || !unknown, "{shown}\n{instance}");
}

fn each_unchanged<T: DeserializeOwned + Serialize + std::fmt::Debug>(schema: &Value) {
    for instance in Instance::all() {
        unchanged::<T>(&instance.of(schema, 0), !instance.nulls);
    }
}

const UNIONS: [&str; 5] = ["InputItem", "Item", "OutputItem", "ItemResource", "ConversationItem"];

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[test]
fn every_item_of_the_document_is_known_and_written_back_unchanged() {
    for union in UNIONS {
        for schema in alternatives(union) {
            each_unchanged::<Item>(schema);
        }
    }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[test]
fn every_event_of_the_document_is_known_and_written_back_unchanged() {
    let events = alternatives("ResponseStreamEvent");
    assert!(events.len() >= 58, "{}", events.len());
    for schema in events {
        each_unchanged::<StreamEvent>(schema);
    }
}

/// The words that the document has for the `type` of the alternatives of a schema.
fn kinds(unions: &[&str]) -> BTreeSet<String> {
    let word = |schema: &Value| {
        let instance = Instance { choice: 0, nulls: false, fewest: false }.of(schema, 0);
        instance["type"].as_str().map(str::to_owned)
    };
    unions.iter().flat_map(|union| alternatives(union)).filter_map(word).collect()
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[test]
fn no_kind_of_item_or_event_is_here_or_in_the_document_alone() {
    let here = |known: &[&str]| known.iter().map(|&kind| kind.to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(here(Item::KINDS), kinds(&UNIONS));
    assert_eq!(here(StreamEvent::KINDS), kinds(&["ResponseStreamEvent"]));
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[test]
fn every_request_and_response_of_the_document_is_written_back_unchanged() {
    let schema = |name: &str| &schemas()[name];
    each_unchanged::<Response>(schema("Response"));
    each_unchanged::<CreateResponse>(schema("CreateResponse"));
    each_unchanged::<CountTokens>(schema("TokenCountsBody"));
    each_unchanged::<InputTokens>(schema("TokenCountsResource"));
    each_unchanged::<Conversation>(schema("ConversationResource"));
    each_unchanged::<Deleted>(schema("DeletedConversationResource"));
    each_unchanged::<CreateConversation>(schema("CreateConversationBody"));
    each_unchanged::<UpdateConversation>(schema("UpdateConversationBody"));
    each_unchanged::<Deleted>(schema("DeleteFileResponse"));
    each_unchanged::<Page<Item>>(schema("ResponseItemList"));
    each_unchanged::<Page<Item>>(schema("ConversationItemList"));
    for schema in alternatives("Tool") {
        each_unchanged::<Tool>(schema);
    }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[test]
fn the_examples_of_the_document_are_written_back_unchanged() {
    /// Where an example stands that is a whole object.
    fn whole(schema: &Value, at: &str, found: &mut Vec<String>) {
        match schema {
            Value::Object(fields) => {
                for (name, inner) in fields {
                    let at = format!("{at}/{name}");
                    if ["example", "examples"].contains(&name.as_str()) && !inner.is_string() {
                        found.extend((inner.is_object() || inner.is_array()).then_some(at));
                    } else {
                        whole(inner, &at, found);
                    }
                }
            }
            Value::Array(list) => list.iter().for_each(|inner| whole(inner, at, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    whole(document().expect("it is there"), "", &mut found);
    // One more has to be read below.
    let read = ["Response", "TokenCountsResource"];
    assert_eq!(found, read.map(|name| format!("/components/schemas/{name}/example")));
    unchanged::<Response>(&schemas()["Response"]["example"], false);
    unchanged::<InputTokens>(&schemas()["TokenCountsResource"]["example"], true);
}
