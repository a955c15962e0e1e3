use openai_tools::tool;

#[tool(timeout = "0s")]
fn f() {}

fn main() {}
