use openai_tools::toolbox;

#[toolbox]
fn clear() {}

fn main() {}
