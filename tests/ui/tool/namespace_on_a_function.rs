use openai_tools::tool;

#[tool(namespace = "crm")]
fn f(a: String) {}

fn main() {}
