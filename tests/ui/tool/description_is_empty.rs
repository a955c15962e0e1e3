use openai_tools::tool;

#[tool(description = " ")]
fn f() {}

fn main() {}
