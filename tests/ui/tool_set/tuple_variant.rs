use openai_tools::Tool;

#[derive(Tool)]
enum Action {
    Move(f64, f64),
}

fn main() {}
