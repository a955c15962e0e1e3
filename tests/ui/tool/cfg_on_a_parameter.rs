use openai_tools::tool;

#[tool]
fn f(#[cfg(unix)] x: u8) {}

fn main() {}
