use openai_tools::tool;

#[tool]
fn f(#[context] #[serde(default)] pool: &u8) {}

fn main() {}
