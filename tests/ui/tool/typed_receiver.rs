use openai_tools::tool;

struct Calendar;

impl Calendar {
    #[tool]
    fn events(self: Box<Self>) {}
}

fn main() {}
