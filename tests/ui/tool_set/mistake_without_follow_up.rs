use openai_tools::{Tool, ToolCall, ToolSet};

#[derive(Tool)]
enum Action {
    Move(f64, f64),
}

fn main() {
    let _ = Action::definitions();
    let _ = Action::parse(&ToolCall::new("1", "move", "{}"));
}
