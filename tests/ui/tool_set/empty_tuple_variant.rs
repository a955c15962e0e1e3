use openai_tools::Tool;

#[derive(Tool)]
enum Action {
    HangUp(),
}

fn main() {}
