use openai_tools::tool;

#[tool(concurrency = 0)]
fn f() {}

fn main() {}
