use openai_tools::Context;

#[derive(Context)]
struct App {
    #[context(skipp)]
    name: String,
}

fn main() {}
