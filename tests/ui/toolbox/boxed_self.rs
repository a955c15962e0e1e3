use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    fn close(self: Box<Self>) {}
}

fn main() {}
