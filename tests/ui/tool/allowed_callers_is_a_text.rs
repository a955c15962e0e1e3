use openai_tools::tool;

#[tool(allowed_callers("direct"))]
fn f(a: String) {}

fn main() {}
