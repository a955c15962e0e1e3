//! The server's half of the benchmark of streams.

use std::{
    fmt::Write as _,
    io::{BufReader, Write},
    net::TcpStream,
};

use serde_json::json;

use crate::process::Request as Received;

/// How the server packs events into chunks of HTTP.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Packing {
    /// One event in each, each sent by itself.
    Each,
    /// 16 kB in each.
    Full,
}

impl Packing {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::Full => "packed",
        }
    }
}

/// A response on its way: `/{packing}/{delta}/{bytes}/…` says how, the model's name whether as a
/// call or as a text.
struct Sending<'a> {
    stream: &'a mut TcpStream,
    packing: Packing,
    chunk: String,
    head: &'static str,
    events: u64,
}

impl Sending<'_> {
    /// An event of the Responses API.
    fn named(&mut self, kind: &str, fields: &str) {
        self.chunk.push_str("event: ");
        self.chunk.push_str(kind);
        self.chunk.push('\n');
        let number = self.events;
        self.events += 1;
        self.event(&format!("{{\"type\":\"{kind}\",\"sequence_number\":{number},{fields}}}"));
    }

    fn event(&mut self, data: &str) {
        self.chunk.push_str("data: ");
        self.chunk.push_str(data);
        self.chunk.push_str("\n\n");
        if self.packing == Packing::Each || self.chunk.len() >= 16 << 10 {
            self.send();
        }
    }

    /// A chunk of the model's response.
    fn chunk(&mut self, delta: &str, finish_reason: &str) {
        let data = format!(
            "{}\"choices\":[{{\"index\":0,\"delta\":{delta},\"logprobs\":null,\
             \"finish_reason\":{finish_reason}}}],\"usage\":null}}",
            self.head
        );
        self.event(&data);
    }

    fn say_by_chat(&mut self, what: &What, size: usize) {
        self.chunk("{\"role\":\"assistant\",\"content\":null}", "null");
        match what {
            What::Word => {
                self.chunk("{\"content\":\"Stored.\"}", "null");
                self.chunk("{}", "\"stop\"");
            }
            What::Text(text) => {
                for piece in pieces(text, size) {
                    self.chunk(&format!("{{\"content\":{}}}", escaped(piece)), "null");
                }
                self.chunk("{}", "\"stop\"");
            }
            What::Call(arguments) => {
                self.chunk(
                    "{\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\
                     \"function\":{\"name\":\"store\",\"arguments\":\"\"}}]}",
                    "null",
                );
                for piece in pieces(arguments, size) {
                    let delta = format!(
                        "{{\"tool_calls\":[{{\"index\":0,\"function\":{{\"arguments\":{}}}}}]}}",
                        escaped(piece)
                    );
                    self.chunk(&delta, "null");
                }
                self.chunk("{}", "\"tool_calls\"");
            }
        }
        self.event("[DONE]");
    }

    fn say_by_responses(&mut self, what: &What, size: usize) {
        let head = "\"id\":\"resp_67c9fdcecf488190bdd9a0409de3a1ec07b8b0ad4e5eb654\",\
                    \"object\":\"response\",\"created_at\":1741290958,\
                    \"model\":\"gpt-5.2-2025-12-11\"";
        let begun = format!("\"response\":{{{head},\"status\":\"in_progress\",\"output\":[]}}");
        self.named("response.created", &begun);
        self.named("response.in_progress", &begun);
        let (id, text, is_call) = match what {
            What::Word => {
                ("msg_67c9fdcf37fc8190ba82116e33fb28c507b8b0ad4e5eb654", "Stored.", false)
            }
            What::Text(text) => {
                ("msg_67c9fdcf37fc8190ba82116e33fb28c507b8b0ad4e5eb654", text.as_str(), false)
            }
            What::Call(text) => {
                ("fc_67c9fdcf37fc8190ba82116e33fb28c507b8b0ad4e5eb654", text.as_str(), true)
            }
        };
        let at = format!("\"item_id\":\"{id}\",\"output_index\":0");
        let item = |status: &str, text: Option<&str>| {
            let said = text.map(|text| {
                format!(
                    "{{\"type\":\"output_text\",\"annotations\":[],\"text\":{}}}",
                    escaped(text)
                )
            });
            let (said, arguments) = (said.unwrap_or_default(), escaped(text.unwrap_or_default()));
            let head = format!("\"id\":\"{id}\",\"status\":\"{status}\"");
            if is_call {
                format!(
                    "{{\"type\":\"function_call\",{head},\"call_id\":\"call_1\",\
                     \"name\":\"store\",\"arguments\":{arguments}}}"
                )
            } else {
                format!(
                    "{{\"type\":\"message\",{head},\"role\":\"assistant\",\"content\":[{said}]}}"
                )
            }
        };
        let begun = format!("\"output_index\":0,\"item\":{}", item("in_progress", None));
        self.named("response.output_item.added", &begun);
        for piece in pieces(text, size) {
            let piece = escaped(piece);
            if is_call {
                let fields = format!("{at},\"delta\":{piece}");
                self.named("response.function_call_arguments.delta", &fields);
            } else {
                let fields = format!("{at},\"content_index\":0,\"delta\":{piece},\"logprobs\":[]");
                self.named("response.output_text.delta", &fields);
            }
        }
        let whole = escaped(text);
        if is_call {
            let fields = format!("{at},\"arguments\":{whole}");
            self.named("response.function_call_arguments.done", &fields);
        } else {
            let fields = format!("{at},\"content_index\":0,\"text\":{whole},\"logprobs\":[]");
            self.named("response.output_text.done", &fields);
            let part = format!("{{\"type\":\"output_text\",\"annotations\":[],\"text\":{whole}}}");
            let fields = format!("{at},\"content_index\":0,\"part\":{part}");
            self.named("response.content_part.done", &fields);
        }
        let item = item("completed", Some(text));
        self.named("response.output_item.done", &format!("\"output_index\":0,\"item\":{item}"));
        let usage = "{\"input_tokens\":1,\"output_tokens\":2,\"total_tokens\":3}";
        let response = format!(
            "\"response\":{{{head},\"status\":\"completed\",\"output\":[{item}],\"usage\":{usage}}}"
        );
        self.named("response.completed", &response);
    }

    fn send(&mut self) {
        if !self.chunk.is_empty() {
            let sent = format!("{:x}\r\n{}\r\n", self.chunk.len(), self.chunk);
            self.stream.write_all(sent.as_bytes()).expect("the client reads");
            self.chunk.clear();
        }
    }
}

