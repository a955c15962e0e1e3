use openai_tools::toolbox;

struct Calendar;

#[toolbox(documented)]
impl Calendar {
    #[tool]
    fn clear(&self) {}
}

fn main() {}
