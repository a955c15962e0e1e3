use openai_tools::tool;

#[tool(read_only = true)]
fn f() {}

fn main() {}
