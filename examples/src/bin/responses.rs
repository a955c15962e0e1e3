//! The same run over OpenAI's two APIs, chosen by one word. Over the Responses API what a reasoning
//! model thought goes back with its calls, and the server can keep the conversation.
//!
//! `cargo run -p examples --bin responses`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use openai_tools::{
    Client, Toolbox,
    chat::{Api, ConversationState},
    run::Event,
    tool,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Current weather in one city.
#[tool(read_only)]
fn get_weather(
    /// City, such as "Hanoi".
    city: String,
) -> String {
    format!("31 °C and humid in {city}")
}

/// What the model is to fill in.
#[derive(Deserialize, JsonSchema)]
struct Trip {
    /// Where to go.
    city: String,
    /// How many days.
    days: u8,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setup = examples::setup().await?;
    let (client, model) = (&setup.client, setup.model.as_str());
    let tools = Toolbox::new().with(get_weather)?;

    let question = "What is the weather in Hanoi and Paris?";
    println!("> {question}");
    for api in [Api::ChatCompletions, Api::Responses] {
        let run = client.run(model).api(api).tools(&tools).user(question).await?;
        println!("{}: {} calls, {}", api.as_str(), run.calls().count(), run.text());
    }

    // What one API has said goes on over the other.
    let run = client.run(model).tools(&tools).user("What is the weather in Lisbon?").await?;
    let run = client.run(model).api(Api::Responses).messages(run.into_transcript());
    let run = run.tools(&tools).user("And in Hanoi?").await?;
    println!("one transcript, two APIs: {}", run.text());

    let wish = "Plan a trip to Lisbon for 4 days.";
    println!("\n> {wish}");
    let run = client.parse::<Trip>(model).api(Api::Responses).user(wish).await?;
    let trip = run.into_value()?;
    println!("{} for {} days", trip.city, trip.days);

    keep_the_conversation_there(client, model, &tools).await
}

/// Each request sends only what is new, and names the response that it goes on from.
async fn keep_the_conversation_there(
    client: &Client,
    model: &str,
    tools: &Toolbox,
) -> Result<(), Box<dyn std::error::Error>> {
    let question = "And the weather in Lisbon?";
    println!("\n> {question}");
    let run = client.run(model).api(Api::Responses).state(ConversationState::Server);
    let mut events = run.tools(tools).user(question).stream();
    while let Some(event) = events.next().await {
        match event? {
            Event::Text(delta) => print!("{delta}"),
            Event::ToolFinished(call) => println!("  {} -> {}", call.call.name, call.output.text),
            Event::Ended(_) => println!(),
            _ => {}
        }
    }
    Ok(())
}
