use openai_tools::tool;

#[tool(crate)]
fn f() {}

fn main() {}
