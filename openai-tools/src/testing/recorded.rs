//! What the server was sent.

use std::{fmt, sync::Arc, time::Instant};

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;
use tokio::sync::watch;

use super::responses;

/// One request that the server got. Cloning is cheap.
///
/// `Debug` shows neither the headers' secrets nor the body: the key is in the one, a prompt in the
/// other.
#[derive(Clone)]
pub struct Recorded {
    inner: Arc<Inner>,
}

struct Inner {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    request_id: String,
    received_at: Instant,
    answer: watch::Sender<Answered>,
}

#[derive(Default)]
struct Answered {
    status: Option<u16>,
    at: Option<Instant>,
    abandoned: bool,
    events: u64,
    event_times: Vec<Instant>,
    calls: Vec<(Arc<str>, Instant)>,
}

impl Recorded {
    /// The method, such as `POST`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.inner.method.as_str()
    }

    /// Path and query, such as `/v1/chat/completions`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.inner.path
    }

    /// A header's value, if it was sent and is text; the name in any case. `authorization` is
    /// here in full, so that a test can look at it.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.inner.headers.get(name)?.to_str().ok()
    }

    /// Every header in the order of the wire, name in lower case; values that are no text are
    /// left out.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.inner.headers.iter();
        headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// The body as it came, byte for byte; empty if it was over the server's limit of 64 MB.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.inner.body
    }

    /// The body as JSON, parsed at each call; `null` if it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.inner.body).unwrap_or_default()
    }

    /// What the request asks as a body for chat completions, whichever API it came through, so that
    /// a test can hold for both: messages, our own tools, tool choice, response format and settings
    /// that both have. `null` if the body is not JSON.
    ///
    /// Of a request for a response only what it sends is in there, not what the server keeps; items
    /// that chat completions do not have are left out, such as what was reasoned and what hosted
    /// tools did.
    #[must_use]
    pub fn as_chat(&self) -> Value {
        let body = self.json();
        if body.is_object() && self.is_of_responses() { responses::as_chat(&body) } else { body }
    }

    /// What the model was told of a call's output, by the call's id; texts in parts are joined.
    /// `None` if the request does not answer the call.
    #[must_use]
    pub fn tool_output(&self, call_id: &str) -> Option<String> {
        let asked = self.as_chat();
        let messages = asked.get("messages")?.as_array()?;
        let answers = messages.iter().find(|message| message["tool_call_id"] == *call_id)?;
        Some(match &answers["content"] {
            Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
            content => content.as_str().unwrap_or_default().to_owned(),
        })
    }

    /// The names of our own tools that were offered, in order.
    #[must_use]
    pub fn tool_names(&self) -> Vec<String> {
        let asked = self.as_chat();
        let tools = asked.get("tools").and_then(Value::as_array).into_iter().flatten();
        let name = |tool: &Value| {
            let kind = tool.get("type")?.as_str()?;
            tool.get(kind)?.get("name")?.as_str().map(str::to_owned)
        };
        tools.filter_map(name).collect()
    }

    fn is_of_responses(&self) -> bool {
        let path = self.path().split('?').next().unwrap_or_default();
        path.ends_with("/responses")
    }

    /// The `x-request-id` that the server answers with: `req_000001` for the first request.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.inner.request_id
    }

    /// When the whole request had arrived.
    #[must_use]
    pub fn received_at(&self) -> Instant {
        self.inner.received_at
    }

    /// The status of the answer; `None` before it is sent, and for a connection that was closed
    /// without one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.inner.answer.borrow().status
    }

    /// When the answer had been handed to the socket, or the connection was closed instead, by
    /// either side; `None` while the request waits and while a stream goes on. A client that was told to wait may not be back earlier than
    /// this plus the wait.
    #[must_use]
    pub fn answered_at(&self) -> Option<Instant> {
        self.inner.answer.borrow().at
    }

    /// Whether the client went away before it had been sent the whole answer, in the middle of a
    /// stream, say, or the server was dropped. An answer that the server was told to break off is
    /// none of these.
    ///
    /// It is known once [`answered_at`](Self::answered_at) is; [`ended`](Self::ended) waits for
    /// that.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.inner.answer.borrow().abandoned
    }

    /// When each event of a streamed answer was handed to the connection, which writes it at once
    /// unless the client reads too slowly; for an event in several pieces, the last one. Of the
    /// first 100,000 events.
    #[must_use]
    pub fn event_times(&self) -> Vec<Instant> {
        self.inner.answer.borrow().event_times.clone()
    }

    /// How many events of a streamed answer have been handed to the connection.
    #[must_use]
    pub fn event_count(&self) -> u64 {
        self.inner.answer.borrow().events
    }

    /// When the event with the last piece of a call's arguments was handed to the connection, by
    /// the call's id; `None` before that, for an unstreamed answer, and after the first 100,000
    /// calls. It tells how soon a tool starts after its closing byte.
    #[must_use]
    pub fn arguments_sent_at(&self, id: &str) -> Option<Instant> {
        let answer = self.inner.answer.borrow();
        answer.calls.iter().find(|(call, _)| **call == *id).map(|(_, at)| *at)
    }

    /// Waits until the answer is over: sent, broken off, or left by the client.
    ///
    /// # Cancel safety
    ///
    /// Dropping this future has no effect.
    pub async fn ended(&self) {
        let mut answer = self.inner.answer.subscribe();
        // The sender lives in `self`, so this cannot end early.
        let _ = answer.wait_for(|answer| answer.at.is_some()).await;
    }

    /// Waits until so many events of a streamed answer have been handed to the connection, or the
    /// answer is over; tells whether there were so many.
    ///
    /// # Cancel safety
    ///
    /// Dropping this future has no effect.
    pub async fn wait_for_events(&self, count: u64) -> bool {
        let mut answer = self.inner.answer.subscribe();
        let enough = |answer: &Answered| answer.events >= count;
        let waited = answer.wait_for(|answer| enough(answer) || answer.at.is_some()).await;
        waited.is_ok_and(|answer| enough(&answer))
    }

    pub(super) fn new(
        head: http::request::Parts,
        body: Bytes,
        number: u64,
        received_at: Instant,
    ) -> Self {
        let path = head.uri.path_and_query().map_or_else(String::new, ToString::to_string);
        let inner = Inner {
            method: head.method,
            path,
            headers: head.headers,
            body,
            request_id: format!("req_{number:06}"),
            received_at,
            answer: watch::Sender::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    pub(super) fn set_status(&self, status: u16) {
        self.inner.answer.send_modify(|answer| answer.status = Some(status));
    }

    pub(super) fn set_answered(&self, at: Instant) {
        self.inner.answer.send_modify(|answer| _ = answer.at.get_or_insert(at));
    }

    /// The client went away. No effect where the answer is over.
    pub(super) fn set_abandoned(&self, at: Instant) {
        self.inner.answer.send_modify(|answer| {
            answer.abandoned |= answer.at.is_none();
            answer.at.get_or_insert(at);
        });
    }

    pub(super) fn add_events(&self, count: usize, closed: &[Arc<str>], at: Instant) {
        self.inner.answer.send_modify(|answer| {
            answer.events += count as u64;
            let room = MOST_KEPT.saturating_sub(answer.event_times.len());
            answer.event_times.extend(std::iter::repeat_n(at, count.min(room)));
            let room = MOST_KEPT.saturating_sub(answer.calls.len());
            answer.calls.extend(closed.iter().take(room).map(|id| (Arc::clone(id), at)));
        });
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self
            .headers()
            .map(|(name, value)| if is_secret(name) { (name, "[redacted]") } else { (name, value) })
            .collect();
        f.debug_struct("Recorded")
            .field("method", &self.method())
            .field("path", &self.path())
            .field("headers", &headers)
            .field("body_bytes", &self.inner.body.len())
            .field("request_id", &self.request_id())
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

fn is_secret(header: &str) -> bool {
    ["authorization", "api-key", "x-api-key", "cookie", "proxy-authorization"].contains(&header)
}

/// Of events and of calls: what a test looks at, within bounded memory.
const MOST_KEPT: usize = 100_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn recorded(body: &'static [u8]) -> Recorded {
        let (head, ()) = http::Request::post("http://x/v1/chat/completions?a=1")
            .header("Authorization", "Bearer sk-secret")
            .header("X-Kind", "test")
            .body(())
            .expect("a request")
            .into_parts();
        Recorded::new(head, Bytes::from_static(body), 7, Instant::now())
    }

    #[test]
    fn everything_of_a_request_can_be_asked_for() {
        let recorded = recorded(br#"{"model":"m"}"#);
        assert_eq!(recorded.method(), "POST");
        assert_eq!(recorded.path(), "/v1/chat/completions?a=1");
        assert_eq!(recorded.header("AUTHORIZATION"), Some("Bearer sk-secret"));
        assert_eq!(recorded.headers().count(), 2);
        assert_eq!(recorded.json()["model"], "m");
        assert_eq!(recorded.request_id(), "req_000007");
        assert_eq!((recorded.status(), recorded.answered_at()), (None, None));
    }

    #[test]
    fn a_request_of_either_api_is_looked_at_in_the_same_words() {
        let of = |path: &str, body: Value| {
            let request = http::Request::post(format!("http://x/v1/{path}")).body(());
            let (head, ()) = request.expect("a request").into_parts();
            Recorded::new(head, Bytes::from(body.to_string()), 1, Instant::now())
        };
        let function = json!({"name": "f", "arguments": "{}"});
        let chat = json!({
            "model": "m",
            "messages": [
                {"role": "user", "content": "hi"},
                {"role": "assistant", "content": null, "tool_calls": [
                    {"id": "c1", "type": "function", "function": function},
                ]},
                {"role": "tool", "tool_call_id": "c1", "content": "done"},
            ],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}],
        });
        let responses = json!({
            "model": "m",
            "input": [
                {"role": "user", "content": "hi"},
                {"type": "reasoning", "id": "r1", "summary": []},
                {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "c1", "output": "done"},
            ],
            "tools": [{"type": "function", "name": "f", "parameters": {}}, {"type": "web_search"}],
        });
        let requests =
            [of("chat/completions", chat.clone()), of("responses?a=1", responses.clone())];
        for request in &requests {
            assert_eq!(request.as_chat(), chat);
            assert_eq!(request.tool_output("c1").as_deref(), Some("done"));
            assert_eq!(request.tool_output("c2"), None);
            assert_eq!(request.tool_names(), ["f"]);
        }
        assert_eq!(requests[1].json(), responses);
        assert_eq!(recorded(b"[").as_chat(), Value::Null);
    }

    #[test]
    fn a_body_that_is_not_json_is_null_and_still_there() {
        let recorded = recorded(b"{");
        assert_eq!(recorded.json(), Value::Null);
        assert_eq!(recorded.body(), b"{");
    }

    #[test]
    fn the_key_and_the_prompt_are_not_in_debug() {
        let shown = format!("{:?}", recorded(b"{\"prompt\":\"my secret\"}"));
        assert!(!shown.contains("secret"), "{shown}");
        assert!(shown.contains("[redacted]") && shown.contains("x-kind"), "{shown}");
    }

    #[test]
    fn the_time_of_the_first_end_of_an_answer_stays() {
        let recorded = recorded(b"{}");
        let first = Instant::now();
        recorded.set_status(200);
        recorded.set_answered(first);
        recorded.set_answered(first + std::time::Duration::from_secs(1));
        assert_eq!((recorded.status(), recorded.answered_at()), (Some(200), Some(first)));
    }
}
