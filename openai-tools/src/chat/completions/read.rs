//! The bytes of a chat completions response → neutral response. Liberal: compatible servers leave
//! fields out, send null, or an object where the document says a text.

use bytes::Bytes;

use super::wire::{WireAudio, WireResponse};
use crate::{
    chat::{
        AssistantMessage, FinishReason, Response, SpokenAudio,
        audio::decode,
        wire::{place_in, settle_calls, too_many_calls},
    },
    error::{ApiError, Error, ErrorKind},
    tool::{CallKind, ToolCall},
};

/// Reads a body that came with a good status.
///
/// Ids, attempts and the body itself are for the caller to add.
pub(crate) fn read_response(body: &Bytes) -> Result<Response, Error> {
    let unreadable = |why: String| Error::new(ErrorKind::InvalidResponse, why);
    // All of it at once is looked at faster than text by text. What is no UTF-8 may stand where it is
    // not read.
    let read = match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(body),
    };
    let wire: WireResponse<'_> = match read {
        Ok(wire) => wire,
        Err(error) => return Err(unreadable(place(body, &error))),
    };
    // OpenAI answers an error with an error status; several proxies put it into a 200, some beside
    // what they had of the answer by then.
    if wire.error.is_some() {
        if let Some(api) = ApiError::from_body(body) {
            let detail = "it stands in a response with a good status";
            return Err(Error::new(ErrorKind::Api, detail).with_api_error(Some(api)));
        }
    }
    let Some(choice) = wire.choice else {
        return Err(unreadable("`choices` is missing or empty".to_owned()));
    };
    let Some(message) = choice.message.map(|message| *message) else {
        return Err(unreadable("`choices[0].message` is missing".to_owned()));
    };
    if message.tool_calls.too_many {
        return Err(too_many_calls());
    }
    let said_nothing = message.content.is_none()
        && message.refusal.is_none()
        && message.audio.is_none()
        && message.tool_calls.len() == 0;
    let audio = match message.audio.as_deref().map(spoken) {
        Some(None) => {
            return Err(unreadable("`choices[0].message.audio.data` is no base64".to_owned()));
        }
        audio => audio.flatten().map(Box::new),
    };
    let reasoning = message.reasoning().filter(|text| !text.is_empty()).map(String::from);
    let calls = message.tool_calls.into_iter().map(|call| {
        let kind = if call.is_custom() { CallKind::Custom } else { CallKind::Function };
        let (id, name, arguments) = call.into_parts();
        ToolCall::new(&*id, name, arguments).with_kind(kind)
    });
    let (tool_calls, _) = settle_calls(calls.collect());
    let finish_reason = match &choice.finish_reason {
        Some(word) if !word.is_empty() => FinishReason::from_wire(word),
        _ if said_nothing => {
            let detail = "`choices[0]` has neither a message's content nor a finish reason";
            return Err(unreadable(detail.to_owned()));
        }
        // Left out by some servers. The body is whole, or it would not have been JSON.
        _ if tool_calls.is_empty() => FinishReason::Stop,
        _ => FinishReason::ToolCalls,
    };
    Ok(Response {
        message: AssistantMessage {
            text: message.content.map(String::from),
            audio,
            refusal: message.refusal.filter(|refusal| !refusal.is_empty()).map(String::from),
            reasoning,
            tool_calls,
            items: Vec::new(),
            response_id: None,
        },
        finish_reason,
        usage: wire.usage.map(|usage| usage.into_usage()),
        id: wire.id.map(String::from),
        model: wire.model.map(String::from),
        request_id: None,
        attempts: 1,
        attempt_log: Vec::new(),
        body: body.clone().into(),
    })
}

/// `None` if its data cannot be read.
fn spoken(audio: &WireAudio<'_>) -> Option<SpokenAudio> {
    Some(SpokenAudio {
        id: audio.id.as_str().to_owned(),
        data: decode(audio.data.as_str())?.into(),
        transcript: audio.transcript.0.as_deref().map(str::to_owned),
        expires_at: audio.expires_at.0,
    })
}

