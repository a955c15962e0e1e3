use openai_tools::Tool;

#[derive(serde::Deserialize, Tool)]
struct Search {
    query: String,
}

#[derive(Tool)]
enum Action {
    Search(Search),
}

fn main() {}
