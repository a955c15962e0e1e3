//! An enum as a set of tools: each variant is one, and the compiler sees to it that a `match`
//! handles them all. First the application answers the calls of a response itself; then the same
//! enum gives a run its tools.
//!
//! `cargo run -p examples --bin tool_set`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::sync::Mutex;

use openai_tools::{
    Callable, Message, Tool, ToolContext, ToolError, ToolOutput, ToolSet, Toolbox, Tools,
    chat::Request,
};

/// Put an item into the basket.
#[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
struct AddToBasket {
    /// Name of the item, such as "lamp".
    item: String,
}

/// What the assistant of a shop may do.
#[derive(Tool)]
enum Action {
    /// Search the catalogue.
    #[tool(read_only)]
    Search {
        /// Words to look for.
        query: String,
    },
    AddToBasket(AddToBasket),
    /// Show what is in the basket.
    #[tool(read_only)]
    ShowBasket,
}

#[derive(Default)]
struct Basket(Mutex<Vec<String>>);

impl Basket {
    fn act(&self, action: Action) -> String {
        let mut items = self.0.lock().expect("nothing panics while it holds the lock");
        match action {
            Action::Search { query } => format!("one item is called {query}"),
            Action::AddToBasket(AddToBasket { item }) => {
                items.push(item);
                format!("{} in the basket", items.len())
            }
            Action::ShowBasket => format!("in the basket: {}", items.join(", ")),
        }
    }
}

/// What a run does at a call.
impl Callable<Basket> for Action {
    type Output = String;
    type Error = ToolError;

    async fn call(self, context: ToolContext<Basket>) -> Result<String, ToolError> {
        Ok(context.app().act(self))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setup = examples::setup().await?;
    let basket = Basket::default();

    let mut request = Request::new(&setup.model);
    request.tools = Some(Tools::declared::<Action>()?);
    request.messages.push(Message::user("Add the item \"lamp\" to my basket."));
    let response = setup.client.send(&request).await?;
    request.messages.push(Message::Assistant(response.message.clone()));
    for call in response.tool_calls::<Action>() {
        let output = match call {
            Ok(call) => ToolOutput::new(call.id, basket.act(call.arguments)),
            // The model is told what is wrong with its call.
            Err(error) => error.to_output(),
        };
        println!("answered by hand: {}", output.text);
        request.messages.push(Message::Tool(output));
    }
    println!("{}", setup.client.send(&request).await?.message.text.unwrap_or_default());

    let tools = Toolbox::for_context::<Basket>().extend(Action::tools())?.bind(basket);
    let run =
        setup.client.run(&setup.model).tools(tools).user("Show what is in the basket.").await?;
    for call in run.calls() {
        println!("run: {} -> {}", call.call.name, call.output.text);
    }
    println!("{}", run.text());
    Ok(())
}
