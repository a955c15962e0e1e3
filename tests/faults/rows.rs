//! What servers and models do wrong.

use std::time::{Duration, SystemTime};

use openai_tools::testing::{BreakPoint, Reply, StreamFault};
use serde_json::json;

use crate::scene::{Face, Settings, call, pieces};

/// Something that goes wrong with a good answer. Several forms of it come to the same.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) forms: Vec<Spoil>,
    pub(crate) settings: Settings,
    /// The least time between two attempts.
    pub(crate) wait: Duration,
}

/// Spoils the good answer to somebody; `None` where it cannot be.
pub(crate) type Spoil = Box<dyn Fn(Face, Reply) -> Option<Reply> + Send + Sync>;

impl Row {
    fn new<const N: usize>(name: &'static str, forms: [Spoil; N]) -> Self {
        Self { name, forms: forms.into(), settings: Settings::Usual, wait: Duration::ZERO }
    }

    fn asked_with(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }
}

fn each(spoil: impl Fn(Reply) -> Reply + Send + Sync + 'static) -> Spoil {
    Box::new(move |_, reply| Some(spoil(reply)))
}

/// What only a stream can do.
fn streamed(fault: StreamFault) -> Spoil {
    Box::new(move |face, reply| {
        let spoiled = || reply.with_stream(pieces().with_fault(fault.clone()));
        (face == Face::Stream).then(spoiled)
    })
}

fn statuses<const N: usize>(statuses: [u16; N]) -> [Spoil; N] {
    statuses.map(|status| each(move |_| Reply::error(status, "a_code", "words")))
}

fn told<const N: usize>(status: u16, headers: [(&'static str, &'static str); N]) -> [Spoil; N] {
    headers.map(|(name, value)| {
        each(move |_| Reply::error(status, "a_code", "words").with_header(name, value))
    })
}

/// A date so far ahead that no rounding makes it now.
fn date() -> Spoil {
    each(|_| {
        Reply::with(|_| {
            let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2));
            Reply::error(503, "a_code", "words").with_header("retry-after", date)
        })
    })
}

fn broken(point: BreakPoint) -> [Spoil; 2] {
    [each(move |reply| reply.closed_at(point)), each(move |reply| reply.reset_at(point))]
}

fn stalled(name: &'static str, point: BreakPoint) -> Row {
    Row::new(name, [each(move |reply| reply.stalled_at(point))]).asked_with(Settings::Impatient)
}

/// What a server does, or what is between it and us.
#[expect(clippy::too_many_lines, reason = "a table of all that they do")]
pub(crate) fn of_servers() -> Vec<Row> {
    use BreakPoint::{AfterHead, BeforeHead, InBody, InHead};

    vec![
        Row::new("status 400, 401, 403, 404, 413 or 422", statuses([400, 401, 403, 404, 413, 422])),
        Row::new("status 408, 409, 429, 500, 502, 503, 504 or 529", {
            statuses([408, 409, 429, 500, 502, 503, 504, 529])
        }),
        Row::new("status 429 with the code `insufficient_quota`", {
            [each(|_| Reply::error(429, "insufficient_quota", "words"))]
        }),
        Row::new("status 400 with `x-should-retry: true`", told(400, [("x-should-retry", "true")])),
        Row::new("status 503 with `x-should-retry: false`", {
            told(503, [("x-should-retry", "false")])
        }),
        Row {
            wait: Duration::from_millis(40),
            ..Row::new("status 429 with `retry-after-ms: 40`, or `retry-after: 0.04`", {
                told(429, [("retry-after-ms", "40"), ("retry-after", "0.04")])
            })
        },
        Row {
            wait: Duration::from_millis(500),
            ..Row::new("status 503 with a date as `retry-after`", [date()])
        },
        Row::new("status 503 with `retry-after: 61`", told(503, [("retry-after", "61")])),
        Row::new("a redirect to another host (301, 302, 307, 308)", {
            [301, 302, 307, 308].map(|status| {
                let elsewhere = format!("http://127.0.0.2:9/v1/{}", tests::path());
                each(move |reply| {
                    reply.with_status(status).with_header("location", elsewhere.clone())
                })
            })
        }),
        Row::new("status 202 or 206 with a good answer", {
            [202, 206].map(|status| each(move |reply| reply.with_status(status)))
        }),
        Row::new("closed or reset before the head", broken(BeforeHead)),
        Row::new("closed or reset in the head", broken(InHead)),
        Row::new("closed or reset after the head", broken(AfterHead)),
        Row::new("closed or reset in the body", broken(InBody)),
        Row::new("closed in a body without a length", {
            [each(|reply| reply.chunked().closed_at(InBody))]
        }),
        stalled("silence instead of the head", BeforeHead),
        stalled("silence in the head", InHead),
        stalled("silence after the head", AfterHead),
        stalled("silence in the body", InBody),
        Row::new("a body of slow bytes", {
            [each(|reply| reply.with_slow_bytes(200, Duration::from_millis(10)))]
        }),
        Row::new("a body so slow that `timeout` passes", {
            [each(|reply| reply.with_slow_bytes(250, Duration::from_millis(150)))]
        })
        .asked_with(Settings::Hurried),
        Row::new("no HTTP at all", [each(|_| Reply::raw_http("220 mail.example.org ESMTP\r\n"))]),
        Row::new("HTTP chunks that are none", {
            [each(|_| {
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
                Reply::raw_http(format!("{head}transfer-encoding: chunked\r\n\r\nhello\r\n"))
            })]
        }),
        Row::new(
            "an empty body",
            ["", "\r\n"].map(|body| each(move |_| Reply::raw(200, "application/json", body))),
        ),
        Row::new("an HTML page, half a JSON document, or JSON that is no response", {
            ["<html>", "{\"choices\": [", "{\"choices\": []}", "{\"output\": []}"]
                .map(|body| each(move |_| Reply::raw(200, "application/json", body)))
        }),
        Row::new("a good answer as `text/html`, or without a known type", {
            ["text/html", "x"].map(|kind| each(move |r| r.with_header("content-type", kind)))
        }),
        Row::new("an error object with status 200", {
            [each(|_| Reply::json(200, &json!({"error": {"message": "words", "code": "bad"}})))]
        }),
        Row::new("the same with code 429 or 503, or type `server_error`", {
            [json!({"code": 429}), json!({"code": 503}), json!({"type": "server_error"})]
                .map(|error| each(move |_| Reply::json(200, &json!({"error": error}))))
        }),
        Row::new("a response over `max_response_bytes`", [each(|_| Reply::huge(1_000_000))])
            .asked_with(Settings::Narrow),
        Row::new("an event of 34 MiB", {
            [streamed(StreamFault::Oversized { at: 2, bytes: 34 * 1024 * 1024 })]
        }),
        Row::new("the first event is no JSON", [streamed(StreamFault::NotJson(0))]),
        Row::new("an event in the middle is no JSON", [streamed(StreamFault::NotJson(3))]),
        Row::new("an error object in the middle of a stream", {
            [streamed(StreamFault::Error {
                at: 3,
                code: "server_error".to_owned(),
                message: "words".to_owned(),
            })]
        }),
        Row::new("a stream that ends without its end", [streamed(StreamFault::EndAfter(4))]),
        Row::new("a stream closed or reset after its first event", {
            [streamed(StreamFault::CutAfter(1)), streamed(StreamFault::ResetAfter(1))]
        }),
        Row::new(
            "a stream that falls silent in the middle",
            [streamed(StreamFault::StallAfter(4))],
        )
        .asked_with(Settings::Impatient),
    ]
}

