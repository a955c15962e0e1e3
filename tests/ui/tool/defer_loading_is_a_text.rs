use openai_tools::tool;

#[tool(defer_loading = "yes")]
fn f(a: String) {}

fn main() {}
