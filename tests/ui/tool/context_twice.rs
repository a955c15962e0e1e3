use openai_tools::tool;

#[tool]
fn f(#[context] #[context] pool: &u8) {}

fn main() {}
