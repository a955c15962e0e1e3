//! OpenAI's error object.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::json::{Untrusted, shorten};

/// The error object of a response: `{"error": {"message", "type", "param", "code"}}` (schema
/// `ErrorResponse` of OpenAI's document).
///
/// Compatible servers leave fields out, send numbers for codes or a bare text: all of it is read.
/// `Debug` leaves the message out, since servers quote what they were sent, and of the other fields
/// shows what looks like a word of the API; `Display` is the message.
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
    #[cfg_attr(not(feature = "wire"), allow(dead_code, reason = "only responses have bodies"))]
    pub(crate) fn from_body(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body {
            error: Option<Untrusted>,
        }
        let Untrusted(error) = serde_json::from_slice::<Body>(body).ok()?.error?;
        match error {
            Value::Object(mut fields) => {
                let mut text = |key: &str| match fields.remove(key) {
                    Some(Value::String(text)) => Some(text),
                    Some(Value::Number(number)) => Some(number.to_string()),
                    _ => None,
                };
                let message = text("message");
                let (kind, param, code) = (text("type"), text("param"), text("code"));
                let says_nothing = message.is_none() && kind.is_none() && code.is_none();
                let message = message.unwrap_or_default();
                (!says_nothing).then_some(Self { message, kind, param, code })
            }
            Value::String(message) if !message.is_empty() => {
                Some(Self { message, kind: None, param: None, code: None })
            }
            _ => None,
        }
    }

    /// What it is about in words of the API; what does not look like one stays in the object.
    #[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only attempts are summed up"))]
    pub(crate) fn summary(&self) -> String {
        match (word(self.code()).or_else(|| word(self.error_type())), path(self.param())) {
            (Some(named), Some(param)) => format!("{named} at `{param}`"),
            (Some(named), None) => named.to_owned(),
            (None, Some(param)) => format!("at `{param}`"),
            (None, None) => String::new(),
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
    #[cfg_attr(not(feature = "wire"), allow(dead_code, reason = "only responses have bodies"))]
    pub(crate) fn shortened(self) -> Self {
        Self {
            message: shorten(&self.message, SHOWN),
            kind: self.kind.map(|text| shorten(&text, SHOWN)),
            param: self.param.map(|text| shorten(&text, SHOWN)),
            code: self.code.map(|text| shorten(&text, SHOWN)),
        }
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("type", &word(self.error_type()))
            .field("param", &path(self.param()))
            .field("code", &word(self.code()))
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.message.is_empty() { "no message" } else { &self.message })
    }
}

impl std::error::Error for ApiError {}

/// A word such as `insufficient_quota` or `429`.
fn word(text: Option<&str>) -> Option<&str> {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    text.filter(|text| (1..=64).contains(&text.len()) && text.bytes().all(legal))
}

/// A field of the request, such as `messages[1].content`.
fn path(text: Option<&str>) -> Option<&str> {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.[]".contains(&b);
    text.filter(|text| (1..=100).contains(&text.len()) && text.bytes().all(legal))
}

const SHOWN: usize = 2_000;

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
