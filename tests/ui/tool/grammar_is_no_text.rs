use openai_tools::tool;

#[tool(custom, regex = vec![1])]
fn f(a: String) {}

fn main() {}
