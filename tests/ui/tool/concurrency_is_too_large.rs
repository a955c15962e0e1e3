use openai_tools::tool;

#[tool(concurrency = 5_000_000_000)]
fn f() {}

fn main() {}
