use openai_tools::tool;

#[tool]
enum F {}

fn main() {}
