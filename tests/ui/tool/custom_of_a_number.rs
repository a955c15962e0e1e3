use openai_tools::tool;

#[tool(custom)]
fn f(a: u32) {}

fn main() {}
