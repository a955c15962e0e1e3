use openai_tools::tool;

#[tool]
fn f<const N: usize>(x: [u8; N]) {}

fn main() {}
