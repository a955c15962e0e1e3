use openai_tools::Tool;

struct Search {
    query: String,
}

#[derive(Tool)]
enum Action {
    Search(Search),
}

fn main() {}
