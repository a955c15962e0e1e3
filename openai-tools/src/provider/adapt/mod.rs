//! A request as OpenAI takes it → one as a server with quirks takes it. Pure.

mod messages;
mod tools;

use serde_json::{Map, Value};

use super::quirks::{FieldRule, Quirks};

type Object = Map<String, Value>;

impl Quirks {
    /// Whether requests are sent as they are.
    pub(crate) fn changes_nothing(&self) -> bool {
        let plain = Self {
            done_is_end: self.done_is_end,
            responses: self.responses,
            keeps_responses: self.keeps_responses,
            answers: self.answers.clone(),
            ..Self::new()
        };
        *self == plain
    }

    /// Changes a request of either API. `reasoning`: what the model thought in each of its messages.
    ///
    /// # Errors
    ///
    /// What the server cannot be told, in words.
    pub(crate) fn adapt(
        &self,
        request: &mut Object,
        reasoning: &[Option<&str>],
    ) -> Result<(), String> {
        self.adapt_tools(request)?;
        if let Some(Value::Array(messages)) = request.get_mut("messages") {
            self.adapt_messages(messages, reasoning)?;
        }
        if let Some(Value::Array(items)) = request.get_mut("input") {
            self.adapt_items(items)?;
        }
        self.adapt_format(request)?;
        self.adapt_tool_choice(request)?;
        if !self.strict {
            tools::remove_strict(request);
        }
        self.adapt_fields(request)
    }

    fn adapt_format(&self, request: &mut Object) -> Result<(), String> {
        let text = request.get("text").and_then(|text| text.get("format"));
        let format = request.get("response_format").or(text);
        match format.and_then(|format| format.get("type")).and_then(Value::as_str) {
            Some("json_schema") if !self.json_schema => Err(
                "it has no answers by a schema; leave the step to the client, or ask in JSON mode"
                    .to_owned(),
            ),
            // The words ask for the same.
            Some("json_object") if !self.json_object => {
                request.shift_remove("response_format");
                if let Some(text) = request.get_mut("text").and_then(Value::as_object_mut) {
                    text.shift_remove("format");
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn adapt_fields(&self, request: &mut Object) -> Result<(), String> {
        for (path, rule) in &self.fields {
            match path.split_once('.') {
                None => adapt_field(request, path, path, rule)?,
                Some((parent, name)) => {
                    let Some(Value::Object(fields)) = request.get_mut(parent) else { continue };
                    adapt_field(fields, name, path, rule)?;
                    if fields.is_empty() {
                        request.shift_remove(parent);
                    }
                }
            }
        }
        Ok(())
    }
}

fn adapt_field(
    fields: &mut Object,
    name: &str,
    path: &str,
    rule: &FieldRule,
) -> Result<(), String> {
    let Some(value) = fields.get(name) else { return Ok(()) };
    match rule {
        FieldRule::LeftOut => {
            fields.shift_remove(name);
        }
        FieldRule::Refused if is_what_servers_do(name, value) => {
            fields.shift_remove(name);
        }
        FieldRule::Refused if path.contains('.') => {
            return Err(format!(
                "its Responses API has no `{path}`; leave it out, or use chat completions"
            ));
        }
        FieldRule::Refused => return Err(format!("it has no `{name}`; leave it out")),
        FieldRule::Renamed(other) if fields.contains_key(other) => {
            return Err(format!("its `{other}` is `{name}`, and both are given"));
        }
        FieldRule::Renamed(other) => {
            let value = fields.shift_remove(name).unwrap_or_default();
            fields.insert(other.clone(), value);
        }
    }
    Ok(())
}

/// Whether every server does it unless it is told otherwise.
fn is_what_servers_do(name: &str, value: &Value) -> bool {
    match (name, value) {
        ("background" | "logprobs" | "store", Value::Bool(value)) => !value,
        ("parallel_tool_calls", Value::Bool(value)) => *value,
        ("service_tier", Value::String(word)) => word == "auto" || word == "default",
        ("truncation", Value::String(word)) => word == "disabled",
        _ => false,
    }
}

#[cfg(test)]
mod tests;