/// Says where a body is wrong without quoting it.
pub(super) fn place(body: &[u8], error: &serde_json::Error) -> String {
    place_in::<WireResponse<'_>>(body, error, "an object with `choices`")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(body: &Value) -> Result<Response, Error> {
        read_response(&Bytes::from(body.to_string()))
    }

    fn choice(message: &Value, finish_reason: &Value) -> Value {
        json!({"choices": [{"index": 0, "message": message, "finish_reason": finish_reason}]})
    }

    fn detail(body: &'static str) -> String {
        let error = read_response(&Bytes::from_static(body.as_bytes())).expect_err("unreadable");
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        error.to_string()
    }

    #[test]
    fn each_unreadable_body_names_its_place() {
        assert!(detail("{\"choices\": [").ends_with("the JSON ends early, after 13 bytes"));
        assert!(detail("{oops}").ends_with("it is not JSON at line 1, column 2"));
        assert!(detail(" <html>").contains("HTML page"));
        assert!(detail("{}").contains("`choices` is missing or empty"));
        assert!(detail("{\"choices\": []}").contains("`choices` is missing or empty"));
        assert!(detail("[]").contains("not an object"));
        assert!(detail("{\"choices\": [{\"index\": 0}]}").contains("message"));
        assert!(
            detail("{\"choices\": [{\"message\": {\"tool_calls\": [{\"custom\": 7}]}}]}")
                .contains("`choices[0].message.tool_calls[0].custom` has the wrong type")
        );
    }

    #[test]
    fn an_error_object_in_a_good_response_is_an_api_error() {
        let error = read(&json!({"error": {"message": "overloaded", "code": 503}}))
            .expect_err("an error object");
        assert_eq!(error.kind(), ErrorKind::Api);
        assert_eq!(error.api_error().and_then(ApiError::code), Some("503"));
    }

    #[test]
    fn an_unknown_finish_reason_and_unknown_fields_survive() {
        let body = json!({
            "choices": [{"message": {"content": "hi", "mood": 1}, "finish_reason": "tired"}],
            "vibe": true,
        });
        let response = read(&body).expect("readable");
        assert_eq!(response.finish_reason, FinishReason::Other("tired".to_owned()));
        assert!(!response.finish_reason.is_good_end());
        assert_eq!(serde_json::from_slice::<Value>(&response.body()).expect("JSON"), body);
    }

    #[test]
    fn a_response_that_ends_for_calls_is_whole_with_calls_or_text_only() {
        let calls = json!([{"id": "1", "function": {"name": "f", "arguments": "{}"}}]);
        for (message, finish_reason, whole) in [
            (json!({"tool_calls": calls}), "tool_calls", true),
            (json!({"content": "hi"}), "tool_calls", true),
            (json!({"content": ""}), "tool_calls", false),
            (json!({"content": ""}), "stop", true),
            (json!({"content": "hi", "tool_calls": calls}), "length", false),
        ] {
            let response = read(&choice(&message, &json!(finish_reason))).expect("readable");
            assert_eq!(response.is_whole(), whole, "{message}, {finish_reason}");
        }
    }

    #[test]
    fn content_as_parts_and_arguments_as_object_are_read() {
        let message = json!({
            "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
            "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": {"x": 1}}}],
        });
        let response = read(&choice(&message, &Value::Null)).expect("readable");
        assert_eq!(response.message.text.as_deref(), Some("ab"));
        assert_eq!(response.message.tool_calls[0].arguments, r#"{"x":1}"#);
        assert_eq!(response.finish_reason, FinishReason::ToolCalls);
    }

    #[test]
    fn every_call_gets_an_id_of_its_own() {
        let call = |id: Value, arguments: &str| json!({"id": id, "type": "function", "function": {"name": "f", "arguments": arguments}});
        let message = json!({"content": null, "tool_calls": [
            call(json!(""), "1"), call(Value::Null, "2"), call(json!("a"), "3"),
            call(json!("a"), "4"), call(json!("a"), "3"), call(json!("call_0"), "5"),
            call(json!("a"), "4"),
        ]});
        let response = read(&choice(&message, &json!("tool_calls"))).expect("readable");
        let calls: Vec<_> = response
            .message
            .tool_calls
            .iter()
            .map(|call| (call.id.as_str(), call.arguments.as_str()))
            .collect();
        assert_eq!(
            calls,
            [("call_0_", "1"), ("call_1", "2"), ("a", "3"), ("a_3", "4"), ("call_0", "5")]
        );
    }

    #[test]
    fn an_id_that_is_a_number_is_its_digits_and_one_that_is_nothing_is_made_up() {
        let call = |id: Value| json!({"id": id, "function": {"name": "f", "arguments": "{}"}});
        let ids = [json!(7), json!(true), json!({"a": [{}]}), json!(-1), json!(1.5), json!("7")];
        let message = json!({"tool_calls": ids.map(call)});
        let response = read(&choice(&message, &json!("tool_calls"))).expect("readable");
        let ids = response.message.tool_calls.iter().map(|call| call.id.as_str());
        // The last is the first again, letter by letter.
        assert_eq!(ids.collect::<Vec<_>>(), ["7", "call_1", "call_2", "call_3", "call_4"]);
    }

    #[test]
    fn usage_is_summed_where_the_total_is_missing() {
        let mut body = choice(&json!({"content": "x"}), &json!("stop"));
        body["usage"] = json!({"prompt_tokens": 3, "completion_tokens": null,
            "prompt_tokens_details": {"cached_tokens": 2}});
        let usage = read(&body).expect("readable").usage.expect("usage");
        assert_eq!((usage.input_tokens, usage.output_tokens, usage.total_tokens), (3, 0, 3));
        assert_eq!(usage.cached_tokens, 2);
    }
}
