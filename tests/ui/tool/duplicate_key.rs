use openai_tools::tool;

#[tool(read_only, timeout = "1s", read_only)]
fn f() {}

fn main() {}
