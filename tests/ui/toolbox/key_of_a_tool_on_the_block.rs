use openai_tools::toolbox;

struct Calendar;

#[toolbox(needs_approval)]
impl Calendar {
    #[tool]
    fn clear(&self) {}
}

fn main() {}
