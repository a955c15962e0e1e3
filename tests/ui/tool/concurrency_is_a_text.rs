use openai_tools::tool;

#[tool(concurrency = "4")]
fn f() {}

fn main() {}
