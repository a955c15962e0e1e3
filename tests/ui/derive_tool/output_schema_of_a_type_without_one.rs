use openai_tools::Tool;

struct Weather;

#[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
#[tool(output_schema = "Vec<Weather>")]
struct Ask {}

fn main() {}
