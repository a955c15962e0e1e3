use openai_tools::Tool;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema, Tool)]
#[tool(name = "a b", timeout = 5, sequential)]
struct Search {
    #[tool]
    query: String,
}

fn main() {}
