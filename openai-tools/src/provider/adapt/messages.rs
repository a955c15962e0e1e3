//! Messages of chat completions, and items of the Responses API.

use serde_json::Value;

use super::Object;
use crate::provider::quirks::{FieldRule, Quirks};

impl Quirks {
    pub(super) fn adapt_messages(
        &self,
        messages: &mut [Value],
        reasoning: &[Option<&str>],
    ) -> Result<(), String> {
        let mut thoughts = reasoning.iter();
        let has_thought = reasoning.iter().any(Option::is_some);
        for message in messages.iter_mut().filter_map(Value::as_object_mut) {
            self.adapt_role(message);
            self.adapt_parts(message.get_mut("content"))?;
            if message.get("role").and_then(Value::as_str) != Some("assistant") {
                continue;
            }
            let thought = thoughts.next().copied().flatten();
            if let Some(field) = self.reasoning_field.as_ref().filter(|_| has_thought) {
                message.insert(field.clone(), thought.unwrap_or_default().into());
            }
            if !self.audio_input && message.contains_key("audio") {
                return Err(format!("{NO_AUDIO}, and the model has spoken before"));
            }
            let calls = message.get_mut("tool_calls").and_then(Value::as_array_mut);
            for call in calls.into_iter().flatten() {
                if !self.custom_tools && call.get("custom").is_some() {
                    return Err(NO_CUSTOM_CALLS.to_owned());
                }
                if self.arguments_as_object {
                    read_arguments(call.pointer_mut("/function/arguments"));
                }
            }
        }
        Ok(())
    }

    pub(super) fn adapt_items(&self, items: &mut Vec<Value>) -> Result<(), String> {
        if !self.reasoning_items {
            items.retain(|item| item.get("type").and_then(Value::as_str) != Some("reasoning"));
        }
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            self.adapt_role(item);
            self.adapt_parts(item.get_mut("content"))?;
            self.adapt_parts(item.get_mut("output"))?;
            match item.get("type").and_then(Value::as_str) {
                Some("custom_tool_call") if !self.custom_tools => {
                    return Err(NO_CUSTOM_CALLS.to_owned());
                }
                Some("function_call") if self.arguments_as_object => {
                    read_arguments(item.get_mut("arguments"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn adapt_role(&self, message: &mut Object) {
        let is_developer = message.get("role").is_some_and(|role| role == "developer");
        if is_developer && !self.developer_role {
            message.insert("role".to_owned(), "system".into());
        }
    }

    fn adapt_parts(&self, content: Option<&mut Value>) -> Result<(), String> {
        let parts = match content {
            Some(Value::Array(parts)) => parts.as_mut_slice(),
            // What a computer shows stands alone.
            Some(part @ Value::Object(_)) => std::slice::from_mut(part),
            _ => return Ok(()),
        };
        for part in parts.iter_mut().filter_map(Value::as_object_mut) {
            match PartKind::of(part) {
                PartKind::Audio if !self.audio_input => {
                    return Err(format!("{NO_AUDIO}; tell it in words"));
                }
                PartKind::File if !self.files => {
                    return Err("it takes no files in messages; tell it in words".to_owned());
                }
                PartKind::Image { .. } if !self.images => {
                    return Err("it takes no images; tell it in words".to_owned());
                }
                PartKind::Image { has_bytes: false } if !self.image_urls => {
                    return Err("it takes images by their bytes, and fetches none".to_owned());
                }
                _ => {}
            }
            match self.fields.get("prompt_cache_options") {
                Some(FieldRule::LeftOut) => {
                    part.shift_remove(BREAKPOINT);
                }
                Some(FieldRule::Refused) if part.contains_key(BREAKPOINT) => {
                    return Err("its prompt cache has no breakpoints; leave them out".to_owned());
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What a part of a message shows, by either API.
enum PartKind {
    Audio,
    File,
    Image { has_bytes: bool },
    Text,
}

impl PartKind {
    fn of(part: &Object) -> Self {
        let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
        match kind {
            "input_audio" => Self::Audio,
            "file" | "input_file" => Self::File,
            "computer_screenshot" | "image_url" | "input_image" => {
                let image = part.get("image_url");
                let url = image.map(|image| image.get("url").unwrap_or(image));
                let url = url.and_then(Value::as_str);
                Self::Image { has_bytes: url.is_some_and(|url| url.starts_with("data:")) }
            }
            _ => Self::Text,
        }
    }
}

/// What is no JSON object stays a text: nothing else would say what the model wrote.
fn read_arguments(arguments: Option<&mut Value>) {
    let Some(arguments) = arguments else { return };
    let read = arguments.as_str().map(serde_json::from_str::<Object>);
    if let Some(Ok(object)) = read {
        *arguments = object.into();
    }
}

const BREAKPOINT: &str = "prompt_cache_breakpoint";
const NO_AUDIO: &str = "it takes no audio";
const NO_CUSTOM_CALLS: &str =
    "it has no custom tools, and the model has called one before in this conversation";
