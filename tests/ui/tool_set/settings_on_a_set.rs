use openai_tools::Tool;

#[derive(Tool)]
enum Inner {
    Stop,
}

#[derive(Tool)]
enum Action {
    #[tool(set, timeout = "10s")]
    Inner(Inner),
}

fn main() {}
