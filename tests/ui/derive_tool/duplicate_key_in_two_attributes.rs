use openai_tools::Tool;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema, Tool)]
#[tool(name = "a")]
#[tool(name = "b")]
struct Search {}

fn main() {}
