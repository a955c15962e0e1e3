use openai_tools::tool;

#[tool]
unsafe extern "C" fn f(x: u8, ...) {}

fn main() {}
