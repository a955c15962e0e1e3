use openai_tools::tool;

#[tool]
extern "C" fn f() {}

fn main() {}
