use openai_tools::tool;

#[tool]
mod f {}

fn main() {}
