use openai_tools::Tool;

#[derive(Tool)]
enum Action {
    Search { query: String },
    #[tool(name = "search")]
    Find { query: String },
}

fn main() {}
