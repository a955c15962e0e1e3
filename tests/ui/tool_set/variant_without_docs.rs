use openai_tools::Tool;

#[derive(Tool)]
#[tool(documented)]
enum Action {
    Stop,
    /// Search.
    Search {
        query: String,
    },
}

fn main() {}
