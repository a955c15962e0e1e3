use openai_tools::tool;

#[tool(lark = "start: WORD")]
fn f(a: String) {}

fn main() {}
