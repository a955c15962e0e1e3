//! What the server refuses, as OpenAI's error object.

use serde_json::{Value, json};

use crate::json::shorten;

/// A request that is answered with an error: status and error object
/// `{"error": {"message", "type", "param", "code"}}`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Fault {
    pub(super) status: u16,
    pub(super) message: String,
    pub(super) param: Option<String>,
    pub(super) code: Option<String>,
}

impl Fault {
    pub(super) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), param: None, code: None }
    }

    /// A 400: the request itself is wrong.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    pub(super) fn with_param(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    pub(super) fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// A value of a type that the field does not take. `expected` is such as `an object`.
    pub(super) fn wrong_type(param: impl Into<String>, expected: &str, got: &Value) -> Self {
        let param = param.into();
        let got = type_name(got);
        Self::invalid(format!("Invalid type for '{param}': expected {expected}, but got {got}."))
            .with_param(param)
            .with_code("invalid_type")
    }

    pub(super) fn missing(param: impl Into<String>) -> Self {
        let param = param.into();
        Self::invalid(format!("Missing required parameter: '{param}'."))
            .with_param(param)
            .with_code("missing_required_parameter")
    }

    /// A word that is none of the known ones. `supported` is such as `'a', 'b', and 'c'`.
    pub(super) fn unsupported(param: impl Into<String>, got: &str, supported: &str) -> Self {
        let got = shorten(got, 100);
        Self::invalid(format!("Invalid value: '{got}'. Supported values are: {supported}."))
            .with_param(param)
            .with_code("invalid_value")
    }

    /// Field `type`, as OpenAI's server sends it with each status.
    fn error_type(&self) -> &'static str {
        match (self.status, self.code.as_deref()) {
            (429, Some("insufficient_quota")) => "insufficient_quota",
            (429, _) => "requests",
            (500.., _) => "server_error",
            _ => "invalid_request_error",
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({"error": {
            "message": self.message,
            "type": self.error_type(),
            "param": self.param,
            "code": self.code,
        }})
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null instead",
        Value::Bool(_) => "a boolean instead",
        Value::Number(number) if number.is_f64() => "a decimal number instead",
        Value::Number(_) => "an integer instead",
        Value::String(_) => "a string instead",
        Value::Array(_) => "an array instead",
        Value::Object(_) => "an object instead",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_written_as_the_error_object_of_openai() {
        let fault = Fault::wrong_type("messages", "an array of objects", &json!("x"));
        assert_eq!(
            fault.to_json(),
            json!({"error": {
                "message": "Invalid type for 'messages': expected an array of objects, \
                            but got a string instead.",
                "type": "invalid_request_error",
                "param": "messages",
                "code": "invalid_type",
            }})
        );
    }
}
