use openai_tools::Tool;

#[derive(Tool)]
enum Action {
    Größe,
}

fn main() {}
