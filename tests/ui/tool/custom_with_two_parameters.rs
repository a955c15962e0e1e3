use openai_tools::tool;

#[tool(custom)]
fn f(a: String, b: String) {}

fn main() {}
