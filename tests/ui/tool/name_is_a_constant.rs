use openai_tools::tool;

const NAME: &str = "f";

#[tool(name = NAME)]
fn f() {}

fn main() {}
