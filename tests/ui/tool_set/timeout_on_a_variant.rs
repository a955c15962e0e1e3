use openai_tools::Tool;

#[derive(Tool)]
enum Action {
    #[tool(timeout = "10s")]
    HangUp,
}

fn main() {}
