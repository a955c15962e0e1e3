use openai_tools::tool;

#[tool(idempotent = false, read_only)]
fn f() {}

fn main() {}
