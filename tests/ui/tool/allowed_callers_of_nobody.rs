use openai_tools::tool;

#[tool(allowed_callers())]
fn f(a: String) {}

fn main() {}
