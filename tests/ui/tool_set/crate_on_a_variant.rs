use openai_tools::Tool;

#[derive(Tool)]
enum Action {
    #[tool(crate = "openai_tools")]
    HangUp,
}

fn main() {}
