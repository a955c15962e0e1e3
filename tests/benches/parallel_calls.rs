//! Wall time of a run with 64 calls of 50 ms in one response, against a bare `join_all` of the same
//! sleeps between the same two requests. `cargo bench -p tests --bench parallel_calls`

mod support;

use std::{
    io::Write,
    time::{Duration, Instant},
};

use openai_tools::{Outcome, Toolbox, tool};
use support::{CannedServer, compare, sides};

const CALL: Duration = Duration::from_millis(50);

/// Current weather in one city.
#[tool]
async fn get_weather(
    /// City and country.
    city: String,
    /// Temperature unit.
    unit: Option<String>,
) -> String {
    let _ = (city, unit);
    tokio::time::sleep(CALL).await;
    "31 degrees".to_owned()
}

fn main() {
    CannedServer::serve_if_asked();
    let tools = Toolbox::new().with(get_weather).expect("a sound tool");
    let (_server, client, by_hand) = sides(64, &tools);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let ratio = compare(
        "parallel_calls, wall time",
        21,
        || {
            let start = Instant::now();
            let run = client.run("gpt-5.2").tools(&tools).user("Where is it warmest?");
            let run = runtime.block_on(run.into_future()).expect("a run");
            assert!(matches!(run.outcome(), Outcome::Completed(_)));
            assert_eq!(run.calls().filter(|call| call.output.is_ok()).count(), 64);
            start.elapsed()
        },
        || {
            let start = Instant::now();
            runtime.block_on(by_hand.run("Where is it warmest?", async |_| {
                tokio::time::sleep(CALL).await;
                "31 degrees".to_owned()
            }));
            start.elapsed()
        },
    );
    let verdict = if ratio <= 1.05 { "reached" } else { "missed" };
    writeln!(std::io::stdout(), "target: at most 1.05: {verdict}").expect("stdout is open");
}
