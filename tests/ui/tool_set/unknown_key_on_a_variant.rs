use openai_tools::Tool;

#[derive(Tool)]
enum Action {
    #[tool(descripton = "Ends it.")]
    HangUp,
}

fn main() {}
