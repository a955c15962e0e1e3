use openai_tools::tool;

#[tool(timeout = true)]
fn f() {}

fn main() {}
