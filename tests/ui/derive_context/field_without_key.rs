use openai_tools::Context;

#[derive(Context)]
struct App {
    #[context]
    name: String,
}

fn main() {}
