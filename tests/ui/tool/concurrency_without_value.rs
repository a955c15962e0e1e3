use openai_tools::tool;

#[tool(concurrency)]
fn f() {}

fn main() {}
