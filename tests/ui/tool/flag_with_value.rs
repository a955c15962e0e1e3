use openai_tools::tool;

#[tool(needs_approval = "yes")]
fn f() {}

fn main() {}
