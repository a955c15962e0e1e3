use openai_tools::tool;

#[tool]
fn f(#[context] pool: impl Copy) {}

fn main() {}
