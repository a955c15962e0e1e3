use openai_tools::Tool;

#[derive(Tool)]
enum Action<T> {
    Search { filter: T },
}

fn main() {}
