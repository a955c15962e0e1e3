//! What a real server checks before it answers: pure functions of a request's JSON.
//!
//! Wording, `param` and `code` follow what OpenAI's server sends. The first fault is reported, in
//! the order of the checks, as there.

mod file_ids;
mod format;
mod media;
mod messages;
mod tools;

use std::{fmt::Display, ops::RangeInclusive};

use serde_json::{Map, Value};

use super::fault::Fault;

pub(super) use self::file_ids::file_ids;

type Object = Map<String, Value>;

/// Reads the bytes of a request's body.
pub(super) fn parse(body: &[u8]) -> Result<Value, Fault> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        Fault::invalid(format!(
            "We could not parse the JSON body of your request. (HINT: This likely means you \
             aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but \
             what was sent was not valid JSON: {error}.)"
        ))
    })?;
    if value.is_object() {
        return Ok(value);
    }
    Err(Fault::invalid("Invalid body: expected a JSON object.").with_code("invalid_type"))
}

/// Checks the body of a request to `/chat/completions`.
pub(super) fn chat_completions(body: &Value) -> Result<(), Fault> {
    let Value::Object(request) = body else {
        return Err(Fault::invalid("Invalid body: expected a JSON object."));
    };
    model(request)?;
    let list = match request.get("messages") {
        None | Some(Value::Null) => return Err(Fault::missing("messages")),
        Some(Value::Array(list)) => list,
        Some(other) => return Err(Fault::wrong_type("messages", "an array of objects", other)),
    };
    messages::check(list)?;
    tools::check(request)?;
    format::check(request, list)?;
    settings(request)
}

fn model(request: &Object) -> Result<(), Fault> {
    match request.get("model") {
        None | Some(Value::Null) => Err(Fault::invalid("you must provide a model parameter")),
        Some(Value::String(name)) if name.is_empty() => {
            Err(Fault::invalid("you must provide a model parameter"))
        }
        Some(Value::String(_)) => Ok(()),
        Some(other) => Err(Fault::wrong_type("model", "a string", other)),
    }
}

/// The single values: type and range. A null is a value left out.
fn settings(request: &Object) -> Result<(), Fault> {
    for (name, range) in DECIMALS {
        match given(request, name) {
            None => {}
            Some(value) => decimal(name, value, range.0, range.1)?,
        }
    }
    for (name, range) in INTEGERS {
        match given(request, name) {
            None => {}
            Some(value) => integer(name, value, range.0, range.1)?,
        }
    }
    for name in ["logprobs", "store", "stream"] {
        match given(request, name) {
            None | Some(Value::Bool(_)) => {}
            Some(other) => return Err(Fault::wrong_type(name, "a boolean", other)),
        }
    }
    if given(request, "max_tokens").is_some() && given(request, "max_completion_tokens").is_some() {
        return Err(Fault::invalid(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
        )
        .with_param("max_tokens")
        .with_code("invalid_parameter_combination"));
    }
    match given(request, "metadata") {
        None => {}
        Some(Value::Object(pairs)) => {
            if let Some((key, value)) = pairs.iter().find(|(_, value)| !value.is_string()) {
                return Err(Fault::wrong_type(format!("metadata.{key}"), "a string", value));
            }
        }
        Some(other) => return Err(Fault::wrong_type("metadata", "an object", other)),
    }
    media::audio_output(request)?;
    stream_options(request)
}

fn stream_options(request: &Object) -> Result<(), Fault> {
    let options = match given(request, "stream_options") {
        None => return Ok(()),
        Some(Value::Object(options)) => options,
        Some(other) => return Err(Fault::wrong_type("stream_options", "an object", other)),
    };
    if request.get("stream") != Some(&Value::Bool(true)) {
        return Err(Fault::invalid(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        )
        .with_param("stream_options"));
    }
    for name in ["include_obfuscation", "include_usage"] {
        match given(options, name) {
            None | Some(Value::Bool(_)) => {}
            Some(other) => {
                let param = format!("stream_options.{name}");
                return Err(Fault::wrong_type(param, "a boolean", other));
            }
        }
    }
    Ok(())
}

/// The value of a field, unless it is left out or null.
fn given<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

fn decimal(name: &str, value: &Value, minimum: f64, maximum: f64) -> Result<(), Fault> {
    match value.as_f64() {
        Some(number) => within(name, "decimal", value, number, minimum..=maximum),
        None => Err(Fault::wrong_type(name, "a decimal", value)),
    }
}

fn integer(name: &str, value: &Value, minimum: i64, maximum: i64) -> Result<(), Fault> {
    if !value.is_i64() && !value.is_u64() {
        return Err(Fault::wrong_type(name, "an integer", value));
    }
    // A u64 that is no i64 is above every maximum.
    let number = value.as_i64().unwrap_or(i64::MAX);
    within(name, "integer", value, number, minimum..=maximum)
}

