use openai_tools::Tool;

#[derive(Tool)]
#[tool(read_only)]
enum Action {
    #[tool(nme = "find")]
    Search { query: &'static str },
    Move(f64, f64),
    HangUp,
    #[tool(name = "hang_up", timeout = "1s")]
    Stop,
}

fn main() {}
