//! CPU of streams of both APIs over a loopback socket, against decoding the events and reading each
//! chunk or event with `serde_json` and nothing else. `cargo bench -p tests --bench stream_pipeline`
//!
//! With the argument `growth` it measures 4 MB against 1 MB instead (`growth WAY DELTA`: one of the
//! ways, in deltas of so many bytes), with `memory` the memory that a stream takes at most (Linux
//! only).

mod floor;
mod process;
mod sending;

use std::{env, fs, hint::black_box, io::Write, process::Command, time::Duration};

use cpu_time::ProcessTime;
use openai_tools::{
    Client, Message, Outcome, Toolbox,
    chat::{Api, Delta, Request},
    run::{Event, RunLimits},
    stream::json::PartialValue,
    testing::{Reply, Server, StreamShape},
    tool,
};
use process::ServerProcess;
use schemars::JsonSchema;
use sending::{Packing, connection, records};
use serde::Deserialize;
use serde_json::Value;
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
        ["growth"] => growth(&server, &WAYS, &[(20, 7), (1, 3)]),
        ["growth", way, delta] => {
            growth(&server, &[way], &[(delta.parse().expect("a number"), 7)]);
        }
        ["memory"] => memory(&server),
        ["memory-of", api, way, bytes, address] => {
            let is_chat = api == Api::ChatCompletions.as_str();
            let api = if is_chat { Api::ChatCompletions } else { Api::Responses };
            memory_of(api, way, bytes.parse().expect("a number"), address);
        }
        [way, packing, times] => {
            let packing = if packing == "each" { Packing::Each } else { Packing::Full };
            let runtime = Runtime::new().expect("a runtime");
            let (way, api) = match way.strip_prefix("responses_") {
                Some(way) => (way, Api::Responses),
                None => (way, Api::ChatCompletions),
            };
            let ways = Ways::new(&server.address, packing, 20, 1 << 20, api);
            for _ in 0..times.parse().expect("a number") {
                ways.go(&runtime, way);
            }
        }
        _ => panic!(
            "give nothing, `growth`, `growth` and a way and a delta, `memory`, or a way, a packing and how often"
        ),
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

/// All ways over both APIs in turn, so that the speed of the machine is the same for all.
fn against_floor(server: &ServerProcess, packing: Packing) {
    let runtime = Runtime::new().expect("a runtime");
    let apis = [Api::ChatCompletions, Api::Responses]
        .map(|api| (api, Ways::new(&server.address, packing, 20, 1 << 20, api)));
    let mut times: [[Vec<f64>; WAYS.len()]; 2] = Default::default();
    for round in 0..ROUNDS {
        for (times, (_, ways)) in times.iter_mut().zip(&apis) {
            for (times, way) in times.iter_mut().zip(WAYS) {
                let time = ways.go(&runtime, way).as_secs_f64() * 1e3;
                // The first round warms up.
                if round > 0 {
                    times.push(time);
                }
            }
        }
    }
    let against = |times: &[f64], others: &[f64]| {
        median(times.iter().zip(others).map(|(time, other)| time / other).collect())
    };
    let packed = packing.name();
    for ([floor, ours @ ..], (api, _)) in times.iter().zip(&apis) {
        let api = api.as_str();
        say(&format!("{api}, {packed}: floor {:.1} ms", median(floor.clone())));
        for (ours, way) in ours.iter().zip(&WAYS[1..]) {
            let (time, ratio) = (median(ours.clone()), against(ours, floor));
            say(&format!("{api}, {packed}: {way} {time:.1} ms, {ratio:.2} times (target 1.5)"));
        }
    }
    let [chat, responses] = &times;
    for (way, (responses, chat)) in WAYS.iter().zip(responses.iter().zip(chat)) {
        let ratio = against(responses, chat);
        say(&format!("{packed}: {way}, responses against chat {ratio:.2} (target 1.2)"));
    }
}

const ROUNDS: usize = 16;

