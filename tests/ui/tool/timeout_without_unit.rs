use openai_tools::tool;

#[tool(timeout = 10)]
fn f() {}

fn main() {}
