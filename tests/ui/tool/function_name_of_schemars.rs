use openai_tools::tool;

#[tool]
fn schema() {}

fn main() {}
