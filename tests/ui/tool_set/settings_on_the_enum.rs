use openai_tools::Tool;

#[derive(Tool)]
#[tool(sequential)]
enum Action {
    Stop,
}

fn main() {}
