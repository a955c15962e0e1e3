use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool(crate = "openai_tools")]
    fn clear(&self) {}
}

fn main() {}
