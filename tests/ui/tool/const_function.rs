use openai_tools::tool;

#[tool]
const fn f() {}

fn main() {}
