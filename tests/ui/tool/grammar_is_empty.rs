use openai_tools::tool;

#[tool(custom, regex = " ")]
fn f(a: String) {}

fn main() {}
