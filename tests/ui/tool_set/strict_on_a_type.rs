use openai_tools::Tool;

#[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
struct Search {
    query: String,
}

#[derive(Tool)]
enum Action {
    #[tool(strict = false)]
    Search(Search),
}

fn main() {}
