use openai_tools::tool;

#[tool]
fn f(x: impl Into<String>) {}

fn main() {}
