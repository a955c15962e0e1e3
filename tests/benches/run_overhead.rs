//! CPU of one run (one turn with 8 calls of no-op tools, then the final answer) against the same
//! loop by hand, and over the Responses API against over chat completions. `cargo bench -p tests --bench run_overhead`
//!
//! With `ours` or `by_hand` and a number it makes only so many runs of that side, on a current-thread
//! runtime, for a profiler.

#![allow(missing_docs, reason = "criterion's macros write functions without docs")]

mod support;

use std::{io::Write, time::Duration};

use cpu_time::ProcessTime;
use criterion::Criterion;
use openai_tools::{Outcome, Toolbox, chat::Api, tool};
use support::{CannedServer, compare, compare_both, sides};
use tokio::runtime::Runtime;

/// Current weather in one city.
#[tool]
async fn get_weather(
    /// City and country.
    city: String,
    /// Temperature unit.
    unit: Option<String>,
) -> String {
    let _ = (city, unit);
    "31 degrees".to_owned()
}

/// How many runs one side of a pair has.
const RUNS: u64 = 300;

fn main() {
    CannedServer::serve_if_asked();
    let tools = Toolbox::new().with(get_weather).expect("a sound tool");
    let (_server, client, by_hand) = sides(8, &tools);

    let ours = async || {
        let run = client.run("gpt-5.2").tools(&tools).user("Is it warmer in Hanoi or Paris?").await;
        let run = run.expect("a run");
        assert!(matches!(run.outcome(), Outcome::Completed(text) if text.ends_with("Hanoi.")));
    };
    let over_responses = async || {
        let run = client.run("gpt-5.2").api(Api::Responses).tools(&tools);
        let run = run.user("Is it warmer in Hanoi or Paris?").await.expect("a run");
        assert!(matches!(run.outcome(), Outcome::Completed(text) if text.ends_with("Hanoi.")));
    };
    let theirs = async || {
        let text =
            by_hand.run("Is it warmer in Hanoi or Paris?", async |_| "31 degrees".to_owned()).await;
        assert!(text.ends_with("Hanoi."));
    };

    let asked: Vec<String> = std::env::args().skip(1).collect();
    if let [side, runs] = asked.iter().map(String::as_str).collect::<Vec<_>>()[..]
        && let Ok(runs) = runs.parse()
    {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let _ = match side {
            "by_hand" => cpu(&runtime, runs, &theirs),
            _ => cpu(&runtime, runs, &ours),
        };
        return;
    }

    for (name, runtime) in [
        ("multi_thread", tokio::runtime::Builder::new_multi_thread().enable_all().build()),
        ("current_thread", tokio::runtime::Builder::new_current_thread().enable_all().build()),
    ] {
        let runtime = runtime.expect("a runtime");
        let mut criterion = Criterion::default().configure_from_args().sample_size(20);
        let mut group = criterion.benchmark_group(format!("run_overhead_cpu/{name}"));
        group.bench_function("openai_tools", |b| {
            b.iter_custom(|runs| cpu(&runtime, runs, &ours));
        });
        group.bench_function("by_hand", |b| b.iter_custom(|runs| cpu(&runtime, runs, &theirs)));
        group.finish();
        let per_run = |of: Duration| of / u32::try_from(RUNS).expect("small");
        let ratio = compare(
            &format!("run_overhead, CPU per run, {name}"),
            15,
            || per_run(cpu(&runtime, RUNS, &ours)),
            || per_run(cpu(&runtime, RUNS, &theirs)),
        );
        let verdict = if ratio <= 1.25 { "reached" } else { "missed" };
        writeln!(std::io::stdout(), "target: at most 1.25: {verdict}").expect("stdout is open");
        let ratio = compare_both(
            &format!("run_overhead, CPU per run by API, {name}"),
            ["responses", "chat completions"],
            15,
            || per_run(cpu(&runtime, RUNS, &over_responses)),
            || per_run(cpu(&runtime, RUNS, &ours)),
        );
        let verdict = if ratio <= 1.2 { "reached" } else { "missed" };
        writeln!(std::io::stdout(), "target: at most 1.2: {verdict}").expect("stdout is open");
    }
}

/// CPU time of the whole process for so many runs, one after the other, in a spawned task's place.
fn cpu(runtime: &Runtime, runs: u64, work: &impl AsyncFn()) -> Duration {
    let before = ProcessTime::now();
    runtime.block_on(async {
        for _ in 0..runs {
            work().await;
        }
    });
    before.elapsed()
}
