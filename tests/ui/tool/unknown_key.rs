use openai_tools::tool;

#[tool(descripton = "Looks up a city.")]
fn f() {}

fn main() {}
