use openai_tools::tool;

#[tool]
fn f((a, b): (u8, u8)) {}

fn main() {}
