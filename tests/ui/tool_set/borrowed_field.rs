use openai_tools::Tool;

#[derive(Tool)]
enum Action {
    Search { query: &'static str },
}

fn main() {}
