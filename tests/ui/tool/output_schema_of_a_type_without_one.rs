use openai_tools::tool;

struct Weather;

#[tool(output_schema = Weather)]
fn f() {}

fn main() {}
