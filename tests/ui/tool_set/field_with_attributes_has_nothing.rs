use openai_tools::Tool;

#[derive(Default)]
struct Filter;

#[derive(Tool)]
enum Action {
    Search {
        #[serde(default)]
        filter: Filter,
    },
}

fn main() {}
