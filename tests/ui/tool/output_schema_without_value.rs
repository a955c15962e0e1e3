use openai_tools::tool;

#[tool(output_schema)]
fn f() {}

fn main() {}
