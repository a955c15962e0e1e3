use openai_tools::tool;

#[tool(concurrency = 4, sequential)]
fn f() {}

fn main() {}
