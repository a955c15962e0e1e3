//! OpenAI's own document: what requests and responses of both APIs look like.
//!
//! Where the document is absent, nothing is checked, and the tests that are about it are ignored.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// The whole document; `None` where it is absent.
///
/// # Panics
///
/// The file is there and cannot be read.
pub fn document() -> Option<&'static Value> {
    static DOCUMENT: OnceLock<Option<Value>> = OnceLock::new();
    let read = || {
        let path = option_env!("OPENAPI_DOCUMENT")?;
        let text = std::fs::read(path).expect("the document that the build script has found");
        Some(serde_json::from_slice(&text).expect("the document is JSON"))
    };
    DOCUMENT.get_or_init(read).as_ref()
}

/// Holds the body of a request that asks a model against what the document says of its path; of
/// others it says nothing.
///
/// # Errors
///
/// Each place that is wrong.
///
/// # Panics
///
/// The document is no document.
pub fn check_body(path: &str, body: &Value) -> Result<(), String> {
    match path {
        path if path.ends_with("/chat/completions") => check_request(body),
        path if path.ends_with("/responses") => check_responses_request(body),
        _ => Ok(()),
    }
}

/// Holds the body of a request against `CreateChatCompletionRequest`.
///
/// # Errors
///
/// Each place that is wrong.
///
/// # Panics
///
/// The document is no document.
pub fn check_request(body: &Value) -> Result<(), String> {
    static VALIDATOR: OnceLock<Option<Validator>> = OnceLock::new();
    check(VALIDATOR.get_or_init(|| validator("CreateChatCompletionRequest")).as_ref(), body)
}

/// Holds the body of a response against `CreateChatCompletionResponse`.
///
/// # Errors
///
/// Each place that is wrong.
///
/// # Panics
///
/// The document is no document.
pub fn check_response(body: &Value) -> Result<(), String> {
    static VALIDATOR: OnceLock<Option<Validator>> = OnceLock::new();
    check(VALIDATOR.get_or_init(|| validator("CreateChatCompletionResponse")).as_ref(), body)
}

/// Holds one chunk of a stream against `CreateChatCompletionStreamResponse`.
///
/// # Errors
///
/// Each place that is wrong.
///
/// # Panics
///
/// The document is no document.
pub fn check_chunk(chunk: &Value) -> Result<(), String> {
    static VALIDATOR: OnceLock<Option<Validator>> = OnceLock::new();
    check(VALIDATOR.get_or_init(|| validator("CreateChatCompletionStreamResponse")).as_ref(), chunk)
}

/// Holds the body of a request of the Responses API against `CreateResponse`.
///
/// # Errors
///
/// Each place that is wrong.
///
/// # Panics
///
/// The document is no document.
pub fn check_responses_request(body: &Value) -> Result<(), String> {
    static VALIDATOR: OnceLock<Option<Validator>> = OnceLock::new();
    check(VALIDATOR.get_or_init(|| discriminating("CreateResponse")).as_ref(), body)
}

/// Holds the body of a response of the Responses API against `Response`.
///
/// # Errors
///
/// Each place that is wrong.
///
/// # Panics
///
/// The document is no document.
pub fn check_responses_response(body: &Value) -> Result<(), String> {
    static VALIDATOR: OnceLock<Option<Validator>> = OnceLock::new();
    check(VALIDATOR.get_or_init(|| discriminating("Response")).as_ref(), body)
}

/// Holds one event of a stream of the Responses API against `ResponseStreamEvent`.
///
/// # Errors
///
/// Each place that is wrong.
///
/// # Panics
///
/// The document is no document.
pub fn check_responses_event(event: &Value) -> Result<(), String> {
    static VALIDATOR: OnceLock<Option<Validator>> = OnceLock::new();
    check(VALIDATOR.get_or_init(|| discriminating("ResponseStreamEvent")).as_ref(), event)
}

/// Holds a body against any schema of the document.
///
/// # Errors
///
/// Each place that is wrong.
///
/// # Panics
///
/// The document is no document.
pub fn check_schema(schema: &str, body: &Value) -> Result<(), String> {
    check(discriminating(schema).as_ref(), body)
}

/// Holds a body against a schema that stands somewhere else in the document. `key` names it: it is
/// compiled once.
///
/// # Errors
///
/// Each place that is wrong.
///
/// # Panics
///
/// The document is no document.
pub fn check_schema_value(key: &'static str, schema: &Value, body: &Value) -> Result<(), String> {
    static VALIDATORS: Mutex<BTreeMap<&str, Arc<Validator>>> = Mutex::new(BTreeMap::new());
    let Some(components) = relaxed() else { return Ok(()) };
    let validator = {
        let mut validators = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
        let compiled = || Arc::new(compiled(schema, components));
        Arc::clone(validators.entry(key).or_insert_with(compiled))
    };
    check(Some(&validator), body)
}

fn validator(schema: &str) -> Option<Validator> {
    Some(compiled(&reference(schema), &document()?["components"]))
}

/// The validator of a schema in which a field says which alternative is meant.
fn discriminating(schema: &str) -> Option<Validator> {
    Some(compiled(&reference(schema), relaxed()?))
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

/// The schemas with alternatives that need not exclude each other where a field says which is meant.
/// Taken by the letter (`oneOf`), some do without a difference, such as the two forms of a message of
/// the user.
fn relaxed() -> Option<&'static Value> {
    fn relax(schema: &mut Value) {
        match schema {
            Value::Array(list) => list.iter_mut().for_each(relax),
            Value::Object(fields) => {
                if fields.contains_key("discriminator")
                    && let Some(alternatives) = fields.remove("oneOf")
                {
                    fields.insert("anyOf".to_owned(), alternatives);
                }
                fields.values_mut().for_each(relax);
            }
            _ => {}
        }
    }
    static RELAXED: OnceLock<Option<Value>> = OnceLock::new();
    let relaxed = || {
        let mut components = document()?["components"].clone();
        relax(&mut components);
        // It requires a field that it does not describe.
        let approval = &mut components["schemas"]["MCPApprovalResponse"]["required"];
        if let Some(required) = approval.as_array_mut() {
            required.retain(|name| name != "request_id");
        }
        Some(components)
    };
    RELAXED.get_or_init(relaxed).as_ref()
}

fn compiled(schema: &Value, components: &Value) -> Validator {
    let mut root = schema.clone();
    root["components"] = components.clone();
    let validator = jsonschema::options().with_draft(Draft::Draft202012).offline().build(&root);
    validator.expect("the document's schemas compile")
}

fn check(validator: Option<&Validator>, body: &Value) -> Result<(), String> {
    let Some(validator) = validator else { return Ok(()) };
    let problems: Vec<String> = validator
        .iter_errors(body)
        .map(|error| format!("at `{}`: {error}", error.instance_path()))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}
