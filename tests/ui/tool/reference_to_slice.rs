use openai_tools::tool;

#[tool]
fn f(cities: &[String]) {}

fn main() {}
