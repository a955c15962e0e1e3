use openai_tools::tool;

#[tool("f")]
fn f() {}

fn main() {}
