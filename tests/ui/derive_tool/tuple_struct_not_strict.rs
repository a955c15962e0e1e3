use openai_tools::Tool;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema, Tool)]
#[tool(strict = false)]
struct Point(f64, f64);

fn main() {}
