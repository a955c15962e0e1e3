use openai_tools::Context;

#[derive(Context)]
union App {
    a: u8,
    b: i8,
}

fn main() {}
