//! The methods of an object as tools: `#[toolbox]` on an `impl` block, `#[tool]` on what the model
//! may call. The object stays the application's own, and its methods stay methods.
//!
//! `cargo run -p examples --bin impl_toolbox`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::sync::{Arc, Mutex};

use openai_tools::{Toolbox, tool, toolbox};

/// What the calendar of one person holds.
#[derive(Default)]
struct Calendar {
    events: Mutex<Vec<String>>,
}

#[derive(Debug)]
struct Full;

impl std::fmt::Display for Full {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the calendar is full; delete an event first")
    }
}

impl std::error::Error for Full {}

#[toolbox(prefix = "calendar_")]
impl Calendar {
    /// How many events there is room for; no tool.
    const ROOM: usize = 3;

    /// All events of the calendar.
    #[tool(read_only)]
    async fn list_events(&self) -> Vec<String> {
        self.events.lock().expect("no tool panics while it holds the lock").clone()
    }

    /// Add an event to the calendar.
    #[tool(sequential)]
    async fn add_event(
        &self,
        /// What it is, such as "Dinner with Ann".
        title: String,
    ) -> Result<usize, Full> {
        let mut events = self.events.lock().expect("no tool panics while it holds the lock");
        if events.len() == Self::ROOM {
            return Err(Full);
        }
        events.push(title);
        Ok(events.len())
    }
}

/// Current weather in one city.
#[tool(read_only)]
async fn get_weather(
    /// City and country.
    city: String,
) -> String {
    format!("31 °C and humid in {city}")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setup = examples::setup().await?;
    let calendar = Arc::new(Calendar::default());
    calendar.add_event("Breakfast".to_owned()).await?;

    let tools = Toolbox::new().extend(calendar.tools())?.with(get_weather)?;
    for request in ["Add the event \"Dinner with Ann\".", "List the events of my calendar."] {
        let run = setup.client.run(&setup.model).tools(&tools).user(request).await?;
        println!("> {request}");
        for call in run.calls() {
            println!("  {}({}) -> {}", call.call.name, call.call.arguments, call.output.text);
        }
        println!("{}", run.text());
    }
    println!("in the calendar: {:?}", calendar.list_events().await);
    Ok(())
}