/// 4 MB against 1 MB.
fn growth(server: &ServerProcess, ways: &[&str], deltas: &[(usize, usize)]) {
    let runtime = Runtime::new().expect("a runtime");
    for (api, &(delta, rounds)) in [Api::ChatCompletions, Api::Responses]
        .into_iter()
        .flat_map(|api| deltas.iter().map(move |how| (api, how)))
    {
        let small = Ways::new(&server.address, Packing::Full, delta, 1 << 20, api);
        let large = Ways::new(&server.address, Packing::Full, delta, 4 << 20, api);
        for way in ways {
            let ratio = || {
                let small = small.go(&runtime, way);
                large.go(&runtime, way).as_secs_f64() / small.as_secs_f64()
            };
            let ratio = median((0..rounds).map(|_| ratio()).collect());
            let api = api.as_str();
            say(&format!(
                "{api}, {way}, 4 MB against 1 MB, deltas of {delta}: {ratio:.2} (target 4.2)"
            ));
        }
        if delta == 20 && ways.len() > 1 && api == Api::ChatCompletions {
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
///
/// glibc keeps what was freed in an arena, which other threads take nothing from: with one arena for
/// all of them the figure is what is held at the same time.
fn memory(server: &ServerProcess) {
    let peak = |api: Api, way: &str, bytes: u32, one_arena: bool| -> f64 {
        let mut child = Command::new(env::current_exe().expect("the benchmark has a path"));
        if one_arena {
            child.env("MALLOC_ARENA_MAX", "1");
        }
        child.args(["memory-of", api.as_str(), way, &bytes.to_string(), &server.address]);
        let out = child.output().expect("the process runs").stdout;
        String::from_utf8_lossy(&out).trim().parse().expect("a number")
    };
    for api in [Api::ChatCompletions, Api::Responses] {
        for way in ["value"].into_iter().chain(WAYS) {
            let (small, large) = (4_u32 << 20, 16_u32 << 20);
            let [plain, held] = [false, true].map(|one_arena| {
                let most = peak(api, way, large, one_arena);
                (most - peak(api, way, small, one_arena)) / f64::from(large - small)
            });
            let api = api.as_str();
            say(&format!("{api}, {way}: {plain:.2} times the text, with one arena {held:.2}"));
        }
    }
}

/// The most memory that is held while a stream is read beyond what was held before, in bytes.
fn memory_of(api: Api, way: &str, bytes: usize, address: &str) {
    let held = |which: &str| -> usize {
        let status = fs::read_to_string("/proc/self/status").expect("Linux");
        let line = status.lines().find(|line| line.starts_with(which)).expect("a known line");
        line.split_ascii_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number")
    };
    let runtime = Runtime::new().expect("a runtime");
    let text = records(if way == "value" { bytes } else { 64 << 10 });
    if way != "value" {
        Ways::new(address, Packing::Full, 20, text.len(), api).go(&runtime, way);
    }
    let before = held("VmRSS");
    if way == "value" {
        black_box(serde_json::from_str::<Value>(&text).expect("JSON"));
    } else {
        Ways::new(address, Packing::Full, 20, bytes, api).go(&runtime, way);
    }
    say(&((held("VmHWM") - before) * 1024).to_string());
}

/// How a stream can be read.
struct Ways {
    api: Api,
    http: reqwest::Client,
    url: String,
    client: Client,
    tools: Toolbox,
}

impl Ways {
    fn new(address: &str, packing: Packing, delta: usize, bytes: usize, api: Api) -> Self {
        let base_url = format!("http://{address}/{}/{delta}/{bytes}", packing.name());
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let client = Client::builder().base_url(&base_url).api(api).api_key("sk-bench").build();
        let path = if api == Api::Responses { "responses" } else { "chat/completions" };
        Self {
            api,
            http,
            url: format!("{base_url}/{path}"),
            client: client.expect("a sound client"),
            tools: Toolbox::new().with(store).expect("a sound tool"),
        }
    }

    /// The CPU time of one stream.
    fn go(&self, runtime: &Runtime, way: &str) -> Duration {
        let before = ProcessTime::now();
        match way {
            "floor" => {
                let (http, url) = (self.http.clone(), self.url.clone());
                let floor = match self.api {
                    Api::Responses => runtime.spawn(floor::of_responses(http, url)),
                    _ => runtime.spawn(floor::of_chat(http, url)),
                };
                runtime.block_on(floor).expect("no panic");
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
        let run = self.client.run("calls").tools(&self.tools).user("Store them.");
        // What is sent back is long, and its tokens are estimated.
        let limits = RunLimits::new().with_total_tokens(u64::MAX).with_wall_time(Duration::MAX);
        let mut events = run.limits(limits).stream();
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

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").expect("stdout is open");
}
