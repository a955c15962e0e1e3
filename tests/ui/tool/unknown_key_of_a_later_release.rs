use openai_tools::tool;

#[tool(jitter = 3)]
fn f() {}

fn main() {}
