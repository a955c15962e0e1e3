//! An answer as the document of chat completions (schema `CreateChatCompletionResponse`).

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::answer::{Answer, Call, Spoken, Usage, hash, tokens};

/// Writes the answer to a request. `request_hash` is the hash of the request's bytes, from which
/// ids and the time of creation are made: the same request gets the same bytes.
pub(super) fn document(request: &Value, request_hash: u64, answer: &Answer) -> Value {
    let message = message(request_hash, answer);
    let choices: Vec<Value> = (0..choices(request))
        .map(|index| {
            json!({
                "index": index,
                "message": message,
                "logprobs": null,
                "finish_reason": answer.finish_reason(),
            })
        })
        .collect();
    let usage = answer.usage.unwrap_or_else(|| Usage {
        prompt: prompt_tokens(request),
        completion: answer.tokens() * choices.len() as u64,
    });
    let mut document = json!({
        "id": format!("chatcmpl-{request_hash:016x}"),
        "object": "chat.completion",
        "created": created(request_hash),
        "model": request.get("model").filter(|model| model.is_string()).unwrap_or(&json!("unknown")),
        "choices": choices,
        "usage": usage_object(usage, audio_tokens(request), answer),
        "service_tier": "default",
        "system_fingerprint": "fp_openai_tools",
    });
    overlay(&mut document, &answer.fields);
    document
}

/// A moment in 2025, chosen by the request.
pub(super) fn created(request_hash: u64) -> u64 {
    FIRST_SECOND + request_hash % SECONDS
}

/// How many tokens a request's messages and tools are estimated at.
pub(super) fn prompt_tokens(request: &Value) -> u64 {
    let messages = request.get("messages").and_then(Value::as_array).map_or(0, |messages| {
        messages.iter().map(|message| MESSAGE_OVERHEAD + text_tokens(message)).sum::<u64>()
    });
    let tools = request.get("tools").map_or(0, |tools| tokens(&tools.to_string()));
    let format = request.get("response_format").map_or(0, |format| tokens(&format.to_string()));
    messages + tools + format
}

fn message(request_hash: u64, answer: &Answer) -> Value {
    let mut message = json!({
        "role": "assistant",
        "content": answer.text,
        "refusal": answer.refusal,
        "annotations": [],
    });
    if !answer.calls.is_empty() {
        let calls = answer.calls.iter().enumerate();
        message["tool_calls"] =
            calls.map(|(index, call)| tool_call(request_hash, index, call)).collect();
    }
    if let Some(spoken) = &answer.spoken {
        message["audio"] = json!({
            "id": format!("audio_{request_hash:016x}"),
            "data": STANDARD.encode(&spoken.data),
            "transcript": spoken.transcript,
            "expires_at": created(request_hash) + AUDIO_SECONDS,
        });
    }
    overlay(&mut message, &answer.message_fields);
    message
}

fn tool_call(request_hash: u64, index: usize, call: &Call) -> Value {
    let id = call.id.clone().unwrap_or_else(|| {
        format!("call_{:016x}", hash(format!("{request_hash:016x}/{index}").as_bytes()))
    });
    let Call { name, arguments, .. } = call;
    if call.custom {
        json!({"id": id, "type": "custom", "custom": {"name": name, "input": arguments}})
    } else {
        json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}})
    }
}

fn usage_object(usage: Usage, heard: u64, answer: &Answer) -> Value {
    let spoken = answer.spoken.as_ref().map_or(0, Spoken::tokens);
    json!({
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt.saturating_add(usage.completion),
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": heard.min(usage.prompt)},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": spoken.min(usage.completion),
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    })
}

/// How many of the tokens of a prompt were heard.
fn audio_tokens(request: &Value) -> u64 {
    let messages = request.get("messages").and_then(Value::as_array).into_iter().flatten();
    let parts = messages.filter_map(|message| message.get("content")?.as_array()).flatten();
    parts.filter(|part| part["type"] == "input_audio").map(|_| IMAGE_TOKENS).sum()
}

