//! OpenAI's own document: what a request and a response of chat completions look like.
//!
//! Where the document is absent, nothing is checked, and the tests that are about it are ignored.

use std::sync::OnceLock;

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

fn validator(schema: &str) -> Option<Validator> {
    let root = json!({
        "$ref": format!("#/components/schemas/{schema}"),
        "components": document()?["components"],
    });
    let validator = jsonschema::options().with_draft(Draft::Draft202012).offline().build(&root);
    Some(validator.expect("the document's schemas compile"))
}

fn check(validator: Option<&Validator>, body: &Value) -> Result<(), String> {
    let Some(validator) = validator else { return Ok(()) };
    let problems: Vec<String> = validator
        .iter_errors(body)
        .map(|error| format!("at `{}`: {error}", error.instance_path()))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}
