use openai_tools::tool;

#[tool]
fn f(city: Option<&'static str>) {}

fn main() {}
