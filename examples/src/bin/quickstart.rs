//! Two functions become tools, the model calls several in one response, they run in parallel, and
//! a second question is answered with a value instead of text.
//!
//! `cargo run -p examples --bin quickstart`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::time::Duration;

use openai_tools::{Outcome, Toolbox, tool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

#[derive(Serialize)]
struct Weather {
    celsius: usize,
}

/// Current weather in one city.
#[tool(read_only)]
async fn get_weather(
    /// City, such as "Hanoi".
    city: String,
) -> Weather {
    sleep(Duration::from_millis(80)).await; // A weather service would take a while, too.
    Weather { celsius: 12 + city.len() }
}

/// Local time in one city.
#[tool(read_only)]
async fn get_time(
    /// City, such as "Hanoi".
    city: String,
) -> String {
    sleep(Duration::from_millis(50)).await;
    format!("14:05 in {city}")
}

/// What the model is to fill in.
#[derive(Debug, Deserialize, JsonSchema)]
struct Trip {
    /// Where to go.
    city: String,
    /// How many days.
    #[schemars(range(min = 1, max = 30))]
    days: u8,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setup = examples::setup().await?;
    let tools = Toolbox::new().with(get_weather)?.with(get_time)?;

    let question = "What is the weather in Hanoi and Paris, and the local time in Hanoi?";
    let run = setup.client.run(&setup.model).tools(&tools).user(question).await?;
    println!("{question}");
    for call in run.calls() {
        let (from, to) = (call.started.as_millis() / 5, call.finished.as_millis() / 5);
        let bar: String = (0..to).map(|at| if at < from { ' ' } else { '=' }).collect();
        println!(
            "  {:<11} {:<22} |{bar}| {}",
            call.call.name, call.call.arguments, call.output.text
        );
    }
    println!(
        "{}\n({} turns, {} tokens)\n",
        run.text(),
        run.turns().len(),
        run.usage().total_tokens
    );

    let wish = "Plan a trip to Lisbon for 4 days.";
    let run = setup.client.parse::<Trip>(&setup.model).user(wish).await?;
    match run.outcome() {
        Outcome::Completed(trip) => println!("{wish}\n  {} for {} days", trip.city, trip.days),
        other => println!("no trip ({}): {}", other.as_str(), run.text()),
    }
    Ok(())
}
