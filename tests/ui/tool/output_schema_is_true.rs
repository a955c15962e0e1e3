use openai_tools::tool;

#[tool(output_schema = true)]
fn f() {}

fn main() {}
