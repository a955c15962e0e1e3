//! What the benchmarks share: a server that costs the measured process nothing, the same loop
//! written by hand, and the comparison of two pieces of work pair by pair.

#[path = "process.rs"]
mod process;

use std::{
    io::{BufReader, Write},
    net::TcpStream,
    time::Duration,
};

use futures_util::future::join_all;
use openai_tools::Client;
use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};

use self::process::{Request as Received, ServerProcess};

/// A canned server of both APIs.
pub(crate) struct CannedServer {
    /// Stops with it.
    _process: ServerProcess,
    pub(crate) base_url: String,
}

impl CannedServer {
    /// It answers every request that holds tool outputs with a text, and every other with `calls`
    /// calls.
    pub(crate) fn start(calls: usize) -> Self {
        let process = ServerProcess::start(&calls.to_string());
        let base_url = format!("http://{}/v1", process.address);
        Self { _process: process, base_url }
    }

    /// To be called first in `main`: never returns in the server process.
    pub(crate) fn serve_if_asked() {
        if let Some(calls) = ServerProcess::asked() {
            serve(calls.parse().expect("a number of calls"));
        }
    }
}

fn serve(calls: usize) -> ! {
    let calls: Vec<_> = (0..calls)
        .map(|n| {
            let arguments = json!({"city": format!("City {n}"), "unit": "celsius"}).to_string();
            json!({"id": format!("call_{n}"), "type": "function",
                "function": {"name": "get_weather", "arguments": arguments}})
        })
        .collect();
    let asks =
        response(&json!({"role": "assistant", "content": null, "tool_calls": calls}), "tool_calls");
    let says = response(&json!({"role": "assistant", "content": "It is warmer in Hanoi."}), "stop");
    let items: Vec<_> = calls
        .iter()
        .enumerate()
        .map(|(n, call)| {
            json!({"type": "function_call", "id": format!("fc_{n}"), "status": "completed",
                "call_id": call["id"], "name": "get_weather",
                "arguments": call["function"]["arguments"]})
        })
        .collect();
    let text = json!({"type": "output_text", "annotations": [], "text": "It is warmer in Hanoi."});
    let message = json!({"type": "message", "id": "msg_1", "status": "completed",
        "role": "assistant", "content": [text]});
    let of_responses = [document(&items.into()), document(&json!([message]))];
    ServerProcess::serve(move |stream| connection(stream, [&asks, &says], &of_responses))
}

/// A response of the Responses API.
fn document(output: &serde_json::Value) -> Vec<u8> {
    http(&json!({
        "id": "resp_1", "object": "response", "created_at": 1, "status": "completed",
        "model": "gpt-5.2", "output": output, "error": null, "incomplete_details": null,
        "usage": {"input_tokens": 100, "output_tokens": 50, "total_tokens": 150},
    }))
}

fn response(message: &serde_json::Value, finish_reason: &str) -> Vec<u8> {
    http(&json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-5.2",
        "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
    }))
}

