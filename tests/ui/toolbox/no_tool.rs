use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    fn clear(&self) {}
}

fn main() {}
