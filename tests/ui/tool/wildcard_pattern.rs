use openai_tools::tool;

#[tool]
fn f(_: u8) {}

fn main() {}
