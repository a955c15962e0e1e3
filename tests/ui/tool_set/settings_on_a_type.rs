use openai_tools::Tool;

#[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
struct Buy {}

#[derive(Tool)]
enum Action {
    #[tool(needs_approval)]
    Buy(Buy),
}

fn main() {}
