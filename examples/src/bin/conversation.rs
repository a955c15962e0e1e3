//! A conversation that the server keeps: made once, used by several runs, read back as typed items,
//! and a response that is made in the background.
//!
//! `cargo run -p examples --bin conversation`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use openai_tools::{
    Toolbox,
    chat::{Api, ConversationState},
    responses::{Content, ContentPart, CreateConversation, Item, Message, Order},
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

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setup = examples::setup().await?;
    let (client, model) = (&setup.client, setup.model.as_str());
    let tools = Toolbox::new().with(get_weather)?;

    let mut begin = CreateConversation::default();
    begin.items = Some(vec![Item::user("I plan a trip and want short answers.")]);
    let conversation = client.conversations().create(&begin).await?;

    // Each run sends what is new; the server knows the rest.
    for (question, background) in
        [("What is the weather in Hanoi?", false), ("What is the weather in Lisbon?", true)]
    {
        let state = ConversationState::Conversation(conversation.id.clone());
        let run = client.run(model).api(Api::Responses).state(state).tools(&tools);
        let run = run.background(background).user(question).await?;
        println!("> {question}\n{}", run.text());
    }

    println!("\nWhat the server has kept:");
    let list = client.conversations().items(&conversation.id).order(Order::Ascending);
    let mut items = list.stream();
    while let Some(item) = items.next().await {
        match item? {
            Item::Message(message) => println!("  {}: {}", message.role.as_str(), said(&message)),
            Item::FunctionCall(call) => println!("  {}({})", call.name, call.arguments),
            Item::FunctionCallOutput(_) => println!("  its output"),
            other => println!("  {}", other.kind().unwrap_or_default()),
        }
    }
    client.conversations().delete(&conversation.id).await?;
    Ok(())
}

fn said(message: &Message) -> String {
    match &message.content {
        Content::Text(text) => text.clone(),
        Content::Parts(parts) => parts.iter().map(text_of).collect(),
        _ => String::new(),
    }
}

fn text_of(part: &ContentPart) -> &str {
    match part {
        ContentPart::InputText(part) => &part.text,
        ContentPart::OutputText(part) => &part.text,
        _ => "",
    }
}
