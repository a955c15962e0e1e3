use openai_tools::Tool;

#[derive(serde::Deserialize)]
struct Filter;

#[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
struct Search {
    filter: Filter,
}

fn main() {}
