use openai_tools::tool;

#[tool(timeout = "9000h")]
fn f() {}

fn main() {}
