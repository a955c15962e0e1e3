use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    fn tools(&self) {}
}

fn main() {}