/// Field `n`, within the limit that the checks have; a script without checks may see any.
fn choices(request: &Value) -> u64 {
    request.get("n").and_then(Value::as_u64).unwrap_or(1).clamp(1, 128)
}

fn text_tokens(message: &Value) -> u64 {
    let content = match message.get("content") {
        Some(Value::String(text)) => tokens(text),
        Some(Value::Array(parts)) => parts
            .iter()
            .map(|part| part.get("text").and_then(Value::as_str).map_or(IMAGE_TOKENS, tokens))
            .sum(),
        _ => 0,
    };
    content + message.get("tool_calls").map_or(0, |calls| tokens(&calls.to_string()))
}

fn overlay(target: &mut Value, fields: &Map<String, Value>) {
    for (name, value) in fields {
        target[name.as_str()] = value.clone();
    }
}

const MESSAGE_OVERHEAD: u64 = 4;
/// What an image, a file or a piece of audio is estimated at.
const IMAGE_TOKENS: u64 = 85;
/// How long the server knows what it has spoken.
const AUDIO_SECONDS: u64 = 3_600;
/// 2025-01-01 and the year after it.
const FIRST_SECOND: u64 = 1_735_689_600;
const SECONDS: u64 = 31_536_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Value {
        json!({"model": "m", "messages": [{"role": "user", "content": "12345678"}]})
    }

    #[test]
    fn a_text_is_a_whole_document() {
        assert_eq!(
            document(&request(), 255, &Answer::of_text("hello")),
            json!({
                "id": "chatcmpl-00000000000000ff",
                "object": "chat.completion",
                "created": 1_735_689_855_u64,
                "model": "m",
                "choices": [{
                    "index": 0,
                    "message": {
                        "role": "assistant", "content": "hello", "refusal": null, "annotations": [],
                    },
                    "logprobs": null,
                    "finish_reason": "stop",
                }],
                "usage": {
                    "prompt_tokens": 6,
                    "completion_tokens": 2,
                    "total_tokens": 8,
                    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
                    "completion_tokens_details": {
                        "reasoning_tokens": 0,
                        "audio_tokens": 0,
                        "accepted_prediction_tokens": 0,
                        "rejected_prediction_tokens": 0,
                    },
                },
                "service_tier": "default",
                "system_fingerprint": "fp_openai_tools",
            })
        );
    }

    #[test]
    fn calls_get_ids_of_their_own_and_a_null_content() {
        let call = Call { name: "add".to_owned(), arguments: "{}".to_owned(), ..Call::default() };
        let free = Call { id: Some("c2".to_owned()), custom: true, ..call.clone() };
        let answer = Answer::of_calls(vec![call.clone(), call, free]);
        let document = document(&request(), 1, &answer);
        let message = &document["choices"][0]["message"];
        assert_eq!(message["content"], Value::Null);
        assert_eq!(message["tool_calls"][0]["function"], json!({"name": "add", "arguments": "{}"}));
        assert_ne!(message["tool_calls"][0]["id"], message["tool_calls"][1]["id"]);
        assert_eq!(
            message["tool_calls"][2],
            json!({"id": "c2", "type": "custom", "custom": {"name": "add", "input": "{}"}})
        );
        assert_eq!(document["choices"][0]["finish_reason"], "tool_calls");
    }

    #[test]
    fn fields_are_put_over_those_of_document_and_message() {
        let mut answer = Answer::of_text("x");
        answer.fields.insert("choices".to_owned(), json!([]));
        assert_eq!(document(&request(), 1, &answer)["choices"], json!([]));
        let mut answer = Answer::of_text("x");
        answer.message_fields.insert("reasoning_content".to_owned(), json!("hm"));
        let document = document(&request(), 1, &answer);
        assert_eq!(document["choices"][0]["message"]["reasoning_content"], "hm");
    }

    #[test]
    fn every_wanted_choice_is_there() {
        let mut request = request();
        request["n"] = json!(3);
        let document = document(&request, 1, &Answer::of_text("x"));
        assert_eq!(document["choices"][2]["index"], 2);
        assert_eq!(document["usage"]["completion_tokens"], 3);
    }
}
