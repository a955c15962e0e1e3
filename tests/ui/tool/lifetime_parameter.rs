use openai_tools::tool;

#[tool]
fn f<'a>(#[context] pool: &u8) {}

fn main() {}
