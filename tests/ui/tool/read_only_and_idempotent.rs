use openai_tools::tool;

#[tool(read_only, idempotent)]
fn f() {}

fn main() {}