/// What a model says first; then it comes to its senses.
pub(crate) fn of_models() -> Vec<(&'static str, Vec<Reply>)> {
    let calls = |calls: &[(&str, &str)]| {
        Reply::tool_calls(calls.iter().map(|(id, name)| call(id, name))).with_stream(pieces())
    };
    let arguments = |texts: &[&'static str]| {
        let one = |text: &&'static str| Reply::tool_calls([("c1", "act", *text)]);
        texts.iter().map(one).collect()
    };
    let ids = |id: serde_json::Value| {
        let function = json!({"name": "act", "arguments": "{\"text\":\"\"}"});
        if tests::is_chat() {
            let call = json!({"id": id, "type": "function", "function": function});
            return Reply::text("").with_message_field("tool_calls", json!([call]));
        }
        let mut item = json!({"type": "function_call", "id": "fc_1", "call_id": id});
        item["name"] = function["name"].clone();
        item["arguments"] = function["arguments"].clone();
        Reply::text("").with_field("output", json!([item]))
    };
    vec![
        ("calls of known tools", vec![calls(&[("c1", "look"), ("c2", "act"), ("c3", "act")])]),
        ("calls without ids", vec![calls(&[("", "act"), ("", "look")])]),
        ("a call whose id is null", vec![ids(json!(null))]),
        ("different calls with the same id", { vec![calls(&[("c1", "look"), ("c1", "act")])] }),
        ("the same call twice, letter by letter", vec![calls(&[("c1", "act"), ("c1", "act")])]),
        ("an id that is no text", [json!(7), json!(true), json!({})].map(ids).into()),
        ("an unknown tool", vec![calls(&[("c1", "acting")]), calls(&[("c1", "")])]),
        ("arguments that are not JSON", {
            arguments(&["", "{\"text\":", "{\"text\":\"\"}{\"text\":\"\"}", "nonsense"])
        }),
        ("arguments that break the schema", {
            arguments(&["{}", "{\"text\":1}", "{\"text\":\"\",\"b\":1}", "[]", "null"])
        }),
        ("a call in a response cut by `length`", {
            vec![calls(&[("c1", "act")]).with_finish_reason("length")]
        }),
        ("a call in a response cut by `content_filter`", {
            vec![calls(&[("c1", "act")]).with_finish_reason("content_filter")]
        }),
        ("a call with a finish reason that nobody knows", {
            vec![calls(&[("c1", "act")]).with_finish_reason("tired")]
        }),
        ("300 calls at once", {
            let all = (0..300).map(|n| call(&format!("c{n}"), "act"));
            vec![Reply::tool_calls(all).with_stream(pieces())]
        }),
        ("a refusal", vec![Reply::refusal("no")]),
        ("nothing but a good finish reason", vec![Reply::text("")]),
    ]
}