fn within<T: Copy + PartialOrd + Display>(
    name: &str,
    kind: &str,
    value: &Value,
    number: T,
    range: RangeInclusive<T>,
) -> Result<(), Fault> {
    let (side, sign, limit) = if number < *range.start() {
        ("below minimum", ">=", range.start())
    } else if number > *range.end() {
        ("above maximum", "<=", range.end())
    } else {
        return Ok(());
    };
    Err(Fault::invalid(format!(
        "Invalid '{name}': {kind} {side} value. Expected a value {sign} {limit}, but got {value} \
         instead."
    ))
    .with_param(name)
    .with_code(format!("{kind}_{}_value", side.replace(' ', "_"))))
}

const DECIMALS: [(&str, (f64, f64)); 4] = [
    ("frequency_penalty", (-2.0, 2.0)),
    ("presence_penalty", (-2.0, 2.0)),
    ("temperature", (0.0, 2.0)),
    ("top_p", (0.0, 1.0)),
];

const INTEGERS: [(&str, (i64, i64)); 5] = [
    ("max_completion_tokens", (1, i64::MAX)),
    ("max_tokens", (1, i64::MAX)),
    ("n", (1, 128)),
    ("seed", (i64::MIN, i64::MAX)),
    ("top_logprobs", (0, 20)),
];

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    /// A good request with one field set to something else.
    pub(super) fn fault_with(field: &str, value: Value) -> Fault {
        let mut request = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        request[field] = value;
        chat_completions(&request).expect_err("the request is wrong")
    }

    #[test]
    fn a_small_good_request_passes_with_fields_that_nobody_knows() {
        let request = json!({
            "model": "m",
            "messages": [{"role": "user", "content": "hi"}],
            "temperature": 0, "max_tokens": null, "seed": 1, "stream": true, "x_new": [1],
        });
        assert_eq!(chat_completions(&request), Ok(()));
    }

    #[test]
    fn a_body_that_is_no_json_object_is_refused() {
        for body in ["", "{", "[]", "\"x\"", "\u{0}"] {
            let fault = parse(body.as_bytes()).expect_err("not an object");
            assert_eq!(fault.status, 400, "{body}");
        }
        assert!(parse(&[0xff, 0xfe]).is_err());
        let deep = "[".repeat(100_000);
        assert!(parse(deep.as_bytes()).is_err(), "depth is bounded");
    }

    #[test]
    fn model_and_messages_are_required_and_typed() {
        let fault = chat_completions(&json!({"messages": []})).expect_err("no model");
        assert_eq!(fault.message, "you must provide a model parameter");
        let fault = chat_completions(&json!({"model": "m"})).expect_err("no messages");
        assert_eq!(fault.param.as_deref(), Some("messages"));
        assert_eq!(fault.code.as_deref(), Some("missing_required_parameter"));
        assert_eq!(fault_with("model", json!(7)).code.as_deref(), Some("invalid_type"));
        assert_eq!(fault_with("messages", json!({})).code.as_deref(), Some("invalid_type"));
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let fault = fault_with("temperature", json!(3));
        assert_eq!(
            fault.message,
            "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 \
             instead."
        );
        assert_eq!(fault.code.as_deref(), Some("decimal_above_maximum_value"));
        let fault = fault_with("max_completion_tokens", json!(0));
        assert_eq!(fault.param.as_deref(), Some("max_completion_tokens"));
        assert_eq!(fault_with("n", json!(1.5)).code.as_deref(), Some("invalid_type"));
        assert_eq!(fault_with("n", json!(u64::MAX)).param.as_deref(), Some("n"));
        assert_eq!(fault_with("logprobs", json!("yes")).code.as_deref(), Some("invalid_type"));
    }

    #[test]
    fn stream_options_are_typed_and_only_for_streams() {
        let with = |stream, options| {
            chat_completions(&json!({
                "model": "m", "messages": [{"role": "user", "content": "hi"}],
                "stream": stream, "stream_options": options,
            }))
        };
        assert_eq!(with(json!(true), json!({"include_usage": true, "x_new": 1})), Ok(()));
        assert_eq!(with(json!(true), json!({"include_usage": null})), Ok(()));
        assert_eq!(with(json!(false), Value::Null), Ok(()));
        for stream in [json!(false), Value::Null] {
            let fault = with(stream, json!({"include_usage": true})).expect_err("no stream");
            assert_eq!(fault.param.as_deref(), Some("stream_options"));
        }
        assert_eq!(with(json!(true), json!([])).expect_err("a list").status, 400);
        let fault = with(json!(true), json!({"include_usage": 1})).expect_err("no boolean");
        assert_eq!(fault.param.as_deref(), Some("stream_options.include_usage"));
    }

    #[test]
    fn both_token_limits_at_once_are_refused() {
        let request = json!({
            "model": "m", "messages": [{"role": "user", "content": "hi"}],
            "max_tokens": 1, "max_completion_tokens": 1,
        });
        assert!(chat_completions(&request).is_err());
    }

    #[test]
    fn metadata_holds_texts_only() {
        assert_eq!(fault_with("metadata", json!({"k": 1})).param.as_deref(), Some("metadata.k"));
        assert!(fault_with("metadata", json!(["k"])).message.contains("expected an object"));
    }
}
