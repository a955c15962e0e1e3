use openai_tools::Tool;
use schemars::JsonSchema;
use serde::Deserialize;

/// A point.
#[derive(Deserialize, JsonSchema, Tool)]
#[tool(documented)]
struct Point {
    /// To the east.
    x: f64,
    y: f64,
}

fn main() {}
