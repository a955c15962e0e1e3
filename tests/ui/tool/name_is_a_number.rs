use openai_tools::tool;

#[tool(name = 7)]
fn f() {}

fn main() {}
