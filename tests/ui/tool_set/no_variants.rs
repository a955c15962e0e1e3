use openai_tools::Tool;

#[derive(Tool)]
enum Action {}

fn main() {}
