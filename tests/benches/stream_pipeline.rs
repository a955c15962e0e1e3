//! CPU of streams over a loopback socket, against decoding the events and reading each chunk with
//! `serde_json` and nothing else. `cargo bench -p tests --bench stream_pipeline`
//!
//! With the argument `growth` it measures 4 MB against 1 MB instead, with `memory` the memory that
//! a stream takes at most (Linux only).

mod process;

use std::{
    env,
    fmt::Write as _,
    fs,
    hint::black_box,
    io::{BufReader, Write},
    net::TcpStream,
    process::Command,
    time::Duration,
};

use cpu_time::ProcessTime;
use openai_tools::{
    Client, Message, Outcome, Toolbox,
    chat::{Delta, Request},
    run::Event,
    stream::{SseDecoder, json::PartialValue},
    testing::{Reply, Server, StreamShape},
    tool,
};
use process::{Request as Received, ServerProcess};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "read, as a real application would")]
struct Record {
    id: u32,
    name: String,
    price: f64,
    tags: Vec<String>,
    active: bool,
    parent: Option<u32>,
    note: String,
}

#[derive(Deserialize, JsonSchema)]
struct Catalogue {
    records: Vec<Record>,
}

/// Store records.
#[tool]
async fn store(
    /// What to store.
    records: Vec<Record>,
) -> String {
    records.len().to_string()
}

fn main() {
    if ServerProcess::asked().is_some() {
        ServerProcess::serve(connection);
    }
    // The flags that cargo adds do not count.
    let asked: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let server = ServerProcess::start("streams");
    match asked.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => [Packing::Full, Packing::Each].into_iter().for_each(|p| against_floor(&server, p)),
        ["growth"] => growth(&server),
        ["memory"] => memory(&server),
        ["memory-of", way, bytes, address] => {
            memory_of(way, bytes.parse().expect("a number"), address);
        }
        [way, packing, times] => {
            let packing = if packing == "each" { Packing::Each } else { Packing::Full };
            let runtime = Runtime::new().expect("a runtime");
            let ways = Ways::new(&server.address, packing, 20, 1 << 20);
            for _ in 0..times.parse().expect("a number") {
                ways.go(&runtime, way);
            }
        }
        _ => panic!("give nothing, `growth`, `memory`, or a way, a packing and how often"),
    }
}

/// `_whole` is what a run does after its response is there, too: it validates the value and runs the
/// tool with it, and sends it back. The others are measured until the value is whole.
const WAYS: [&str; 8] = [
    "floor",
    "stream",
    "stream_spawned",
    "run_text",
    "run_tool",
    "run_typed",
    "run_tool_whole",
    "run_typed_whole",
];

/// All ways in turn, so that the speed of the machine is the same for all.
fn against_floor(server: &ServerProcess, packing: Packing) {
    let runtime = Runtime::new().expect("a runtime");
    let ways = Ways::new(&server.address, packing, 20, 1 << 20);
    let mut times: [Vec<f64>; WAYS.len()] = Default::default();
    for round in 0..ROUNDS {
        for (times, way) in times.iter_mut().zip(WAYS) {
            let time = ways.go(&runtime, way).as_secs_f64() * 1e3;
            // The first round warms up.
            if round > 0 {
                times.push(time);
            }
        }
    }
    let [floor, ours @ ..] = &times;
    say(&format!("{}: floor {:.1} ms", packing.name(), median(floor.clone())));
    for (ours, way) in ours.iter().zip(&WAYS[1..]) {
        let ratios = ours.iter().zip(floor).map(|(ours, floor)| ours / floor).collect();
        let (time, ratio) = (median(ours.clone()), median(ratios));
        say(&format!("{}: {way} {time:.1} ms, {ratio:.2} times (target 1.5)", packing.name()));
    }
}

const ROUNDS: usize = 16;

/// 4 MB against 1 MB.
fn growth(server: &ServerProcess) {
    let runtime = Runtime::new().expect("a runtime");
    for (delta, rounds) in [(20, 7), (1, 3)] {
        let small = Ways::new(&server.address, Packing::Full, delta, 1 << 20);
        let large = Ways::new(&server.address, Packing::Full, delta, 4 << 20);
        for way in WAYS {
            let ratio = || {
                let small = small.go(&runtime, way);
                large.go(&runtime, way).as_secs_f64() / small.as_secs_f64()
            };
            let ratio = median((0..rounds).map(|_| ratio()).collect());
            say(&format!("{way}, 4 MB against 1 MB, deltas of {delta}: {ratio:.2} (target 4.2)"));
        }
        if delta == 20 {
            growth_of_built_in_server();
        }
    }
}

