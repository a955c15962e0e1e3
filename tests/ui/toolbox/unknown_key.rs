use openai_tools::toolbox;

struct Calendar;

#[toolbox(prefx = "calendar_")]
impl Calendar {
    #[tool]
    fn clear(&self) {}
}

fn main() {}
