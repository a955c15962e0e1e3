//! A run as it happens: text as it comes, tools that start while the response still arrives, a
//! typed answer that grows, and a list element by element.
//!
//! `cargo run -p examples --bin streaming`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::{
    io::{Write, stdout},
    time::{Duration, Instant},
};

use openai_tools::{
    Client, Outcome, Toolbox,
    run::Event,
    testing::{Server, StreamShape},
    tool,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Current weather in one city.
#[tool(read_only)] // changes nothing, so that it may start before the response has ended
async fn get_weather(
    /// City, such as "Hanoi".
    city: String,
) -> String {
    tokio::time::sleep(Duration::from_millis(30)).await;
    format!("31 °C and humid in {city}")
}

/// A journey.
#[derive(Deserialize, JsonSchema)]
struct Journey {
    /// A title for the journey.
    title: String,
    /// The cities, in order.
    stops: Vec<String>,
    /// What to take along.
    advice: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // What the built-in server does where no key is set: an event each 5 ms, as a fast model does.
    let pace = StreamShape::new().with_delta_size(6).with_pace(Duration::from_millis(5));
    let setup = examples::setup_on(Server::builder().stream(pace)).await?;
    let (client, model) = (&setup.client, setup.model.as_str());
    text_and_tools(client, model).await?;
    a_value_that_grows(client, model).await?;
    one_after_the_other(client, model).await
}

async fn text_and_tools(client: &Client, model: &str) -> Result<(), Box<dyn std::error::Error>> {
    let tools = Toolbox::new().with(get_weather)?;
    let question = "Is it warmer in Hanoi or in Paris?";
    println!("> {question}");
    let begin = Instant::now();
    let ms = || begin.elapsed().as_millis();
    let mut events = client.run(model).tools(&tools).user(question).stream();
    while let Some(event) = events.next().await {
        match event? {
            Event::Text(delta) => {
                print!("{delta}");
                stdout().flush()?;
            }
            Event::ToolStarted(call) => println!("{:>4} ms  {}{}", ms(), call.name, call.arguments),
            Event::ToolFinished(call) => println!("{:>4} ms  -> {}", ms(), call.output.text),
            Event::Turn(turn) => {
                let tokens = turn.response.usage.map_or(0, |usage| usage.total_tokens);
                println!("{:>4} ms  the turn ends after {tokens} tokens", ms());
            }
            Event::Ended(run) => match run.outcome() {
                Outcome::Completed(_) => println!(),
                other => println!("[{}]", other.as_str()),
            },
            _ => {}
        }
    }
    Ok(())
}

async fn a_value_that_grows(
    client: &Client,
    model: &str,
) -> Result<(), Box<dyn std::error::Error>> {
    println!("> A journey from \"Hanoi\" to \"Hue\"");
    let run = client.parse::<Journey>(model).user("A journey from \"Hanoi\" to \"Hue\".");
    let mut events = run.stream();
    while let Some(event) = events.next().await {
        match event? {
            // Only what is complete is a typed value; what still grows can be looked at.
            Event::Partial(journey) => {
                for (place, value) in journey.completed() {
                    if let Some(text) = value.as_str() {
                        println!("  {place}: {text}");
                    }
                }
            }
            Event::Ended(run) => {
                let Journey { title, stops, advice } = run.into_value()?;
                println!("  {title}, {} stops; {advice}", stops.len());
            }
            _ => {}
        }
    }
    Ok(())
}

async fn one_after_the_other(
    client: &Client,
    model: &str,
) -> Result<(), Box<dyn std::error::Error>> {
    println!("> Three cities");
    let mut cities = client.parse::<Vec<String>>(model).user("Name 3 cities.").stream().elements();
    while let Some(city) = cities.next().await {
        println!("  {}", city?);
    }
    Ok(())
}