/// The same for the built-in server and a client together.
fn growth_of_built_in_server() {
    let runtime = Runtime::new().expect("a runtime");
    let cpu = |bytes| {
        let before = ProcessTime::now();
        runtime.block_on(async {
            let shape = StreamShape::new().with_delta_size(20);
            let reply = Reply::tool_calls([("call_1", "store", records(bytes))]);
            let server = Server::builder().script([reply.with_stream(shape)]).without_checks();
            let server = server.start().await.expect("a free port");
            let client = Client::builder().base_url(server.base_url()).api_key("sk-bench").build();
            stream(client.expect("a sound client")).await;
        });
        before.elapsed().as_secs_f64()
    };
    let ratio = median((0..5).map(|_| 1.0 / cpu(1 << 20) * cpu(4 << 20)).collect());
    say(&format!(
        "built-in server and client, 4 MB against 1 MB, deltas of 20: {ratio:.2} (target 4.2)"
    ));
}

/// What 12 MB more of text add to the most memory that is held, each measured in a process of its
/// own. `value` is only the `serde_json::Value` of the text.
fn memory(server: &ServerProcess) {
    let peak = |way: &str, bytes: u32| -> f64 {
        let mut child = Command::new(env::current_exe().expect("the benchmark has a path"));
        child.args(["memory-of", way, &bytes.to_string(), &server.address]);
        let out = child.output().expect("the process runs").stdout;
        String::from_utf8_lossy(&out).trim().parse().expect("a number")
    };
    for way in ["value"].into_iter().chain(WAYS) {
        let (small, large) = (4_u32 << 20, 16_u32 << 20);
        let (least, most) = (peak(way, small), peak(way, large));
        let times = (most - least) / f64::from(large - small);
        say(&format!("{way}: {:.1} MB for 16 MB, {times:.2} times the text", most / 1e6));
    }
}

/// The most memory that is held while a stream is read beyond what was held before, in bytes.
fn memory_of(way: &str, bytes: usize, address: &str) {
    let held = |which: &str| -> usize {
        let status = fs::read_to_string("/proc/self/status").expect("Linux");
        let line = status.lines().find(|line| line.starts_with(which)).expect("a known line");
        line.split_ascii_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number")
    };
    let runtime = Runtime::new().expect("a runtime");
    let text = records(if way == "value" { bytes } else { 64 << 10 });
    if way != "value" {
        Ways::new(address, Packing::Full, 20, text.len()).go(&runtime, way);
    }
    let before = held("VmRSS");
    if way == "value" {
        black_box(serde_json::from_str::<Value>(&text).expect("JSON"));
    } else {
        Ways::new(address, Packing::Full, 20, bytes).go(&runtime, way);
    }
    say(&((held("VmHWM") - before) * 1024).to_string());
}

/// How a stream can be read.
struct Ways {
    http: reqwest::Client,
    url: String,
    client: Client,
    tools: Toolbox,
}

impl Ways {
    fn new(address: &str, packing: Packing, delta: usize, bytes: usize) -> Self {
        let base_url = format!("http://{address}/{}/{delta}/{bytes}", packing.name());
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let client = Client::builder().base_url(&base_url).api_key("sk-bench").build();
        Self {
            http,
            url: format!("{base_url}/chat/completions"),
            client: client.expect("a sound client"),
            tools: Toolbox::new().with(store).expect("a sound tool"),
        }
    }

    /// The CPU time of one stream.
    fn go(&self, runtime: &Runtime, way: &str) -> Duration {
        let before = ProcessTime::now();
        match way {
            "floor" => {
                let floor = floor(self.http.clone(), self.url.clone());
                runtime.block_on(runtime.spawn(floor)).expect("no panic");
            }
            "stream" => runtime.block_on(stream(self.client.clone())),
            "stream_spawned" => {
                runtime.block_on(runtime.spawn(stream(self.client.clone()))).expect("no panic");
            }
            "run_tool" => return runtime.block_on(self.run_tool(before)),
            "run_typed" => return runtime.block_on(self.run_typed(before)),
            "run_tool_whole" => _ = runtime.block_on(self.run_tool(before)),
            "run_typed_whole" => _ = runtime.block_on(self.run_typed(before)),
            "run_text" => runtime.block_on(self.run_text()),
            _ => panic!("no such way"),
        }
        before.elapsed()
    }

    /// The CPU time until the arguments are whole.
    async fn run_tool(&self, before: ProcessTime) -> Duration {
        let mut events = self.client.run("calls").tools(&self.tools).user("Store them.").stream();
        let (mut bytes, mut ended, mut whole) = (0, false, None);
        while let Some(event) = events.next().await {
            match event.expect("a good stream") {
                Event::Arguments { text, .. } => bytes += text.len(),
                Event::ArgumentsComplete { .. } => whole = Some(before.elapsed()),
                Event::Ended(run) => {
                    assert!(matches!(run.outcome(), Outcome::Completed(_)));
                    assert!(run.calls().all(|call| call.output.is_ok()));
                    ended = true;
                }
                _ => {}
            }
        }
        assert!(ended && bytes > 0);
        whole.expect("they were whole")
    }

