use openai_tools::tool;

#[tool(custom, regex = 7)]
fn f(a: String) {}

fn main() {}
