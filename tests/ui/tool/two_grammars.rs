use openai_tools::tool;

#[tool(custom, lark = "start: WORD", regex = "a+")]
fn f(a: String) {}

fn main() {}
