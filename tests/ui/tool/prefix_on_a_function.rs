use openai_tools::tool;

#[tool(prefix = "a_")]
fn f() {}

fn main() {}
