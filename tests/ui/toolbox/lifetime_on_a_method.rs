use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    fn add<'a>(&'a self) {}
}

fn main() {}
