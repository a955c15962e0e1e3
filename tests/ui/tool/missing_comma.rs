use openai_tools::tool;

#[tool(read_only timeout = "1s")]
fn f() {}

fn main() {}
