//! A conversation over the Responses API: first kept by the server, to which each request sends only
//! what is new, then sent anew with every request. The code is the same, the answers too; and where
//! the server has forgotten a conversation, it is sent all of it unasked.
//!
//! `cargo run -p examples --bin conversation_state`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use examples::Setup;
use openai_tools::{
    Message, Toolbox,
    chat::{Api, ConversationState},
    testing::Recorded,
    tool,
};

/// Current weather in one city.
#[tool(read_only)]
fn get_weather(
    /// City, such as "Hanoi".
    city: String,
) -> String {
    format!("31 °C and humid in {city}")
}

const QUESTIONS: [&str; 3] = [
    "What is the weather in Hanoi?",
    "And the weather in Paris and Lisbon?",
    "Thank you. What shall I pack?",
];

/// Asks the next question of a conversation, whoever keeps it, and shows the answer.
async fn ask(
    setup: &Setup,
    state: ConversationState,
    said: &mut Vec<Message>,
    question: &str,
) -> Result<(), Box<dyn std::error::Error>> {
    let tools = Toolbox::new().with(get_weather)?;
    let run = setup.client.run(&setup.model).api(Api::Responses).state(state).tools(&tools);
    let run = run.messages(std::mem::take(said)).user(question).await?;
    println!("> {question}\n{}", run.text());
    *said = run.into_transcript();
    Ok(())
}

/// What the requests so far sent, where the server is the built-in one and can be asked.
fn sent(setup: &Setup) -> Vec<(usize, usize)> {
    let items = |request: &Recorded| request.json()["input"].as_array().map_or(0, Vec::len);
    let requests = setup.server.as_ref().map(|server| server.requests());
    requests.into_iter().flatten().map(|request| (items(&request), request.body().len())).collect()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setup = examples::setup().await?;
    let mut said = Vec::new();
    for state in [ConversationState::Server, ConversationState::Resend] {
        println!("\n{state:?}:");
        let before = sent(&setup).len();
        said.clear();
        for question in QUESTIONS {
            ask(&setup, state.clone(), &mut said, question).await?;
        }
        for (items, bytes) in &sent(&setup)[before..] {
            println!("  a request of {items} items, {bytes} bytes");
        }
    }

    println!("\nThe same transcript, at a server that knows nothing of it:");
    let other = examples::setup().await?;
    ask(&other, ConversationState::Server, &mut said, "And tomorrow?").await?;
    for (items, bytes) in sent(&other) {
        println!("  a request of {items} items, {bytes} bytes");
    }
    Ok(())
}
