use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    fn clear(&mut self) {}
}

fn main() {}
