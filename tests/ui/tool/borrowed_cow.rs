use openai_tools::tool;

#[tool]
fn f(city: std::borrow::Cow<'_, str>) {}

fn main() {}
