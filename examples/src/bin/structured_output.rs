//! Answers that are values: an outcome to match, a check of one's own, a list as the root, and
//! JSON mode for servers without structured output.
//!
//! `cargo run -p examples --bin structured_output`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use openai_tools::Outcome;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An invoice.
#[derive(Deserialize, JsonSchema, Serialize)]
struct Invoice {
    /// Number of the invoice, such as "A-17".
    number: String,
    /// Who is to pay.
    customer: Option<String>,
    status: Status,
    lines: Vec<Line>,
}

#[derive(Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Open,
    Paid,
}

#[derive(Deserialize, JsonSchema, Serialize)]
struct Line {
    /// What was sold.
    item: String,
    #[schemars(range(min = 1))]
    quantity: u32,
}

const LETTER: &str = "Invoice \"A-17\" for Mona Ahn is paid: 2 lamps.";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setup = examples::setup().await?;

    let run = setup
        .client
        .parse::<Invoice>(&setup.model)
        .system("Extract the invoice.")
        .user(LETTER)
        // What no schema can say; what it refuses is asked for again, with these words.
        .check(|invoice: &Invoice| {
            let empty = "an invoice has at least one line".to_owned();
            if invoice.lines.is_empty() { Err(empty) } else { Ok(()) }
        })
        .await?;
    match run.outcome() {
        Outcome::Completed(invoice) => println!("{}", serde_json::to_string_pretty(invoice)?),
        Outcome::Refusal(words) => println!("the model refused: {words}"),
        Outcome::Incomplete(reason) => println!("cut off ({reason}): {}", run.text()),
        Outcome::Invalid(invalid) => println!("not an invoice: {invalid}"),
        other => println!("{}", other.as_str()),
    }
    println!("{} tokens, request {}\n", run.usage().total_tokens, run.request_id().unwrap_or("-"));

    // The root of a strict schema must be an object: the list is wrapped and unwrapped, unseen.
    let items = setup.client.parse::<Vec<Line>>(&setup.model).user("2 lamps and 3 chairs").await?;
    println!("a list: {}\n", serde_json::to_string(&items.into_value()?)?);

    // The schema is told in words and the answer checked all the same.
    let run = setup.client.parse::<Line>(&setup.model).json_mode().user("2 lamps").await?;
    println!("JSON mode: {} ({})", run.outcome().as_str(), run.text());
    Ok(())
}
