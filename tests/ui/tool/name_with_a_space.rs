use openai_tools::tool;

#[tool(name = "get weather")]
fn f() {}

fn main() {}
