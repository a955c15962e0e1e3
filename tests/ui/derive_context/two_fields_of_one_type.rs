use openai_tools::Context;

#[derive(Context)]
struct App {
    reader: Vec<u8>,
    name: String,
    writer: Vec<u8>,
}

fn main() {}
