use openai_tools::Context;

#[derive(Context)]
#[context(skip)]
struct App {}

fn main() {}
