use openai_tools::Tool;

#[derive(Tool)]
#[tool(name = "actions")]
enum Action {
    HangUp,
}

fn main() {}
