use openai_tools::Tool;
use schemars::JsonSchema;

#[derive(JsonSchema, Tool)]
struct Search {}

fn main() {}
