//! Lines of files for batches.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::{
    Rules,
    notes::{At, Notes},
    record::{self, Memory},
};

/// What a line of a file for batches has in common with the others, or must not have.
#[derive(Clone, Debug)]
pub(crate) struct BatchLine {
    /// A digest of the `custom_id`: a file has 50,000 of them, of any length.
    pub(crate) id: u64,
    pub(crate) url: String,
    pub(crate) model: Option<String>,
    /// Whether it is a request.
    pub(crate) is_input: bool,
}

pub(super) fn input(
    record: &At<'_>,
    rules: &Rules,
    memory: &mut Memory,
    notes: &mut Notes,
) -> Option<BatchLine> {
    let id = custom_id(record, notes);
    match record.text_at("method") {
        Some("POST") => {}
        Some(_) => notes.error(record.place_of("method"), "shape", "expected \"POST\""),
        None => notes.error(&record.pointer, "shape", "expected a `method`, which is \"POST\""),
    }
    let Some(url) = record.text_at("url") else {
        notes.error(&record.pointer, "shape", "expected a `url`, such as \"/v1/responses\"");
        return None;
    };
    let Some(body) = record.key("body").filter(|body| body.value.is_object()) else {
        notes.error(&record.pointer, "shape", "expected a `body`, an object");
        return None;
    };
    if body.text_at("model").is_none() {
        notes.error(&body.pointer, "shape", "expected a body with a `model`");
    }
    if body.value.get("stream") == Some(&Value::Bool(true)) {
        notes.error(body.place_of("stream"), "shape", "a batch is not streamed");
    }
    match url {
        "/v1/chat/completions" => record::chat_request(&body, rules, memory, notes),
        "/v1/responses" => record::responses_request(&body, rules, memory, notes),
        _ if ENDPOINTS.contains(&url) => {}
        _ => {
            let what = format!("no endpoint that batches take; they are {}", ENDPOINTS.join(", "));
            notes.error(record.place_of("url"), "batch-endpoint", what);
        }
    }
    let model = body.text_at("model").map(|model| model.chars().take(100).collect());
    let url = url.chars().take(100).collect();
    Some(BatchLine { id: id?, url, model, is_input: true })
}

pub(super) fn output(
    record: &At<'_>,
    rules: &Rules,
    memory: &mut Memory,
    notes: &mut Notes,
) -> Option<BatchLine> {
    let id = custom_id(record, notes);
    if record.key("error").is_some() {
        notes.warning(record.place_of("error"), "failed-request", "the request failed");
    }
    if let Some(response) = record.key("response") {
        let status = response.value.get("status_code").and_then(Value::as_u64);
        match (status, response.key("body")) {
            (Some(status), _) if status != 200 => {
                let what = format!("the request was answered with status {status}");
                notes.warning(response.place_of("status_code"), "failed-request", what);
            }
            (_, Some(body)) => record::response(&body, rules, memory, notes),
            (_, None) => notes.error(&response.pointer, "shape", "expected a `body`"),
        }
    } else if record.key("error").is_none() {
        notes.error(&record.pointer, "shape", "expected a `response` or an `error`");
    }
    Some(BatchLine { id: id?, url: String::new(), model: None, is_input: false })
}

fn custom_id(record: &At<'_>, notes: &mut Notes) -> Option<u64> {
    let Some(id) = record.text_at("custom_id").filter(|id| !id.is_empty()) else {
        notes.error(record.place_of("custom_id"), "batch-id", "expected a text that is not empty");
        return None;
    };
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    Some(hasher.finish())
}

const ENDPOINTS: &[&str] = &[
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/images/edits",
    "/v1/images/generations",
    "/v1/moderations",
    "/v1/responses",
];
