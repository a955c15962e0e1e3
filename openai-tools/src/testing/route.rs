//! Which endpoint a request is for, and whether its key is right.

use http::{HeaderMap, Method};
use serde_json::{Value, json};

use crate::json::shorten;

use super::{fault::Fault, responses::Kept, wire::Response};

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Endpoint {
    ChatCompletions,
    File(String),
    FileContent(String),
    Files,
    Kept(Kept),
    Model(String),
    Models,
    Responses,
}

impl Endpoint {
    pub(super) fn find(method: &Method, path: &str) -> Result<Self, Fault> {
        let kept = path.strip_prefix("/v1/").and_then(|rest| Kept::find(method, rest));
        if let Some(found) = kept {
            return found.map(Self::Kept).map_err(|_| not_allowed(method, path));
        }
        if let Some(rest) = path.strip_prefix("/v1/files") {
            return Self::find_file(method, path, rest);
        }
        let (endpoint, legal) = match path.strip_prefix("/v1/") {
            Some("chat/completions") => (Self::ChatCompletions, Method::POST),
            Some("responses") => (Self::Responses, Method::POST),
            Some("models") => (Self::Models, Method::GET),
            Some(rest) => match rest.strip_prefix("models/") {
                Some(id) if !id.is_empty() => (Self::Model(id.to_owned()), Method::GET),
                _ => return Err(no_such_path(method, path)),
            },
            None => return Err(no_such_path(method, path)),
        };
        if *method == legal { Ok(endpoint) } else { Err(not_allowed(method, path)) }
    }

    /// `rest` is what stands behind `/v1/files`.
    fn find_file(method: &Method, path: &str, rest: &str) -> Result<Self, Fault> {
        let (endpoint, legal) = match rest.strip_prefix('/').map(|rest| rest.split_once('/')) {
            None if rest.is_empty() => (Self::Files, [Method::GET, Method::POST]),
            Some(None) if rest.len() > 1 => {
                (Self::File(rest[1..].to_owned()), [Method::GET, Method::DELETE])
            }
            Some(Some((id, "content"))) if !id.is_empty() => {
                (Self::FileContent(id.to_owned()), [Method::GET, Method::GET])
            }
            _ => return Err(no_such_path(method, path)),
        };
        if legal.contains(method) { Ok(endpoint) } else { Err(not_allowed(method, path)) }
    }

    /// The methods that the path takes, for the header `allow`.
    pub(super) fn allowed(path: &str) -> &'static str {
        if let Some((_, legal)) = path.strip_prefix("/v1/").and_then(Kept::legal) {
            return legal;
        }
        if path.ends_with("/files") {
            return "GET, POST";
        }
        if path.contains("/files/") && !path.ends_with("/content") {
            return "GET, DELETE";
        }
        let posted = path.ends_with("/chat/completions") || path.ends_with("/responses");
        if posted { "POST" } else { "GET" }
    }
}

/// Checks the header `authorization` against the one key that is accepted.
pub(super) fn authorize(headers: &HeaderMap, key: &str) -> Result<(), Fault> {
    let given = headers.get(http::header::AUTHORIZATION).map(http::HeaderValue::as_bytes);
    let token = given.and_then(|value| value.strip_prefix(b"Bearer ")).unwrap_or_default();
    if token.trim_ascii().is_empty() {
        return Err(Fault::new(
            401,
            "You didn't provide an API key. You need to provide your API key in an Authorization \
             header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        ));
    }
    if token == key.as_bytes() {
        return Ok(());
    }
    // Not even a part of what was sent is quoted: it may be somebody's real key.
    Err(Fault::new(401, "Incorrect API key provided.").with_code("invalid_api_key"))
}

pub(super) fn models() -> Response {
    Response::json(200, &json!({"object": "list", "data": [model(MODEL)]}))
}

/// Every name is a model here, as every name is answered.
pub(super) fn model_named(id: &str) -> Response {
    Response::json(200, &model(id))
}

fn model(id: &str) -> Value {
    json!({"id": id, "object": "model", "created": 1_735_689_600, "owned_by": "openai-tools"})
}

fn not_allowed(method: &Method, path: &str) -> Fault {
    Fault::new(405, format!("Not allowed to {method} on {}.", shorten(path, SHOWN)))
        .with_code("method_not_supported")
}

fn no_such_path(method: &Method, path: &str) -> Fault {
    Fault::new(404, format!("Invalid URL ({method} {})", shorten(path, SHOWN)))
}

const MODEL: &str = "test-model";
const SHOWN: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_paths_are_found_by_method() {
        let find = |method: &Method, path: &str| Endpoint::find(method, path);
        assert_eq!(find(&Method::POST, "/v1/chat/completions"), Ok(Endpoint::ChatCompletions));
        assert_eq!(find(&Method::POST, "/v1/responses"), Ok(Endpoint::Responses));
        assert_eq!(find(&Method::GET, "/v1/models"), Ok(Endpoint::Models));
        assert_eq!(find(&Method::GET, "/v1/models/m"), Ok(Endpoint::Model("m".to_owned())));
        assert_eq!(find(&Method::POST, "/v1/files"), Ok(Endpoint::Files));
        assert_eq!(find(&Method::DELETE, "/v1/files/f"), Ok(Endpoint::File("f".to_owned())));
        let content = Ok(Endpoint::FileContent("f".to_owned()));
        assert_eq!(find(&Method::GET, "/v1/files/f/content"), content);
        let status = |method, path: &str| find(method, path).expect_err("unknown").status;
        assert_eq!(status(&Method::GET, "/v1/chat/completions"), 405);
        assert_eq!(status(&Method::POST, "/v1/models"), 405);
        assert_eq!(status(&Method::GET, "/v1/conversations"), 405);
        assert_eq!(Endpoint::allowed("/v1/conversations/c/items"), "GET, POST");
        assert_eq!(status(&Method::DELETE, "/v1/files"), 405);
        assert_eq!(status(&Method::POST, "/v1/files/f/content"), 405);
        for path in ["/v1/files/", "/v1/files/f/x", "/v1/files//content", "/v1/filesx"] {
            assert_eq!(status(&Method::GET, path), 404, "{path}");
        }
        for path in [
            "/",
            "/v1",
            "/v1/responses/",
            "/v1/responses/r/x",
            "/v1/conversations/c/x",
            "/v1/",
            "/v1/models/",
            "/v1/chat",
            "/chat/completions",
            "*",
            "",
        ] {
            assert_eq!(status(&Method::POST, path), 404, "{path}");
        }
    }

    #[test]
    fn a_key_is_compared_and_never_quoted() {
        let with = |value: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert("authorization", value.parse().expect("a header"));
            }
            authorize(&headers, "sk-1")
        };
        assert_eq!(with(Some("Bearer sk-1")), Ok(()));
        for missing in [None, Some(""), Some("Bearer "), Some("Basic sk-1")] {
            let fault = with(missing).expect_err("missing");
            assert!(fault.status == 401 && fault.message.starts_with("You didn't provide"));
        }
        let fault = with(Some("Bearer sk-2")).expect_err("wrong");
        assert_eq!((fault.status, fault.code.as_deref()), (401, Some("invalid_api_key")));
        assert!(!fault.message.contains("sk-"));
    }
}
