use openai_tools::{Tool, ToolSet, Toolbox};

#[derive(Tool)]
enum Action {
    Stop,
}

fn main() {
    drop(Toolbox::new().extend(Action::tools()));
}
