use openai_tools::Context;

#[derive(Context)]
#[context]
struct App {}

fn main() {}
