use openai_tools::Tool;

#[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
struct Search {
    query: String,
}

#[derive(Tool)]
enum Action {
    Search(#[serde(default)] Search),
}

fn main() {}
