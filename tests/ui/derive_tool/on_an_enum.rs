use openai_tools::Tool;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema, Tool)]
enum Action {
    Search { query: String },
}

fn main() {}
