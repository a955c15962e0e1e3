use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool(prefix = "calendar_")]
    fn clear(&self) {}
}

fn main() {}
