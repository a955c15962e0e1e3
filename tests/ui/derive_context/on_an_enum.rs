use openai_tools::Context;

#[derive(Context)]
enum App {}

fn main() {}
