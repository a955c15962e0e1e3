use openai_tools::Tool;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema, Tool)]
#[tool(time_out = "1s")]
struct Search {}

fn main() {}