    /// The CPU time until the value is whole.
    async fn run_typed(&self, before: ProcessTime) -> Duration {
        let mut events = self.client.parse::<Catalogue>("text").user("List them.").stream();
        let (mut partials, mut records, mut whole) = (0, 0, None);
        while let Some(event) = events.next().await {
            match event.expect("a good stream") {
                Event::Partial(partial) => {
                    partials += 1;
                    records = partial.at("/records").map_or(0, PartialValue::len);
                    if partial.is_complete() {
                        whole = Some(before.elapsed());
                    }
                }
                Event::Ended(run) => {
                    let Outcome::Completed(value) = run.outcome() else { panic!("no value") };
                    assert_eq!(value.records.len(), records);
                }
                _ => {}
            }
        }
        assert!(partials > 1000 && records > 0);
        whole.expect("it was whole")
    }

    async fn run_text(&self) {
        let mut events = self.client.run("text").user("List them.").stream();
        let (mut bytes, mut ended) = (0, false);
        while let Some(event) = events.next().await {
            match event.expect("a good stream") {
                Event::Text(text) => bytes += text.len(),
                Event::Ended(_) => ended = true,
                _ => {}
            }
        }
        assert!(ended && bytes > 0);
    }
}

async fn stream(client: Client) {
    let mut request = Request::new("calls");
    request.messages.push(Message::user("Store them."));
    let mut stream = client.stream(&request).await.expect("a stream");
    let mut bytes = 0;
    while let Some(delta) = stream.next().await {
        if let Delta::Arguments { text, .. } = delta.expect("a good stream") {
            bytes += text.len();
        }
    }
    let response = stream.into_response().expect("a good end");
    assert_eq!(response.message.tool_calls[0].arguments.len(), bytes);
}

/// Only the decoding of the events and of each chunk.
async fn floor(http: reqwest::Client, url: String) {
    #[derive(Deserialize)]
    struct Chunk {
        choices: Vec<Choice>,
    }
    #[derive(Deserialize)]
    struct Choice {
        delta: Message,
        finish_reason: Option<String>,
    }
    #[derive(Deserialize)]
    struct Message {
        #[serde(default)]
        tool_calls: Vec<Call>,
    }
    #[derive(Deserialize)]
    struct Call {
        function: Function,
    }
    #[derive(Deserialize)]
    struct Function {
        arguments: String,
    }

    let body = json!({"model": "calls", "stream": true, "messages": []});
    let mut response = http.post(&url).json(&body).send().await.expect("an answer");
    let mut decoder = SseDecoder::new();
    let (mut bytes, mut finished) = (0, false);
    while let Some(piece) = response.chunk().await.expect("a whole body") {
        decoder.push(piece);
        while let Some(event) = decoder.next_event().expect("a small event") {
            if &event.data()[..] == b"[DONE]" {
                continue;
            }
            let chunk: Chunk = serde_json::from_slice(event.data()).expect("a chunk");
            for choice in chunk.choices {
                finished |= choice.finish_reason.is_some();
                for call in choice.delta.tool_calls {
                    bytes += call.function.arguments.len();
                }
            }
        }
    }
    assert!(finished && bytes > 0);
}

/// How the server packs events into chunks of HTTP.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Packing {
    /// One event in each, each sent by itself.
    Each,
    /// 16 kB in each.
    Full,
}

impl Packing {
    fn name(self) -> &'static str {
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
    head: String,
}

impl Sending<'_> {
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

    fn send(&mut self) {
        if !self.chunk.is_empty() {
            let sent = format!("{:x}\r\n{}\r\n", self.chunk.len(), self.chunk);
            self.stream.write_all(sent.as_bytes()).expect("the client reads");
            self.chunk.clear();
        }
    }
}

fn connection(mut stream: TcpStream) {
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
                   \"system_fingerprint\":\"fp_fc9f1d7035\","
                .to_owned(),
        };
        sending.chunk("{\"role\":\"assistant\",\"content\":null}", "null");
        if request.has_outputs() {
            sending.chunk("{\"content\":\"Stored.\"}", "null");
            sending.chunk("{}", "\"stop\"");
        } else if request.holds(b"\"model\":\"text\"") {
            for piece in pieces(&records(bytes), delta) {
                sending.chunk(&format!("{{\"content\":{}}}", escaped(piece)), "null");
            }
            sending.chunk("{}", "\"stop\"");
        } else {
            sending.chunk(
                "{\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\
                 \"function\":{\"name\":\"store\",\"arguments\":\"\"}}]}",
                "null",
            );
            for piece in pieces(&records(bytes), delta) {
                let delta = format!(
                    "{{\"tool_calls\":[{{\"index\":0,\"function\":{{\"arguments\":{}}}}}]}}",
                    escaped(piece)
                );
                sending.chunk(&delta, "null");
            }
            sending.chunk("{}", "\"tool_calls\"");
        }
        sending.event("[DONE]");
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
fn records(bytes: usize) -> String {
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

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").expect("stdout is open");
}
