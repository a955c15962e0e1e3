use openai_tools::Context;

#[derive(Context)]
#[context(create = "x")]
struct App(u8, #[context(hide)] String, u8, #[context] char);

fn main() {}
