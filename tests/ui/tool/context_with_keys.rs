use openai_tools::tool;

#[tool]
fn f(#[context(pool)] pool: &u8) {}

fn main() {}
