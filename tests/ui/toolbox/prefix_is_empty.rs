use openai_tools::toolbox;

struct Calendar;

#[toolbox(prefix = "")]
impl Calendar {
    #[tool]
    fn clear(&self) {}
}

fn main() {}
