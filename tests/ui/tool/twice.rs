use openai_tools::tool;

#[tool]
#[tool]
fn f() {}

fn main() {}
