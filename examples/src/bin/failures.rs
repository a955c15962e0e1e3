//! Each kind of bad call, and what the model is told: one response with eight calls, of which one
//! is good. All get exactly one output, in order, and the run goes on.
//!
//! `cargo run -p examples --bin failures` (always offline: no real model is this bad on request)

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use openai_tools::{
    ToolError, Toolbox,
    testing::{Reply, Server},
    tool,
};

/// Book a table at a restaurant.
#[tool]
async fn book_table(
    /// Name of the restaurant.
    restaurant: String,
    /// How many people.
    #[schemars(range(min = 1, max = 20))]
    guests: u8,
) -> Result<String, ToolError> {
    match restaurant.as_str() {
        "Nowhere" => Err(ToolError::for_model("no such restaurant; try one in the old town")),
        "Bug" => panic!("a bug in the tool"),
        "Slow" => std::future::pending().await,
        name => Ok(format!("booked {name} for {guests}")),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A panic of a tool is caught; its message need not go to the terminal either.
    std::panic::set_hook(Box::new(|_| {}));
    let calls = [
        ("good", "book_table", r#"{"restaurant": "Luna", "guests": 2}"#),
        ("unknown name", "book_tabel", r#"{"restaurant": "Luna", "guests": 2}"#),
        ("not JSON", "book_table", r#"{"restaurant": "Luna", "gue"#),
        ("breaks the schema", "book_table", r#"{"restaurant": 7, "guests": 0, "smoking": true}"#),
        ("no arguments", "book_table", ""),
        ("error", "book_table", r#"{"restaurant": "Nowhere", "guests": 2}"#),
        ("panic", "book_table", r#"{"restaurant": "Bug", "guests": 2}"#),
        ("timeout", "book_table", r#"{"restaurant": "Slow", "guests": 2}"#),
    ];
    let script = [Reply::tool_calls(calls), Reply::text("I booked Luna, and nothing else.")];
    let setup = examples::offline(Server::builder().script(script)).await?;

    let run = setup
        .client
        .run("any")
        .tools(&Toolbox::new().with(book_table)?)
        .tool_timeout(std::time::Duration::from_millis(50))
        .user("Book as many tables as you can.")
        .await?;
    for call in run.calls() {
        let failure = call.output.failure.as_ref().map_or("ok", |failure| failure.as_str());
        println!("{:<18} {failure}", call.call.id);
        for line in call.output.text.lines() {
            println!("    {line}");
        }
    }
    println!("\n{}", run.text());
    Ok(())
}
