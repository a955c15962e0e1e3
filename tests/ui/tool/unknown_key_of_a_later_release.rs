use openai_tools::tool;

#[tool(needs_approval)]
fn f() {}

fn main() {}
