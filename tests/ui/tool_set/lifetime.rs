use openai_tools::Tool;

#[derive(Tool)]
enum Action<'a> {
    Search { query: std::borrow::Cow<'a, str> },
}

fn main() {}
