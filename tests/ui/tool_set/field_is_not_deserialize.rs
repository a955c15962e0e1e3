use openai_tools::Tool;

#[derive(schemars::JsonSchema)]
struct Filter;

#[derive(Tool)]
enum Action {
    Search { filter: Filter },
}

fn main() {}