fn http(body: &serde_json::Value) -> Vec<u8> {
    let body = body.to_string();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_1\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn connection(mut stream: TcpStream, of_chat: [&Vec<u8>; 2], of_responses: &[Vec<u8>; 2]) {
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    while let Some(request) = Received::read(&mut reader) {
        let says = usize::from(request.has_outputs());
        let is_of_responses = request.path.ends_with("/responses");
        let answer = if is_of_responses { &of_responses[says] } else { of_chat[says] };
        stream.write_all(answer).expect("the client reads");
    }
}

/// The loop as one writes it by hand with `reqwest` and `serde_json`: no validation, no limits, no
/// isolation of tools.
pub(crate) struct ByHand {
    http: reqwest::Client,
    url: String,
    tools: Box<RawValue>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, as a real tool would")]
pub(crate) struct Arguments {
    pub(crate) city: String,
    pub(crate) unit: Option<String>,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    messages: &'a [Message],
    tools: &'a RawValue,
}

#[derive(Clone, Deserialize, Serialize)]
struct Message {
    role: String,
    content: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Call>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<String>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Call {
    id: String,
    r#type: String,
    function: Function,
}

#[derive(Clone, Deserialize, Serialize)]
struct Function {
    name: String,
    arguments: String,
}

#[derive(Deserialize)]
struct Response {
    choices: Vec<Choice>,
    usage: Usage,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Usage {
    total_tokens: u64,
}

impl ByHand {
    pub(crate) fn new(base_url: &str, tools: Box<RawValue>) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { http, url: format!("{base_url}/chat/completions"), tools }
    }

    /// One run: a response with calls, their outputs, the final text.
    pub(crate) async fn run(
        &self,
        prompt: &str,
        tool: impl AsyncFn(Arguments) -> String,
    ) -> String {
        let message = |role: &str, content: String, id: Option<String>| Message {
            role: role.to_owned(),
            content: Some(content),
            tool_calls: Vec::new(),
            tool_call_id: id,
        };
        let mut messages = vec![message("user", prompt.to_owned(), None)];
        let mut tokens = 0;
        loop {
            let request = Request { model: "gpt-5.2", messages: &messages, tools: &self.tools };
            let response: Response = self
                .http
                .post(&self.url)
                .bearer_auth("sk-bench")
                .json(&request)
                .send()
                .await
                .expect("an answer")
                .json()
                .await
                .expect("a response");
            tokens += response.usage.total_tokens;
            let answer = response.choices.into_iter().next().expect("a choice").message;
            if answer.tool_calls.is_empty() {
                assert_eq!(tokens, 300);
                return answer.content.unwrap_or_default();
            }
            let tool = &tool;
            let outputs = join_all(answer.tool_calls.iter().map(|call| async move {
                let arguments = serde_json::from_str(&call.function.arguments).expect("arguments");
                tool(arguments).await
            }))
            .await;
            let ids: Vec<_> = answer.tool_calls.iter().map(|call| call.id.clone()).collect();
            messages.push(answer);
            messages.extend(
                ids.into_iter().zip(outputs).map(|(id, text)| message("tool", text, Some(id))),
            );
        }
    }
}

/// Both sides of a comparison, against one server whose response asks for so many calls.
pub(crate) fn sides(calls: usize, tools: &openai_tools::Toolbox) -> (CannedServer, Client, ByHand) {
    let server = CannedServer::start(calls);
    let by_hand = ByHand::new(&server.base_url, wire_tools(tools));
    let client = Client::builder()
        .base_url(&server.base_url)
        .api_key("sk-bench")
        .build()
        .expect("a sound client");
    (server, client, by_hand)
}

/// The definitions of a toolbox as the wire has them.
fn wire_tools(tools: &openai_tools::Toolbox) -> Box<RawValue> {
    let list: Vec<_> =
        tools.definitions().map(|d| json!({"type": "function", "function": d})).collect();
    serde_json::value::to_raw_value(&list).expect("JSON")
}

/// Runs the library and the same by hand in turn.
pub(crate) fn compare(
    name: &str,
    pairs: usize,
    ours: impl FnMut() -> Duration,
    by_hand: impl FnMut() -> Duration,
) -> f64 {
    compare_both(name, ["openai-tools", "by hand"], pairs, ours, by_hand)
}

/// Runs two pieces of work in turn, A B A B …, and prints the medians of both and of the ratios
/// A/B of the pairs: that holds when the speed of the machine drifts.
pub(crate) fn compare_both(
    name: &str,
    [of_a, of_b]: [&str; 2],
    pairs: usize,
    mut a: impl FnMut() -> Duration,
    mut b: impl FnMut() -> Duration,
) -> f64 {
    // Warm-up.
    let _ = (a(), b());
    let measured: Vec<_> = (0..pairs).map(|_| (a().as_secs_f64(), b().as_secs_f64())).collect();
    let median = |mut of: Vec<f64>| {
        of.sort_by(f64::total_cmp);
        (of[of.len() / 2], of[0], of[of.len() - 1])
    };
    let (a, ..) = median(measured.iter().map(|(a, _)| a * 1e6).collect());
    let (b, ..) = median(measured.iter().map(|(_, b)| b * 1e6).collect());
    let (ratio, least, most) = median(measured.iter().map(|(a, b)| a / b).collect());
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{name}: {of_a} {a:.1} us, {of_b} {b:.1} us, ratio {ratio:.3} \
         (min {least:.3}, max {most:.3}, {pairs} pairs)"
    )
    .expect("stdout is open");
    ratio
}
