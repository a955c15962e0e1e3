use openai_tools::tool;

#[tool]
fn f(#[context] pool: &mut u8) {}

fn main() {}
