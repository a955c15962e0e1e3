use openai_tools::toolbox;

struct Calendar;

#[toolbox(prefix = "my calendar_")]
impl Calendar {
    #[tool]
    fn clear(&self) {}
}

fn main() {}
