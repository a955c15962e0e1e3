//! Tools that use the application: a database, the id of the caller, the id of the call. None of
//! it is in the schema, and a toolbox whose context lacks it does not compile.
//!
//! `cargo run -p examples --bin toolbox_with_context`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::{collections::BTreeMap, sync::Mutex};

use openai_tools::{Callable, Context, Tool, ToolCallId, ToolContext, ToolError, Toolbox, tool};

#[derive(Default)]
struct Database(Mutex<BTreeMap<u32, String>>);

struct UserId(u32);

/// What every tool of this application may ask for.
#[derive(Context)]
struct App {
    database: Database,
    user: UserId,
}

/// What the user has ordered.
#[tool(read_only)]
fn list_orders(#[context] database: &Database, #[context] user: &UserId) -> Vec<String> {
    let orders = database.0.lock().expect("no tool panics while it holds the lock");
    orders.iter().filter(|(id, _)| **id % 10 == user.0).map(|(_, item)| item.clone()).collect()
}

/// Order an item of the catalogue.
#[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
#[tool(name = "order_item", timeout = "5s")]
struct OrderItem {
    /// What to order, such as "lamp".
    item: String,
}

impl Callable<App> for OrderItem {
    type Output = String;
    type Error = ToolError;

    async fn call(self, context: ToolContext<App>) -> Result<String, ToolError> {
        let App { database, user } = context.app();
        if self.item.is_empty() {
            return Err(ToolError::for_model("the item is empty; ask the user what to order"));
        }
        let mut orders = database.0.lock().map_err(|_| ToolError::fatal("the database is gone"))?;
        let number = u32::try_from(orders.len()).unwrap_or(0) * 10 + user.0;
        orders.insert(number, self.item);
        Ok(format!("order {number} is placed"))
    }
}

/// Hand the conversation over to a person.
#[tool]
async fn call_a_person(#[context] call: ToolCallId) -> String {
    format!("a person will call back, ticket {call}")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setup = examples::setup().await?;
    let tools = Toolbox::for_context::<App>()
        .with(list_orders)?
        .with(OrderItem::tool())?
        .with(call_a_person)?;
    let app = std::sync::Arc::new(App { database: Database::default(), user: UserId(7) });

    for request in ["Order the item \"lamp\".", "List my orders, please."] {
        let tools = tools.bind(app.clone());
        let run = setup.client.run(&setup.model).tools(tools).user(request).await?;
        println!("> {request}");
        for call in run.calls() {
            println!("  {}({}) -> {}", call.call.name, call.call.arguments, call.output.text);
        }
        println!("{}", run.text());
    }
    Ok(())
}
