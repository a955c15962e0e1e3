use openai_tools::Tool;

#[derive(Tool)]
enum Action {
    Search {
        #[tool(name = "q")]
        query: String,
    },
}

fn main() {}
