use openai_tools::tool;

#[tool(strict = "no")]
fn f() {}

fn main() {}
