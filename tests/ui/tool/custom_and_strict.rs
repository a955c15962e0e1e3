use openai_tools::tool;

#[tool(custom, strict = false)]
fn f(a: String) {}

fn main() {}
