use openai_tools::tool;

#[tool(namespace = "a")]
fn f() {}

fn main() {}
