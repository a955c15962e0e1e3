//! A run that waits for a person: it stops at a call that needs approval, is put away as JSON, and
//! is taken up again as another process would do it. What was done is not done again.
//!
//! `cargo run -p examples --bin approval` (always offline: the model follows a script)

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use openai_tools::{
    Client, Outcome, Toolbox,
    run::{SavedRun, WaitReason},
    testing::{Reply, Server},
    tool,
};

/// Balance of an account.
#[tool(read_only)]
fn balance(account: String) -> String {
    println!("  (looked up {account})");
    "1,200 EUR".to_owned()
}

/// Send money.
#[tool(needs_approval)]
fn pay(to: String, euros: u32) -> String {
    println!("  (sent {euros} EUR to {to})");
    format!("{to} got {euros} EUR")
}

/// The first process: up to the point where somebody has to decide.
async fn until_it_waits(
    client: &Client,
    tools: &Toolbox,
) -> Result<String, Box<dyn std::error::Error>> {
    let task = "Pay Anna 40 EUR and Bob 900 EUR if there is enough.";
    let run = client.run("any").tools(tools).user(task).await?;
    println!("outcome: {}", run.outcome().as_str());
    Ok(run.save()?.to_json())
}

/// The second process: a person decides turn by turn.
async fn go_on(
    client: &Client,
    tools: &Toolbox,
    stored: &str,
) -> Result<(), Box<dyn std::error::Error>> {
    let saved = SavedRun::from_json(stored)?;
    let mut run = client.run(saved.model()).tools(tools).resume(saved).start();
    while let Some(turn) = run.next_turn().await? {
        println!("the model says: {:?}", turn.text());
        for call in turn.pending().filter(|call| call.reason() == Some(WaitReason::NeedsApproval)) {
            let small = !call.arguments().contains("900");
            println!(
                "{} {}: {}",
                call.call().name,
                call.arguments(),
                if small { "yes" } else { "no" }
            );
            if small { call.approve() } else { call.deny("at most 100 EUR a payment") }
        }
    }
    let run = run.finish().await?;
    for made in run.calls() {
        println!("{} -> {}", made.call.name, made.output.text);
    }
    assert!(matches!(run.outcome(), Outcome::Completed(_)));
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let calls = [
        ("c1", "balance", r#"{"account": "main"}"#),
        ("c2", "pay", r#"{"to": "Anna", "euros": 40}"#),
        ("c3", "pay", r#"{"to": "Bob", "euros": 900}"#),
    ];
    let script = [Reply::tool_calls(calls), Reply::text("Anna is paid; Bob has to wait.")];
    let setup = examples::offline(Server::builder().script(script)).await?;
    let client = &setup.client;
    let tools = Toolbox::new().with(balance)?.with(pay)?;

    let stored = until_it_waits(client, &tools).await?;
    println!("put away: {} bytes of JSON", stored.len());
    go_on(client, &tools, &stored).await
}
