use openai_tools::tool;

#[tool(timeout = "10 parsecs")]
fn f() {}

fn main() {}
