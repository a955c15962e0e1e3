//! How soon read-only tools start after the last byte of their arguments, over a loopback socket,
//! against starting them all at the end of the response.
//! `cargo bench -p tests --bench early_start`

use std::{
    collections::BTreeMap,
    io::Write,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use openai_tools::{
    Client, Outcome, ToolCallId, Toolbox,
    chat::Api,
    testing::{Reply, Server, StreamQuirk, StreamShape},
    tool,
};
use serde_json::json;

/// When each call began.
type Begun = Mutex<BTreeMap<String, Instant>>;

/// Look something up.
#[tool(read_only)]
async fn look_up(
    /// What to look up.
    n: u32,
    #[context] begun: &Begun,
    #[context] id: ToolCallId,
) -> String {
    let mut begun = begun.lock().unwrap_or_else(PoisonError::into_inner);
    begun.insert(id.as_str().to_owned(), Instant::now());
    n.to_string()
}

const CALLS: u32 = 8;
const PACE: Duration = Duration::from_millis(20);
const RUNS: usize = 15;

fn main() {
    // The server has threads of its own: what it does is not on the client's.
    let mut servers = tokio::runtime::Builder::new_multi_thread();
    let servers = servers.worker_threads(1).enable_all().build().expect("a runtime");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let shapes = || {
        [
            ("whole calls", StreamShape::new().with_quirk(StreamQuirk::WholeCalls)),
            ("calls in pieces of 4", StreamShape::new()),
        ]
    };
    for (api, (name, shape)) in [Api::ChatCompletions, Api::Responses]
        .into_iter()
        .flat_map(|api| shapes().map(|s| (api, s)))
    {
        for early in [true, false] {
            let mut delays = vec![Vec::new(); CALLS as usize];
            for _ in 0..RUNS {
                let server = servers.block_on(start(shape.clone().with_pace(PACE)));
                for (delays, delay) in
                    delays.iter_mut().zip(runtime.block_on(run(&server, api, early)))
                {
                    delays.push(delay);
                }
            }
            report(&format!("{}, {name}", api.as_str()), early, delays);
        }
    }
}

async fn start(shape: StreamShape) -> Server {
    let calls = (0..CALLS).map(|n| (format!("c{n}"), "look_up", json!({"n": n})));
    let script = [Reply::tool_calls(calls).with_stream(shape), Reply::text("Done.")];
    Server::builder().script(script).start().await.expect("a free port")
}

/// For each call, how long after the last byte of its arguments it began.
async fn run(server: &Server, api: Api, early: bool) -> Vec<Duration> {
    let begun = Arc::new(Begun::default());
    let tools = Toolbox::for_context::<Begun>().with(look_up).expect("a sound tool");
    let tools = tools.bind(Arc::clone(&begun));
    let client = Client::builder().base_url(server.base_url()).api(api).api_key("sk-bench").build();
    let client = client.expect("a sound client");
    let run = client.run("gpt-5.2").tools(&tools).user("Look all up.").early_start(early);
    let run = run.stream().finish().await.expect("a good stream");
    assert!(matches!(run.outcome(), Outcome::Completed(_)));
    let recorded = &server.requests()[0];
    let begun = begun.lock().unwrap_or_else(PoisonError::into_inner);
    (0..CALLS)
        .map(|n| {
            let id = format!("c{n}");
            let sent = recorded.arguments_sent_at(&id).expect("it was streamed");
            // The time is taken before the bytes are written: never negative.
            begun[&id] - sent
        })
        .collect()
}

fn report(name: &str, early: bool, delays: Vec<Vec<Duration>>) {
    let medians: Vec<f64> = delays
        .into_iter()
        .map(|mut delays| {
            delays.sort();
            delays[delays.len() / 2].as_secs_f64() * 1e3
        })
        .collect();
    let most = medians.iter().copied().fold(0.0, f64::max);
    let list: Vec<String> = medians.iter().map(|median| format!("{median:.2}")).collect();
    let how = if early { "early start" } else { "at the end of the response" };
    let verdict = match (early, most <= 2.0) {
        (false, _) => "",
        (true, true) => "; target: at most 2: reached",
        (true, false) => "; target: at most 2: missed",
    };
    let list = list.join(" ");
    writeln!(std::io::stdout(), "{name}, {how}, ms by call: {list}{verdict}").expect("stdout");
}
