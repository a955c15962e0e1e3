use openai_tools::tool;

#[tool(crate = "my-tools")]
fn f() {}

fn main() {}
