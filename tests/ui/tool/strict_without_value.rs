use openai_tools::tool;

#[tool(strict)]
fn f() {}

fn main() {}
