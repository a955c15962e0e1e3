use openai_tools::Context;

#[derive(Context)]
struct App {
    #[context(skip = true)]
    name: String,
}

fn main() {}
