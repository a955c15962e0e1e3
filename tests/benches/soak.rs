//! 10,000 runs with parallel calls, 64 at a time, at which everything goes wrong at random.
//! `cargo bench -p tests --bench soak`; `SOAK_SEED` and `SOAK_RUNS` change what is done.

use std::{
    alloc::System,
    env,
    hash::{BuildHasher, Hasher, RandomState},
    io::Write,
    time::Duration,
};

use cap::Cap;
use openai_tools::chat::Api;
use tests::{
    over,
    soak::{Plan, soak},
};

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

fn main() {
    let number = |name: &str| env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let seed = number("SOAK_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish());
    let runs = number("SOAK_RUNS").unwrap_or(10_000);
    let mut out = std::io::stdout();
    writeln!(out, "SOAK_SEED={seed} SOAK_RUNS={runs}").expect("stdout is open");
    let plan = Plan {
        seed,
        runs,
        at_once: 64,
        warm_up: runs.min(10_000) / 10,
        allocated: || HEAP.allocated(),
        deadline: Duration::from_secs(60 + runs / 10),
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for api in [Api::ChatCompletions, Api::Responses] {
        let report = runtime.block_on(over(api, soak(plan)));
        writeln!(out, "{}: {report}", api.as_str()).expect("stdout is open");
        let growth = report.growth();
        assert!(growth <= 1.2, "the memory has grown to {growth:.2} times of what it was");
    }
}
