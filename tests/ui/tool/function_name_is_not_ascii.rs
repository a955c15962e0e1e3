use openai_tools::tool;

#[tool]
fn wetter_für_köln() {}

fn main() {}
