use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    const LIMIT: u8 = 1;

    #[tool]
    fn clear(&self) {}
}

fn main() {}
