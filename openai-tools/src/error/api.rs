//! OpenAI's error object.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// The error object of a response: `{"error": {"message", "type", "param", "code"}}` (schema
/// `ErrorResponse` of OpenAI's document).
///
/// Compatible servers leave fields out, send numbers for codes or a bare text: all of it is read.
/// `Debug` leaves the message out, since servers quote what they were sent; `Display` is the
/// message.
#[derive(Clone, Eq, PartialEq)]
pub struct ApiError {
    message: String,
    kind: Option<String>,
    param: Option<String>,
    code: Option<String>,
}

impl ApiError {
    /// The server's words, cut at 2,000 characters. They can quote the request.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Field `type`, such as `invalid_request_error`.
    #[must_use]
    pub fn error_type(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// The request's field that is meant, such as `messages[1].content`.
    #[must_use]
    pub fn param(&self) -> Option<&str> {
        self.param.as_deref()
    }

    /// Field `code`, such as `insufficient_quota`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Reads the error object out of a body, if it has one.
    ///
    /// `{"error": null}` is no error: several servers send it with every good response. Its texts
    /// are whole: take secrets out before [`shortened`](Self::shortened) can cut one in two.
    #[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only HTTP has bodies"))]
    pub(crate) fn from_body(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body {
            error: Option<Value>,
        }
        match serde_json::from_slice::<Body>(body).ok()?.error? {
            Value::Object(mut fields) => {
                let mut text = |key: &str| match fields.remove(key) {
                    Some(Value::String(text)) => Some(text),
                    Some(Value::Number(number)) => Some(number.to_string()),
                    _ => None,
                };
                Some(Self {
                    message: text("message").unwrap_or_default(),
                    kind: text("type"),
                    param: text("param"),
                    code: text("code"),
                })
            }
            Value::String(message) => Some(Self { message, kind: None, param: None, code: None }),
            _ => None,
        }
    }

    /// Takes a secret out of everything that is shown.
    #[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only the client has a key"))]
    pub(crate) fn without_secret(mut self, secret: &str) -> Self {
        if !secret.is_empty() {
            self.message = self.message.replace(secret, "[key]");
            for field in [&mut self.kind, &mut self.param, &mut self.code].into_iter().flatten() {
                *field = field.replace(secret, "[key]");
            }
        }
        self
    }

    /// Cuts every text at 2,000 characters.
    #[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only HTTP has bodies"))]
    pub(crate) fn shortened(self) -> Self {
        Self {
            message: excerpt(self.message),
            kind: self.kind.map(excerpt),
            param: self.param.map(excerpt),
            code: self.code.map(excerpt),
        }
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("type", &self.kind)
            .field("param", &self.param)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.message.is_empty() { "no message" } else { &self.message })
    }
}

impl std::error::Error for ApiError {}

fn excerpt(mut text: String) -> String {
    const SHOWN: usize = 2_000;
    if let Some((end, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_shapes_of_error_bodies_are_read() {
        let full = br#"{"error":{"message":"m","type":"t","param":null,"code":429}}"#;
        let error = ApiError::from_body(full).expect("an object");
        assert_eq!(
            (error.message(), error.error_type(), error.param(), error.code()),
            ("m", Some("t"), None, Some("429"))
        );
        let bare = ApiError::from_body(br#"{"error":"model not found"}"#).expect("a text");
        assert_eq!(bare.message(), "model not found");
        for none in [&br#"{"error":null}"#[..], b"{}", b"<html>", b"[]", b"", br#"{"error":7}"#] {
            assert_eq!(ApiError::from_body(none), None);
        }
    }

    #[test]
    fn the_message_is_in_display_only_and_without_the_key() {
        let body = br#"{"error":{"message":"bad key sk-1 in: my prompt","code":"sk-1"}}"#;
        let error = ApiError::from_body(body).expect("an object").without_secret("sk-1");
        assert_eq!(error.to_string(), "bad key [key] in: my prompt");
        assert!(!format!("{error:?}").contains("prompt"));
        assert_eq!(error.code(), Some("[key]"));
    }

    #[test]
    fn a_long_message_is_cut() {
        let body = format!(r#"{{"error":"{}"}}"#, "ü".repeat(100_000));
        let error = ApiError::from_body(body.as_bytes()).expect("a text").shortened();
        assert_eq!(error.message().chars().count(), 2_001);
    }
}
