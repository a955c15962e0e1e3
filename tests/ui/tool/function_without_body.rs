use openai_tools::tool;

trait Calendar {
    #[tool]
    fn events(#[context] pool: &u8);
}

fn main() {}
