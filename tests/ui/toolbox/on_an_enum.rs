use openai_tools::toolbox;

#[toolbox]
enum Action {
    Clear,
}

fn main() {}
