use openai_tools::Tool;

#[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
struct Buy {}

#[derive(Tool)]
enum Action {
    #[tool(prefix = "a_")]
    Buy(Buy),
}

fn main() {}