/// What a response says.
enum What {
    Call(String),
    Text(String),
    Word,
}

pub(crate) fn connection(mut stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    while let Some(request) = Received::read(&mut reader) {
        let mut path = request.path.split('/').skip(1);
        let packing = if path.next() == Some("each") { Packing::Each } else { Packing::Full };
        let mut number = || path.next().and_then(|text| text.parse().ok()).expect("a number");
        let (delta, bytes): (usize, usize) = (number(), number());
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
                    x-request-id: req_1\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).expect("the client reads");
        let mut sending = Sending {
            stream: &mut stream,
            packing,
            chunk: String::new(),
            head: "{\"id\":\"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG\",\
                   \"object\":\"chat.completion.chunk\",\"created\":1741570283,\
                   \"model\":\"gpt-5.2-2025-12-11\",\"service_tier\":\"default\",\
                   \"system_fingerprint\":\"fp_fc9f1d7035\",",
            events: 0,
        };
        let what = if request.has_outputs() {
            What::Word
        } else if request.holds(b"\"model\":\"text\"") {
            What::Text(records(bytes))
        } else {
            What::Call(records(bytes))
        };
        if request.path.ends_with("/responses") {
            sending.say_by_responses(&what, delta);
        } else {
            sending.say_by_chat(&what, delta);
        }
        sending.send();
        stream.write_all(b"0\r\n\r\n").expect("the client reads");
    }
}

fn escaped(text: &str) -> String {
    serde_json::to_string(text).expect("a text")
}

fn pieces(text: &str, size: usize) -> impl Iterator<Item = &str> {
    assert!(text.is_ascii(), "cut at any byte");
    (0..text.len()).step_by(size).map(move |at| &text[at..text.len().min(at + size)])
}

/// What a long argument of a tool call looks like: a list of records of short members.
pub(crate) fn records(bytes: usize) -> String {
    let mut text = "{\"records\":[".to_owned();
    for n in 0.. {
        if text.len() >= bytes {
            break;
        }
        let record = json!({
            "id": n, "name": format!("Name of number {n}"), "price": f64::from(n) / 4.0,
            "tags": ["red", "large"], "active": n % 2 == 0, "parent": null,
            "note": "A sentence of some words, as models write them.\nAnother one.",
        });
        let comma = if n > 0 { "," } else { "" };
        write!(text, "{comma}{record}").expect("memory");
    }
    text + "]}"
}
