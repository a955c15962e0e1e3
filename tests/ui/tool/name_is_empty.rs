use openai_tools::tool;

#[tool(name = "")]
fn f() {}

fn main() {}
