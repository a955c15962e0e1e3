use openai_tools::tool;

#[tool(allowed_callers(program))]
fn f(a: String) {}

fn main() {}
