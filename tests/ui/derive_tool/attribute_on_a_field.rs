use openai_tools::Tool;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema, Tool)]
struct Search {
    #[tool(description = "What to look for.")]
    query: String,
}

fn main() {}
