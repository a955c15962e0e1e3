use openai_tools::tool;

#[tool]
unsafe fn f() {}

fn main() {}
