//! Only the decoding of the events and the reading of each chunk or event.

use openai_tools::stream::SseDecoder;
use serde::Deserialize;
use serde_json::json;

/// Of chat completions.
pub(crate) async fn of_chat(http: reqwest::Client, url: String) {
    #[derive(Deserialize)]
    struct Chunk {
        choices: Vec<Choice>,
    }
    #[derive(Deserialize)]
    struct Choice {
        delta: Message,
        finish_reason: Option<String>,
    }
    #[derive(Deserialize)]
    struct Message {
        #[serde(default)]
        tool_calls: Vec<Call>,
    }
    #[derive(Deserialize)]
    struct Call {
        function: Function,
    }
    #[derive(Deserialize)]
    struct Function {
        arguments: String,
    }

    let body = json!({"model": "calls", "stream": true, "messages": []});
    let mut response = http.post(&url).json(&body).send().await.expect("an answer");
    let mut decoder = SseDecoder::new().with_max_event_bytes(33 << 20);
    let (mut bytes, mut finished) = (0, false);
    while let Some(piece) = response.chunk().await.expect("a whole body") {
        decoder.push(piece);
        while let Some(event) = decoder.next_event().expect("a small event") {
            if &event.data()[..] == b"[DONE]" {
                continue;
            }
            let chunk: Chunk = serde_json::from_slice(event.data()).expect("a chunk");
            for choice in chunk.choices {
                finished |= choice.finish_reason.is_some();
                for call in choice.delta.tool_calls {
                    bytes += call.function.arguments.len();
                }
            }
        }
    }
    assert!(finished && bytes > 0);
}

/// Of the Responses API.
pub(crate) async fn of_responses(http: reqwest::Client, url: String) {
    #[derive(Deserialize)]
    struct Event {
        r#type: String,
        #[serde(default)]
        delta: String,
    }

    let body = json!({"model": "calls", "stream": true, "input": []});
    let mut response = http.post(&url).json(&body).send().await.expect("an answer");
    let mut decoder = SseDecoder::new().with_max_event_bytes(33 << 20);
    let (mut bytes, mut finished) = (0, false);
    while let Some(piece) = response.chunk().await.expect("a whole body") {
        decoder.push(piece);
        while let Some(event) = decoder.next_event().expect("a small event") {
            let event: Event = serde_json::from_slice(event.data()).expect("an event");
            match event.r#type.as_str() {
                "response.function_call_arguments.delta" => bytes += event.delta.len(),
                "response.completed" => finished = true,
                _ => {}
            }
        }
    }
    assert!(finished && bytes > 0);
}
