use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    #[tool]
    fn clear(&self) {}
}

fn main() {}
