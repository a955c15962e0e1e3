use openai_tools::tool;

#[tool(name("f"))]
fn f() {}

fn main() {}
