use openai_tools::Tool;

#[derive(Tool)]
union Bits {
    a: u8,
    b: i8,
}

fn main() {}
