use openai_tools::Tool;

#[derive(Tool)]
enum Action {
    #[tool(prefix = "a_")]
    Stop,
}

fn main() {}
