use openai_tools::tool;

#[tool(output_schema = "a b")]
fn f() {}

fn main() {}
