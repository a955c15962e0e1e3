use openai_tools::tool;

#[tool(concurrency = -1)]
fn f() {}

fn main() {}
