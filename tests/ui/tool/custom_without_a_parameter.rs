use openai_tools::tool;

#[tool(custom)]
fn f() {}

fn main() {}
