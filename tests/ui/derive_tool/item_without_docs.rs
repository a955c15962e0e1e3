use openai_tools::Tool;
use schemars::JsonSchema;
use serde::Deserialize;

/// A point.
#[derive(Deserialize, JsonSchema, Tool)]
#[tool(documented)]
struct Point(
    /// To the east.
    f64,
    f64,
);

fn main() {}
