use openai_tools::Tool;

#[derive(Tool)]
enum Action {
    #[tool(set)]
    Search { query: String },
}

fn main() {}
