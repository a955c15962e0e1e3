use openai_tools::tool;

#[tool]
fn f<T>(x: Vec<T>) {}

fn main() {}
