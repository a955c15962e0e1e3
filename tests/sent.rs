//! What a server was sent, against OpenAI's own document: path, method, query and body.

use openai_tools::testing::Recorded;
use serde_json::{Map, Value, json};

use crate::document::{check_request, check_schema_value, document};

/// Holds requests against what the document says of their operations. Where the document is absent,
/// nothing is checked.
///
/// # Panics
///
/// One is not as the document wants it; the message says which and where.
pub fn assert_sent_as_documented(requests: &[Recorded]) {
    for (index, request) in requests.iter().enumerate() {
        let (method, path) = (request.method(), request.path());
        let content_type = request.header("content-type").unwrap_or_default();
        if let Err(problems) = check_asked(method, path, content_type, request.body()) {
            panic!(
                "request {index} ({method} {path}) is not valid against OpenAI's document:\n{problems}"
            );
        }
    }
}

/// Holds one request against it; `path` is with its query.
///
/// # Errors
///
/// Each place that is wrong.
///
/// # Panics
///
/// The document is no document.
pub fn check_asked(
    method: &str,
    path: &str,
    content_type: &str,
    body: &[u8],
) -> Result<(), String> {
    let Some(document) = document() else { return Ok(()) };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let Some((template, operation)) = operation(document, method, path) else {
        return Err("the document has no such operation".to_owned());
    };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let name = pair.split_once('=').map_or(pair, |(name, _)| name);
        let name = name.replace("%5B%5D", "").replace("[]", "");
        let mut known = operation["parameters"].as_array().into_iter().flatten();
        if !known.any(|one| one["in"] == "query" && one["name"] == name.as_str()) {
            return Err(format!("the document has no parameter `{name}` of the query"));
        }
    }
    let content = &operation["requestBody"]["content"];
    if let Some(schema) = content.pointer("/application~1json/schema") {
        let body = serde_json::from_slice(body).unwrap_or_default();
        if template == "/chat/completions" {
            return check_request(&body);
        }
        return check_schema_value(template, schema, &body);
    }
    match content.pointer("/multipart~1form-data/schema") {
        Some(schema) => check_schema_value(template, schema, &form(content_type, body)?),
        None if body.is_empty() => Ok(()),
        None => Err("the document has no body here".to_owned()),
    }
}

/// The path as the document has it, and what it says of the method there.
fn operation(
    document: &'static Value,
    method: &str,
    path: &str,
) -> Option<(&'static str, &'static Value)> {
    // A version stands before it, and whatever else a base URL holds.
    let parts: Vec<&str> = path.split('/').skip_while(|part| *part != "v1").skip(1).collect();
    let fits = |template: &str| {
        let wanted: Vec<&str> = template.split('/').skip(1).collect();
        let mut pairs = wanted.iter().zip(&parts);
        wanted.len() == parts.len()
            && pairs.all(|(wanted, part)| wanted == part || wanted.starts_with('{'))
    };
    let method = method.to_ascii_lowercase();
    let paths = document["paths"].as_object()?;
    // One without a variable goes before one that could be it: `/responses/input_tokens`.
    let fitting = paths.iter().filter(|(template, _)| fits(template));
    let with_method = fitting.filter_map(|(template, path)| Some((template, path.get(&method)?)));
    with_method.min_by_key(|(template, _)| template.contains('{')).map(|(t, o)| (t.as_str(), o))
}

/// The fields of a form, those of the file as a text.
fn form(content_type: &str, body: &[u8]) -> Result<Value, String> {
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=");
    let boundary = boundary.ok_or("it is no form")?;
    let body = String::from_utf8_lossy(body);
    let mut fields = Map::new();
    for part in body.split(&format!("--{boundary}")).skip(1) {
        let Some((head, content)) = part.split_once("\r\n\r\n") else { break };
        let name = head.split_once("; name=\"").and_then(|(_, behind)| behind.split_once('"'));
        let (name, _) = name.ok_or("a part has no name")?;
        let content = content.strip_suffix("\r\n").ok_or("a part has no end")?;
        match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
            // A form holds texts alone.
            Some((outer, inner)) => {
                let value = content.parse::<u64>().map_or_else(|_| json!(content), Value::from);
                fields.entry(outer).or_insert_with(|| json!({}))[inner] = value;
            }
            None => drop(fields.insert(name.to_owned(), content.into())),
        }
    }
    Ok(fields.into())
}
