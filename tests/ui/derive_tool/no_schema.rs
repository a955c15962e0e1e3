use openai_tools::Tool;
use serde::Deserialize;

#[derive(Deserialize, Tool)]
struct Search {}

fn main() {}
