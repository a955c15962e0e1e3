use openai_tools::Tool;

#[derive(serde::Deserialize)]
struct Filter;

#[derive(Tool)]
enum Action {
    Search { filter: Filter },
}

fn main() {}
